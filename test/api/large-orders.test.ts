// @module-tag long
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type * as z from 'zod';
import type { LotChangeResponse, OrderResponse } from '../../contract/responses.ts';
import { lotPath, orderRequest, type RedactedEvent, unique, useOwnApi } from '../../testing/api.ts';
import { until } from '../../testing/until.ts';

const api = useOwnApi();

afterAll(async () => expect(await api().drift()).toEqual([]));

/** Milliseconds for work that takes many transactions, on a machine that is busy with other tests. */
const DEADLINE = 180_000;

/** Does the work of many requests a few at a time. */
async function withConcurrencyLimit<Item>(
  items: readonly Item[],
  width: number,
  work: (item: Item) => Promise<unknown>,
) {
  const queue = items.values();
  await Promise.all(
    Array.from({ length: width }, async () => {
      for (const item of queue) await work(item);
    }),
  );
}

const sum = (
  order: OrderResponse,
  name: 'allocated' | 'backordered' | 'shipped' | 'delivered' | 'cancelled',
) => order.lines.reduce((total, line) => total + line[name], 0);

const skus = Array.from({ length: 500 }, (_, index) => `LARGE-${index + 1}`);
const lots = ['A', 'B', 'C'] as const;
const lines = skus.map((sku) => ({ sku, quantity: 3 }));

/**
 * Waits until the units of an order add up. The request that began the work may have come to its end before; the
 * workflow's driver then takes the steps that are left, one for each event of the step before.
 */
const unitsOf = (orderId: string, name: Parameters<typeof sum>[1], units: number) =>
  until(
    async () => sum(await api().order(orderId), name),
    (now) => now === units,
    DEADLINE,
  );

describe('an order of 500 lines, each on three lots', () => {
  beforeAll(
    () =>
      withConcurrencyLimit(
        skus.flatMap((sku) => lots.map((lot, index) => ({ sku, lot, index }))),
        12,
        ({ sku, lot, index }) => api().stock(sku, lot, 1, { expiryDate: `204${index}-01-01` }),
      ),
    DEADLINE,
  );

  test('gives everything back when it is cancelled', { timeout: DEADLINE }, async () => {
    const sent = { body: orderRequest({ lines }), headers: { 'idempotency-key': unique('large') } };
    const { orderId } = await api().done<OrderResponse>('POST', '/v1/orders', sent);
    await unitsOf(orderId, 'allocated', 1500);
    const again = await api().send<OrderResponse>('POST', '/v1/orders', sent);
    expect([again.status, again.body.orderId]).toEqual([201, orderId]);
    await api().command(orderId, 'cancellation', { reason: 'too large' });
    await unitsOf(orderId, 'cancelled', 1500);
    expect((await api().order(orderId)).state).toBe('CANCELLED');
    for (const sku of ['LARGE-1', 'LARGE-250', 'LARGE-500']) {
      expect(await api().inventory(sku)).toMatchObject({ onHand: 3, reserved: 0, available: 3 });
    }
  });

  test('is allocated, shipped, delivered and closed as any other', { timeout: DEADLINE }, async () => {
    const { orderId } = await api().receive({ lines });
    await unitsOf(orderId, 'allocated', 1500);
    const order = await api().order(orderId);
    expect(order.state).toBe('ALLOCATED');
    expect(order.lines.every((line) => line.allocations.length === 3)).toBe(true);
    expect((await api().panel(orderId)).items).toHaveLength(1500);
    await api().command(orderId, 'fulfillment');
    const { shipmentId } = await api().ship(orderId);
    await unitsOf(orderId, 'shipped', 1500);
    expect((await api().order(orderId)).shipments).toHaveLength(1);
    for (const sku of ['LARGE-1', 'LARGE-250', 'LARGE-500']) {
      expect(await api().inventory(sku)).toMatchObject({ onHand: 0, reserved: 0 });
    }
    await api().deliver(orderId, shipmentId);
    await unitsOf(orderId, 'delivered', 1500);
    const sequences = (await api().history(orderId)).map(({ sequence }) => sequence);
    expect(sequences).toEqual(sequences.map((_, index) => index + 1));
  });
});

test('a lot with several hundred reservations is recalled; every order is taken off it', {
  timeout: DEADLINE,
}, async () => {
  const sku = unique('RECALL');
  await api().stock(sku, 'BAD', 600, { expiryDate: '2040-01-01' });
  const orders: string[] = [];
  await withConcurrencyLimit(Array.from({ length: 300 }), 12, async () => {
    orders.push((await api().receive({ lines: [{ sku, quantity: 2 }] })).orderId);
  });
  await api().stock(sku, 'GOOD', 400, { expiryDate: '2041-01-01' });
  const recalled = await api().done<z.infer<typeof LotChangeResponse>>('PATCH', lotPath(sku, 'BAD'), {
    body: { status: 'RECALLED', reason: 'mould' },
  });
  expect(new Set(recalled.affectedOrders?.map(({ orderId }) => orderId))).toEqual(new Set(orders));
  // What the request has no time for is taken up by the consumer.
  const inventory = await until(
    () => api().inventory(sku),
    ({ lots: now }) => now.every(({ lotNumber, reserved }) => reserved === (lotNumber === 'BAD' ? 0 : 400)),
    DEADLINE,
  );
  expect(inventory).toMatchObject({ onHand: 1000, reserved: 400, available: 0, unavailable: 600 });
  const units = (await api().list(`sku=${sku}&limit=100`)).map((order) => order.units);
  expect(units.reduce((total, { allocated }) => total + allocated, 0)).toBe(400);
  expect(units.reduce((total, { backordered }) => total + backordered, 0)).toBe(200);
});

test('an order that fills its first event is received, told on the bus and cancelled; one above it is refused by name', {
  timeout: DEADLINE,
}, async () => {
  const sku = unique('LONG');
  const described = (length: number) =>
    Array.from({ length: 1000 }, () => ({ sku, quantity: 1, description: 'é'.repeat(length / 2) }));
  const firstOf = async (orderId: string) =>
    (await api().history(orderId)).find(({ sequence }) => sequence === 1);
  const bytesOf = (value: unknown) => Buffer.byteLength(JSON.stringify(value));
  const short = await api().receive({ lines: described(2) });
  const room = Math.floor((380_000 - bytesOf((await firstOf(short.orderId))?.data)) / 2000) * 2;

  const full = await api().done<OrderResponse>('POST', '/v1/orders', {
    body: orderRequest({ lines: described(2 + room) }),
    headers: { 'idempotency-key': unique('full') },
  });
  expect(full.lines).toHaveLength(1000);
  const first = await firstOf(full.orderId);
  expect(bytesOf(first?.data)).toBeGreaterThan(377_000);
  await until(
    () => api().send<{ items: { detail: RedactedEvent }[] }>('GET', '/dev/bus'),
    ({ body: { items } }) => items.some(({ detail }) => detail.eventId === first?.eventId),
    DEADLINE,
  );
  const refused = await api().send<{ errors: { path: string }[] }>('POST', '/v1/orders', {
    body: orderRequest({ lines: described(6 + room) }),
  });
  expect(refused.status).toBe(422);
  expect(refused.body.errors.map(({ path }) => path)).toEqual(['lines']);
  await api().command(full.orderId, 'cancellation', { reason: 'too long' });
  await unitsOf(full.orderId, 'cancelled', 1000);
});
