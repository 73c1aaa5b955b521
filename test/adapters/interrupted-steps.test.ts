// @module-tag long
import { describe, expect, test } from 'vitest';
import { fold } from '../../domain/order/evolve.ts';
import type { Table } from '../../functions/adapters/dynamodb/client.ts';
import { findDrift } from '../../functions/adapters/dynamodb/drift.ts';
import { handleOrderCommand, type NotReceiving } from '../../functions/orders/handle-order-command.ts';
import { type TestLoop, testLoop } from '../../testing/loop.ts';
import { useStore } from '../../testing/store.ts';

const store = useStore();
const ORIGIN = { actor: { type: 'human', id: 'ada' }, correlationId: 'c' } as const;
const LOTS = ['A', 'B', 'C'];

/** More reservations than five transactions carry. */
const SKUS = Array.from({ length: 45 }, (_, index) => `PART-${index}`);

async function stocked(table: Table, skus: readonly string[]): Promise<TestLoop> {
  const loop = testLoop(table);
  for (let at = 0; at < skus.length; at += 15) {
    await Promise.all(
      skus.slice(at, at + 15).flatMap((sku) => LOTS.map((lotNumber) => loop.stock(sku, lotNumber, 1))),
    );
  }
  return loop;
}

/** Carries out a command in a process that is killed after so many writes of orders. */
async function untilKilled(loop: TestLoop, orderId: string, command: NotReceiving, writes: number) {
  let left = writes;
  const ports = {
    ...loop.ports,
    orders: {
      ...loop.ports.orders,
      save: (write: Parameters<typeof loop.ports.orders.save>[0]) => {
        left -= 1;
        return left < 0 ? Promise.reject(new Error('killed')) : loop.ports.orders.save(write);
      },
    },
  };
  try {
    await handleOrderCommand(ports, { orderId, command, origin: ORIGIN });
    return 'done';
  } catch (error) {
    expect(error).toMatchObject({ message: 'killed' });
    return 'killed';
  }
}

const holds = async (loop: TestLoop, orderId: string) =>
  (await loop.order(orderId)).lines
    .flatMap(({ allocations }) => allocations)
    .reduce((sum, { quantity }) => sum + quantity, 0);

/** What must hold at every instant: counters agree with orders, and the history folds to the order as it is. */
async function expectTrue(table: Table, loop: TestLoop, orderId: string) {
  expect(await findDrift(table, null, Number.POSITIVE_INFINITY)).toEqual({ items: [], next: null });
  const folded = JSON.parse(JSON.stringify(fold(await loop.history(orderId), orderId)));
  expect(await loop.order(orderId)).toEqual(folded);
}

describe.each<{ readonly command: NotReceiving; readonly left: number }>([
  { command: { type: 'ReleaseAllocation' }, left: 0 },
  { command: { type: 'CancelOrder', reason: 'customer' }, left: 0 },
  { command: { type: 'AllocateOrder' }, left: SKUS.length * 3 },
])('$command.type of a large order', ({ command, left }) => {
  test('is true after each of its steps, and completed when it is given again', async () => {
    const table = await store.newTable();
    const loop = await stocked(table, SKUS);
    const lines = SKUS.map((sku) => ({ sku, quantity: 3 }));
    const orderId = 'LARGE-1';
    await loop.receive({ orderId, lines });
    expect(await holds(loop, orderId)).toBe(SKUS.length * 3);
    let runs = 0;
    // Each process carries out one step, and is killed before the next.
    for (let ends = 'killed'; ends === 'killed'; runs++) {
      const before = (await loop.order(orderId)).sequence;
      const again: NotReceiving =
        runs > 0 && command.type === 'CancelOrder' ? { type: 'ContinueSteps' } : command;
      ends = await untilKilled(loop, orderId, again, 1);
      await expectTrue(table, loop, orderId);
      if ((await loop.order(orderId)).sequence === before) break;
      expect(runs).toBeLessThan(20);
    }
    expect(await holds(loop, orderId)).toBe(left);
  });
});

test('an order of 500 lines on three lots each is released and allocated again', {
  timeout: 180_000,
}, async () => {
  const table = await store.newTable();
  const skus = Array.from({ length: 500 }, (_, index) => `LARGE-${index}`);
  const loop = await stocked(table, skus);
  const orderId = 'LARGE-1';
  await loop.receive({ orderId, lines: skus.map((sku) => ({ sku, quantity: 3 })) });
  expect(await holds(loop, orderId)).toBe(1500);
  await loop.command(orderId, { type: 'ReleaseAllocation' });
  expect(await holds(loop, orderId)).toBe(0);
  expect((await loop.order(orderId)).state).toBe('RECEIVED');
  await expectTrue(table, loop, orderId);
  await loop.command(orderId, { type: 'AllocateOrder' });
  expect(await holds(loop, orderId)).toBe(1500);
  expect((await loop.order(orderId)).state).toBe('ALLOCATED');
  // Choosing again what is held already swaps each lot for itself: nothing is released in between.
  await loop.command(orderId, {
    type: 'AllocateOrder',
    pins: [{ lineNumber: 250, lotNumber: 'C', quantity: 1 }],
  });
  expect(await holds(loop, orderId)).toBe(1500);
  await expectTrue(table, loop, orderId);
});
