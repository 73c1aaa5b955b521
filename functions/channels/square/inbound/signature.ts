import { createHmac, timingSafeEqual } from 'node:crypto';

/** The one form that 32 bytes have in base64. */
const BASE64_OF_32_BYTES = /^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/;

export interface SignedNotification {
  readonly rawBody: Uint8Array;
  /** The header `x-square-hmacsha256-signature`; missing counts as wrong. */
  readonly signature: string | null | undefined;
  /** The address as it stands in Square's subscription, to the letter: query, slash and scheme count. */
  readonly notificationUrl: string;
  /** The current signature key and, while it still counts, the previous one. */
  readonly keys: readonly (string | undefined)[];
}

/**
 * Whether Square signed these very bytes for this very address: base64 HMAC-SHA256 of the notification URL and the
 * raw body under the subscription's signature key.
 *
 * @see https://developer.squareup.com/docs/webhooks/step3validate
 */
export function isSignedBySquare(notification: SignedNotification): boolean {
  const { rawBody, signature, notificationUrl } = notification;
  if (typeof signature !== 'string' || !BASE64_OF_32_BYTES.test(signature)) return false;
  const given = Buffer.from(signature, 'base64');
  let isSigned = false;
  // Every key is tried, so that the time does not reveal which one fits.
  for (const key of notification.keys) {
    if (key === undefined || key === '') continue;
    const expected = createHmac('sha256', key).update(notificationUrl).update(rawBody).digest();
    if (timingSafeEqual(given, expected)) isSigned = true;
  }
  return isSigned;
}
