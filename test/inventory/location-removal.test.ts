import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { LotCommand } from '../../domain/inventory/lot.ts';
import { openTable, type Table } from '../../functions/adapters/dynamodb/client.ts';
import { locationStore } from '../../functions/adapters/dynamodb/location-store.ts';
import { handleLotCommand } from '../../functions/inventory/handle-lot-command.ts';
import { handleReceiveTransfer, handleSendTransfer } from '../../functions/inventory/handle-transfer.ts';
import type { LocationStore } from '../../functions/inventory/location-store.ts';
import { handleOrderCommand } from '../../functions/orders/handle-order-command.ts';
import type { Ports } from '../../functions/orders/ports.ts';
import { createPorts } from '../../functions/wiring.ts';
import { Busy } from '../../functions/write-failures.ts';
import { testLoop } from '../../testing/loop.ts';
import { storeClient } from '../../testing/run/table.ts';
import { useStore } from '../../testing/store.ts';

const store = useStore();
let table: Table;
let ports: Ports;
let locations: LocationStore;
let places = 0;
let locationId: string;

const SKU = 'PLACED';
const LOT = { sku: SKU, lotNumber: 'L1' } as const;
const origin = { actor: { type: 'human', id: 'ada' }, correlationId: 'test' } as const;

beforeAll(async () => {
  table = await store.newTable();
  ports = createPorts(table, { receivesOrders: false });
  locations = locationStore(table);
  await run({ type: 'ReceiveStock', ...LOT, quantity: 1000 });
});
beforeEach(async () => {
  places += 1;
  locationId = `WH-${places}`;
  await save();
});

const save = (name = 'Warehouse') => locations.save({ locationId, name, address: {}, priority: 1 }, origin);
const run = (command: LotCommand) => handleLotCommand(ports, { command, origin });
const inTime = () => Date.now() + 30_000;
const unitsHere = async () =>
  ((await ports.stock.lotsOf([SKU])).get(SKU) ?? []).find((lot) => lot.locationId === locationId)?.available;

/** A request to the store, by the kind of its command and what it says. */
type Moment = (command: string, input: string) => boolean;

/** Locations whose store does something else first, once, when a request comes. */
function interruptedAt(isMoment: Moment, first: () => Promise<unknown>): LocationStore {
  const own = openTable(table.name, storeClient(store.endpoint));
  let isDone = false;
  own.client.middlewareStack.add(
    (next, context) => async (args) => {
      const command = String((context as { commandName?: string }).commandName);
      if (!isDone && isMoment(command, JSON.stringify(args.input))) {
        isDone = true;
        await first();
      }
      return next(args);
    },
    { step: 'initialize', priority: 'high', name: 'interrupted' },
  );
  return locationStore(own);
}

const looksForUnits: Moment = (command, input) => command.startsWith('Query') && input.includes(':location');
const opens: Moment = (command, input) => command.startsWith('Update') && input.includes('REMOVE closing');
const removes: Moment = (command) => command.startsWith('TransactWrite');

describe('the removal of a location', () => {
  test('does not lose units of a transfer that is received meanwhile', async () => {
    const transferId = `transfer to ${locationId}`;
    const lines = [{ ...LOT, quantity: 4 }];
    const command = { fromLocationId: 'MAIN', toLocationId: locationId, lines };
    await handleSendTransfer(ports, { command, transferId, origin });
    let reads = 0;
    const betweenItsReads: Moment = (command, input) => {
      if (command.startsWith('Query') && input.includes(SKU)) reads += 1;
      return reads === 2;
    };
    const removal = await interruptedAt(betweenItsReads, () =>
      handleReceiveTransfer(ports, { command: {}, transferId, origin }),
    ).remove(locationId, origin, inTime());
    expect(removal).toEqual({ kind: 'in-use', sku: SKU });
    expect(await locations.find(locationId)).not.toBeNull();
    expect(await unitsHere()).toBe(4);
  });

  test('is refused when the location was saved meanwhile', async () => {
    const removing = interruptedAt(removes, () => save('Saved'));
    await expect(removing.remove(locationId, origin, inTime())).rejects.toThrow('changed');
    expect(await locations.find(locationId)).toMatchObject({ name: 'Saved' });
  });

  test('is not undone by another that found units', async () => {
    const only = { sku: SKU, lotNumber: 'ONLY HERE' } as const;
    await run({ type: 'ReceiveStock', ...only, locationId, quantity: 4 });
    const [removing, opened] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const second = interruptedAt(removes, () => {
      removing.resolve();
      return opened.promise;
    });
    let removal: ReturnType<LocationStore['remove']> | undefined;
    const first = interruptedAt(opens, async () => {
      await run({ type: 'AdjustStock', ...only, adjustment: -4, reason: 'counted' });
      removal = second.remove(locationId, origin, inTime());
      await removing.promise;
    });
    expect(await first.remove(locationId, origin, inTime())).toEqual({ kind: 'in-use', sku: SKU });
    const receipt = await run({ type: 'ReceiveStock', ...only, locationId, quantity: 9 });
    expect(receipt.kind).toBe('refused');
    opened.resolve();
    expect(await removal).toEqual({ kind: 'removed' });
    expect(await unitsHere()).toBe(0);
  });

  test('that fails halfway leaves the location open', async () => {
    const failing = interruptedAt(looksForUnits, () => Promise.reject(new Error('the store is away')));
    await expect(failing.remove(locationId, origin, inTime())).rejects.toThrow('the store is away');
    expect(await locations.find(locationId)).not.toBeNull();
  });
});

