import type * as z from 'zod';
import { type Problem, problem } from '../../core/problem.ts';
import type { ChannelHolds } from '../../core/reconcile-hold.ts';
import { describeIssues } from '../../core/schema-issues.ts';
import { riskHolds } from './holds.ts';
import { readJson } from './json.ts';
import { noticeOf } from './notices.ts';
import {
  ShopifyDeletion,
  type ShopifyFulfillment,
  ShopifyFulfillmentMessage,
  ShopifyFulfillmentOrder,
  ShopifyOrder,
  ShopifyOrderEdit,
  type ShopifyRefund,
  ShopifyRefundMessage,
  ShopifyReturn,
  ShopifyRisk,
} from './payload.ts';

/**
 * A webhook of Shopify, read. `orderId` is Shopify's own id of the order, digit for digit: our `externalId`.
 * `updatedAt` (UTC, with milliseconds) says how new the state of the order is; only full orders have it.
 */
export type ShopifyMessage =
  | {
      readonly topic: 'orders/create' | 'orders/updated' | 'orders/cancelled';
      readonly orderId: string;
      readonly updatedAt: string | null;
      readonly order: ShopifyOrder;
    }
  | { readonly topic: 'orders/edited' | 'orders/delete'; readonly orderId: string }
  | {
      readonly topic: 'fulfillments/create' | 'fulfillments/update';
      readonly orderId: string;
      readonly fulfillment: ShopifyFulfillment;
    }
  | { readonly topic: 'returns'; readonly orderId: string }
  /** Shopify holds goods back, or does no more. */
  | {
      readonly topic: 'hold';
      readonly orderId: string;
      readonly held: ChannelHolds;
    }
  | { readonly topic: 'refunds/create'; readonly orderId: string; readonly refund: ShopifyRefund };

export const PLACED = 'fulfillment_orders/placed_on_hold';
const RELEASED = 'fulfillment_orders/hold_released';
export const RISK_CHANGED = 'orders/risk_assessment_changed';

/**
 * Reads a webhook whose signature has been checked.
 *
 * @param topic the value of `X-Shopify-Topic`
 * @param body the raw body
 * @returns the message, or why it cannot be read; never throws
 */
export function readMessage(
  topic: string,
  body: Uint8Array,
): { readonly message: ShopifyMessage } | { readonly problem: Problem } {
  const json = readJson(body);
  if ('problem' in json) return json;
  const foreign = foreignField(topic, json.value);
  if (foreign !== undefined) {
    return problem(
      'malformed_payload',
      `a message of the topic ${topic} has no field ${foreign}: it is about something else`,
    );
  }
  switch (topic) {
    case RISK_CHANGED:
      return parse(ShopifyRisk, json.value, (risk) => ({
        ...{ topic: 'hold', orderId: risk.order_id, held: riskHolds(risk) },
      }));
    case PLACED:
    case RELEASED:
      return problem('malformed_payload', 'the message names no fulfillment order');
    case 'returns/request':
    case 'returns/approve':
    case 'returns/decline':
    case 'returns/update':
    case 'returns/process':
    case 'returns/close':
    case 'returns/reopen':
    case 'returns/cancel':
      return parse(ShopifyReturn, json.value, ({ order }) => ({ topic: 'returns', orderId: order.id }));
    case 'orders/create':
    case 'orders/updated':
    case 'orders/cancelled':
      return parse(ShopifyOrder, json.value, (order) => ({
        topic,
        orderId: order.id,
        updatedAt: order.updated_at ?? null,
        order,
      }));
    case 'orders/edited':
      return parse(ShopifyOrderEdit, json.value, (edit) => ({ topic, orderId: edit.order_edit.order_id }));
    case 'orders/delete':
      return parse(ShopifyDeletion, json.value, (deletion) => ({ topic, orderId: deletion.id }));
    case 'fulfillments/create':
    case 'fulfillments/update':
      return parse(ShopifyFulfillmentMessage, json.value, (fulfillment) => ({
        topic,
        orderId: fulfillment.order_id,
        fulfillment,
      }));
    case 'refunds/create':
      return parse(ShopifyRefundMessage, json.value, (refund) => ({
        topic,
        orderId: refund.order_id,
        refund,
      }));
    default: {
      const notice = noticeOf(topic, json.value);
      if (notice !== null) return problem('operator_needed', notice);
      return problem('unknown_topic', `no rule deals with the topic ${JSON.stringify(topic.slice(0, 100))}`);
    }
  }
}

/** Fields that show a message to be about something else than its topic. */
const FOREIGN: Readonly<Record<string, readonly string[]>> = {
  'orders/create': ['order_id'],
  'orders/updated': ['order_id'],
  'orders/cancelled': ['order_id'],
  'orders/delete': ['order_id', 'line_items', 'currency', 'email'],
  'fulfillments/create': ['refund_line_items', 'transactions'],
  'fulfillments/update': ['refund_line_items', 'transactions'],
  'refunds/create': ['tracking_number', 'tracking_numbers', 'shipment_status'],
};

/** The signature covers the body alone, so whoever holds a signed message could send it under another topic. */
function foreignField(topic: string, value: unknown): string | undefined {
  const names = Object.hasOwn(FOREIGN, topic) ? FOREIGN[topic] : undefined;
  if (typeof value !== 'object' || value === null) return undefined;
  return names?.find((name) => Object.hasOwn(value, name));
}

/**
 * @returns the fulfillment order of which a hold was placed or released; null for a message about anything else, or one of
 *   another form. Which holds there are, and of which order, the shop has to be asked: a message may come late, says one
 *   hold at most, and seldom names the order.
 */
export function heldFulfillmentOrder(topic: string, body: Uint8Array): string | null {
  if (topic !== PLACED && topic !== RELEASED) return null;
  const json = readJson(body);
  const parsed = ShopifyFulfillmentOrder.safeParse('problem' in json ? null : json.value);
  return parsed.data?.fulfillment_order.id ?? null;
}

function parse<Payload>(
  schema: z.ZodType<Payload>,
  value: unknown,
  toMessage: (payload: Payload) => ShopifyMessage,
): { readonly message: ShopifyMessage } | { readonly problem: Problem } {
  const parsed = schema.safeParse(value);
  return parsed.success
    ? { message: toMessage(parsed.data) }
    : problem('malformed_payload', describeIssues(parsed.error.issues));
}
