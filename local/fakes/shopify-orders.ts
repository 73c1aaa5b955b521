import { randomInt } from 'node:crypto';
import * as z from 'zod';
import { readJson } from '../../functions/channels/shopify/inbound/json.ts';
import type { Keeper } from '../aws/secrets.ts';
import { REMOVED } from './fakes.ts';

/** Numbers are kept as text, so that ids keep all their digits. */
const Id = z.string().regex(/^[0-9]+$/);
const Count = z.string().regex(/^[0-9]+$/);

export const FakeFulfillment = z.looseObject({
  id: Id,
  status: z.string(),
  tracking_company: z.string().nullish(),
  tracking_number: z.string().nullish(),
  tracking_numbers: z.array(z.string().nullable()).nullish(),
  line_items: z.array(z.looseObject({ id: Id, quantity: Count })),
});
export type FakeFulfillment = z.infer<typeof FakeFulfillment>;

const FakeLine = z.looseObject({
  id: Id,
  quantity: Count,
  current_quantity: Count.nullish(),
  requires_shipping: z.boolean().nullish(),
  /** The place that sends the line; the shop's only one when it is missing. */
  origin_location: z.looseObject({ id: Id }).nullish(),
});
export type FakeLine = z.infer<typeof FakeLine>;

/** A hold of a fulfillment order, which is the one of a place. */
const FakeHold = z.object({
  id: Id,
  reason: z.string(),
  reason_notes: z.string().optional(),
  location_id: Id.optional(),
});

/** An order in the form of Shopify's webhooks, as far as the fake looks into it; all else is kept as it came. */
export const FakeOrder = z.looseObject({
  id: Id,
  updated_at: z.string().nullish(),
  cancelled_at: z.string().nullish(),
  line_items: z.array(FakeLine),
  fulfillments: z.array(FakeFulfillment).nullish(),
  /** Webhooks of orders have none. */
  fulfillment_holds: z.array(FakeHold).nullish(),
});
export type FakeOrder = z.infer<typeof FakeOrder>;

/** The orders of a shop, kept beyond the end of the process. */
export interface ShopOrders {
  find(orderId: string): FakeOrder | null;
  keep(order: FakeOrder): void;
  /** Deletes an order for good. */
  remove(orderId: string): void;
  isRemoved(orderId: string): boolean;
  list(): readonly FakeOrder[];
  /** The order that a fulfillment or refund belongs to; by the shop's own ids. */
  owner(kind: 'fulfillment' | 'refund', id: string): FakeOrder | null;
  /**
   * Reads an order from a webhook.
   *
   * @throws ZodError for what is no order of Shopify
   */
  read(body: Uint8Array): FakeOrder;
}

/** @param onKeep is called with each order that is kept, and as it was before */
export function shopOrders(
  kept: Keeper,
  onKeep: (before: FakeOrder | null, after: FakeOrder) => void = () => {},
): ShopOrders {
  const nameOf = (orderId: string) => `stand-in shopify order ${orderId}`;
  const ownerName = (kind: string, id: string) => `stand-in shopify ${kind} ${id}`;
  const find = (orderId: string): FakeOrder | null => {
    const text = kept.read(nameOf(orderId));
    return text === null || text === REMOVED ? null : (JSON.parse(text) as FakeOrder);
  };
  const keep = (order: FakeOrder) => {
    onKeep(find(order.id), order);
    kept.write(nameOf(order.id), JSON.stringify(order));
    for (const { id } of order.fulfillments ?? []) kept.write(ownerName('fulfillment', id), order.id);
    const refunds = Array.isArray(order.refunds) ? (order.refunds as { id?: unknown }[]) : [];
    for (const { id } of refunds) kept.write(ownerName('refund', String(id)), order.id);
  };
  return {
    find,
    keep,
    remove: (orderId) => kept.write(nameOf(orderId), REMOVED),
    isRemoved: (orderId) => kept.read(nameOf(orderId)) === REMOVED,
    list: () =>
      kept
        .list(nameOf(''))
        .filter((text) => text !== REMOVED)
        .map((text) => JSON.parse(text) as FakeOrder),
    owner(kind, id) {
      const orderId = kept.read(ownerName(kind, id));
      return orderId === null ? null : find(orderId);
    },
    read(body) {
      const read = readJson(body);
      return FakeOrder.parse('value' in read ? read.value : null);
    },
  };
}

/** Units of a line that have not been sent and are still wanted. */
export function remaining(order: FakeOrder, line: FakeLine): number {
  const sent = (order.fulfillments ?? [])
    .filter(({ status }) => status === 'success')
    .flatMap(({ line_items }) => line_items)
    .filter(({ id }) => id === line.id)
    .reduce((total, { quantity }) => total + Number(quantity), 0);
  return line.requires_shipping === false
    ? 0
    : Math.max(0, Number(line.current_quantity ?? line.quantity) - sent);
}

/** An id of the length that Shopify's have. */
export function freshId(): string {
  return `${randomInt(1_000_000, 9_999_999)}${randomInt(100_000, 999_999)}`;
}
