import type { Logger } from '@aws-lambda-powertools/logger';
import { CarrierMessage } from '../../contract/carrier-message.ts';
import type { Connection } from '../../contract/connections.ts';
import { processTrackingUpdate } from '../carriers/process-tracking-update.ts';
import { type Delivery, type TakenIn, takeIn } from '../channels/core/process-message.ts';
import type { ShopifyShop, SquareAccount } from '../channels/core/shops.ts';
import type { EdiDependencies } from '../channels/edi/inbound/process-interchange.ts';
import { retryMessage as retrySet } from '../channels/edi/inbound/retry-set.ts';
import { readMessage as readShopify } from '../channels/shopify/inbound/message.ts';
import { channelUpdateOf } from '../channels/shopify/inbound/news.ts';
import { readJson, readMessage as readSquare } from '../channels/square/inbound/message.ts';
import { processMessage } from '../channels/square/inbound/process-message.ts';
import type { Origin } from '../events/envelope.ts';
import type { Ports } from '../orders/ports.ts';
import type { StoredMessage } from './quarantined-messages.ts';

/** What became of a message that was tried again. */
export type RetryOutcome =
  | { readonly kind: 'processed'; readonly orderIds: readonly string[] }
  | { readonly kind: 'still-quarantined'; readonly reason: string };

/** What trying again needs from outside. */
export interface RetryDependencies {
  readonly ports: Ports;
  readonly logger: Pick<Logger, 'error'>;
  findConnection(kind: 'SHOPIFY' | 'SQUARE', source: string): Promise<Connection | null>;
  readonly edi: Pick<EdiDependencies, 'findPartner' | 'numbers' | 'documents'>;
  shopifyOf(connection: Extract<Connection, { kind: 'SHOPIFY' }>): Promise<ShopifyShop>;
  squareOf(connection: Extract<Connection, { kind: 'SQUARE' }>): Promise<SquareAccount>;
}

interface Circumstances {
  readonly origin: Origin;
  /** Epoch milliseconds after which nothing further is begun. */
  readonly deadline: number;
}

/**
 * Tries a message that was kept aside once more, by the rules of its channel: what it waited for may be there now. It
 * has one effect however often it is tried, since each channel's orders and changes are known by themselves.
 *
 * @throws Busy when contention outlasted every attempt, or a shop could not be asked; it may be tried again
 */
export async function retryMessage(
  parts: RetryDependencies,
  kept: StoredMessage,
  circumstances: Circumstances,
): Promise<RetryOutcome> {
  if (kept.isCutOff) return still('it was too large to be kept whole; have the channel send it again');
  switch (kept.message.channel) {
    case 'SHOPIFY':
      return ofShop(await fromShopify(parts, kept, circumstances));
    case 'SQUARE':
      return ofShop(await fromSquare(parts, kept, circumstances));
    case 'EDI':
      return fromPartner(parts, kept, circumstances);
    case 'CARRIER':
      return fromCarrier(parts, kept, circumstances);
  }
}

async function fromShopify(
  parts: RetryDependencies,
  kept: StoredMessage,
  { origin }: Circumstances,
): Promise<TakenIn> {
  const { source = '', topic } = kept.message;
  const connection = await parts.findConnection('SHOPIFY', source);
  if (connection?.kind !== 'SHOPIFY') return notConnected(source);
  const read = readShopify(topic, kept.body);
  if ('problem' in read) return aside(read.problem.detail);
  const news = channelUpdateOf(read.message, source, await parts.shopifyOf(connection));
  return takeIn(forAnother(parts.ports), deliveryOf('SHOPIFY', kept, origin), news);
}

async function fromSquare(
  parts: RetryDependencies,
  kept: StoredMessage,
  { origin }: Circumstances,
): Promise<TakenIn> {
  const { source = '', topic } = kept.message;
  const connection = await parts.findConnection('SQUARE', source);
  if (connection?.kind !== 'SQUARE') return notConnected(source);
  const read = readSquare(topic, readJson(Buffer.from(kept.body)));
  if ('problem' in read) return aside(read.problem.detail);
  const account = await parts.squareOf(connection);
  const { logger } = parts;
  return processMessage(
    { ports: forAnother(parts.ports), logger, account, merchant: source },
    deliveryOf('SQUARE', kept, origin),
    read.message,
  );
}

async function fromPartner(
  { ports, edi }: RetryDependencies,
  { body, place, message }: StoredMessage,
  { origin, deadline }: Circumstances,
): Promise<RetryOutcome> {
  if (place === undefined) return still(message.reason);
  const outcome = await retrySet({ ports, ...edi }, { body, place, origin, deadline });
  return outcome.kind === 'quarantined'
    ? still(outcome.reason)
    : { kind: 'processed', orderIds: outcome.orderIds };
}

async function fromCarrier(
  { ports }: RetryDependencies,
  { body, message }: StoredMessage,
  { origin }: Circumstances,
): Promise<RetryOutcome> {
  const parsed = CarrierMessage.safeParse(jsonOf(body));
  if (!parsed.success) return still(parsed.error.issues[0]?.message ?? message.reason);
  const receipt = { channel: 'CARRIER', id: parsed.data.eventId };
  const actor = { type: 'channel', id: 'carrier' } as const;
  const taken = await processTrackingUpdate(forAnother(ports), parsed.data, receipt, Buffer.from(body), {
    ...origin,
    actor,
  });
  return taken.kind === 'done' ? { kind: 'processed', orderIds: taken.orderIds } : still(taken.reason);
}

/** A message that was kept aside is known by its receipt already: another try leaves that as it is. */
function forAnother(ports: Ports): Ports {
  return {
    ...ports,
    receipts: { isKnown: async () => false, note: async () => {}, quarantine: async () => {} },
  };
}

function deliveryOf(
  channel: Delivery['channel'],
  { message, body }: StoredMessage,
  origin: Origin,
): Delivery {
  const { source = '', topic } = message;
  return {
    ...{ channel, source, topic, body, receipts: [] },
    origin: { ...origin, actor: { type: 'channel', id: source } },
  };
}

function ofShop(taken: TakenIn): RetryOutcome {
  if (taken.kind === 'quarantined') return still(taken.reason);
  return { kind: 'processed', orderIds: taken.orderId === null ? [] : [taken.orderId] };
}

function notConnected(source: string): TakenIn {
  return aside(`${source} is not connected; add the connection and try again`);
}

function aside(reason: string): TakenIn {
  return { kind: 'quarantined', reason };
}

function still(reason: string): RetryOutcome {
  return { kind: 'still-quarantined', reason };
}

function jsonOf(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString('utf8'));
  } catch {
    return undefined;
  }
}
