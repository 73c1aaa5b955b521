import { readFileSync } from 'node:fs';
import { PutCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { beforeAll, describe, expect, test } from 'vitest';
import { fold } from '../../domain/order/evolve.ts';
import type { Order } from '../../domain/order/order.ts';
import type { Table } from '../../functions/adapters/dynamodb/client.ts';
import { type TestLoop, testLoop } from '../../testing/loop.ts';
import { useStore } from '../../testing/store.ts';

interface Recorded {
  readonly items: readonly Record<string, unknown>[];
  /** The orders as the release that wrote the items read them. */
  readonly orders: readonly Order[];
}

/** Items as a release wrote them; they are never recorded again. A release that writes others adds a file of its own. */
const RELEASES = ['release-0.1.json'];

const store = useStore();

describe.each(RELEASES)('%s', (file) => {
  const recorded = JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8')) as Recorded;
  const orderIn = (state: string) => recorded.orders.find((order) => order.state === state) as Order;
  let table: Table;
  let loop: TestLoop;

  beforeAll(async () => {
    table = await store.newTable();
    for (const Item of recorded.items)
      await table.client.send(new PutCommand({ TableName: table.name, Item }));
    loop = testLoop(table);
  });

  test.each(recorded.orders.map((order) => [order.state, order] as const))(
    'an order that is %s reads as it did, and its history leads to it',
    async (_, before) => {
      const order = await loop.order(before.orderId);
      // Later releases may know more of an order, and nothing else.
      expect(order).toMatchObject(JSON.parse(JSON.stringify(before)));
      expect(fold(await loop.history(before.orderId), before.orderId)).toEqual(order);
    },
  );

  test('a partly shipped order continues: stock comes, and the rest ships', async () => {
    const { orderId } = orderIn('FULFILLMENT_QUEUED');
    await loop.stock('LMB-BRT-001', 'LMB-LOT-2025-004', 20);
    await loop.command(orderId, { type: 'AllocateOrder', pins: [] });
    await loop.command(orderId, { type: 'RecordShipment', carrier: 'UPS', trackingNumber: '1Z3' });
    expect((await loop.order(orderId)).state).toBe('SHIPPED');
  });

  test('an allocated order gives back what it holds', async () => {
    const { orderId } = orderIn('ALLOCATED');
    await loop.command(orderId, { type: 'CancelOrder', reason: 'CUSTOMER_REQUEST' });
    expect((await loop.order(orderId)).state).toBe('CANCELLED');
    const { Items = [] } = await table.client.send(
      new ScanCommand({ TableName: table.name, ConsistentRead: true }),
    );
    const lots = Items.filter(({ kind }) => kind === 'LOT');
    expect(lots.length).toBeGreaterThan(1);
    // All that was held is shipped or given back.
    expect(lots.map(({ reserved }) => reserved)).toEqual(lots.map(() => 0));
  });
});
