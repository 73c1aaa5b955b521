import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SCOPES } from '../../../contract/routes.ts';
import type { LocalStack } from '../../../local/stack.ts';
import { startStack } from '../../../testing/stack.ts';
import { payload } from './support.ts';

/** Messages that do not tell enough, sent to the running loop, which asks the shop for the whole order. */
let stack: LocalStack;
let token: string;

beforeAll(async () => {
  stack = await startStack({ context: { queueAfterSeconds: 3600 } });
  token = await stack.token(SCOPES.join(' '));
}, 60_000);

afterAll(() => stack.stop());

async function api(method: string, path: string, body?: Buffer | string) {
  const response = await fetch(stack.url + path, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body !== undefined && { body: typeof body === 'string' ? body : new Uint8Array(body) }),
  });
  // biome-ignore lint/suspicious/noExplicitAny: answers are looked into field by field
  return (await response.json()) as any;
}

let deliveries = 0;

async function deliver(topic: string, body: Buffer, webhookId = `w-${deliveries++}`) {
  const response = await fetch(`${stack.url}/webhooks/shopify`, {
    method: 'POST',
    body: new Uint8Array(body),
    headers: {
      'x-shopify-topic': topic,
      'x-shopify-shop-domain': 'northfield-test.myshopify.com',
      'x-shopify-webhook-id': webhookId,
      'x-shopify-hmac-sha256': createHmac('sha256', 'local-shopify-secret').update(body).digest('base64'),
    },
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

/** Puts an order into the shop under another id, and gives a message that names it. */
async function inShop(file: string, id: string) {
  const order = Buffer.from(payload(file).toString('utf8').replaceAll('6200407294101', id));
  await api('PUT', '/dev/stand-ins/shopify/orders', order);
  return (message: string) => Buffer.from(payload(message).toString('utf8').replaceAll('6200407294101', id));
}

const ordersOf = async (externalId: string) =>
  (await api('GET', `/v1/orders?externalId=${externalId}`)).items;

const UPDATED = 'orders_updated_06_edited_partly_fulfilled_refunded.json';

test.each([
  ['orders/edited', 'orders_edited_10.json', '6200407290001'],
  ['fulfillments/create', 'fulfillments_create_08.json', '6200407290002'],
  ['refunds/create', 'refunds_create_09.json', '6200407290003'],
])('%s of an unknown order makes it known, as it is now', async (topic, file, id) => {
  const naming = await inShop(UPDATED, id);
  const answer = await deliver(topic, naming(file));
  expect(answer).toMatchObject({ status: 200, body: { detail: 'received' } });
  const orders = await ordersOf(id);
  expect(orders).toHaveLength(1);
  // It was begun in the shop: whether something is to be shipped is for a person to tell.
  expect((await api('GET', `/v1/orders/${orders[0].orderId}`)).holds.length).toBeGreaterThan(0);
});

test('orders/edited of a known order brings it in line with the shop', async () => {
  const id = '6200407290004';
  const naming = await inShop('orders_create_01_discounts_tax_lots.json', id);
  expect((await deliver('orders/create', naming('orders_create_01_discounts_tax_lots.json'))).status).toBe(
    200,
  );
  const [{ orderId }] = await ordersOf(id);
  const order = JSON.parse(naming('orders_create_01_discounts_tax_lots.json').toString('utf8'));
  order.updated_at = '2026-03-14T15:11:40Z';
  order.line_items[0].current_quantity = 4;
  order.line_items[0].fulfillable_quantity = 4;
  await api('PUT', '/dev/stand-ins/shopify/orders', JSON.stringify(order));
  expect((await deliver('orders/edited', naming('orders_edited_10.json'))).status).toBe(200);
  expect((await api('GET', `/v1/orders/${orderId}`)).lines[0]).toMatchObject({ ordered: 6, cancelled: 2 });
});

test('while the shop cannot be asked: 503, nothing is stored, and the message that comes again is received', async () => {
  const id = '6200407290005';
  const naming = await inShop(UPDATED, id);
  const message = naming('orders_edited_10.json');
  await api(
    'PUT',
    '/dev/stand-ins/faults',
    JSON.stringify([{ operation: 'WholeOrder', status: 503, times: 100 }]),
  );
  expect(await deliver('orders/edited', message, 'again')).toMatchObject({
    status: 503,
    body: { code: 'busy' },
  });
  expect(await ordersOf(id)).toEqual([]);
  await api('PUT', '/dev/stand-ins/faults', '[]');
  expect((await deliver('orders/edited', message, 'again')).status).toBe(200);
  expect(await ordersOf(id)).toHaveLength(1);
});

test('of an order that the shop does not know the message is quarantined', async () => {
  const body = Buffer.from(JSON.stringify({ order_edit: { order_id: 4711 } }));
  expect((await deliver('orders/edited', body)).status).toBe(202);
});
