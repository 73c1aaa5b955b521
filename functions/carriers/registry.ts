import type { CarrierFormat } from './carrier.ts';
import type { CARRIER_WEBHOOKS } from './descriptors.ts';
import { easyPostFormat } from './easypost/format.ts';
import { genericFormat } from './generic/format.ts';

/** Every format of carriers, once, for what deals with all of them. */
export const CARRIERS: Readonly<Record<(typeof CARRIER_WEBHOOKS)[number]['path'], CarrierFormat>> = {
  carrier: genericFormat,
  easypost: easyPostFormat,
};
