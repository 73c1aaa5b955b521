import { QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { beforeAll, expect, test } from 'vitest';
import { fold } from '../../domain/order/evolve.ts';
import type { Table } from '../../functions/adapters/dynamodb/client.ts';
import { historySeals } from '../../functions/adapters/dynamodb/history-seals.ts';
import { getItem } from '../../functions/adapters/dynamodb/items.ts';
import { eventKey, orderPartition } from '../../functions/adapters/dynamodb/keys.ts';
import { personalDataStore } from '../../functions/adapters/dynamodb/personal-data-store.ts';
import { personalRequestStore } from '../../functions/adapters/dynamodb/personal-request-store.ts';
import type { Person, PersonalRequestStore } from '../../functions/privacy/ports.ts';
import { processRequests, requestOf } from '../../functions/privacy/process-requests.ts';
import { type TestLoop, testLoop } from '../../testing/loop.ts';
import { useStore } from '../../testing/store.ts';

const store = useStore();
let table: Table;
let loop: TestLoop;

beforeAll(async () => {
  table = await store.newTable();
  loop = testLoop(table);
  await loop.stock('ERASED', 'LOT-1', 10_000);
});

const PERSON = {
  customer: { name: 'Ada Lovelace', email: 'ada@lovelace.example', reference: 'C-1815' },
  shipTo: { name: 'Ada Lovelace', address1: '12 St James Square', city: 'London', country: 'GB' },
  note: 'Ring at the back door',
  channelData: [{ kind: 'NOTE', label: 'Gift message', value: 'For Annabella' }],
};
const WORDS = [
  'lovelace',
  'st james',
  'london',
  'back door',
  'annabella',
  'c-1815',
  'babbage',
  'moved house',
];

/** An order that has come to its end, with something personal in every place where there may be. */
async function cancelledOrder(orderId: string, terms: Record<string, unknown> = {}): Promise<void> {
  const line = { sku: 'ERASED', quantity: 3, channelData: PERSON.channelData };
  await loop.receive({ orderId, ...PERSON, ...terms, lines: [line] });
  await loop.command(orderId, { type: 'PlaceHold', reason: 'OTHER', note: 'Mr Babbage called' });
  await loop.command(orderId, { type: 'AmendOrder', shipTo: { address1: '6 St James Square' } });
  await loop.command(orderId, { type: 'CancelOrder', reason: 'Ada Lovelace moved house' });
}

async function erase(orderId: string) {
  await loop.command(orderId, { type: 'ErasePersonalData', erasureId: 'ERASURE-1' });
  return personalDataStore(table).eraseOrder(orderId);
}

async function stored(orderId: string): Promise<string> {
  const { Items = [] } = await table.client.send(
    new QueryCommand({
      TableName: table.name,
      KeyConditionExpression: 'pk = :order',
      ExpressionAttributeValues: { ':order': orderPartition(orderId) },
    }),
  );
  return JSON.stringify(Items, inOrder).toLowerCase();
}

function inOrder(_: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)));
}

test('nothing of a person is left of an order, and its history folds and verifies', async () => {
  await cancelledOrder('ERASED-1');
  const before = await loop.order('ERASED-1');
  for (const word of WORDS) expect(await stored('ERASED-1')).toContain(word);

  const { counts, open } = await erase('ERASED-1');
  expect(counts.history).toBeGreaterThanOrEqual(4);
  expect(open).toEqual([]);

  const after = await stored('ERASED-1');
  for (const word of WORDS) expect(after).not.toContain(word);
  const order = await loop.order('ERASED-1');
  expect(order).toMatchObject({
    ...{ state: 'CANCELLED', total: before.total, version: before.version + 1 },
    ...{ customer: { name: 'erased' }, shipTo: {} },
  });
  const history = await loop.history('ERASED-1');
  expect(fold(history, 'ERASED-1')).toEqual(order);
  expect(history.at(-1)).toMatchObject({ type: 'PersonalDataErased', data: { erasureId: 'ERASURE-1' } });
  const verified = await historySeals(table).order('ERASED-1');
  expect(verified).toEqual({ events: history.length, unsealed: 0, broken: null });
});

test('erasing what is erased changes nothing', async () => {
  await cancelledOrder('ERASED-2');
  await erase('ERASED-2');
  const once = await stored('ERASED-2');
  expect(await erase('ERASED-2')).toEqual({ counts: {}, open: [] });
  expect(await stored('ERASED-2')).toBe(once);
});

