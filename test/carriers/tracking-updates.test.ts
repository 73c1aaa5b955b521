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

/** An instant so many hours ago: carriers report of today. */
const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000).toISOString();

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
  const report = (eventId: string, status: string, occurredAt: string) =>
    tell({ eventId, trackingNumber: '1Z-TROUBLE', status, occurredAt });
  expect(await report('n1', 'in_transit', hoursAgo(10))).toMatchObject({ status: 200 });
  const failedAt = hoursAgo(8);
  expect(await report('n2', 'failed_attempt', failedAt)).toMatchObject({ status: 200 });
  expect(await report('n2', 'failed_attempt', failedAt)).toMatchObject({
    status: 200,
    body: { status: 'repeat' },
  });
  const order = await api('GET', `/v1/orders/${orderId}`);
  expect(order.shipments[0].trouble).toEqual({
    news: 'failed_attempt',
    occurredAt: failedAt,
  });
  await report('n3', 'returned_to_sender', hoursAgo(6));
  const { items } = await api('GET', `/v1/orders/${orderId}/events`);
  const exceptions = items.filter(({ type }: { type: string }) => type === 'DeliveryTroubled');
  expect(exceptions.map((event: { data: { news: string } }) => event.data.news)).toEqual([
    'failed_attempt',
    'returned_to_sender',
  ]);
  await report('n4', 'delivered', hoursAgo(1));
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
    occurredAt: hoursAgo(1),
  };
  expect(await tell(message)).toMatchObject({ status: 202 });
  expect(await tell({ ...message, eventId: 'x2' }, 'ab'.repeat(32))).toMatchObject({ status: 401 });
});

test.each([
  ['long before the goods left', () => hoursAgo(61 * 24)],
  ['years ago', () => '2020-01-01T00:00:00Z'],
  ['tomorrow', () => hoursAgo(-24)],
])('a receipt that is dated %s confirms nothing, and waits for somebody to look at it', async (when, at) => {
  const trackingNumber = `1Z-${when.replaceAll(' ', '-').toUpperCase()}`;
  const orderId = await shipped(trackingNumber);
  const receipt = { trackingNumber, status: 'delivered', occurredAt: at(), signedBy: 'Eve' };
  for (const status of ['delivered', 'failed_attempt']) {
    const answer = await tell({ ...receipt, eventId: `${trackingNumber}-${status}`, status });
    expect(answer).toMatchObject({ status: 202 });
  }
  const order = await api('GET', `/v1/orders/${orderId}`);
  expect(order.state).toBe('SHIPPED');
  expect(order.shipments[0].trouble).toBeUndefined();
});

test.each([
  ['of a shipment that was recorded weeks late', 20 * 24],
  ['in local time that the carrier marks as UTC', -14],
])('a receipt %s closes its order, and is dated no later than it came', async (name, hours) => {
  const trackingNumber = `1Z-${name.replaceAll(' ', '-').toUpperCase()}`;
  const orderId = await shipped(trackingNumber);
  const scan = { trackingNumber, status: 'in_transit', occurredAt: '2020-01-01T00:00:00Z' };
  expect(await tell({ ...scan, eventId: `${trackingNumber}-scan` })).toMatchObject({ status: 200 });
  const occurredAt = hoursAgo(hours);
  const receipt = { ...scan, eventId: trackingNumber, status: 'delivered', occurredAt };
  expect(await tell(receipt)).toMatchObject({ status: 200 });
  await vi.waitFor(
    async () => expect((await api('GET', `/v1/orders/${orderId}`)).state).toBe('CLOSED'),
    10_000,
  );
  const { deliveredAt } = (await api('GET', `/v1/orders/${orderId}`)).shipments[0];
  expect(Date.parse(deliveredAt)).toBeLessThanOrEqual(Date.now());
  if (hours > 0) expect(deliveredAt).toBe(occurredAt);
});

test('a receipt that is ahead of its shipment is held to the same bounds', async () => {
  const trackingNumber = '1Z-EARLY-AND-OLD';
  const receipt = {
    eventId: 'old-1',
    trackingNumber,
    status: 'delivered',
    occurredAt: '2020-01-01T00:00:00Z',
  };
  expect(await tell(receipt)).toMatchObject({ status: 202 });
  const orderId = await shipped(trackingNumber);
  const now = { ...receipt, eventId: 'new-1', status: 'failed_attempt', occurredAt: hoursAgo(1) };
  expect(await tell(now)).toMatchObject({ status: 200 });
  expect((await api('GET', `/v1/orders/${orderId}`)).state).toBe('SHIPPED');
});
