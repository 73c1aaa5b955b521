import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** The secret that the local stack shares with Square. */
export const SQUARE_SECRET = 'local-square-secret';
export const MERCHANT = 'MLTESTMERCHANT1';

/** The bytes of a file of `test/payloads/square`. */
export function squarePayload(file: string): Buffer {
  return readFileSync(new URL(`../test/payloads/square/${file}`, import.meta.url));
}

/** Signs as Square does: the address that is notified, and the body. */
export function squareSignature(body: Uint8Array, notificationUrl: string, key = SQUARE_SECRET): string {
  return createHmac('sha256', key).update(notificationUrl).update(body).digest('base64');
}

/** An event of Square about an order. */
export function orderEvent(
  type: 'order.created' | 'order.updated' | 'order.fulfillment.updated',
  eventId: string,
  order: { readonly orderId: string; readonly version: number; readonly state?: string },
): Buffer {
  const { orderId, version, state = 'OPEN' } = order;
  const object = { [type.replaceAll('.', '_')]: { order_id: orderId, location_id: 'L1', state, version } };
  return Buffer.from(
    JSON.stringify({
      merchant_id: MERCHANT,
      type,
      event_id: eventId,
      created_at: '2026-03-12T17:04:11.4Z',
      data: { type: type.replaceAll('.', '_'), id: orderId, object },
    }),
  );
}
