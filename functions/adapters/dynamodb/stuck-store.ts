import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { DeleteCommand, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import type { Restart, StuckOrder, StuckStore } from '../../fulfillment/reconcile.ts';
import type { Table } from './client.ts';
import { indexAttributes, readIndexPage } from './index-page.ts';
import { orderPartition } from './keys.ts';

const INDEX_PARTITION = 'STUCK';
const stuckKey = (orderId: string) => ({ pk: orderPartition(orderId), sk: 'STUCK' });
const workflowKey = (orderId: string) => ({ pk: orderPartition(orderId), sk: 'WORKFLOW' });

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
      try {
        await table.client.send(
          // Protects since when it has been stuck.
          new PutCommand({ TableName: table.name, Item, ConditionExpression: 'attribute_not_exists(pk)' }),
        );
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
      }
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
      return {
        items: items.map(
          ({ orderId, failure, reportedAt }) => ({ orderId, failure, reportedAt }) as StuckOrder,
        ),
        next,
      };
    },
    async restartOf(orderId) {
      const { Item } = await table.client.send(
        new GetCommand({ TableName: table.name, Key: workflowKey(orderId), ConsistentRead: true }),
      );
      if (Item === undefined) return null;
      const { executionName, restarts, restartedAt } = Item as Restart;
      return { executionName, restarts, restartedAt };
    },
    async noteRestart(orderId, restart) {
      const Item = { ...workflowKey(orderId), kind: 'WORKFLOW', orderId, ...restart };
      await table.client.send(new PutCommand({ TableName: table.name, Item }));
    },
  };
}
