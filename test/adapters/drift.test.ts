import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { expect, test } from 'vitest';
import { findDrift } from '../../functions/adapters/dynamodb/drift.ts';
import { lotKey } from '../../functions/adapters/dynamodb/keys.ts';
import { testLoop } from '../support/loop.ts';
import { useStore } from '../support/store.ts';

const store = useStore();
const SKUS = Array.from({ length: 20 }, (_, index) => `DRIFT-${index}`);

test('drift is found wherever in the table a lot and the orders that hold it lie', {
  timeout: 60_000,
}, async () => {
  const table = await store.newTable();
  const loop = testLoop(table);
  for (const sku of SKUS) await loop.stock(sku, 'A', 10);
  for (const [index, sku] of SKUS.entries()) {
    await loop.receive({ orderId: `DRIFT-ORDER-${index}`, lines: [{ sku, quantity: 1 + (index % 4) }] });
  }
  expect(await findDrift(table)).toEqual([]);
  for (const sku of ['DRIFT-3', 'DRIFT-14']) {
    await table.client.send(
      new UpdateCommand({
        TableName: table.name,
        Key: lotKey(sku, 'A', null),
        UpdateExpression: 'SET reserved = reserved + :one',
        ExpressionAttributeValues: { ':one': 1 },
      }),
    );
  }
  const drift = [...(await findDrift(table))].sort((one, other) => (one.sku < other.sku ? -1 : 1));
  expect(drift).toEqual([
    { sku: 'DRIFT-14', lotNumber: 'A', reserved: 4, reservedByOrders: 3 },
    { sku: 'DRIFT-3', lotNumber: 'A', reserved: 5, reservedByOrders: 4 },
  ]);
});
