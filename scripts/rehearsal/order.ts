import { createHmac } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { askEveryFunction } from './every-function.ts';
import type { Answer, DeployedLoop } from './loop.ts';

const SHOP = 'northfield-test.myshopify.com';
const BRACKET = 'LMB-BRS-001';
const INDEX_PARTITION = 'LMB-BRT-001';

/**
 * Runs one signed Shopify B2B order through the deployed loop, from received to closed.
 *
 * @param run an id that is unique among runs on the same stacks
 * @param say prints a result
 * @throws Error for an unexpected result
 */
export async function closeOneOrder(
  loop: DeployedLoop,
  run: number,
  say: (text: string) => void,
): Promise<void> {
  await refusals(loop);
  say('requests without a token and webhooks without a signature are refused');

  await loop.call('PUT', '/v1/connections/rehearsal-shop', {
    kind: 'SHOPIFY',
    name: 'Northfield',
    settings: { shop: SHOP },
  });
  for (const sku of [BRACKET, INDEX_PARTITION]) {
    await loop.call('POST', `/v1/inventory/${sku}/lots`, { lotNumber: `REHEARSAL-${run}`, quantity: 40 });
  }

  const orderId = await receive(loop, run);
  say(`a signed Shopify order became ${orderId}`);
  await loop.until(`/v1/orders/${orderId}`, (order) => order.state === 'FULFILLMENT_QUEUED');
  say('allocated, and queued by the workflow');

  await loop.call('POST', `/v1/orders/${orderId}/shipments`, {
    carrier: 'UPS',
    trackingNumber: `1Z${run}`,
  });
  await loop.call('POST', `/v1/orders/${orderId}/shipments/${orderId}-S1/delivery`, {
    deliveredAt: new Date().toISOString(),
  });
  await loop.until(`/v1/orders/${orderId}`, (order) => order.state === 'CLOSED');
  const history = await loop.call('GET', `/v1/orders/${orderId}/events`);
  const events: { type: string; sequence: number }[] = history.items;
  if (events.some(({ sequence }, index) => sequence !== index + 1)) {
    throw new Error(`the history has gaps: ${JSON.stringify(events)}`);
  }
  say(`shipped, delivered and closed: ${events.map(({ type }) => type).join(', ')}`);

  await loop.until(`/v1/inventory/${BRACKET}/movements`, (ledger) =>
    (ledger.items as Answer['body'][]).some((each) => each.kind === 'SHIPMENT' && each.orderId === orderId),
  );
  say('the inventory consumer has written its ledger');
  await loop.until('/v1/invoices', (invoices) =>
    (invoices.items as Answer['body'][]).some((each) => each.orderId === orderId),
  );
  say('the finance consumer has written the invoice');

  const functions = await askEveryFunction(loop, orderId, BRACKET);
  say(`all ${functions} functions behind the API respond as expected`);

  const drift = await loop.call('GET', '/v1/inventory/drift');
  if (drift.items.length > 0) throw new Error(`drift: ${JSON.stringify(drift.items)}`);
  say('reservations and orders agree');
}

async function refusals(loop: DeployedLoop): Promise<void> {
  const answers = [
    await loop.send('GET', '/v1/orders'),
    await loop.send('POST', '/webhooks/shopify', { 'x-shopify-shop-domain': SHOP }, '{}'),
  ];
  const statuses = answers.map(({ status }) => status).join(', ');
  if (statuses !== '401, 401') throw new Error(`unauthenticated requests were answered ${statuses}`);
}

async function receive(loop: DeployedLoop, run: number): Promise<string> {
  const sample = await readFile(new URL('../../local/sample/shopify-order.json', import.meta.url), 'utf8');
  const order = JSON.parse(sample) as Record<string, unknown>;
  const body = JSON.stringify({ ...order, id: run, po_number: `PO-${run}` });
  const secret = await loop.webhookSecret('ShopifyWebhookSecret');
  const answer = await loop.send(
    'POST',
    '/webhooks/shopify',
    {
      'content-type': 'application/json',
      'x-shopify-topic': 'orders/create',
      'x-shopify-shop-domain': SHOP,
      'x-shopify-webhook-id': `rehearsal-${run}`,
      'x-shopify-hmac-sha256': createHmac('sha256', secret).update(body).digest('base64'),
    },
    body,
  );
  if (typeof answer.body.orderId !== 'string') {
    throw new Error(`the webhook answered ${answer.status}: ${JSON.stringify(answer.body)}`);
  }
  return answer.body.orderId;
}
