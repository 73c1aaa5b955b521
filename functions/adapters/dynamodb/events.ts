import * as z from 'zod';
import { ORDER_EVENT_DATA } from '../../../domain/order/events.ts';
import type { Envelope, OrderEnvelope } from '../../events/envelope.ts';
import { parseItem, type StoredItem } from './items.ts';

const StoredEvent = z.looseObject({
  eventId: z.string(),
  type: z.string(),
  occurredAt: z.iso.datetime(),
  data: z.looseObject({}),
});
const StoredOrderEvent = StoredEvent.extend({
  type: z.object(ORDER_EVENT_DATA).keyof(),
  orderId: z.string(),
  sequence: z.int().min(1),
});

/** What the store adds to an event: its key, and what seals it. */
const OWN_ATTRIBUTES: ReadonlySet<string> = new Set([
  ...['pk', 'sk', 'kind', 'previousDigest', 'digest', 'salt', 'erasedDigest', 'commitment'],
]);

/**
 * @returns the event of a stored item as the bus carries it, without the store's own attributes. It may be of a type
 *   that only a newer version knows.
 * @throws Error for an item that no subscriber could read
 */
export function eventFromItem(item: StoredItem): Envelope {
  return contentOf(parseItem(StoredEvent, item)) as Envelope;
}

/**
 * @returns an event of an order's history.
 * @throws Error for an item that is no event of an order, or of a type that this version does not know
 */
export function orderEventFromItem(item: StoredItem): OrderEnvelope {
  return contentOf(parseItem(StoredOrderEvent, item)) as OrderEnvelope;
}

/**
 * @returns all that an event says, without the store's own attributes. It is passed on as it was recorded: fields that a
 *   newer version added reach those who know them.
 */
export function contentOf(item: StoredItem): unknown {
  return Object.fromEntries(Object.entries(item).filter(([name]) => !OWN_ATTRIBUTES.has(name)));
}