describe('the removal of a location of many SKUs', () => {
  const fill = (skus: readonly string[]) =>
    Promise.all(
      skus.map(async (sku) => {
        const lot = { sku, lotNumber: locationId };
        await run({ type: 'ReceiveStock', ...lot, locationId, quantity: 1 });
        await run({ type: 'AdjustStock', ...lot, adjustment: -1, reason: 'lost' });
      }),
    );
  const skusOf = (count: number) => Array.from({ length: count }, (_, number) => `MANY ${number}`);

  test('stops when its time is up, and leaves the location open', async () => {
    await fill(skusOf(1));
    await expect(locations.remove(locationId, origin, Date.now())).rejects.toThrow(Busy);
    expect(await locations.find(locationId)).not.toBeNull();
    expect(await locations.remove(locationId, origin, inTime())).toEqual({ kind: 'removed' });
  });

  test('reads several SKUs at once, and not all of them', async () => {
    await fill(skusOf(30));
    const own = openTable(table.name, storeClient(store.endpoint));
    let [open, most, reads] = [0, 0, 0];
    own.client.middlewareStack.add(
      (next) => async (args) => {
        if (!JSON.stringify(args.input).includes('MANY')) return next(args);
        reads += 1;
        open += 1;
        most = Math.max(most, open);
        try {
          return await next(args);
        } finally {
          open -= 1;
        }
      },
      { step: 'initialize', name: 'counted' },
    );
    expect(await locationStore(own).remove(locationId, origin, inTime())).toEqual({ kind: 'removed' });
    expect({ most, reads }).toEqual({ most: 25, reads: 60 });
  });
});

describe('a removed location', () => {
  const only = () => ({ sku: SKU, lotNumber: `of ${locationId}` });
  const emptied = async () => {
    await run({ type: 'ReceiveStock', ...only(), locationId, quantity: 4 });
    await run({ type: 'AdjustStock', ...only(), adjustment: -4, reason: 'lost' });
  };
  const found = (): LotCommand => ({ type: 'AdjustStock', ...only(), adjustment: 5, reason: 'found' });

  test('gets no units by a correction of its lot', async () => {
    await emptied();
    expect(await locations.remove(locationId, origin, inTime())).toEqual({ kind: 'removed' });
    expect(await run(found())).toMatchObject({ kind: 'refused', rejection: { code: 'validation_failed' } });
    expect(await unitsHere()).toBe(0);
  });

  test('gets none by a correction that was decided before', async () => {
    await emptied();
    const save: Ports['stock']['save'] = async (write) => {
      await locations.remove(locationId, origin, inTime());
      await ports.stock.save(write);
    };
    const interrupted = { ...ports, stock: { ...ports.stock, save } };
    const outcome = await handleLotCommand(interrupted, { command: found(), origin });
    expect(outcome).toMatchObject({ kind: 'refused', rejection: { code: 'validation_failed' } });
    expect(await unitsHere()).toBe(0);
  });

  describe.each(['before it is decided', 'before it is written'] as const)('%s', (moment) => {
    test.each(['RESTOCK', 'QUARANTINE'] as const)(
      'gets no returned goods: %s is in MAIN',
      async (disposition) => {
        const [sku, lotNumber, orderId] = [`SOLD ${locationId}`, 'L1', `ORD ${locationId}`];
        await run({ type: 'ReceiveStock', sku, lotNumber, locationId, quantity: 4 });
        const loop = testLoop(table);
        await loop.receive({ orderId, lines: [{ sku, quantity: 4 }] });
        await loop.command(orderId, { type: 'QueueFulfillment' });
        await loop.command(orderId, { type: 'RecordShipment', carrier: 'UPS', trackingNumber: orderId });
        const remove = async () => {
          await locations.remove(locationId, origin, inTime());
          expect(await locations.get(locationId)).toBeNull();
        };
        const save: Ports['orders']['save'] = async (write) => {
          if ((await locations.get(locationId)) !== null) await remove();
          await ports.orders.save(write);
        };
        if (moment === 'before it is decided') await remove();
        await handleOrderCommand(
          { ...ports, orders: { ...ports.orders, save } },
          {
            orderId,
            command: {
              type: 'ReceiveReturn',
              lines: [{ lineNumber: 1, quantity: 3, disposition }],
              mayPrecedeDelivery: true,
            },
            origin,
          },
        );
        const lots = (await ports.stock.lotsOf([sku])).get(sku) ?? [];
        expect(
          lots.map((lot) => [lot.locationId ?? 'MAIN', lot.status, lot.available + lot.reserved]).sort(),
        ).toEqual([
          ['MAIN', 'QUARANTINE', 3],
          [locationId, 'AVAILABLE', 0],
        ]);
        expect((await loop.order(orderId)).lines[0]).toMatchObject({
          returned: 3,
          allocations: [{ locationId, returned: 3 }],
        });
      },
    );
  });
});
