import { gzipSync } from 'node:zlib';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { beforeEach, describe, expect, test } from 'vitest';
import { approvalStore } from '../../functions/adapters/dynamodb/approval-store.ts';
import type { Table } from '../../functions/adapters/dynamodb/client.ts';
import { getItem, type StoredItem } from '../../functions/adapters/dynamodb/items.ts';
import { headerKey, type Key, messageKey } from '../../functions/adapters/dynamodb/keys.ts';
import { messageLog } from '../../functions/adapters/dynamodb/message-log.ts';
import { personalDataStore } from '../../functions/adapters/dynamodb/personal-data-store.ts';
import { personalRequestStore } from '../../functions/adapters/dynamodb/personal-request-store.ts';
import { messageIdOf, refOf } from '../../functions/messages/message-log.ts';
import type { PersonalRequestKind, PersonalRequestStore } from '../../functions/privacy/ports.ts';
import { processRequests, requestOf } from '../../functions/privacy/process-requests.ts';
import { injectFaults } from '../../testing/faults.ts';
import { type TestLoop, testLoop } from '../../testing/loop.ts';
import { useStore } from '../../testing/store.ts';

const store = useStore();
let table: Table;
let loop: TestLoop;
let requests: PersonalRequestStore;

beforeEach(async () => {
  table = await store.newTable();
  loop = testLoop(table);
  requests = personalRequestStore(table);
});

const emailOf = (name: string) => `${name.toLowerCase()}@person.example`;
const write = (Item: StoredItem) =>
  table.client.send(new PutCommand({ TableName: table.name, Item: { ...Item } }));

/** An order of somebody that is over. */
async function orderOf(name: string): Promise<string> {
  const orderId = `${name}-1`;
  await loop.receive({
    ...{ orderId, customer: { name, email: emailOf(name) } },
    lines: [{ sku: 'NEVER', quantity: 1 }],
  });
  await loop.command(orderId, { type: 'CancelOrder', reason: 'not wanted' });
  return orderId;
}

async function request(
  name: string,
  kind: PersonalRequestKind = 'ERASURE',
  person: object = { email: emailOf(name) },
): Promise<string> {
  const requestId = `${kind}-${name}`;
  const origin = { actor: { type: 'human', id: 'ada' }, correlationId: name } as const;
  await requests.add(requestOf(kind, person, { requestId, requestedAt: loop.ports.now(), origin }));
  return requestId;
}

/** A message that was processed, of orders or of none. */
async function message(text: string, orderIds: readonly string[]): Promise<Key> {
  const messageId = messageIdOf('shopify', 'shop', text);
  const { message: received } = await messageLog(table).receive(
    {
      ...{ messageId, channel: 'SHOPIFY', endpoint: 'shopify', topic: 'orders/create' },
      ...{ connectionId: 'shop', source: 'shop', correlationId: messageId, receivedAt: loop.ports.now() },
      ...{ proof: { method: 'none', secretName: null }, actor: { type: 'channel', id: 'shop' } },
    },
    Buffer.from(text),
  );
  await messageLog(table).settle(refOf(received), { state: 'PROCESSED', orderIds });
  return messageKey(messageId);
}

/** Makes an item unreadable. @returns what makes it readable again */
async function damage(key: Key, attributes: StoredItem): Promise<() => Promise<unknown>> {
  const item = (await getItem(table, key)) ?? {};
  await write({ ...item, ...attributes });
  return () => write(item);
}

/** @returns what was reported: for which request, and the end of the place */
async function run(): Promise<readonly (readonly [string | null, string])[]> {
  const reported: [string | null, string][] = [];
  const report = (requestId: string | null, place: string) => void reported.push([requestId, place]);
  const stores = { requests, data: personalDataStore(table) };
  await processRequests({ ports: loop.ports, ...stores, report }, Date.now() + 60_000);
  return reported;
}
const stateOf = async (requestId: string) => (await requests.find(requestId))?.state;
const waitingOf = async (requestId: string) =>
  (await requests.findings(requestId, { isWaiting: true, limit: 10, after: null })).items;

