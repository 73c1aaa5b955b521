import { randomInt } from 'node:crypto';
import * as z from 'zod';
import { readJson } from '../../functions/channels/shopify/inbound/json.ts';
import type { Keeper } from '../aws/secrets.ts';

/** Numbers are kept as text, so that ids keep all their digits. */
const Id = z.string().regex(/^[0-9]+$/);
const Count = z.string().regex(/^[0-9]+$/);

export const KeptFulfillment = z.looseObject({
  id: Id,
  status: z.string(),
  tracking_company: z.string().nullish(),
  tracking_number: z.string().nullish(),
  tracking_numbers: z.array(z.string().nullable()).nullish(),
  line_items: z.array(z.looseObject({ id: Id, quantity: Count })),
});
export type KeptFulfillment = z.infer<typeof KeptFulfillment>;

const KeptLine = z.looseObject({
  id: Id,
  quantity: Count,
  current_quantity: Count.nullish(),
  requires_shipping: z.boolean().nullish(),
  /** The place that sends the line; the shop's only one when it is missing. */
  origin_location: z.looseObject({ id: Id }).nullish(),
});
export type KeptLine = z.infer<typeof KeptLine>;

/** An order in the form of Shopify's webhooks, as far as the stand-in looks into it; all else is kept as it came. */
export const KeptOrder = z.looseObject({
  id: Id,
  updated_at: z.string().nullish(),
  cancelled_at: z.string().nullish(),
  line_items: z.array(KeptLine),
  fulfillments: z.array(KeptFulfillment).nullish(),
});
export type KeptOrder = z.infer<typeof KeptOrder>;

/** The orders of a shop, kept beyond the end of the process. */
export interface ShopOrders {
  find(orderId: string): KeptOrder | null;
  keep(order: KeptOrder): void;
  /** The order that a fulfillment or refund belongs to; the shop's own ids tell. */
  owner(kind: 'fulfillment' | 'refund', id: string): KeptOrder | null;
  /**
   * Reads an order as a webhook tells it.
   *
   * @throws ZodError for what is no order of Shopify
   */
  read(body: Uint8Array): KeptOrder;
}

export function shopOrders(kept: Keeper): ShopOrders {
  const nameOf = (orderId: string) => `stand-in shopify order ${orderId}`;
  const ownerName = (kind: string, id: string) => `stand-in shopify ${kind} ${id}`;
  const find = (orderId: string): KeptOrder | null => {
    const text = kept.read(nameOf(orderId));
    return text === null ? null : (JSON.parse(text) as KeptOrder);
  };
  const keep = (order: KeptOrder) => {
    kept.write(nameOf(order.id), JSON.stringify(order));
    for (const { id } of order.fulfillments ?? []) kept.write(ownerName('fulfillment', id), order.id);
    const refunds = Array.isArray(order.refunds) ? (order.refunds as { id?: unknown }[]) : [];
    for (const { id } of refunds) kept.write(ownerName('refund', String(id)), order.id);
  };
  return {
    find,
    keep,
    owner(kind, id) {
      const orderId = kept.read(ownerName(kind, id));
      return orderId === null ? null : find(orderId);
    },
    read(body) {
      const read = readJson(body);
      return KeptOrder.parse('value' in read ? read.value : null);
    },
  };
}

/** Units of a line that have not been sent and are still wanted. */
export function remaining(order: KeptOrder, line: KeptLine): number {
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
