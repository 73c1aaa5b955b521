import { createHmac } from 'node:crypto';
import { beforeAll, expect, test, vi } from 'vitest';
import { useOwnApi } from '../../testing/api.ts';
import type { Json } from '../../testing/client.ts';

const loop = useOwnApi({ context: { queueAfterSeconds: 0 } });

beforeAll(() => api('POST', '/v1/inventory/PARCEL/lots', { lotNumber: 'A', quantity: 1000 }));

const api = async (method: string, path: string, body?: unknown) =>
  (await loop().send<Json>(method, path, { body })).body;

async function tell(message: object, signature?: string) {
  const body = JSON.stringify(message);
  const signed = createHmac('sha256', 'local-carrier-secret').update(body).digest('hex');
  const headers = { 'x-carrier-signature': signature ?? signed };
  return loop().http.send<Json>('POST', '/webhooks/carrier', { body, headers });
}

async function shipped(trackingNumber: string): Promise<string> {
  const lines = [{ sku: 'PARCEL', quantity: 1, unitPrice: '1.00' }];
  const { orderId } = await api('POST', '/v1/orders', { currency: 'USD', customer: { name: 'A' }, lines });
  await vi.waitFor(
    async () => expect((await api('GET', `/v1/orders/${orderId}`)).state).toBe('FULFILLMENT_QUEUED'),
    15_000,
  );
  await api('POST', `/v1/orders/${orderId}/shipments`, { carrier: 'UPS', trackingNumber });
  return orderId;
}

test('a failed attempt and a return are on the order and in its history; a delivery then closes it', async () => {
  const orderId = await shipped('1Z-TROUBLE');
  const news = (eventId: string, status: string, occurredAt: string) =>
    tell({ eventId, trackingNumber: '1Z-TROUBLE', status, occurredAt });
  expect(await news('n1', 'in_transit', '2026-03-10T08:00:00Z')).toMatchObject({ status: 200 });
  expect(await news('n2', 'failed_attempt', '2026-03-11T08:00:00Z')).toMatchObject({ status: 200 });
  expect(await news('n2', 'failed_attempt', '2026-03-11T08:00:00Z')).toMatchObject({
    status: 200,
    body: { status: 'repeat' },
  });
  const order = await api('GET', `/v1/orders/${orderId}`);
  expect(order.shipments[0].trouble).toEqual({
    news: 'failed_attempt',
    occurredAt: '2026-03-11T08:00:00.000Z',
  });
  await news('n3', 'returned_to_sender', '2026-03-12T08:00:00Z');
  const { items } = await api('GET', `/v1/orders/${orderId}/events`);
  const told = items.filter(({ type }: { type: string }) => type === 'DeliveryTroubled');
  expect(told.map((event: { data: { news: string } }) => event.data.news)).toEqual([
    'failed_attempt',
    'returned_to_sender',
  ]);
  await news('n4', 'delivered', '2026-03-13T08:00:00Z');
  await vi.waitFor(
    async () => expect((await api('GET', `/v1/orders/${orderId}`)).state).toBe('CLOSED'),
    10_000,
  );
});

test('a tracking update of an unknown parcel is quarantined, an unsigned one is refused', async () => {
  const message = {
    eventId: 'x1',
    trackingNumber: 'NOBODY',
    status: 'delivered',
    occurredAt: '2026-03-10T08:00:00Z',
  };
  expect(await tell(message)).toMatchObject({ status: 202 });
  expect(await tell({ ...message, eventId: 'x2' }, 'ab'.repeat(32))).toMatchObject({ status: 401 });
});
