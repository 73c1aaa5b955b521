import type { Logger } from '@aws-lambda-powertools/logger';
import { CarrierMessage } from '../../contract/carrier-message.ts';
import type { Connection } from '../../contract/connections.ts';
import { takeInNews } from '../carriers/process-tracking-update.ts';
import { type Delivery, type TakenIn, takeIn } from '../channels/core/process-message.ts';
import type { ShopifyShop, SquareAccount } from '../channels/core/shops.ts';
import type { EdiParts } from '../channels/edi/inbound/process-interchange.ts';
import { takeInAgain as takeInSetAgain } from '../channels/edi/inbound/retry-set.ts';
import { readMessage as readShopify } from '../channels/shopify/inbound/message.ts';
import { newsOf } from '../channels/shopify/inbound/news.ts';
import { readJson, readMessage as readSquare } from '../channels/square/inbound/message.ts';
import { takeInMessage } from '../channels/square/inbound/process-message.ts';
import type { Origin } from '../events/envelope.ts';
import type { Ports } from '../orders/ports.ts';
import type { KeptWhole } from './quarantined-messages.ts';

/** What became of a message that was tried again. */
export type TakenAgain =
  | { readonly kind: 'taken-in'; readonly orderIds: readonly string[] }
  | { readonly kind: 'still-aside'; readonly reason: string };

/** What trying again needs from outside. */
export interface AgainParts {
  readonly ports: Ports;
  readonly logger: Pick<Logger, 'error'>;
  findConnection(kind: 'SHOPIFY' | 'SQUARE', source: string): Promise<Connection | null>;
  readonly edi: Pick<EdiParts, 'findPartner' | 'numbers' | 'documents'>;
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
export async function takeInAgain(
  parts: AgainParts,
  kept: KeptWhole,
  circumstances: Circumstances,
): Promise<TakenAgain> {
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

async function fromShopify(parts: AgainParts, kept: KeptWhole, { origin }: Circumstances): Promise<TakenIn> {
  const { source = '', topic } = kept.message;
  const connection = await parts.findConnection('SHOPIFY', source);
  if (connection?.kind !== 'SHOPIFY') return notConnected(source);
  const read = readShopify(topic, kept.body);
  if ('problem' in read) return aside(read.problem.detail);
  const news = newsOf(read.message, source, await parts.shopifyOf(connection));
  return takeIn(forAnother(parts.ports), deliveryOf('SHOPIFY', kept, origin), news);
}

async function fromSquare(parts: AgainParts, kept: KeptWhole, { origin }: Circumstances): Promise<TakenIn> {
  const { source = '', topic } = kept.message;
  const connection = await parts.findConnection('SQUARE', source);
  if (connection?.kind !== 'SQUARE') return notConnected(source);
  const read = readSquare(topic, readJson(Buffer.from(kept.body)));
  if ('problem' in read) return aside(read.problem.detail);
  const account = await parts.squareOf(connection);
  const { logger } = parts;
  return takeInMessage(
    { ports: forAnother(parts.ports), logger, account, merchant: source },
    deliveryOf('SQUARE', kept, origin),
    read.message,
  );
}

async function fromPartner(
  { ports, edi }: AgainParts,
  { body, place, message }: KeptWhole,
  { origin, deadline }: Circumstances,
): Promise<TakenAgain> {
  if (place === undefined) return still(message.reason);
  const outcome = await takeInSetAgain({ ports, ...edi }, { body, place, origin, deadline });
  return outcome.kind === 'aside' ? still(outcome.reason) : { kind: 'taken-in', orderIds: outcome.orderIds };
}

async function fromCarrier(
  { ports }: AgainParts,
  { body, message }: KeptWhole,
  { origin }: Circumstances,
): Promise<TakenAgain> {
  const parsed = CarrierMessage.safeParse(jsonOf(body));
  if (!parsed.success) return still(parsed.error.issues[0]?.message ?? message.reason);
  const receipt = { channel: 'CARRIER', id: parsed.data.eventId };
  const actor = { type: 'channel', id: 'carrier' } as const;
  const taken = await takeInNews(forAnother(ports), parsed.data, receipt, Buffer.from(body), {
    ...origin,
    actor,
  });
  return taken.kind === 'done' ? { kind: 'taken-in', orderIds: taken.orderIds } : still(taken.reason);
}

/** A message that was kept aside is known by its receipt already: another try leaves that as it is. */
function forAnother(ports: Ports): Ports {
  return {
    ...ports,
    receipts: { isKnown: async () => false, note: async () => {}, keepAside: async () => {} },
  };
}

function deliveryOf(channel: Delivery['channel'], { message, body }: KeptWhole, origin: Origin): Delivery {
  const { source = '', topic } = message;
  return {
    ...{ channel, source, topic, body, receipts: [] },
    origin: { ...origin, actor: { type: 'channel', id: source } },
  };
}

function ofShop(taken: TakenIn): TakenAgain {
  if (taken.kind === 'kept-aside') return still(taken.reason);
  return { kind: 'taken-in', orderIds: taken.orderId === null ? [] : [taken.orderId] };
}

function notConnected(source: string): TakenIn {
  return aside(`${source} is not connected; add the connection and try again`);
}

function aside(reason: string): TakenIn {
  return { kind: 'kept-aside', reason };
}

function still(reason: string): TakenAgain {
  return { kind: 'still-aside', reason };
}

function jsonOf(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString('utf8'));
  } catch {
    return undefined;
  }
}
