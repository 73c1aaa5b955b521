// @module-tag long
import { describe, expect, test } from 'vitest';
import type { Table } from '../../functions/adapters/dynamodb/client.ts';
import type { NotReceiving } from '../../functions/orders/handle-order-command.ts';
import { createPorts } from '../../functions/wiring.ts';
import { Busy } from '../../functions/write-failures.ts';
import { type Fault, injectFaults } from '../../testing/faults.ts';
import { testLoop } from '../../testing/loop.ts';
import { useStore } from '../../testing/store.ts';

const store = useStore();
const SHIPPED: NotReceiving = {
  type: 'RecordShipment',
  carrier: 'UPS',
  trackingNumber: '1Z',
  lines: [{ lineNumber: 1, quantity: 2 }],
};

/** An order of six reserved units in the warehouse, on a table whose next writes fail as a test asks. */
async function queuedOrder(table: Table) {
  const loop = testLoop(table, { ...createPorts(table, { receivesOrders: false }), pause: async () => {} });
  await loop.stock('LMB-BRS-001', 'L1', 10);
  await loop.receive({ orderId: 'O-1', lines: [{ sku: 'LMB-BRS-001', quantity: 6 }] });
  await loop.command('O-1', { type: 'QueueFulfillment' });
  return loop;
}

/** The first transactions meet these faults, one each; everything else goes well. */
function inTurn(faults: readonly Fault[]) {
  const rest = [...faults];
  return ({ command }: { command: string }) =>
    command === 'TransactWriteItemsCommand' ? (rest.shift() ?? null) : null;
}

describe('a shipment is recorded once, whatever happens to its transaction', () => {
  test.each<Fault[]>([
    ['answer lost'],
    ['request lost'],
    ['failed after'],
    ['in progress'],
    ['answer lost', 'throttled'],
    ['in progress', 'throttled'],
    ['conflict', 'in progress', 'answer lost'],
    ['conflict', 'answer lost', 'throttled', 'request lost'],
  ])('%s %s %s %s', async (...faults) => {
    for (const where of ['the whole request', 'each try'] as const) {
      const table = await store.newTable();
      const loop = await queuedOrder(table);
      const heal = injectFaults(table, inTurn(faults), where);
      const events = await loop.command('O-1', SHIPPED);
      heal();
      expect(events.map(({ type }) => type)).toEqual(['ShipmentShipped']);
      expect((await loop.order('O-1')).lines[0]).toMatchObject({ shipped: 2, ordered: 6 });
      const history = await loop.history('O-1');
      expect(history.filter(({ type }) => type === 'ShipmentShipped')).toHaveLength(1);
      const [lot] = (await loop.ports.stock.lotsOf(['LMB-BRS-001'])).get('LMB-BRS-001') ?? [];
      expect(lot).toMatchObject({ reserved: 4, available: 4 });
    }
  });
});

test('an order whose answer was lost is received once, under one number', async () => {
  const table = await store.newTable();
  const loop = testLoop(table);
  await loop.stock('LMB-BRS-001', 'L1', 10);
  const heal = injectFaults(table, inTurn(['answer lost', 'throttled']));
  const order = await loop.receive({ orderId: 'O-1', lines: [{ sku: 'LMB-BRS-001', quantity: 6 }] });
  heal();
  expect(order).toMatchObject({ orderId: 'O-1', state: 'ALLOCATED' });
  const [lot] = (await loop.ports.stock.lotsOf(['LMB-BRS-001'])).get('LMB-BRS-001') ?? [];
  expect(lot).toMatchObject({ reserved: 6, available: 4 });
});

test('stock whose answer was lost comes in once', async () => {
  const table = await store.newTable();
  const loop = testLoop(table);
  const heal = injectFaults(table, inTurn(['failed after', 'throttled']));
  await loop.stock('LMB-BRS-001', 'L1', 10);
  heal();
  const [lot] = (await loop.ports.stock.lotsOf(['LMB-BRS-001'])).get('LMB-BRS-001') ?? [];
  expect(lot).toMatchObject({ available: 10, sequence: 1 });
});

test('a store that is too busy for long is reported by name, and nothing was written', async () => {
  const table = await store.newTable();
  const loop = await queuedOrder(table);
  const heal = injectFaults(table, ({ command }) =>
    command === 'TransactWriteItemsCommand' ? 'conflict' : null,
  );
  await expect(loop.command('O-1', SHIPPED)).rejects.toThrow(Busy);
  heal();
  expect(await loop.order('O-1')).toMatchObject({ state: 'FULFILLMENT_QUEUED', shipments: [] });
});
