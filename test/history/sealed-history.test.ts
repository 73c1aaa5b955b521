import { DeleteCommand, PutCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Table } from '../../functions/adapters/dynamodb/client.ts';
import { historySeals } from '../../functions/adapters/dynamodb/history-seals.ts';
import { eventKey, headerKey, orderPartition } from '../../functions/adapters/dynamodb/keys.ts';
import type { HistorySeals } from '../../functions/events/history-seals.ts';
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
  await loop.stock('SEALED', 'LOT-1', 10_000);
});

/** An order with a history of five events or more. */
async function newOrder(orderId: string): Promise<void> {
  await loop.receive({ orderId, lines: [{ sku: 'SEALED', quantity: 3 }] });
  for (const note of ['one', 'two', 'three']) {
    await loop.command(orderId, { type: 'PlaceHold', reason: 'OTHER', note });
  }
}

const eventsOf = async (orderId: string): Promise<Item[]> => {
  const { Items = [] } = await table.client.send(
    new QueryCommand({
      TableName: table.name,
      KeyConditionExpression: 'pk = :order AND begins_with(sk, :event)',
      ExpressionAttributeValues: { ':order': orderPartition(orderId), ':event': 'EVENT#' },
    }),
  );
  return Items;
};
const write = (Item: Item) => table.client.send(new PutCommand({ TableName: table.name, Item }));
const brokenAt = async (orderId: string) => (await seals.order(orderId))?.broken?.sequence ?? null;

test('a history is intact, and seals every event', async () => {
  await newOrder('INTACT-1');
  const events = await eventsOf('INTACT-1');
  expect(events.length).toBeGreaterThanOrEqual(5);
  expect(await seals.order('INTACT-1')).toEqual({ events: events.length, unsealed: 0, broken: null });
  expect(new Set(events.map(({ digest }) => digest)).size).toBe(events.length);
  for (const [index, event] of events.slice(1).entries()) {
    expect(event.previousDigest).toBe(events[index]?.digest);
  }
  // What the store needs is not what was said.
  const [first] = await loop.ports.orders.history('INTACT-1', 0, 1);
  expect(first).not.toHaveProperty('digest');
  expect(await seals.order('NOBODY')).toBeNull();
});

test('refused attempts are part of the chain', async () => {
  await newOrder('REFUSED-1');
  await loop.command('REFUSED-1', { type: 'CloseOrder' }).catch(() => {});
  const events = await eventsOf('REFUSED-1');
  expect(events.at(-1)?.type).toBe('TransitionRejected');
  expect(await seals.order('REFUSED-1')).toMatchObject({ events: events.length, broken: null });
});

test('commands that meet leave one chain', async () => {
  await newOrder('MET-1');
  await Promise.all(
    Array.from({ length: 6 }, (_, index) =>
      loop.command('MET-1', { type: 'PlaceHold', reason: 'OTHER', note: `met ${index}` }),
    ),
  );
  expect(await brokenAt('MET-1')).toBeNull();
});

