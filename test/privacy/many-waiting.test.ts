import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterEach, expect, test, vi } from 'vitest';
import { personalDataStore } from '../../functions/adapters/dynamodb/personal-data-store.ts';
import { personalRequestStore } from '../../functions/adapters/dynamodb/personal-request-store.ts';
import { processRequests, requestOf } from '../../functions/privacy/process-requests.ts';
import { createPorts } from '../../functions/wiring.ts';
import { useStore } from '../../testing/store.ts';

const store = useStore();
afterEach(() => vi.restoreAllMocks());

const origin = { actor: { type: 'human', id: 'mira' }, correlationId: 'waiting' } as const;
const erasure = (requestId: string) =>
  requestOf(
    'ERASURE',
    { email: `${requestId}@example.com` },
    { requestId, requestedAt: new Date().toISOString(), origin },
  );

test('erasures that wait for open orders hide none that comes after them', async () => {
  const table = await store.newTable();
  const requests = personalRequestStore(table);
  const put = (Item: object) => table.client.send(new PutCommand({ TableName: table.name, Item }));
  const waiting = Array.from({ length: 520 }, (_, index) => `A${String(index).padStart(4, '0')}`);
  for (const requestId of waiting) {
    const { kind: requestKind, ...request } = erasure(requestId);
    const open = { ...request.open, phase: 'ORDERS' };
    const item = { pk: `PERSONALREQUEST#${requestId}`, sk: 'REQUEST', kind: 'PERSONAL_REQUEST' };
    await put({ ...item, requestKind, ...request, open });
    await put({ pk: 'PERSONALREQUESTS', sk: requestId, kind: 'PERSONAL_REQUEST_OPEN' });
  }
  await requests.add(erasure('B0001'));
  expect((await requests.open(10, 'FIND')).map(({ requestId }) => requestId)).toEqual(['B0001']);
  expect((await requests.open(1000, 'ORDERS')).map(({ requestId }) => requestId)).toEqual(waiting);
  expect(await requests.open(100)).toHaveLength(100);
});

test('where a run has no time for all that wait, the next one begins behind the last', async () => {
  const table = await store.newTable();
  const ports = createPorts(table, { receivesOrders: false });
  const requests = personalRequestStore(table);
  const ids = ['A1', 'A2', 'A3'];
  for (const requestId of ids) {
    await requests.add(erasure(requestId));
    await requests.note(requestId, { store: 'orders', place: `ORDER-${requestId}` });
    await requests.move(requestId, 'FIND', 'ORDERS');
  }
  const { now: realNow } = Date;
  let passed = 0;
  vi.spyOn(Date, 'now').mockImplementation(() => realNow() + passed);
  const lookedAt: string[] = [];
  const run = async () => {
    const load = async (orderId: string) => {
      lookedAt.push(orderId);
      // One order takes all the time that there is.
      passed += 120_000;
      throw new Error('an open order');
    };
    const slow = { ...ports, orders: { ...ports.orders, load } };
    const data = personalDataStore(table);
    await processRequests({ ports: slow, requests, data, report: () => undefined }, Date.now() + 60_000);
  };
  for (const _ of [...ids, 'again']) await run();
  expect(lookedAt).toEqual(['ORDER-A1', 'ORDER-A2', 'ORDER-A3', 'ORDER-A1']);
});
