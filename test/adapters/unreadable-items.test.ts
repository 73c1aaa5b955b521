import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { expect, test } from 'vitest';
import type { Table } from '../../functions/adapters/dynamodb/client.ts';
import { connectionStore } from '../../functions/adapters/dynamodb/connection-store.ts';
import { getItem } from '../../functions/adapters/dynamodb/items.ts';
import {
  CONNECTIONS,
  eventKey,
  headerKey,
  type Key,
  lotKey,
} from '../../functions/adapters/dynamodb/keys.ts';
import { orderStore } from '../../functions/adapters/dynamodb/order-store.ts';
import { stockStore } from '../../functions/adapters/dynamodb/stock-store.ts';
import { testLoop } from '../../testing/loop.ts';
import { useStore } from '../../testing/store.ts';

const store = useStore();

/** Changes attributes of an item behind the back of those who wrote it, as a slip of an operator would. */
async function spoil(table: Table, key: Key, attributes: Readonly<Record<string, unknown>>): Promise<void> {
  const item = await getItem(table, key);
  expect(item).not.toBeNull();
  await table.client.send(new PutCommand({ TableName: table.name, Item: { ...item, ...attributes } }));
}

async function anOrder() {
  const table = await store.newTable();
  const loop = testLoop(table);
  await loop.stock('LMB-BRS-001', 'LOT-1', 10);
  await loop.receive({ orderId: 'ORDER-1', lines: [{ sku: 'LMB-BRS-001', quantity: 2 }] });
  return { table, orders: orderStore(table), stock: stockStore(table) };
}

test('an order with a spoilt header is not read as if it were whole; the error names item and attribute, and no value', async () => {
  const { table, orders } = await anOrder();
  await spoil(table, headerKey('ORDER-1'), { version: 'one', customer: { email: 'ada@example.com' } });
  const error = await orders.load('ORDER-1').catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(Error);
  const { message } = error as Error;
  expect(message).toContain('ORDER#ORDER-1 ORDER ');
  expect(message).toContain('version');
  expect(message).toContain('customer.name');
  expect(message).not.toContain('ada@example.com');
});

test('nor is a history with an event of a type that nobody knows', async () => {
  const { table, orders } = await anOrder();
  await spoil(table, eventKey('ORDER-1', 2), { type: 'OrderTeleported' });
  await expect(orders.history('ORDER-1', 0, 10)).rejects.toThrow(/ORDER#ORDER-1 EVENT#000002 .*type/);
});

test('nor a lot whose counter is no number, nor a connection without its settings', async () => {
  const { table, stock } = await anOrder();
  await spoil(table, lotKey('LMB-BRS-001', { lotNumber: 'LOT-1' }, null), { available: '8' });
  await expect(stock.lotsOf(['LMB-BRS-001'])).rejects.toThrow(/SKU#LMB-BRS-001 .*available/);

  const Item = {
    pk: CONNECTIONS,
    sk: 'shop',
    kind: 'CONNECTION',
    connection: { kind: 'SHOPIFY' },
    revision: 1,
  };
  await table.client.send(new PutCommand({ TableName: table.name, Item }));
  await expect(connectionStore(table).list()).rejects.toThrow(/CONNECTIONS shop .*connection/);
});
