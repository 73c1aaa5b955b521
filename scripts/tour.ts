import { readFile } from 'node:fs/promises';
import { SAMPLE_SHOP } from '../local/banner.ts';
import { startLocalStack } from '../local/stack.ts';
import { connect, type Json } from '../testing/client.ts';
import { shopifyMessage } from '../testing/messages.ts';
import { until } from '../testing/until.ts';

/**
 * Closes one order on a separate stack, with the same requests as the README's tour, and prints each result. Ends
 * with an error when a result differs from the README.
 */
const stack = await startLocalStack();
const loop = await connect(stack.url);

try {
  await tour();
} finally {
  loop.close();
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
  const answer = await loop.sendSigned(
    shopifyMessage('orders/create', body, { shop: SAMPLE_SHOP, webhookId: 'tour-1' }),
  );
  const { orderId } = answer.body;
  say(`webhook answered ${answer.status}: ${orderId}`);

  await comesTo(`/v1/orders/${orderId}`, (order) => order.state === 'FULFILLMENT_QUEUED');
  say('allocated, and queued by the workflow');
  await post(`/v1/orders/${orderId}/shipments`, { carrier: 'UPS', trackingNumber: '1Z999AA10123456784' });
  await post(`/v1/orders/${orderId}/shipments/${orderId}-S1/delivery`, {
    deliveredAt: '2026-11-23T10:00:00Z',
  });
  await comesTo(`/v1/orders/${orderId}`, (order) => order.state === 'CLOSED');

  const history = await get(`/v1/orders/${orderId}/events`);
  const events = (history.items as { sequence: number; type: string }[]).map((event) => event.type);
  say(`closed, with a history of ${events.length}: ${events.join(', ')}`);
  if (events.length < 8) throw new Error('a closed order has eight events at least');
  const isShipped = (ledger: Json) =>
    (ledger.items as { kind: string }[]).some((each) => each.kind === 'SHIPMENT');
  await comesTo('/v1/inventory/LMB-BRS-001/movements', isShipped);
  say('the inventory consumer has written its ledger');
  await comesTo('/v1/invoices', (invoices) =>
    (invoices.items as { orderId: string }[]).some((each) => each.orderId === orderId),
  );
  say('the finance consumer has booked the invoice');
  const drift = await get('/v1/inventory/drift');
  if ((drift.items as unknown[]).length > 0) throw new Error(`drift: ${JSON.stringify(drift.items)}`);
  say('reservations and orders agree');
}

function post(path: string, body: unknown): Promise<Json> {
  return loop.done('POST', path, { body });
}

function get(path: string): Promise<Json> {
  return loop.done('GET', path);
}

async function comesTo(path: string, isSo: (answer: Json) => boolean): Promise<void> {
  await until(() => get(path), isSo, 20_000);
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
