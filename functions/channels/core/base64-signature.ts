import { createHmac, timingSafeEqual } from 'node:crypto';

/** The one form that 32 bytes have in base64; what Buffer would also accept is no signature. */
const BASE64_OF_32_BYTES = /^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/;

/**
 * Whether a header holds the base64 HMAC-SHA256 of the raw body under the current or the previous secret, as Shopify and
 * WooCommerce sign: after a rotation a shop may go on signing with the old one.
 *
 * @param signature the header's value; missing counts as wrong
 * @param secrets the current secret and, while it still counts, the previous one; empty ones are passed over, since
 *   anybody could sign with them
 * @see https://shopify.dev/docs/apps/build/webhooks/verify-deliveries
 */
export function hasBase64Signature(
  rawBody: Uint8Array,
  signature: string | null | undefined,
  secrets: readonly (string | undefined)[],
): boolean {
  if (typeof signature !== 'string' || !BASE64_OF_32_BYTES.test(signature)) return false;
  const given = Buffer.from(signature, 'base64');
  let signed = false;
  // Every secret is tried, so that the time does not reveal which one fits.
  for (const secret of secrets) {
    if (secret === undefined || secret === '') continue;
    const expected = createHmac('sha256', secret).update(rawBody).digest();
    if (timingSafeEqual(given, expected)) signed = true;
  }
  return signed;
}
