import * as z from 'zod';
import { type Problem, problem } from '../../core/problem.ts';
import { describeIssues } from '../../core/schema-issues.ts';

/** Ids of Square have no blanks; their form is not documented any further. */
const Id = z.string().regex(/^[\x21-\x7e]{1,128}$/, 'an id of Square');

const Payment = z.object({
  id: Id,
  order_id: Id.nullish(),
  status: z.string(),
  total_money: z.object({ amount: z.int().nullish() }).nullish(),
});

/** @see https://developer.squareup.com/reference/square/objects/PaymentRefund */
const Refund = z.object({ id: Id, order_id: Id.nullish(), status: z.string() });

const OrderState = z.object({
  order_id: Id,
  state: z.string().nullish(),
  version: z.int().min(0),
  /** In messages that the loop makes of a backfill alone. */
  is_history: z.boolean().default(false),
});

/** What is read of any event; Square adds fields without notice. */
const Event = z.object({
  merchant_id: Id,
  type: z.string().regex(/^[\x20-\x7e]{0,200}$/, 'the name of an event'),
  event_id: z.string().regex(/^[\x21-\x7e]{1,200}$/, 'an id of Square'),
});

/** A payment as the event has it; the amount is in the currency's smallest unit. */
export interface SquarePayment {
  readonly paymentId: string;
  readonly status: string;
  readonly amount: bigint;
}

/** A webhook of Square, read. Only ids come with it: the order has to be fetched. */
export type SquareMessage =
  | {
      readonly about: 'order';
      readonly orderId: string;
      readonly state: string | null;
      /** Counts the changes of the order at Square. */
      readonly version: number;
      /** What has left of it is no stock of ours any more. */
      readonly isHistory: boolean;
    }
  | { readonly about: 'payment'; readonly orderId: string | null; readonly payment: SquarePayment }
  | { readonly about: 'missing order'; readonly orderId: string }
  /** The order is the one that the refund made: it names what came back, and for which sale. */
  | { readonly about: 'refund'; readonly orderId: string | null; readonly status: string };

/** Where the event keeps what it is about, by its type. */
const ORDER_EVENTS: Readonly<Record<string, string>> = {
  'order.created': 'order_created',
  'order.updated': 'order_updated',
  'order.fulfillment.updated': 'order_fulfillment_updated',
};

/** Sales at the counter send no `order.created`; the first message of one may be of a payment. */
const PAYMENT_EVENTS: readonly string[] = ['payment.created', 'payment.updated'];

/** The seller, or Square, took the access of the application back. */
export const REVOKED = 'oauth.authorization.revoked';

/** No event of Square, which deletes no order: the loop's own, of an order that Square was asked for and does not have. */
export const MISSING = 'order.missing';
const Missing = z.object({
  data: z.object({ object: z.object({ order_missing: z.object({ order_id: Id }) }) }),
});

const REFUND_EVENTS: readonly string[] = ['refund.created', 'refund.updated'];

/** The events of Square that are acted on. */
export const EVENTS: readonly string[] = [
  ...[...Object.keys(ORDER_EVENTS), ...PAYMENT_EVENTS, ...REFUND_EVENTS],
  REVOKED,
];

export interface SquareEnvelope {
  readonly merchantId: string;
  readonly type: string;
  readonly eventId: string;
}

/**
 * Whose event it is, by which the secret is chosen that has to fit. What it says may be trusted only then.
 *
 * @returns null for what is no event of Square
 */
export function readEnvelope(json: unknown): SquareEnvelope | null {
  const parsed = Event.safeParse(json);
  if (!parsed.success) return null;
  const { merchant_id: merchantId, type, event_id: eventId } = parsed.data;
  return { merchantId, type, eventId };
}

/**
 * Reads an event whose signature has been checked.
 *
 * @returns the message, or why it cannot be read; never throws
 */
export function readMessage(
  type: string,
  json: unknown,
): { readonly message: SquareMessage } | { readonly problem: Problem } {
  const field = ORDER_EVENTS[type];
  if (field !== undefined) {
    const parsed = z
      .object({ data: z.object({ object: z.object({ [field]: OrderState }) }) })
      .safeParse(json);
    const said = parsed.data?.data.object[field];
    if (said === undefined) return problem('malformed_payload', describeIssues(parsed.error?.issues ?? []));
    const { order_id: orderId, state, version, is_history: isHistory } = said;
    return { message: { about: 'order', orderId, state: state ?? null, version, isHistory } };
  }
  if (PAYMENT_EVENTS.includes(type)) {
    const parsed = z.object({ data: z.object({ object: z.object({ payment: Payment }) }) }).safeParse(json);
    if (!parsed.success) return problem('malformed_payload', describeIssues(parsed.error.issues));
    const { id: paymentId, order_id: orderId, status, total_money: total } = parsed.data.data.object.payment;
    const amount = BigInt(total?.amount ?? 0);
    return {
      message: { about: 'payment', orderId: orderId ?? null, payment: { paymentId, status, amount } },
    };
  }
  if (type === MISSING) {
    const parsed = Missing.safeParse(json);
    if (!parsed.success) return problem('malformed_payload', describeIssues(parsed.error.issues));
    return {
      message: { about: 'missing order', orderId: parsed.data.data.object.order_missing.order_id },
    };
  }
  if (REFUND_EVENTS.includes(type)) {
    const parsed = z.object({ data: z.object({ object: z.object({ refund: Refund }) }) }).safeParse(json);
    if (!parsed.success) return problem('malformed_payload', describeIssues(parsed.error.issues));
    const { order_id: orderId, status } = parsed.data.data.object.refund;
    return { message: { about: 'refund', orderId: orderId ?? null, status } };
  }
  return problem('unknown_topic', `no rule deals with the type ${JSON.stringify(type.slice(0, 100))}`);
}

/** JSON, or undefined for what is none; nothing is signed that cannot be read as text. */
export function readJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    return undefined;
  }
}
