import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { expect, test } from 'vitest';
import type { Drift } from '../../contract/responses.ts';
import { findDrift } from '../../functions/adapters/dynamodb/drift.ts';
import { lotKey } from '../../functions/adapters/dynamodb/keys.ts';
import { testLoop } from '../../testing/loop.ts';
import { useStore } from '../../testing/store.ts';

const store = useStore();

test('a lot whose counter was tampered with is found, wherever it stands, a piece at a time', async () => {
  const table = await store.newTable();
  const loop = testLoop(table);
  const skus = Array.from({ length: 30 }, (_, index) => `DRIFT-${String(index).padStart(2, '0')}`);
  for (const sku of skus) await loop.stock(sku, 'L1', 5);
  await loop.receive({ orderId: 'ORDER-1', lines: skus.map((sku) => ({ sku, quantity: 2 })) });
  const always = Number.POSITIVE_INFINITY;
  expect(await findDrift(table, null, always)).toEqual({ items: [], next: null });

  for (const sku of ['DRIFT-00', 'DRIFT-29']) {
    await table.client.send(
      new UpdateCommand({
        TableName: table.name,
        Key: { ...lotKey(sku, { lotNumber: 'L1' }, null) },
        UpdateExpression: 'SET reserved = :wrong',
        ExpressionAttributeValues: { ':wrong': 3 },
      }),
    );
  }
  const found: Drift[] = [];
  let pages = 0;
  for (let after: string | null = null; ; pages++) {
    const { items, next } = await findDrift(table, after, 0);
    found.push(...items);
    if (next === null) break;
    after = next;
  }
  expect(pages).toBeGreaterThan(0);
  expect(found).toEqual([
    { sku: 'DRIFT-00', lotNumber: 'L1', locationId: 'MAIN', reserved: 3, reservedByOrders: 2 },
    { sku: 'DRIFT-29', lotNumber: 'L1', locationId: 'MAIN', reserved: 3, reservedByOrders: 2 },
  ]);
});
