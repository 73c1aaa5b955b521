import { createHmac } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { SCOPES } from '../contract/routes.ts';
import { startLocalStack } from '../local/stack.ts';

/**
 * Closes one order on a stack of its own, by the same requests as the README's tour, and tells what it sees. Ends
 * with an error when anything is not as the README says.
 */
const stack = await startLocalStack();
const token = await stack.token(SCOPES.join(' '));

try {
  await tour();
} finally {
  await stack.stop();
}

async function tour(): Promise<void> {
  await post('/v1/inventory/LMB-BRS-001/lots', {
    lotNumber: 'TOUR-1',
    quantity: 40,
    expiryDate: '2027-06-30',
  });
  await post('/v1/inventory/LMB-BRT-001/lots', { lotNumber: 'TOUR-2', quantity: 40 });

  const body = await readFile(new URL('../local/sample/shopify-order.json', import.meta.url));
  const signature = createHmac('sha256', 'local-shopify-secret').update(body).digest('base64');
  const answer = await fetch(`${stack.url}/webhooks/shopify`, {
    method: 'POST',
    body,
    headers: {
      'content-type': 'application/json',
      'x-shopify-topic': 'orders/create',
      'x-shopify-shop-domain': 'northfield-test.myshopify.com',
      'x-shopify-webhook-id': 'tour-1',
      'x-shopify-hmac-sha256': signature,
    },
  });
  const { orderId } = (await answer.json()) as { orderId: string };
  say(`webhook answered ${answer.status}: ${orderId}`);

  await until(`/v1/orders/${orderId}`, (order) => order.state === 'FULFILLMENT_QUEUED');
  say('allocated, and queued by the workflow');
  await post(`/v1/orders/${orderId}/shipments`, { carrier: 'UPS', trackingNumber: '1Z999AA10123456784' });
  await post(`/v1/orders/${orderId}/shipments/${orderId}-S1/delivery`, {
    deliveredAt: '2026-11-23T10:00:00Z',
  });
  await until(`/v1/orders/${orderId}`, (order) => order.state === 'CLOSED');

  const history = await get(`/v1/orders/${orderId}/events`);
  const events = (history.items as { sequence: number; type: string }[]).map((event) => event.type);
  say(`closed, with a history of ${events.length}: ${events.join(', ')}`);
  if (events.length < 8) throw new Error('a closed order has eight events at least');
  const isShipped = (ledger: Answer) =>
    (ledger.items as { kind: string }[]).some((each) => each.kind === 'SHIPMENT');
  await until('/v1/inventory/LMB-BRS-001/movements', isShipped);
  say('the inventory consumer has written its ledger');
  await until('/v1/invoices', (invoices) =>
    (invoices.items as { orderId: string }[]).some((each) => each.orderId === orderId),
  );
  say('the finance consumer has booked the invoice');
  const drift = await get('/v1/inventory/drift');
  if ((drift.items as unknown[]).length > 0) throw new Error(`drift: ${JSON.stringify(drift.items)}`);
  say('reservations and orders agree');
}

type Answer = Record<string, unknown>;

async function post(path: string, body: unknown): Promise<Answer> {
  return request(path, { method: 'POST', body: JSON.stringify(body) });
}

async function get(path: string): Promise<Answer> {
  return request(path, {});
}

async function request(path: string, init: RequestInit): Promise<Answer> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const response = await fetch(stack.url + path, { ...init, headers });
  const text = await response.text();
  if (!response.ok) throw new Error(`${init.method ?? 'GET'} ${path} answered ${response.status}: ${text}`);
  return JSON.parse(text) as Answer;
}

async function until(path: string, isSo: (answer: Answer) => boolean): Promise<void> {
  const deadlines = Date.now() + 20_000;
  for (;;) {
    const answer = await get(path);
    if (isSo(answer)) return;
    if (Date.now() > deadlines) throw new Error(`${path} is still ${JSON.stringify(answer).slice(0, 500)}`);
    await new Promise((resume) => setTimeout(resume, 50));
  }
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
