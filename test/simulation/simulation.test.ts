import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { expect, test, vi } from 'vitest';
import { openTable } from '../../functions/adapters/dynamodb/client.ts';
import { useStore } from '../support/store.ts';
import { simulate } from './support/simulate.ts';

// The store's adapter pauses by this; here its pauses are turns like everything else.
vi.mock('node:timers/promises', () => ({
  setTimeout: (milliseconds: number) =>
    new Promise<void>((resume) => {
      globalThis.setTimeout(resume, milliseconds);
    }),
}));

/** SIMULATION_STEPS=20000 tries for longer, SIMULATION_SEED another course, SIMULATION_RATE other faults. */
const STEPS = Number(process.env.SIMULATION_STEPS ?? 400);
const SEED = Number(process.env.SIMULATION_SEED ?? 20260310);
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

test('promises hold after each write, whatever fails, and the same seed runs the same', {
  timeout: 120_000 + STEPS * 200,
}, async () => {
  const report = await run(SEED);
  console.log(JSON.stringify(report));
  expect(report.faults).toBeGreaterThan(0);
  if (STEPS <= 1000) expect(await run(SEED)).toEqual(report);
});
