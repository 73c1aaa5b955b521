import type { Channel, ChannelContext } from './channel.ts';
import type { ConnectedChannel } from './descriptors.ts';
import { ediChannel } from './edi/channel.ts';
import { shopifyChannel } from './shopify/channel.ts';
import { squareChannel } from './square/channel.ts';
import { wooCommerceChannel } from './woocommerce/channel.ts';

/** Every channel that is connected to, once, for what deals with all of them. */
export const CHANNELS: Readonly<Record<ConnectedChannel, (context: ChannelContext) => Channel>> = {
  SHOPIFY: shopifyChannel,
  SQUARE: squareChannel,
  WOOCOMMERCE: wooCommerceChannel,
  EDI: ediChannel,
};
