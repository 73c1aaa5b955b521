import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { useOwnApi } from '../../testing/api.ts';
import type { Json } from '../../testing/client.ts';

const loop = useOwnApi({ context: { queueAfterSeconds: 0 } });

beforeAll(() => api('POST', '/v1/inventory/PARCEL/lots', { lotNumber: 'A', quantity: 1000 }));

const api = (method: string, path: string, body?: unknown) => loop().send<Json>(method, path, { body });

const KEPT = '/v1/operations/kept-messages';
const waiting = async (query = '') => (await api('GET', `${KEPT}${query}`)).body.items;
const state = async (orderId: string) => (await api('GET', `/v1/orders/${orderId}`)).body.state;

async function post(path: string, headers: Record<string, string>, body: Buffer | string) {
  return (await loop().http.send('POST', path, { body: Buffer.from(body), headers })).status;
}

const hex = (secret: string, body: Buffer | string) =>
  createHmac('sha256', secret).update(Buffer.from(body)).digest('hex');

function fromCarrier(message: object): Promise<number> {
  const body = JSON.stringify(message);
  return post('/webhooks/carrier', { 'x-carrier-signature': hex('local-carrier-secret', body) }, body);
}

function fromPartner(file: string): Promise<number> {
  const body = readFileSync(new URL(`../payloads/x12/${file}`, import.meta.url));
  return post('/webhooks/edi', { 'x-edi-signature': hex('local-edi-secret', body) }, body);
}

function fromShop(topic: string, webhookId: string, body: string): Promise<number> {
  const headers = {
    'x-shopify-topic': topic,
    'x-shopify-shop-domain': 'northfield-test.myshopify.com',
    'x-shopify-webhook-id': webhookId,
    'x-shopify-hmac-sha256': createHmac('sha256', 'local-shopify-secret').update(body).digest('base64'),
  };
  return post('/webhooks/shopify', headers, body);
}

test('a tracking update of an unrecorded parcel is retried in vain, and received with its shipment', async () => {
  const trackingNumber = '1Z-EARLY';
  const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000).toISOString();
  const early = (eventId: string, status: string, occurredAt: string) =>
    fromCarrier({ eventId, trackingNumber, status, occurredAt });
  const failedAt = hoursAgo(20);
  expect(await early('early-1', 'delivered', hoursAgo(2))).toBe(202);
  expect(await early('early-2', 'failed_attempt', failedAt)).toBe(202);
  expect(await early('early-3', 'failed_attempt', hoursAgo(40))).toBe(202);
  const [dismissed, , message] = await waiting();
  expect(message).toMatchObject({
    ...{ channel: 'CARRIER', topic: 'delivered', status: 'WAITING', tries: 0 },
    reason: 'no shipment travels under 1Z-EARLY',
  });
  await api('POST', `${KEPT}/${dismissed.keptMessageId}/dismiss`, { reason: 'The driver was mistaken.' });
  const retry = `${KEPT}/${message.keptMessageId}/retry`;
  expect(await api('POST', retry)).toMatchObject({ status: 200, body: { status: 'WAITING', tries: 1 } });

  const lines = [{ sku: 'PARCEL', quantity: 2, unitPrice: '1.00' }];
  const order = { currency: 'USD', customer: { name: 'A' }, lines };
  const { orderId } = (await api('POST', '/v1/orders', order)).body;
  await vi.waitFor(async () => expect(await state(orderId)).toBe('FULFILLMENT_QUEUED'), 10_000);
  const ship = () =>
    api('POST', `/v1/orders/${orderId}/shipments`, {
      ...{ carrier: 'UPS', trackingNumber },
      lines: [{ lineNumber: 1, quantity: 1 }],
    });
  await ship();
  await vi.waitFor(async () => expect(await waiting()).toEqual([]), 10_000);
  expect((await api('POST', retry)).body).toMatchObject({ code: 'message_settled' });
  // The rest of the goods, entered a little later under the same number, has arrived with it.
  await ship();
  await vi.waitFor(async () => expect(await state(orderId)).toBe('CLOSED'), 10_000);
  const { items } = (await api('GET', `/v1/orders/${orderId}/events`)).body;
  const reported = items.filter(({ actor }: { actor: { id: string } }) => actor.id === 'carrier');
  expect(reported.map(({ type }: { type: string }) => type)).toEqual([
    ...['DeliveryTroubled', 'ShipmentDelivered', 'DeliveryTroubled', 'ShipmentDelivered', 'OrderDelivered'],
  ]);
  expect(reported[0].data.occurredAt).toBe(failedAt);
  expect(await waiting('?status=TAKEN_IN')).toMatchObject([
    { topic: 'failed_attempt' },
    { topic: 'delivered', orderIds: [orderId], decidedBy: 'carrier-news', tries: 1 },
  ]);
});

