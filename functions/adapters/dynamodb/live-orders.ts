import { GetCommand, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { INDEXES } from '../../../contract/table.ts';
import type { OrderState } from '../../../domain/order/lifecycle.ts';
import type { LiveOrders } from '../../fulfillment/reconcile.ts';
import type { Table } from './client.ts';
import { ARRIVAL_SHARDS, type Key } from './keys.ts';
import { stateShard } from './order-items.ts';

/** States in which an order has a workflow. */
const LIVE: readonly OrderState[] = ['RECEIVED', 'ALLOCATED', 'FULFILLMENT_QUEUED', 'SHIPPED', 'DELIVERED'];

const PARTITIONS = LIVE.flatMap((state) =>
  Array.from({ length: ARRIVAL_SHARDS }, (_, shard) => stateShard(state, shard)),
);

const PAGE = 25;
const POSITION: Key = { pk: 'RECONCILER', sk: 'RECONCILER' };

/**
 * Walks through the index by state, one of its partitions after another, the oldest orders first. An order that moves
 * on meanwhile may be met twice or not at all; the next round meets it again.
 */
export function liveOrders(table: Table): LiveOrders {
  const { indexName, partitionKey, sortKey } = INDEXES.ordersByState;
  return {
    async page(after) {
      const [at = 0, arrival = ''] = after === null ? [] : (JSON.parse(after) as [number, string]);
      const partition = PARTITIONS[at];
      if (partition === undefined) return { orderIds: [], next: null };
      const { Items = [] } = await table.client.send(
        new QueryCommand({
          TableName: table.name,
          IndexName: indexName,
          KeyConditionExpression: '#partition = :partition AND #sort > :arrival',
          ExpressionAttributeNames: { '#partition': partitionKey, '#sort': sortKey },
          ExpressionAttributeValues: { ':partition': partition, ':arrival': arrival || '0' },
          Limit: PAGE,
        }),
      );
      const sorts = Items.map((item) => item[sortKey] as string);
      const last = sorts.at(-1);
      const next = Items.length === PAGE && last !== undefined ? [at, last] : [at + 1, ''];
      return {
        orderIds: sorts.map((sort) => sort.slice(sort.indexOf('#') + 1)),
        next: next[0] === PARTITIONS.length ? null : JSON.stringify(next),
      };
    },
    async position() {
      const { Item } = await table.client.send(
        new GetCommand({ TableName: table.name, Key: { ...POSITION }, ConsistentRead: true }),
      );
      return (Item?.position as string | undefined) ?? null;
    },
    async keepPosition(position) {
      const Item = { ...POSITION, kind: 'RECONCILER', ...(position !== null && { position }) };
      await table.client.send(new PutCommand({ TableName: table.name, Item }));
    },
  };
}
