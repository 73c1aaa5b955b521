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

/** @returns every channel, opened when it is first asked for. */
export function openChannels(context: ChannelContext): Readonly<Record<ConnectedChannel, () => Channel>> {
  const opened = new Map<string, Channel>();
  const entries = Object.entries(CHANNELS).map(([kind, open]) => [
    kind,
    () => {
      const channel = opened.get(kind) ?? open(context);
      opened.set(kind, channel);
      return channel;
    },
  ]);
  return Object.fromEntries(entries) as Record<ConnectedChannel, () => Channel>;
}
