import { describe, expect, test } from 'vitest';
import { MAIN_LOCATION } from '../../domain/inventory/location.ts';
import type { Table } from '../../functions/adapters/dynamodb/client.ts';
import { locationStore } from '../../functions/adapters/dynamodb/location-store.ts';
import {
  allocateBackorders,
  type BackorderProgress,
  replaceLot,
} from '../../functions/inventory/allocate-backorders.ts';
import { handleLotCommand } from '../../functions/inventory/handle-lot-command.ts';
import type { Ports } from '../../functions/orders/ports.ts';
import { createPorts } from '../../functions/wiring.ts';
import { testLoop } from '../../testing/loop.ts';
import { useStore } from '../../testing/store.ts';

const store = useStore();
const ORIGIN = { actor: { type: 'automation', id: 'test' }, correlationId: 'test' } as const;
const SKU = 'LMB-BRS-001';

const unbounded = () => ({ mostOrders: 10_000, until: Date.now() + 50_000 });

/** The real ports, and how many orders they loaded. */
function counting(table: Table): { ports: Ports; loads: () => number } {
  const ports = createPorts(table, { receivesOrders: false });
  let loads = 0;
  const load: Ports['orders']['load'] = (orderId) => {
    loads += 1;
    return ports.orders.load(orderId);
  };
  return { ports: { ...ports, orders: { ...ports.orders, load } }, loads: () => loads };
}

describe('stock that comes in', () => {
  test('is not held up by hundreds of orders that want more than there is, all or nothing', {
    tags: 'long',
  }, async () => {
    const table = await store.newTable();
    const { ports, loads } = counting(table);
    const loop = testLoop(table, ports);
    for (let number = 100; number < 400; number++) {
      const lines = [{ sku: SKU, quantity: 50 }];
      await loop.receive({ orderId: `ALL-${number}`, backorderPolicy: 'SHIP_COMPLETE', lines });
    }
    await loop.receive({ orderId: 'PART-1', lines: [{ sku: SKU, quantity: 3 }] });
    await loop.receive({
      orderId: 'SMALL-1',
      backorderPolicy: 'SHIP_COMPLETE',
      lines: [{ sku: SKU, quantity: 7 }],
    });
    await loop.stock(SKU, 'L1', 20);
    const before = loads();
    const progress = await allocateBackorders(ports, SKU, ORIGIN, { ...unbounded(), mostOrders: 5 });
    expect(progress).toEqual({ done: ['PART-1', 'SMALL-1'], more: false });
    expect(loads() - before).toBe(2);
    expect((await loop.order('PART-1')).state).toBe('ALLOCATED');
    expect((await loop.order('SMALL-1')).state).toBe('ALLOCATED');
    // When enough is there for them, the oldest comes first.
    await loop.stock(SKU, 'L1', 90);
    expect(await allocateBackorders(ports, SKU, ORIGIN, unbounded())).toEqual({
      done: ['ALL-100', 'ALL-101'],
      more: false,
    });
  });

  test('is offered to each order once, where those who wait first may not use it', async () => {
    const table = await store.newTable();
    const { ports, loads } = counting(table);
    const loop = testLoop(table, ports);
    const locations = locationStore(table);
    for (const letter of ['A', 'B', 'C', 'D', 'E'])
      await loop.receive({ orderId: `SHOP-${letter}`, lines: [{ sku: SKU, quantity: 1 }] });
    const edi = { channel: 'EDI', externalId: '1', source: 'ACME' };
    await loop.receive({ orderId: 'EDI-1', ...edi, lines: [{ sku: SKU, quantity: 1 }] });
    await locations.save({ ...MAIN_LOCATION, channels: ['EDI'] }, ORIGIN);
    await loop.stock(SKU, 'L1', 5);
    const before = loads();
    const runs: BackorderProgress[] = [];
    do {
      const after = runs.at(-1)?.position;
      const bounds = { ...unbounded(), mostOrders: 2 };
      runs.push(await allocateBackorders(ports, SKU, ORIGIN, bounds, undefined, after));
    } while (runs.at(-1)?.more && runs.length < 10);
    expect(runs.map(({ done }) => done)).toEqual([
      ['SHOP-A', 'SHOP-B'],
      ['SHOP-C', 'SHOP-D'],
      ['SHOP-E', 'EDI-1'],
    ]);
    expect(loads() - before).toBe(6);
    expect((await loop.order('EDI-1')).state).toBe('ALLOCATED');
  });

  test('serves an order that the index does not know yet', async () => {
    const table = await store.newTable();
    const ports = createPorts(table, { receivesOrders: false });
    const lagging = { ...ports, stock: { ...ports.stock, async *linesWaitingFor() {} } };
    const loop = testLoop(table, lagging);
    await loop.receive({ orderId: 'NEW-1', lines: [{ sku: SKU, quantity: 3 }] });
    await loop.stock(SKU, 'L1', 3);
    await allocateBackorders(lagging, SKU, ORIGIN, unbounded());
    expect((await loop.order('NEW-1')).state).toBe('RECEIVED');
    await allocateBackorders(lagging, SKU, ORIGIN, unbounded(), 'NEW-1');
    expect((await loop.order('NEW-1')).state).toBe('ALLOCATED');
  });
});

describe('a lot that may no longer be used', () => {
  test('is not taken for empty while the index does not know the newest of its orders', async () => {
    const table = await store.newTable();
    const loop = testLoop(table);
    const { ports } = loop;
    await loop.stock(SKU, 'L1', 10);
    for (const orderId of ['O-1', 'O-2']) await loop.receive({ orderId, lines: [{ sku: SKU, quantity: 2 }] });
    const lot = { sku: SKU, lotNumber: 'L1', reason: 'mould' };
    await handleLotCommand(ports, {
      command: { type: 'ChangeLotStatus', ...lot, status: 'RECALLED' },
      origin: ORIGIN,
    });
    const uses = await ports.stock.usesOfLot(SKU, 'L1');
    expect(await replaceLot(ports, lot, uses.slice(0, 1), ORIGIN, unbounded())).toEqual({
      done: ['O-1'],
      more: true,
    });
    expect(await replaceLot(ports, lot, uses, ORIGIN, unbounded())).toMatchObject({ more: false });
    expect((await ports.stock.lotsOf([SKU])).get(SKU)).toMatchObject([{ available: 10, reserved: 0 }]);
  });
});
