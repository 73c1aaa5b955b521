import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { expect, test, vi } from 'vitest';
import { openTable } from '../../functions/adapters/dynamodb/client.ts';
import { caseCount } from '../../testing/property-runs.ts';
import { useStore } from '../../testing/store.ts';
import { simulate } from './support/simulate.ts';

// The store's adapter pauses by this; here its pauses are turns like everything else.
vi.mock('node:timers/promises', () => ({
  setTimeout: (milliseconds: number) =>
    new Promise<void>((resume) => {
      globalThis.setTimeout(resume, milliseconds);
    }),
}));

/**
 * SIMULATION_STEPS=20000 runs for longer, SIMULATION_SEEDS=1..200 other courses, SIMULATION_RATE other faults. A seed
 * that fails is named in the error, and fails in the same place when it is the only one.
 */
const STEPS = Number(process.env.SIMULATION_STEPS ?? caseCount(400, 60));
const [FIRST = 0, LAST = FIRST] = (process.env.SIMULATION_SEEDS ?? '20260310').split('..').map(Number);
const RATE = Number(process.env.SIMULATION_RATE ?? 0.2);

const store = useStore();

async function run(seed: number) {
  const { name } = await store.newTable();
  const client = () =>
    new DynamoDBClient({
      endpoint: store.endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    });
  const [table, clean] = [openTable(name, client()), openTable(name, client())];
  return simulate({ table, clean, seed, steps: STEPS, rate: RATE });
}

test('promises hold after each write, whatever fails', {
  timeout: (LAST - FIRST + 1) * (120_000 + STEPS * 200),
}, async () => {
  const totals = { runs: 0, steps: 0, orders: 0, writes: 0, events: 0, faults: 0 };
  for (let seed = FIRST; seed <= LAST; seed++) {
    const report = await run(seed);
    expect(report.faults).toBeGreaterThan(0);
    totals.runs += 1;
    for (const what of ['steps', 'orders', 'writes', 'events', 'faults'] as const)
      totals[what] += report[what];
  }
  console.log(JSON.stringify({ seeds: `${FIRST}..${LAST}`, rate: RATE, ...totals }));
});

test('the same seed runs the same', { tags: 'long', timeout: 240_000 + STEPS * 400 }, async () => {
  expect(await run(FIRST)).toEqual(await run(FIRST));
});
