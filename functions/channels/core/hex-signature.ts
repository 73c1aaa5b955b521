import { createHmac, timingSafeEqual } from 'node:crypto';

const HEX_OF_32_BYTES = /^[0-9a-f]{64}$/i;

/**
 * Whether a header holds the hex HMAC-SHA256 of the raw body under the current or the previous secret; compared in
 * constant time, and every secret is tried, so that the time does not reveal which one fits.
 */
export function hasHexSignature(
  rawBody: Uint8Array,
  signature: string | undefined,
  secrets: readonly (string | undefined)[],
): boolean {
  if (signature === undefined || !HEX_OF_32_BYTES.test(signature)) return false;
  const given = Buffer.from(signature, 'hex');
  let signed = false;
  for (const secret of secrets) {
    if (secret === undefined || secret === '') continue;
    if (timingSafeEqual(given, createHmac('sha256', secret).update(rawBody).digest())) signed = true;
  }
  return signed;
}