describe('verification finds', () => {
  test('a single altered byte, wherever in the history it stands', async () => {
    await newOrder('ALTERED-1');
    for (const event of await eventsOf('ALTERED-1')) {
      for (const altered of alterations(event)) {
        await write(altered as Item);
        expect(await brokenAt('ALTERED-1'), JSON.stringify(altered)).toBe(event.sequence);
      }
      await write(event);
    }
    expect(await brokenAt('ALTERED-1')).toBeNull();
  }, 60_000);

  test('an event that was removed, the last one too', async () => {
    await newOrder('REMOVED-1');
    const events = await eventsOf('REMOVED-1');
    for (const event of events) {
      const { sequence } = event as { sequence: number };
      const Key = { ...eventKey('REMOVED-1', sequence) };
      await table.client.send(new DeleteCommand({ TableName: table.name, Key }));
      expect(await brokenAt('REMOVED-1')).toBe(sequence);
      await write(event);
    }
  });

  test('that the order was set back with its history', async () => {
    await newOrder('SETBACK-1');
    const last = (await eventsOf('SETBACK-1')).length;
    await table.client.send(
      new DeleteCommand({ TableName: table.name, Key: { ...eventKey('SETBACK-1', last) } }),
    );
    await table.client.send(
      new UpdateCommand({
        TableName: table.name,
        Key: { ...headerKey('SETBACK-1') },
        UpdateExpression: 'SET #sequence = :one',
        ExpressionAttributeNames: { '#sequence': 'sequence' },
        ExpressionAttributeValues: { ':one': last - 1 },
      }),
    );
    expect(await brokenAt('SETBACK-1')).toBe(last - 1);
  });

  test('a seal that was taken off', async () => {
    await newOrder('UNSEALED-1');
    for (const event of await eventsOf('UNSEALED-1')) {
      const { digest: _, previousDigest: __, ...bare } = event;
      await write(bare);
      expect(await brokenAt('UNSEALED-1')).not.toBeNull();
      await write(event);
    }
  });

  test('an order whose state was changed without an event', async () => {
    await newOrder('MOVED-1');
    await table.client.send(
      new UpdateCommand({
        TableName: table.name,
        Key: { ...headerKey('MOVED-1') },
        UpdateExpression: 'SET #state = :closed',
        ExpressionAttributeNames: { '#state': 'state' },
        ExpressionAttributeValues: { ':closed': 'CLOSED' },
      }),
    );
    expect((await seals.order('MOVED-1'))?.broken?.reason).toContain('does not lead');
  });
});

test('events from before there were digests are counted, and sealed by the first that has one', async () => {
  await newOrder('EARLIER-1');
  const events = await eventsOf('EARLIER-1');
  for (const { digest: _, previousDigest: __, salt: ___, erasedDigest: ____, ...bare } of events)
    await write(bare);
  await table.client.send(
    new UpdateCommand({
      TableName: table.name,
      Key: { ...headerKey('EARLIER-1') },
      UpdateExpression: 'REMOVE historyDigest',
    }),
  );
  const { length } = events;
  expect(await seals.order('EARLIER-1')).toEqual({ events: length, unsealed: length, broken: null });

  await loop.command('EARLIER-1', { type: 'PlaceHold', reason: 'OTHER', note: 'sealed' });
  expect(await seals.order('EARLIER-1')).toEqual({ events: length + 1, unsealed: length, broken: null });
  const [last] = (await eventsOf('EARLIER-1')).slice(-2) as Item[];
  await write({ ...last, correlationId: 'altered' });
  expect(await brokenAt('EARLIER-1')).toBe(length + 1);
});

test('all orders, or those of a span, are verified in steps', async () => {
  const own = await store.newTable();
  const orders = testLoop(own);
  await orders.stock('SPAN', 'LOT-1', 100);
  for (let index = 0; index < 8; index++) {
    await orders.receive({ orderId: `SPAN-${index}`, lines: [{ sku: 'SPAN', quantity: 1 }] });
  }
  const { order, all: verify } = historySeals(own);
  const Key = { ...eventKey('SPAN-3', 1) };
  await own.client.send(
    new UpdateCommand({
      ...{ TableName: own.name, Key, UpdateExpression: 'SET correlationId = :other' },
      ExpressionAttributeValues: { ':other': 'altered' },
    }),
  );
  const all = await verify(null, null, Date.now() + 5000);
  expect(all).toMatchObject({ orders: 8, lots: 1, next: null, broken: [{ orderId: 'SPAN-3', sequence: 1 }] });
  expect(all.broken).toHaveLength(1);
  expect(await verify({ from: '0000', to: '0001' }, null, Date.now() + 5000)).toMatchObject({
    orders: 0,
    lots: 0,
  });
  expect((await order('SPAN-3'))?.broken?.sequence).toBe(1);
  // Without time for more than one page it continues where it was.
  let position: string | null = null;
  let orderCount = 0;
  let lotCount = 0;
  do {
    const page: Awaited<ReturnType<typeof verify>> = await verify(null, position, 0);
    orderCount += page.orders;
    lotCount += page.lots;
    position = page.next;
  } while (position !== null);
  expect([orderCount, lotCount]).toEqual([8, 1]);
});
