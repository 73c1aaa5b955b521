import { createHmac } from 'node:crypto';

/** @returns the hex HMAC-SHA256 of a body, as trading partners and we sign what we send each other. */
export function hexSignature(body: string, secret: string): string {
  return createHmac('sha256', secret).update(body).digest('hex');
}
