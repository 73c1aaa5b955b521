import { createHmac } from 'node:crypto';
import { beforeAll, expect, test, vi } from 'vitest';
import { useDrivenApi } from '../../testing/api.ts';
import type { Json } from '../../testing/client.ts';

const loop = useDrivenApi();

const api = async (method: string, path: string, body?: unknown) =>
  (await loop().send<Json>(method, path, { body })).body;

beforeAll(async () => {
  await api('POST', '/v1/inventory/PARCEL/lots', { lotNumber: 'A', quantity: 1000 });
  // A secret of its own: what the default secret signs counts for UPS no more.
  await api('PUT', '/v1/connections/ups', {
    ...{ kind: 'CARRIER', name: 'UPS' },
    settings: { carrier: 'UPS', secretName: 'order-loop/connections/ups' },
  });
});

async function shipped(carrier: string, trackingNumber: string): Promise<string> {
  const lines = [{ sku: 'PARCEL', quantity: 1, unitPrice: '1.00' }];
  const { orderId } = await api('POST', '/v1/orders', { currency: 'USD', customer: { name: 'A' }, lines });
  await vi.waitFor(
    async () => expect((await api('GET', `/v1/orders/${orderId}`)).state).toBe('FULFILLMENT_QUEUED'),
    15_000,
  );
  await api('POST', `/v1/orders/${orderId}/shipments`, { carrier, trackingNumber });
  return orderId;
}

const delivered = (trackingNumber: string, carrier: string, id: string) => ({
  ...{ id, object: 'Event', description: 'tracker.updated' },
  result: {
    ...{ object: 'Tracker', tracking_code: trackingNumber, carrier, status: 'delivered' },
    updated_at: new Date().toISOString(),
  },
});

async function easyPost(event: object, secret = 'local-easypost-secret') {
  const body = JSON.stringify(event);
  const digest = createHmac('sha256', secret).update(body).digest('hex');
  const headers = { 'x-hmac-signature': `hmac-sha256-hex=${digest}` };
  return loop().http.send<Json>('POST', '/webhooks/easypost', { body, headers });
}

const stateOf = async (orderId: string) =>
  (await api('GET', `/v1/orders/${orderId}`)).shipments[0].deliveredAt;

test('EasyPost delivers shipments of the carrier that it names, once', async () => {
  const orderId = await shipped('USPS', 'EZ-1');
  expect(await easyPost(delivered('EZ-1', 'USPS', 'evt_1'))).toMatchObject({
    status: 200,
    body: { orderIds: [orderId] },
  });
  expect(await easyPost(delivered('EZ-1', 'USPS', 'evt_1'))).toMatchObject({ body: { status: 'repeat' } });
  expect(await stateOf(orderId)).toBeDefined();
});

test('one carrier never delivers the shipment of another one under the same number', async () => {
  const orderId = await shipped('USPS', 'EZ-2');
  expect(await easyPost(delivered('EZ-2', 'FedEx', 'evt_2'))).toMatchObject({ status: 202 });
  expect(await stateOf(orderId)).toBeUndefined();
});

test('a carrier with a secret of its own is not spoken for by the secret of others', async () => {
  const orderId = await shipped('UPS', 'EZ-3');
  expect(await easyPost(delivered('EZ-3', 'UPS', 'evt_3'))).toMatchObject({ status: 202 });
  expect(await stateOf(orderId)).toBeUndefined();
});

test('a delivery ahead of its shipment waits for one of the same carrier alone', async () => {
  expect(await easyPost(delivered('EZ-4', 'USPS', 'evt_4'))).toMatchObject({ status: 202 });
  const other = await shipped('DHL', 'EZ-4');
  const own = await shipped('USPS', 'EZ-4');
  await vi.waitFor(async () => expect(await stateOf(own)).toBeDefined(), 15_000);
  expect(await stateOf(other)).toBeUndefined();
});

test('an unsigned event is refused', async () => {
  expect(await easyPost(delivered('EZ-1', 'USPS', 'evt_9'), 'guessed')).toMatchObject({ status: 401 });
});
