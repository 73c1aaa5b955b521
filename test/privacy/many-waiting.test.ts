import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { personalDataStore } from '../../functions/adapters/dynamodb/personal-data-store.ts';
import { personalRequestStore } from '../../functions/adapters/dynamodb/personal-request-store.ts';
import type { PersonalRequestStore } from '../../functions/privacy/ports.ts';
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

describe('where a run has no time for all that wait, the next one begins behind the last', () => {
  const waitingForOrder = async (requests: PersonalRequestStore, requestId: string) => {
    await requests.add(erasure(requestId));
    await requests.note(requestId, { store: 'orders', place: `ORDER-${requestId}` });
  };

  /**
   * @param perOrder milliseconds that looking at one order takes; a run has a minute
   * @returns orders in the sequence in which the runs look at them
   */
  const lookedAtBy = async (
    runs: number,
    perOrder: number,
    before: (requests: PersonalRequestStore, run: number) => Promise<void>,
  ) => {
    const table = await store.newTable();
    const ports = createPorts(table, { receivesOrders: false });
    const requests = personalRequestStore(table);
    for (const requestId of ['A1', 'A2', 'A3']) {
      await waitingForOrder(requests, requestId);
      await requests.move(requestId, 'FIND', 'ORDERS');
    }
    const { now: realNow } = Date;
    let passed = 0;
    vi.spyOn(Date, 'now').mockImplementation(() => realNow() + passed);
    const lookedAt: string[] = [];
    const load = async (orderId: string) => {
      lookedAt.push(orderId);
      passed += perOrder;
      throw new Error('an open order');
    };
    const slow = { ...ports, orders: { ...ports.orders, load } };
    const data = personalDataStore(table);
    for (let run = 1; run <= runs; run++) {
      await before(requests, run);
      await processRequests({ ports: slow, requests, data, report: () => undefined }, Date.now() + 60_000);
    }
    return lookedAt;
  };

  test('and each of them is reached', async () => {
    const lookedAt = await lookedAtBy(4, 120_000, async () => undefined);
    expect(lookedAt).toEqual(['ORDER-A1', 'ORDER-A2', 'ORDER-A3', 'ORDER-A1']);
  });

  test('also where every run finds a new one', async () => {
    // A run has time for two: the new one, and one of those that waited before.
    const lookedAt = await lookedAtBy(3, 40_000, (requests, run) => waitingForOrder(requests, `B${run}`));
    expect(lookedAt.filter((place) => place.startsWith('ORDER-A'))).toEqual([
      'ORDER-A1',
      'ORDER-A2',
      'ORDER-A3',
    ]);
    expect(lookedAt.filter((place) => place.startsWith('ORDER-B'))).toEqual([
      'ORDER-B1',
      'ORDER-B2',
      'ORDER-B3',
    ]);
  });
});
