import { PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { INDEXES } from '../../../contract/table.ts';
import { isFinal, ORDER_STATES } from '../../../domain/order/lifecycle.ts';
import type { LiveOrder, LiveOrders } from '../../fulfillment/reconcile.ts';
import type { Table } from './client.ts';
import { getItem, parseItem } from './items.ts';
import { ARRIVAL_SHARDS, headerKey, type Key, taskKey } from './keys.ts';
import { headerFromItem, stateShard } from './order-items.ts';
import { readItems } from './read-items.ts';
import { restartFromItem, workflowKey } from './stuck-store.ts';
import { taskFromItem } from './task-store.ts';

/** An order has a workflow in every state that it can leave. */
const PARTITIONS = ORDER_STATES.filter((state) => !isFinal(state)).flatMap((state) =>
  Array.from({ length: ARRIVAL_SHARDS }, (_, shard) => stateShard(state, shard)),
);

const PAGE = 100;
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
      if (partition === undefined) return { orders: [], next: null };
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
        orders: await readLiveOrders(
          table,
          sorts.map((sort) => sort.slice(sort.indexOf('#') + 1)),
        ),
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

async function readLiveOrders(table: Table, orderIds: readonly string[]): Promise<readonly LiveOrder[]> {
  const keysOf = (orderId: string) => [headerKey(orderId), taskKey(orderId), workflowKey(orderId)];
  const items = Map.groupBy(await readItems(table, orderIds.flatMap(keysOf)), ({ kind }) => kind);
  const tasks = new Map((items.get('TASK') ?? []).map((item) => [item.orderId, taskFromItem(item)]));
  const restarts = new Map(
    (items.get('WORKFLOW') ?? []).map((item) => [item.orderId, restartFromItem(item)]),
  );
  return (items.get('ORDER') ?? []).map(headerFromItem).map((header) => ({
    header,
    waitFor: tasks.get(header.orderId)?.waitFor ?? null,
    executionName: restarts.get(header.orderId)?.executionName ?? header.orderId,
  }));
}
