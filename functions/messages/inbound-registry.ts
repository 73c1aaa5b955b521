import { carrierInbound } from '../carriers/carrier-inbound.ts';
import { CARRIERS } from '../carriers/registry.ts';
import type { ChannelContext, Inbound } from '../channels/channel.ts';
import { csvInbound } from '../channels/csv/channel.ts';
import { CONNECTED_CHANNELS } from '../channels/descriptors.ts';
import { CHANNELS } from '../channels/registry.ts';

/** @returns what processes the messages of an endpoint, or null where nothing does any more. */
export function openInbounds(context: ChannelContext): (endpoint: string) => Inbound | null {
  const openers: Readonly<Record<string, () => Inbound>> = {
    ...Object.fromEntries(
      CONNECTED_CHANNELS.map(({ kind, webhook }) => [webhook.path, () => CHANNELS[kind](context).inbound]),
    ),
    ...Object.fromEntries(
      Object.entries(CARRIERS).map(([path, format]) => [path, () => carrierInbound(format)(context)]),
    ),
    imports: () => csvInbound(context),
  };
  const opened = new Map<string, Inbound>();
  return (endpoint) => {
    const inbound = opened.get(endpoint) ?? openers[endpoint]?.() ?? null;
    if (inbound !== null) opened.set(endpoint, inbound);
    return inbound;
  };
}
