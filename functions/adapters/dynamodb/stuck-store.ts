import { DeleteCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { Restart, StuckOrder, StuckStore } from '../../fulfillment/reconcile.ts';
import type { Table } from './client.ts';
import { indexAttributes, readIndexPage } from './index-page.ts';
import { type Fields, getItem, parseItem, type StoredItem, wasWritten } from './items.ts';
import { orderPartition } from './keys.ts';

const INDEX_PARTITION = 'STUCK';
const stuckKey = (orderId: string) => ({ pk: orderPartition(orderId), sk: 'STUCK' });
/** The key of the item that says which execution drives an order. */
export const workflowKey = (orderId: string) => ({ pk: orderPartition(orderId), sk: 'WORKFLOW' });

const StoredStuck = z.object({
  orderId: z.string(),
  failure: z.string(),
  reportedAt: z.string(),
} satisfies Fields<StuckOrder>);
const StoredRestart = z.object({
  executionName: z.string(),
  restarts: z.int(),
  restartedAt: z.string(),
} satisfies Fields<Restart>);

export function restartFromItem(item: StoredItem): Restart {
  return parseItem(StoredRestart, item);
}

/** Marks orders whose workflow gave up, and keeps which execution drives them, beside the order. */
export function stuckStore(table: Table): StuckStore {
  return {
    async report(orderId, executionName, failure) {
      const reportedAt = new Date().toISOString();
      const Item = {
        ...stuckKey(orderId),
        kind: 'STUCK',
        orderId,
        executionName,
        failure,
        reportedAt,
        ...indexAttributes(INDEX_PARTITION, `${reportedAt}#${orderId}`),
      };
      await wasWritten(
        table.client.send(
          // Protects since when it has been stuck.
          new PutCommand({ TableName: table.name, Item, ConditionExpression: 'attribute_not_exists(pk)' }),
        ),
      );
    },
    async clear(orderId) {
      await table.client.send(new DeleteCommand({ TableName: table.name, Key: stuckKey(orderId) }));
    },
    async list(limit, after) {
      const { items, next } = await readIndexPage(table, INDEX_PARTITION, {
        limit,
        position: after,
        newestFirst: false,
      });
      return { items: items.map((item) => parseItem(StoredStuck, item)), next };
    },
    async restartOf(orderId) {
      const item = await getItem(table, workflowKey(orderId));
      return item === null ? null : restartFromItem(item);
    },
    async noteRestart(orderId, restart) {
      const Item = { ...workflowKey(orderId), kind: 'WORKFLOW', orderId, ...restart };
      await table.client.send(new PutCommand({ TableName: table.name, Item }));
    },
  };
}