test('an 860 that came before its 850 changes the order when it is retried', async () => {
  expect(await fromPartner('valid/c01_860_004010_change_of_v01.edi')).toBe(200);
  const [message] = await waiting();
  expect(message).toMatchObject({ channel: 'EDI', topic: '860', status: 'WAITING' });
  await fromPartner('valid/v01_850_004010_net30_windows.edi');
  const [before] = (await api('GET', '/v1/orders?purchaseOrderNumber=4500187265')).body.items;
  const tried = await api('POST', `${KEPT}/${message.keptMessageId}/retry`);
  expect(tried.body).toMatchObject({
    status: 'TAKEN_IN',
    orderIds: [before.orderId],
    decidedBy: 'ada',
  });
  const { items } = (await api('GET', `/v1/orders/${before.orderId}/events`)).body;
  expect(items.map(({ type }: { type: string }) => type)).toContain('OrderAmended');
});

describe('what nothing can be done with', () => {
  test('is read as it was sent, and dismissed by one of two, with a reason', async () => {
    const body = '{"id":7,"note":"grüß"}';
    expect(await fromShop('carts/update', 'cart-1', body)).toBe(202);
    const [{ keptMessageId }] = await waiting();
    const path = `${KEPT}/${keptMessageId}`;
    expect((await api('GET', path)).body).toMatchObject({
      ...{ channel: 'SHOPIFY', source: 'northfield-test.myshopify.com', topic: 'carts/update' },
      ...{ body, bodyIsCutOff: false },
    });
    expect((await api('POST', `${path}/retry`)).body).toMatchObject({ status: 'WAITING', tries: 1 });
    const answers = await Promise.all(
      [1, 2].map(() => api('POST', `${path}/dismiss`, { reason: 'Carts are no orders.' })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect((await api('GET', path)).body).toMatchObject({
      ...{ status: 'DISMISSED', note: 'Carts are no orders.', decidedBy: 'ada' },
    });
    expect((await api('POST', `${path}/retry`)).body.code).toBe('message_settled');
  });

  test('is listed in pages, the newest first', async () => {
    for (const number of [1, 2, 3, 4, 5]) await fromShop(`pages/${number}`, `page-${number}`, '{}');
    const seen: string[] = [];
    let cursor = '';
    do {
      const { body } = await api('GET', `${KEPT}?limit=2${cursor && `&cursor=${cursor}`}`);
      expect(body.items.length).toBeLessThanOrEqual(2);
      seen.push(...body.items.map(({ topic }: { topic: string }) => topic));
      cursor = body.nextCursor ?? '';
    } while (cursor !== '');
    expect(seen).toEqual([5, 4, 3, 2, 1].map((number) => `pages/${number}`));
  });

  test.each(['x', 'a'.repeat(43), '%00', '..%2F..'])('has no id like %s', async (id) => {
    expect((await api('POST', `${KEPT}/${id}/retry`)).body.code).toBe('not_found');
  });
});
