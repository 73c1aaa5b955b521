import type { Channel } from '../../domain/order/terms.ts';
import type { ChannelDescriptor } from './descriptor.ts';
import { EDI } from './edi/descriptor.ts';
import { SHOPIFY } from './shopify/descriptor.ts';
import { SQUARE } from './square/descriptor.ts';
import { WOOCOMMERCE } from './woocommerce/descriptor.ts';

/** Every channel that is connected to, once. Orders that people enter (MANUAL) come over the API, and need none. */
export const CONNECTED_CHANNELS = [
  SHOPIFY,
  SQUARE,
  WOOCOMMERCE,
  EDI,
] as const satisfies readonly ChannelDescriptor<ConnectedChannel>[];

/** A channel whose orders come over a connection. */
export type ConnectedChannel = Exclude<Channel, 'MANUAL'>;
