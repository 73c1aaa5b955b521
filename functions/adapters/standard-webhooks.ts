import { randomBytes } from 'node:crypto';
import { Webhook } from 'standardwebhooks';

/** @returns a secret of 32 random bytes in the form of Standard Webhooks */
export function newWebhookSecret(): string {
  return `whsec_${randomBytes(32).toString('base64')}`;
}

/**
 * The headers that a subscriber verifies a delivery with (Standard Webhooks, "Webhook Headers").
 *
 * @param secrets the secrets that count now; the delivery carries a signature by each
 */
export function webhookHeaders(
  id: string,
  at: Date,
  payload: string,
  secrets: readonly string[],
): Record<string, string> {
  return {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': secrets.map((secret) => new Webhook(secret).sign(id, at, payload)).join(' '),
  };
}
