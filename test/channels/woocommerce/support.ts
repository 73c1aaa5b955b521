import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';

export const STORE = 'https://northfield.example';
const SECRET = 'local-woocommerce-secret';

/** An order as the REST API has it, with changes. */
export function wooOrder(changes: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return { ...(payload('order_created.json') as object), ...changes };
}

export function payload(file: string): unknown {
  return JSON.parse(readFileSync(new URL(`../../payloads/woocommerce/${file}`, import.meta.url), 'utf8'));
}

let deliveries = 0;

/** Sends a webhook as WooCommerce does. */
export async function deliver(
  url: string,
  topic: string,
  body: unknown,
  headers: Record<string, string> = {},
) {
  const text = JSON.stringify(body);
  const response = await fetch(`${url}/webhooks/woocommerce`, {
    method: 'POST',
    body: text,
    headers: {
      'content-type': 'application/json',
      'x-wc-webhook-source': `${STORE}/`,
      'x-wc-webhook-topic': topic,
      'x-wc-webhook-id': '5',
      'x-wc-webhook-delivery-id': `delivery-${deliveries++}`,
      'x-wc-webhook-signature': createHmac('sha256', SECRET).update(text).digest('base64'),
      ...headers,
    },
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}
