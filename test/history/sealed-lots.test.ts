import { DeleteCommand, PutCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { beforeAll, describe, expect, test } from 'vitest';
import type { LotCommand } from '../../domain/inventory/lot.ts';
import type { Table } from '../../functions/adapters/dynamodb/client.ts';
import { historySeals } from '../../functions/adapters/dynamodb/history-seals.ts';
import { lotEventKey, lotKey, skuPartition } from '../../functions/adapters/dynamodb/keys.ts';
import { locationStore } from '../../functions/adapters/dynamodb/location-store.ts';
import type { HistorySeals } from '../../functions/events/history-seals.ts';
import { handleLotCommand } from '../../functions/inventory/handle-lot-command.ts';
import { type TestLoop, testLoop } from '../../testing/loop.ts';
import { useStore } from '../../testing/store.ts';
import { alterations } from './support/alterations.ts';

type Item = Record<string, unknown>;

const store = useStore();
let table: Table;
let loop: TestLoop;
let seals: HistorySeals;

beforeAll(async () => {
  table = await store.newTable();
  loop = testLoop(table);
  seals = historySeals(table);
});

const LOT = 'LOT/1#a';

const ORIGIN = { actor: { type: 'human', id: 'ada' }, correlationId: 'test' } as const;

async function change(command: LotCommand): Promise<void> {
  expect(await handleLotCommand(loop.ports, { command, origin: ORIGIN })).toMatchObject({ kind: 'done' });
}

/** Two lots of a SKU with histories of four events each. */
async function newStock(sku: string): Promise<void> {
  for (const lotNumber of [LOT, 'LOT-2']) {
    await change({ type: 'ReceiveStock', sku, lotNumber, quantity: 50, expiryDate: '2031-01-31' });
    await change({ type: 'AdjustStock', sku, lotNumber, adjustment: -2, reason: 'counted' });
    await change({ type: 'ChangeLotStatus', sku, lotNumber, status: 'HOLD', reason: 'looked at' });
    await change({ type: 'ReceiveStock', sku, lotNumber, quantity: 5 });
  }
}

const eventsOf = async (sku: string): Promise<Item[]> => {
  const { Items = [] } = await table.client.send(
    new QueryCommand({
      TableName: table.name,
      KeyConditionExpression: 'pk = :sku AND begins_with(sk, :event)',
      ExpressionAttributeValues: { ':sku': skuPartition(sku), ':event': 'EVENT#' },
    }),
  );
  return Items;
};
const write = (Item: Item) => table.client.send(new PutCommand({ TableName: table.name, Item }));
const remove = (Key: Item) => table.client.send(new DeleteCommand({ TableName: table.name, Key }));
const setLot = (sku: string, UpdateExpression: string, values?: Item, names?: Record<string, string>) =>
  table.client.send(
    new UpdateCommand({
      TableName: table.name,
      Key: { ...lotKey(sku, { lotNumber: LOT }, '2031-01-31') },
      UpdateExpression,
      ExpressionAttributeValues: values,
      ExpressionAttributeNames: names,
    }),
  );
const brokenOf = async (sku: string) => (await seals.stock(sku))?.broken;

test('the histories of the lots of a SKU are intact, each a chain of its own', async () => {
  await newStock('CHAIN');
  expect(await seals.stock('CHAIN')).toEqual({ lots: 2, events: 8, unsealed: 0, broken: [] });
  for (const lotNumber of [LOT, 'LOT-2']) {
    const chain = (await eventsOf('CHAIN')).filter((event) => event.lotNumber === lotNumber);
    expect(chain.map(({ previousDigest }) => previousDigest)).toEqual([
      '',
      ...chain.slice(0, -1).map(({ digest }) => digest),
    ]);
  }
  expect(await seals.stock('NEVER')).toBeNull();
});

test('a lot number in two locations has two chains', async () => {
  await locationStore(table).save({ locationId: 'EAST', name: 'East', address: {}, priority: 1 }, ORIGIN);
  for (const locationId of [undefined, 'EAST']) {
    await change({ type: 'ReceiveStock', sku: 'TWICE', lotNumber: LOT, locationId, quantity: 5 });
  }
  await change({
    type: 'ChangeLotStatus',
    sku: 'TWICE',
    lotNumber: LOT,
    status: 'HOLD',
    reason: 'looked at',
  });
  expect(await seals.stock('TWICE')).toEqual({ lots: 2, events: 4, unsealed: 0, broken: [] });
  await remove({ ...lotEventKey('TWICE', { lotNumber: LOT, locationId: 'EAST' }, 2) });
  expect(await brokenOf('TWICE')).toMatchObject([{ lotNumber: LOT, locationId: 'EAST', sequence: 2 }]);
});

test('orders that reserve and ship leave the chain of a lot as it is', async () => {
  await loop.stock('ORDERED', 'LOT-1', 20);
  await loop.receive({ orderId: 'ORDERED-1', lines: [{ sku: 'ORDERED', quantity: 3 }] });
  await change({ type: 'AdjustStock', sku: 'ORDERED', lotNumber: 'LOT-1', adjustment: 1, reason: 'counted' });
  expect(await seals.stock('ORDERED')).toMatchObject({ lots: 1, events: 2, broken: [] });
});

test('commands that meet leave one chain', async () => {
  await Promise.all(Array.from({ length: 6 }, () => loop.stock('MET', 'LOT-1', 2)));
  expect(await seals.stock('MET')).toMatchObject({ lots: 1, events: 6, broken: [] });
});

describe('verification finds', () => {
  test('a single altered byte, wherever in the history it stands', async () => {
    await newStock('ALTERED');
    for (const event of await eventsOf('ALTERED')) {
      for (const altered of alterations(event)) {
        await write(altered as Item);
        const { lotNumber, sequence } = event;
        expect(await brokenOf('ALTERED'), JSON.stringify(altered)).toEqual([
          { sku: 'ALTERED', lotNumber, sequence, reason: expect.any(String) },
        ]);
      }
      await write(event);
    }
    expect(await brokenOf('ALTERED')).toEqual([]);
  }, 60_000);

  test('an event that was removed, the last one too, and a seal that was taken off', async () => {
    await newStock('REMOVED');
    for (const event of await eventsOf('REMOVED')) {
      const { pk, sk, lotNumber, sequence } = event;
      await remove({ pk, sk });
      expect(await brokenOf('REMOVED')).toMatchObject([{ lotNumber, sequence }]);
      const { digest: _, previousDigest: __, ...bare } = event;
      await write(bare);
      expect(await brokenOf('REMOVED')).toMatchObject([{ lotNumber }]);
      await write(event);
    }
  });

  test('an event that is written over as one that was erased', async () => {
    await newStock('OVERWRITTEN');
    for (const event of await eventsOf('OVERWRITTEN')) {
      const { digest, previousDigest, ...bare } = event;
      const altered = { ...bare, actor: { type: 'human', id: 'nobody' } };
      for (const over of [altered, { ...altered, digest, previousDigest }]) {
        await write({ ...over, commitment: digest } as Item);
        const { lotNumber, sequence } = event;
        expect(await brokenOf('OVERWRITTEN')).toMatchObject([{ lotNumber, sequence }]);
      }
      await write(event);
    }
  });

  test('that a lot was set back with its history', async () => {
    await newStock('SETBACK');
    await remove({ ...lotEventKey('SETBACK', { lotNumber: LOT }, 4) });
    await setLot('SETBACK', 'SET #sequence = :three', { ':three': 3 }, { '#sequence': 'sequence' });
    expect(await brokenOf('SETBACK')).toMatchObject([{ lotNumber: LOT, sequence: 3 }]);
  });

  test('a lot whose status was changed without an event, and one that is gone', async () => {
    await newStock('MOVED');
    await setLot('MOVED', 'SET #status = :free', { ':free': 'AVAILABLE' }, { '#status': 'status' });
    expect(await brokenOf('MOVED')).toMatchObject([{ lotNumber: LOT, reason: /does not lead/ }]);
    await remove({ ...lotKey('MOVED', { lotNumber: LOT }, '2031-01-31') });
    expect(await brokenOf('MOVED')).toEqual([
      { sku: 'MOVED', lotNumber: LOT, sequence: 1, reason: 'the lot is missing' },
    ]);
  });
});

test('events from before there were digests are counted, and sealed by the first that has one', async () => {
  await newStock('EARLIER');
  const events = (await eventsOf('EARLIER')).filter(({ lotNumber }) => lotNumber === LOT);
  for (const { digest: _, previousDigest: __, ...bare } of events) await write(bare);
  await setLot('EARLIER', 'REMOVE lastSeal');
  expect(await seals.stock('EARLIER')).toEqual({ lots: 2, events: 8, unsealed: 4, broken: [] });

  await change({ type: 'ReceiveStock', sku: 'EARLIER', lotNumber: LOT, quantity: 1 });
  expect(await seals.stock('EARLIER')).toEqual({ lots: 2, events: 9, unsealed: 4, broken: [] });
  const { digest: _, previousDigest: __, ...last } = events[3] as Item;
  await write({ ...last, correlationId: 'altered' });
  expect(await brokenOf('EARLIER')).toMatchObject([{ lotNumber: LOT, sequence: 5 }]);
});

test('a release that seals nothing leaves its seal behind, and the next event does not continue from it', async () => {
  await newStock('ROLLBACK');
  const events = (await eventsOf('ROLLBACK')).filter(({ lotNumber }) => lotNumber === LOT);
  const { digest: _, previousDigest: __, ...bare } = events[3] as Item;
  await write({ ...bare, ...lotEventKey('ROLLBACK', { lotNumber: LOT }, 5), sequence: 5 });
  await setLot('ROLLBACK', 'SET #sequence = :five', { ':five': 5 }, { '#sequence': 'sequence' });
  expect(await seals.stock('ROLLBACK')).toMatchObject({ unsealed: 1, broken: [] });
  await change({ type: 'ReceiveStock', sku: 'ROLLBACK', lotNumber: LOT, quantity: 1 });
  expect(await seals.stock('ROLLBACK')).toMatchObject({ events: 10, unsealed: 1, broken: [] });
});

test('all lots are verified in steps, each once', async () => {
  const own = await store.newTable();
  const stock = testLoop(own);
  for (let sku = 0; sku < 6; sku++) {
    for (const lotNumber of ['A', 'B']) await stock.stock(`SKU-${sku}`, lotNumber, 10);
  }
  const { all } = historySeals(own);
  let lots = 0;
  let position: string | null = null;
  do {
    const page: Awaited<ReturnType<typeof all>> = await all(null, position, 0);
    expect(page.broken).toEqual([]);
    lots += page.lots;
    position = page.next;
  } while (position !== null);
  expect(lots).toBe(12);
});
