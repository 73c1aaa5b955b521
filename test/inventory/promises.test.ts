import { beforeAll, expect, test } from 'vitest';
import type { StockStore } from '../../functions/inventory/ports.ts';
import { promisesOf } from '../../functions/inventory/promises.ts';
import { type TestLoop, testLoop } from '../../testing/loop.ts';
import { useStore } from '../../testing/store.ts';

const store = useStore();
let loop: TestLoop;

const SKUS = Array.from({ length: 25 }, (_, number) => `WANTED ${String(number).padStart(2, '0')}`);
const ORIGIN = { actor: { type: 'human', id: 'ada' }, correlationId: 'test' } as const;
const EXPECTED_AT = '2099-04-02';

beforeAll(async () => {
  loop = testLoop(await store.newTable());
  const lines = SKUS.map((sku) => ({ sku, quantity: 2 }));
  for (const orderId of ['ORDER-1', 'ORDER-2', 'ORDER-3', 'ORDER-4']) await loop.receive({ orderId, lines });
});

/** The real store of stock, and what was asked of it. */
function counted() {
  const { stock } = loop.ports;
  const count = { expected: 0, atOnce: 0, lines: 0 };
  let open = 0;
  const counting: StockStore = {
    ...stock,
    async expected(sku) {
      count.expected += 1;
      open += 1;
      count.atOnce = Math.max(count.atOnce, open);
      const expected = await stock.expected(sku);
      open -= 1;
      return expected;
    },
    async *linesWaitingFor(sku, range) {
      for await (const line of stock.linesWaitingFor(sku, range)) {
        count.lines += 1;
        yield line;
      }
    },
  };
  return { ports: { stock: counting }, count };
}

test('an order of many SKUs reads what is to come of ten at once, and nobody who waits for what is not', async () => {
  const { ports, count } = counted();
  expect(await promisesOf(ports, await loop.order('ORDER-3'))).toEqual(new Map());
  expect(count).toEqual({ expected: 25, atOnce: 10, lines: 0 });
});

test('counts the lines of those before it, and promises nothing after too many of them', async () => {
  for (const sku of SKUS) {
    const announced = { sku, reference: 'PO-1', quantity: 6, expectedAt: EXPECTED_AT };
    await loop.ports.stock.expect(announced, ORIGIN);
  }
  const order = await loop.order('ORDER-3');
  const all = counted();
  const promises = await promisesOf(all.ports, order);
  expect([...promises.values()]).toEqual(SKUS.map(() => EXPECTED_AT));
  expect(all.count.lines).toBe(50);
  expect(await promisesOf(loop.ports, await loop.order('ORDER-4'))).toEqual(new Map());

  const few = counted();
  expect([...(await promisesOf(few.ports, order, 25)).keys()]).toEqual([
    1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12,
  ]);
  expect(few.count).toMatchObject({ expected: 20, lines: 40 });
});
