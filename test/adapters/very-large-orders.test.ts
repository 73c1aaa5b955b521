// @module-tag long
import { describe, expect, test } from 'vitest';
import { fold } from '../../domain/order/evolve.ts';
import { testLoop } from '../../testing/loop.ts';
import { useStore } from '../../testing/store.ts';

const store = useStore();

/** Text that fills the longest identifier there is. */
const long = (text: string) => text.padEnd(128, '長');

describe('an order of long lines, each on several lots of long names', () => {
  test('is allocated, queued, shipped and delivered, though no item of the store could hold all of it', async () => {
    const table = await store.newTable();
    const loop = testLoop(table);
    const skus = Array.from({ length: 300 }, (_, index) => long(`S${index}`));
    const lots = ['A', 'B', 'C'].map(long);
    for (let at = 0; at < skus.length; at += 20) {
      await Promise.all(
        skus.slice(at, at + 20).flatMap((sku) => lots.map((lotNumber) => loop.stock(sku, lotNumber, 1))),
      );
    }
    const lines = skus.map((sku) => ({ sku, quantity: 3 }));
    const orderId = 'LARGE-1';
    expect((await loop.receive({ orderId, orderType: 'B2B', lines })).state).toBe('ALLOCATED');
    const [queued] = await loop.command(orderId, { type: 'QueueFulfillment' });
    expect(queued?.type).toBe('FulfillmentQueued');
    if (queued?.type === 'FulfillmentQueued') {
      expect(queued.data.pick.length + (queued.data.notListed ?? 0)).toBe(900);
      expect(queued.data.notListed).toBeGreaterThan(0);
    }
    await loop.command(orderId, { type: 'RecordShipment', carrier: 'UPS', trackingNumber: '1Z' });
    const shipped = await loop.order(orderId);
    expect(shipped.state).toBe('SHIPPED');
    const [shipment] = shipped.shipments;
    const units = shipment?.lines.flatMap((line) => line.lots).reduce((sum, lot) => sum + lot.quantity, 0);
    expect(units).toBe(900);
    expect(JSON.stringify(shipment).length).toBeGreaterThan(100_000);
    const shipmentId = shipment?.shipmentId ?? '';
    await loop.command(orderId, {
      type: 'ConfirmDelivery',
      shipmentId,
      deliveredAt: new Date().toISOString(),
    });
    const delivered = await loop.order(orderId);
    expect(delivered.state).toBe('DELIVERED');
    expect(delivered.lines.every((line) => line.delivered === 3)).toBe(true);
    expect(delivered).toEqual(JSON.parse(JSON.stringify(fold(await loop.history(orderId), orderId))));
  });
});

test('an order takes only so many holds; the refusal is a refusal, and those there are can be released', async () => {
  const table = await store.newTable();
  const loop = testLoop(table);
  const orderId = 'HELD-1';
  await loop.receive({ orderId, lines: [{ sku: 'LMB-BRS-001', quantity: 1 }] });
  const hold = { type: 'PlaceHold', reason: 'OTHER', note: '長'.repeat(500) } as const;
  await expect(
    (async () => {
      for (let holds = 0; holds < 200; holds++) await loop.command(orderId, hold);
    })(),
  ).rejects.toThrow('release some first');
  const { holds } = await loop.order(orderId);
  await loop.command(orderId, { type: 'ReleaseHold', holdId: holds[0]?.holdId ?? '' });
  expect((await loop.order(orderId)).holds).toHaveLength(holds.length - 1);
});
