import { PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { INDEXES } from '../../../contract/table.ts';
import { isFinal, ORDER_STATES } from '../../../domain/order/lifecycle.ts';
import type { LiveOrders } from '../../fulfillment/reconcile.ts';
import type { Table } from './client.ts';
import { getItem, parseItem } from './items.ts';
import { ARRIVAL_SHARDS, type Key } from './keys.ts';
import { stateShard } from './order-items.ts';

/** An order has a workflow in every state that it can leave. */
const PARTITIONS = ORDER_STATES.filter((state) => !isFinal(state)).flatMap((state) =>
  Array.from({ length: ARRIVAL_SHARDS }, (_, shard) => stateShard(state, shard)),
);

const PAGE = 25;
const POSITION: Key = { pk: 'RECONCILER', sk: 'RECONCILER' };

const { indexName, partitionKey, sortKey } = INDEXES.ordersByState;
const Indexed = z.object({ [sortKey]: z.string() });
/** Where a page begins: a partition of the index, and the order in it that came last. */
const Position = z.object({ partition: z.int(), arrival: z.string() });
const START: z.infer<typeof Position> = { partition: 0, arrival: '' };
const StoredPosition = z.object({ position: z.string().nullable().default(null) });

/**
 * Walks through the index by state, one of its partitions after another, the oldest orders first. An order that moves
 * on meanwhile may be met twice or not at all; the next round meets it again.
 */
export function liveOrders(table: Table): LiveOrders {
  return {
    async page(after) {
      const { partition: at, arrival } = after === null ? START : Position.parse(JSON.parse(after));
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
      const sorts = Items.map((item) => parseItem(Indexed, item)[sortKey] ?? '');
      const last = sorts.at(-1);
      const next =
        Items.length === PAGE && last !== undefined
          ? { partition: at, arrival: last }
          : { partition: at + 1, arrival: '' };
      return {
        orderIds: sorts.map((sort) => sort.slice(sort.indexOf('#') + 1)),
        next: next.partition === PARTITIONS.length ? null : JSON.stringify(next),
      };
    },
    async position() {
      const item = await getItem(table, POSITION);
      return item === null ? null : parseItem(StoredPosition, item).position;
    },
    async keepPosition(position) {
      const Item = { ...POSITION, kind: 'RECONCILER', ...(position !== null && { position }) };
      await table.client.send(new PutCommand({ TableName: table.name, Item }));
    },
  };
}
