import { Webhook } from 'standardwebhooks';
import { type Envelope, parseEvent } from '../../contract/events.ts';

export { isEventType, parseEvent } from '../../contract/events.ts';

/** An event of the loop; `type` tells which. */
export type BusEvent = Envelope;

/** A verified delivery of a webhook subscription. */
export interface Delivery {
  /** The same for each attempt of a delivery: a repeat is known by it. */
  readonly deliveryId: string;
  readonly event: BusEvent;
}

/** Headers of a request: those of Node.js, of `fetch`, or of an event of API Gateway. */
export type RequestHeaders = Headers | Readonly<Record<string, string | readonly string[] | undefined>>;

/**
 * Verifies a delivery of a webhook subscription and parses its event.
 *
 * @param secret of the subscription, `whsec_…`
 * @param body the bytes or the text as they were received, before anything parses them
 * @throws WebhookVerificationError of `standardwebhooks` when the delivery is not signed with the secret, or is older
 *   than five minutes
 * @throws Error when the event is of a type that this version does not know
 */
export function readDelivery(secret: string, body: string | Uint8Array, headers: RequestHeaders): Delivery {
  const text = typeof body === 'string' ? body : new TextDecoder('utf-8', { fatal: true }).decode(body);
  const given = singleHeaders(headers);
  const delivery = new Webhook(secret).verify(text, given) as { readonly data?: unknown };
  return { deliveryId: given['webhook-id'] ?? '', event: parseEvent(delivery.data) };
}

/**
 * Parses an event from the body of an SQS message that a rule on the bus sent. For a Lambda target of a rule,
 * `parseEvent(event.detail)` does the same.
 *
 * @throws SyntaxError or Error when the message holds no event of the loop
 */
export function readBusMessage(body: string): BusEvent {
  const message: unknown = JSON.parse(body);
  const isObject = typeof message === 'object' && message !== null;
  return parseEvent(isObject && 'detail' in message ? message.detail : undefined);
}

function singleHeaders(headers: RequestHeaders): Record<string, string> {
  const entries = headers instanceof Headers ? headers.entries() : Object.entries(headers);
  return Object.fromEntries(
    [...entries].flatMap(([name, value]) =>
      value === undefined ? [] : [[name.toLowerCase(), typeof value === 'string' ? value : (value[0] ?? '')]],
    ),
  );
}
