import type { ChannelContext } from '../channels/channel.ts';
import type { CarrierInbound } from './carrier.ts';
import type { CARRIER_WEBHOOKS } from './descriptors.ts';
import { genericCarrier } from './generic/inbound.ts';

/** Every format of carriers, once, for what deals with all of them. */
export const CARRIERS: Readonly<
  Record<(typeof CARRIER_WEBHOOKS)[number]['path'], (context: ChannelContext) => CarrierInbound>
> = {
  carrier: genericCarrier,
};
