import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { DeleteCommand, GetCommand, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { INDEXES } from '../../../contract/table.ts';
import type { Restart, StuckOrder, StuckStore } from '../../application/reconcile.ts';
import type { Table } from './client.ts';
import { orderPartition } from './keys.ts';
import { readItems } from './read-items.ts';

const { indexName, partitionKey, sortKey } = INDEXES.byReference;

const SHELF = 'STUCK';
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
        // All of them stand together in the index by reference, oldest first.
        [partitionKey]: SHELF,
        [sortKey]: `${reportedAt}#${orderId}`,
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
      const { Items: found = [] } = await table.client.send(
        new QueryCommand({
          TableName: table.name,
          IndexName: indexName,
          KeyConditionExpression: `#shelf = :shelf${after === null ? '' : ' AND #sort > :after'}`,
          ExpressionAttributeNames: { '#shelf': partitionKey, ...(after !== null && { '#sort': sortKey }) },
          ExpressionAttributeValues: { ':shelf': SHELF, ...(after !== null && { ':after': after }) },
          // One more than the page tells that there is a next one.
          Limit: limit + 1,
        }),
      );
      const shown = found.slice(0, limit);
      const items = await readItems(
        table,
        shown.map((item) => ({ pk: item.pk as string, sk: item.sk as string })),
      );
      const last = shown.at(-1);
      return {
        items: items.map(
          ({ orderId, failure, reportedAt }) => ({ orderId, failure, reportedAt }) as StuckOrder,
        ),
        next: found.length > limit && last !== undefined ? (last[sortKey] as string) : null,
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