describe('one item that cannot be read', () => {
  test.each([
    ['email', { email: emailOf('BROKEN') }, { customer: { name: 5, email: emailOf('BROKEN') } }],
    ['reference', { customerReference: 'BROKEN' }, { customer: { name: 'BROKEN', email: 5 } }],
  ])('an order: the request whose %s it has waits for it, and others are done', async (_, person, broken) => {
    const orderId = await orderOf('BROKEN');
    const readable = await orderOf('READABLE');
    const [waits, done] = [await request('BROKEN', 'ERASURE', person), await request('READABLE')];
    const repair = await damage(headerKey(orderId), broken);

    expect(await run()).toContainEqual([waits, orderId]);
    expect(await requests.find(done)).toMatchObject({ state: 'DONE', counts: { orders: 1 } });
    expect((await loop.order(readable)).customer).toEqual({ name: 'erased' });
    expect(await stateOf(waits)).toBe('RUNNING');
    expect(await waitingOf(waits)).toEqual([{ store: 'orders', place: orderId }]);
    expect(await requests.pass('FIND')).toBeNull();

    await repair();
    expect(await run()).toEqual([]);
    expect(await requests.find(waits)).toMatchObject({ state: 'DONE', found: 1, counts: { orders: 1 } });
    expect((await loop.order(orderId)).customer).toEqual({ name: 'erased' });
  });

  test('an order of nobody that is known is reported, and holds up nobody', async () => {
    const orderId = await orderOf('OTHER');
    await orderOf('READABLE');
    const done = await request('READABLE');
    await damage(headerKey(orderId), { customer: 'nobody' });
    expect(await run()).toEqual([[null, orderId]]);
    expect(await stateOf(done)).toBe('DONE');
  });

  test.each([
    ['of an order', 'about nobody', true],
    ['that names a person', `for ${emailOf('BROKEN')}`, false],
  ])('a message %s: its request waits for it, and others are done', async (_, text, isOfOrder) => {
    const orderId = await orderOf('BROKEN');
    const key = await message(text, isOfOrder ? [orderId] : []);
    const place = JSON.stringify({ pk: key.pk, sk: key.sk });
    await orderOf('READABLE');
    const kinds = ['ERASURE', 'ACCESS'] as const;
    const waits = [await request('BROKEN', kinds[0]), await request('BROKEN', kinds[1])];
    const done = await request('READABLE');
    const repair = await damage(key, { state: 5 });

    const reported = await run();
    expect(await stateOf(done)).toBe('DONE');
    expect(await requests.pass('BESIDE')).toBeNull();
    for (const requestId of waits) expect(await stateOf(requestId)).toBe('RUNNING');
    // An erasure comes to a message of an order with the order, and waits with that.
    const ofMessage = isOfOrder ? waits.slice(1) : waits;
    for (const requestId of ofMessage) {
      expect(reported).toContainEqual([requestId, place]);
      expect(await waitingOf(requestId)).toEqual([{ store: 'messages', place }]);
    }
    if (isOfOrder) expect(reported).toContainEqual([waits[0], orderId]);

    await repair();
    expect(await run()).toEqual([]);
    for (const requestId of waits) expect(await stateOf(requestId)).toBe('DONE');
    expect((await requests.find(waits[0] ?? ''))?.counts).toMatchObject({ orders: 1, messages: 1 });
    expect(await getItem(table, key)).not.toHaveProperty('body');
  });

  test('a message whose text cannot be unpacked', async () => {
    await orderOf('READABLE');
    const key = await message('about nobody', []);
    const done = await request('READABLE');
    await damage(key, { body: Buffer.from('not compressed') });
    expect(await run()).toEqual([[null, JSON.stringify({ pk: key.pk, sk: key.sk })]]);
    expect(await stateOf(done)).toBe('DONE');
  });
});

test('a document that could not be erased is waited for, whatever its store', async () => {
  const orderId = await orderOf('DOCUMENTED');
  await orderOf('READABLE');
  const key = { pk: 'NUMBERED', sk: '1' };
  const content = gzipSync(`for ${emailOf('DOCUMENTED')}`);
  await write({ ...key, kind: 'NUMBERED_DOCUMENT', orderId, content });
  const [waits, done] = [await request('DOCUMENTED'), await request('READABLE')];
  const stop = injectFaults(table, ({ command, input }) =>
    command === 'UpdateItemCommand' && JSON.stringify(input.Key).includes(key.pk) ? 'throttled' : null,
  );
  const place = JSON.stringify(key);
  expect(await run()).toContainEqual([waits, place]);
  expect(await stateOf(done)).toBe('DONE');
  expect(await stateOf(waits)).toBe('RUNNING');
  expect(await waitingOf(waits)).toEqual([{ store: 'documents', place }]);

  stop();
  expect(await run()).toEqual([]);
  expect(await requests.find(waits)).toMatchObject({ state: 'DONE', counts: { documents: 1 } });
});

test('what names a person and is of no order is erased, and reported by nobody', async () => {
  const orderId = await orderOf('NAMED');
  const requestedAt = loop.ports.now();
  await approvalStore(table).add({
    ...{ approvalId: 'NEW', status: 'PENDING', tool: 'create_order', agent: 'agent-7' },
    ...{
      requestedAt,
      expiresAt: requestedAt,
      arguments: { customer: { name: 'N', email: emailOf('NAMED') } },
    },
    effect: {
      stateAfter: 'RECEIVED',
      total: '1.00',
      currency: 'USD',
      reserved: [],
      released: [],
      events: [],
    },
  });
  const requestId = await request('NAMED');
  expect(await run()).toEqual([]);
  expect(await requests.find(requestId)).toMatchObject({
    ...{ state: 'DONE', counts: { orders: 1, approvals: 1 } },
  });
  expect(JSON.stringify(await approvalStore(table).get('NEW'))).not.toContain(emailOf('NAMED'));
  expect((await loop.order(orderId)).customer).toEqual({ name: 'erased' });
});

test('a page that the store did not give is read again, and nothing in it is left out', async () => {
  await orderOf('LATER');
  const requestId = await request('LATER');
  const stop = injectFaults(table, ({ command }) => (command === 'ScanCommand' ? 'throttled' : null));
  await expect(run()).rejects.toThrow();
  stop();
  expect(await run()).toEqual([]);
  expect(await requests.find(requestId)).toMatchObject({ state: 'DONE', counts: { orders: 1 } });
});
