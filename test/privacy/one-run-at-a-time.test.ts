import { beforeAll, expect, test } from 'vitest';
import type { Table } from '../../functions/adapters/dynamodb/client.ts';
import { personalDataStore } from '../../functions/adapters/dynamodb/personal-data-store.ts';
import { personalRequestStore } from '../../functions/adapters/dynamodb/personal-request-store.ts';
import type { PersonalRequestStore } from '../../functions/privacy/ports.ts';
import { processRequests, requestOf } from '../../functions/privacy/process-requests.ts';
import { type TestLoop, testLoop } from '../../testing/loop.ts';
import { useStore } from '../../testing/store.ts';

const store = useStore();
let table: Table;
let loop: TestLoop;
let requests: PersonalRequestStore;

beforeAll(async () => {
  table = await store.newTable();
  loop = testLoop(table);
  requests = personalRequestStore(table);
});

/** An erasure of somebody with three orders that are over. */
async function erasureOf(name: string): Promise<string> {
  const email = `${name.toLowerCase()}@person.example`;
  for (let number = 1; number <= 3; number++) {
    const orderId = `${name}-${number}`;
    await loop.receive({
      ...{ orderId, customer: { name, email } },
      lines: [{ sku: 'NEVER', quantity: 1 }],
    });
    await loop.command(orderId, { type: 'CancelOrder', reason: 'not wanted' });
  }
  await requests.add(
    requestOf(
      'ERASURE',
      { email },
      {
        ...{ requestId: `ERASURE-${name}`, requestedAt: loop.ports.now() },
        origin: { actor: { type: 'human', id: 'ada' }, correlationId: name },
      },
    ),
  );
  return `ERASURE-${name}`;
}

function run() {
  const report = (_: string | null, place: string, error: unknown) => {
    throw new Error(`nothing was erased at ${place}`, { cause: error });
  };
  const stores = { requests, data: personalDataStore(table) };
  return processRequests({ ports: loop.ports, ...stores, report }, Date.now() + 60_000);
}

test('runs that meet are one, and count each order once', async () => {
  const requestId = await erasureOf('MET');
  const finished = await Promise.all([run(), run(), run()]);
  expect(finished.filter((count) => count === 1)).toHaveLength(1);
  expect(await requests.find(requestId)).toMatchObject({ state: 'DONE', found: 3, counts: { orders: 3 } });
  // The turn was given back.
  expect(await run()).toBe(0);
});

test('a run that ended in the middle is followed by another when its time is over', async () => {
  const requestId = await erasureOf('DIED');
  const giveBack = await requests.takeTurn(Date.now() + 60_000);
  expect(await run()).toBeNull();
  // Its function was ended before it could give the turn back, and the time that it had is over.
  await giveBack?.();
  const dead = await requests.takeTurn(Date.now() - 1);
  expect(await run()).toBe(1);
  const next = await requests.takeTurn(Date.now() + 60_000);
  await dead?.();
  expect(await requests.takeTurn(Date.now() + 60_000), 'the turn of another is not given back').toBeNull();
  await next?.();
  expect(await requests.find(requestId)).toMatchObject({ state: 'DONE', counts: { orders: 3 } });
});

test('what is settled twice is counted once', async () => {
  const requestId = await erasureOf('TWICE');
  const finding = { store: 'orders', place: 'TWICE-1' } as const;
  await Promise.all([requests.note(requestId, finding), requests.note(requestId, finding)]);
  await requests.settle(requestId, finding, { orders: 1, history: 2 });
  await requests.settle(requestId, finding, { orders: 1, history: 2 });
  expect(await requests.find(requestId)).toMatchObject({ found: 1, counts: { orders: 1, history: 2 } });
});