test('verification finds what was altered in an erased history, and erased in one that was not', async () => {
  await cancelledOrder('ERASED-3');
  await cancelledOrder('ERASED-4');
  await erase('ERASED-3');
  const { order } = historySeals(table);
  const put = (orderId: string, sequence: number, changes: Record<string, unknown>) =>
    table.client.send(
      new UpdateCommand({
        ...{ TableName: table.name, Key: { ...eventKey(orderId, sequence) } },
        UpdateExpression: `SET ${Object.keys(changes)
          .map((_, index) => `#a${index} = :a${index}`)
          .join(', ')}`,
        ExpressionAttributeNames: Object.fromEntries(
          Object.keys(changes).map((name, index) => [`#a${index}`, name]),
        ),
        ExpressionAttributeValues: Object.fromEntries(
          Object.values(changes).map((value, index) => [`:a${index}`, value]),
        ),
      }),
    );
  const [received] = await loop.history('ERASED-3');
  await put('ERASED-3', 1, { data: { ...received?.data, customer: { name: 'Somebody else' } } });
  expect((await order('ERASED-3'))?.broken?.sequence).toBe(1);
  await put('ERASED-3', 1, { data: received?.data, commitment: 'another' });
  expect((await order('ERASED-3'))?.broken?.sequence).toBe(1);

  const last = (await loop.history('ERASED-4')).length;
  await personalDataStore(table).eraseOrder('ERASED-4');
  expect((await order('ERASED-4'))?.broken).toEqual({
    ...{ orderId: 'ERASED-4', sequence: last },
    reason: 'what events say was erased, and no event says so',
  });
});

test('verification finds an event that is written over as one that was erased without a seal', async () => {
  await cancelledOrder('ERASED-OVER');
  await erase('ERASED-OVER');
  const Key = { ...eventKey('ERASED-OVER', 2) };
  const { digest } = (await getItem(table, eventKey('ERASED-OVER', 2))) ?? {};
  expect(digest).toEqual(expect.any(String));
  // The next event knows it by this digest, and nothing would bind what it says.
  await table.client.send(
    new UpdateCommand({
      ...{ TableName: table.name, Key },
      UpdateExpression:
        'SET commitment = :digest, actor.id = :other REMOVE digest, previousDigest, salt, erasedDigest',
      ExpressionAttributeValues: { ':digest': digest, ':other': 'nobody' },
    }),
  );
  expect((await historySeals(table).order('ERASED-OVER'))?.broken).toEqual({
    ...{ orderId: 'ERASED-OVER', sequence: 2 },
    reason: 'the event was erased without a seal, and cannot be proven',
  });
});

test('a channel that repeats what it knows brings nothing back, and returns are still received', async () => {
  await cancelledOrder('ERASED-5');
  await erase('ERASED-5');
  const events = await loop.command('ERASED-5', {
    ...{ type: 'RecordChannelData', channelTotal: '61.00' },
    channelData: [{ kind: 'CONTACT', label: 'Telephone', value: '+44 20 7946 0000' }],
  });
  expect(events).toHaveLength(1);
  expect(await stored('ERASED-5')).not.toContain('7946');
  expect((await historySeals(table).order('ERASED-5'))?.broken).toBeNull();
});

test('a voided order is erased too, and one that is not over is not', async () => {
  await loop.receive({ orderId: 'ERASED-6', ...PERSON, lines: [{ sku: 'NEVER', quantity: 1 }] });
  await expect(erase('ERASED-6')).rejects.toThrow('does not take ErasePersonalData');
  await loop.command('ERASED-6', { type: 'VoidOrder' });
  await erase('ERASED-6');
  for (const word of WORDS) expect(await stored('ERASED-6')).not.toContain(word);
});

test('two customers with one purchase order number are erased, and it still finds both', async () => {
  for (const [orderId, reference] of [
    ['ERASED-7', 'C-7'],
    ['ERASED-8', 'C-8'],
  ] as const) {
    const customer = { ...PERSON.customer, reference };
    await cancelledOrder(orderId, { orderType: 'B2B', purchaseOrderNumber: 'PO-ERASED', customer });
    await erase(orderId);
    expect(await loop.order(orderId)).toMatchObject({ purchaseOrderNumber: 'PO-ERASED' });
  }
});

test('an erasure that can be done is done before those that wait are looked at again', async () => {
  await loop.receive({ orderId: 'ERASED-9', ...PERSON, lines: [{ sku: 'NEVER', quantity: 1 }] });
  const requests = personalRequestStore(table);
  const asked: string[] = [];
  const observed: PersonalRequestStore = {
    ...requests,
    findings(requestId, options) {
      if (options.store === 'orders' && options.isWaiting === true) asked.push(requestId);
      return requests.findings(requestId, options);
    },
    finish(requestId, ...rest) {
      asked.push(`${requestId} is done`);
      return requests.finish(requestId, ...rest);
    },
  };
  const report = (_: string | null, place: string, error: unknown) => {
    throw new Error(`nothing was erased at ${place}`, { cause: error });
  };
  const { ports } = loop;
  const stores = { ports, requests: observed, data: personalDataStore(table), report };
  const add = (requestId: string, person: Person) =>
    requests.add(
      requestOf('ERASURE', person, {
        ...{ requestId, requestedAt: ports.now() },
        origin: { actor: { type: 'human', id: 'ada' }, correlationId: requestId },
      }),
    );
  await add('WAITS', { email: PERSON.customer.email });
  await processRequests(stores, Date.now() + 60_000);
  await add('NEXT', { email: 'nobody@person.example' });
  asked.length = 0;
  expect(await processRequests(stores, Date.now() + 60_000)).toBe(1);
  expect(asked.indexOf('NEXT is done')).toBeGreaterThanOrEqual(0);
  expect(asked.indexOf('NEXT is done')).toBeLessThan(asked.indexOf('WAITS'));
});
