import { expect, test } from 'vitest';
import { allocated } from '../../domain/order/order.ts';
import { tryOrderCommand } from '../../functions/orders/handle-order-command.ts';
import { testLoop } from '../../testing/loop.ts';
import { useStore } from '../../testing/store.ts';

const store = useStore();
const origin = { actor: { type: 'human', id: 'ada' }, correlationId: 'trial' } as const;

test('a trial shows what all steps of a command come to, and writes nothing', async () => {
  const loop = testLoop(await store.newTable());
  // Twelve lines on three lots each are more reservations than one step makes.
  const skus = Array.from({ length: 12 }, (_, index) => `SKU-${index}`);
  await loop.receive({ orderId: 'O-1', lines: skus.map((sku) => ({ sku, quantity: 3 })) });
  for (const sku of skus) for (const lot of ['A', 'B', 'C']) await loop.stock(sku, lot, 1);

  const command = { type: 'CompleteAllocation' } as const;
  const before = await loop.order('O-1');
  const trial = await tryOrderCommand(loop.ports, { orderId: 'O-1', command, origin });
  expect(await loop.order('O-1')).toEqual(before);
  await loop.command('O-1', command);
  const carriedOut = await loop.order('O-1');
  expect(carriedOut.lines.map(allocated)).toEqual(skus.map(() => 3));
  expect(trial).toMatchObject({ kind: 'done', order: { lines: carriedOut.lines } });
});

test('a trial refuses what names more lines than a command may', async () => {
  const loop = testLoop(await store.newTable());
  const lines = Array.from({ length: 30 }, (_, index) => ({ sku: `SKU-${index}`, quantity: 3 }));
  await loop.receive({ orderId: 'O-2', lines });
  const amended = lines.map((_, index) => ({ lineNumber: index + 1, quantity: 2 }));
  const command = { type: 'AmendOrder', lines: amended } as const;
  const trial = await tryOrderCommand(loop.ports, { orderId: 'O-2', command, origin });
  expect(trial).toMatchObject({ kind: 'refused', rejection: { code: 'validation_failed' } });
  await expect(loop.command('O-2', command)).rejects.toThrow('at most 25 lines are amended at a time');
});
