import { GetCommand, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { INDEXES } from '../../../contract/table.ts';
import type { LeaseRule } from '../../../domain/inventory/balance.ts';
import { leaseOwner } from '../../../domain/inventory/lease.ts';
import type { OrderState } from '../../../domain/order/lifecycle.ts';
import type { Correction, PublishedSku, PublishedStockStore } from '../../channels/core/published-stock.ts';
import { writeAudited } from './audit-trail.ts';
import type { Table } from './client.ts';
import { type Fields, getItem, keyOf, parseItem, wasWritten } from './items.ts';
import { headerKey, publishedSkuKey, STOCK_WALK, stockRuleKey } from './keys.ts';
import { skuIndexKey } from './order-items.ts';
import { readItems } from './read-items.ts';

/** Lines of a SKU that are looked at to explain a number, the newest first. */
const MAX_LINES = 200;
/** Of an order in it, nobody has looked for all of the stock yet. */
const RECEIVED: OrderState = 'RECEIVED';

const StoredSku = z.object({
  sku: z.string(),
  version: z.int(),
  source: z.string(),
  published: z.int().nullable(),
  publishedAt: z.string(),
  checkedAt: z.string(),
  available: z.int(),
  pending: z.object({ from: z.int(), to: z.int() }).optional(),
  doubt: z.int(),
  agreedAt: z.string(),
  sold: z.number(),
  correction: z
    .object({ shown: z.int(), expected: z.int(), noticedAt: z.string() } satisfies Fields<Correction>)
    .optional(),
  reason: z.string().optional(),
} satisfies Fields<PublishedSku>);

const StoredRule = z.object({
  sku: z.string(),
  rule: z.object({
    share: z.int().optional(),
    minimum: z.int().optional(),
    maximum: z.int().optional(),
    buffer: z.int().optional(),
    excluded: z.boolean().optional(),
  } satisfies Fields<LeaseRule>),
});
const StoredWalk = z.object({ after: z.string().nullable(), isActive: z.boolean() });
const SoldLine = z.object({
  orderId: z.string(),
  ordered: z.int(),
  backordered: z.int(),
  shipped: z.int(),
  cancelled: z.int(),
  returned: z.int(),
});
const SoldOrder = z.object({
  orderId: z.string(),
  state: z.string(),
  channel: z.string(),
  source: z.string().optional(),
  receivedAt: z.string(),
  updatedAt: z.string(),
  isTest: z.boolean().optional(),
});

/** Keeps an item for each SKU of a connection, in one partition: a list of them is one query. */
export function publishedStockStore(table: Table): PublishedStockStore {
  return {
    async find(connectionId, skus) {
      const items = await readItems(
        table,
        skus.map((sku) => publishedSkuKey(connectionId, sku)),
      );
      return new Map(
        items.map((item) => {
          const state = parseItem(StoredSku, item);
          return [state.sku, state];
        }),
      );
    },
    save: (connectionId, state) =>
      wasWritten(
        table.client.send(
          new PutCommand({
            TableName: table.name,
            Item: { ...publishedSkuKey(connectionId, state.sku), kind: 'PUBLISHED_SKU', ...state },
            // Protects what another run is about to change: of two that read the same number, one changes it.
            ConditionExpression: state.version === 1 ? 'attribute_not_exists(pk)' : '#version = :before',
            ...(state.version > 1 && {
              ExpressionAttributeNames: { '#version': 'version' },
              ExpressionAttributeValues: { ':before': state.version - 1 },
            }),
          }),
        ),
      ),
    async page(connectionId, limit, after) {
      const start = publishedSkuKey(connectionId, after ?? '');
      const { Items = [] } = await table.client.send(
        new QueryCommand({
          TableName: table.name,
          ConsistentRead: true,
          KeyConditionExpression: 'pk = :connection AND sk > :after',
          ExpressionAttributeValues: { ':connection': start.pk, ':after': start.sk },
          Limit: limit + 1,
        }),
      );
      const items = Items.slice(0, limit).map((item) => parseItem(StoredSku, item));
      return { items, next: Items.length > limit ? (items.at(-1)?.sku ?? null) : null };
    },
    async rules(connectionId, skus) {
      const items = await readItems(
        table,
        skus.map((sku) => stockRuleKey(connectionId, sku)),
      );
      return new Map(
        items.map((item) => {
          const { sku, rule } = parseItem(StoredRule, item);
          return [sku, rule];
        }),
      );
    },
    setRule(connectionId, sku, rule, origin) {
      const Key = { ...stockRuleKey(connectionId, sku) };
      return writeAudited<void>(table, origin, async () => {
        const item = await getItem(table, Key);
        const before = item === null ? undefined : parseItem(StoredRule, item).rule;
        if (before === undefined && rule === null) return { writes: [], result: undefined };
        return {
          writes: [
            {
              item:
                rule === null
                  ? { Delete: { TableName: table.name, Key } }
                  : { Put: { TableName: table.name, Item: { ...Key, kind: 'STOCK_RULE', sku, rule } } },
            },
          ],
          result: undefined,
          act: {
            action: 'connection.stock-rule-saved',
            subject: JSON.stringify([connectionId, sku]),
            before,
            after: rule ?? undefined,
          },
        };
      });
    },
    orderedSince: (sku, owner, since) => orderedSince(table, sku, owner, since),
    async position() {
      const { Item } = await table.client.send(
        new GetCommand({ TableName: table.name, Key: { ...STOCK_WALK }, ConsistentRead: true }),
      );
      return Item === undefined ? { after: null, isActive: false } : parseItem(StoredWalk, Item);
    },
    async savePosition(position) {
      await table.client.send(
        new PutCommand({ TableName: table.name, Item: { ...STOCK_WALK, kind: 'STOCK_WALK', ...position } }),
      );
    },
  };
}

async function orderedSince(table: Table, sku: string, owner: string, since: string) {
  const { indexName, partitionKey, sortKey } = INDEXES.linesBySku;
  const { Items = [] } = await table.client.send(
    new QueryCommand({
      TableName: table.name,
      IndexName: indexName,
      KeyConditionExpression: '#sku = :sku AND #arrival > :first',
      ExpressionAttributeNames: { '#sku': partitionKey, '#arrival': sortKey },
      ExpressionAttributeValues: { ':sku': skuIndexKey(sku), ':first': ' ' },
      ScanIndexForward: false,
      Limit: MAX_LINES,
    }),
  );
  const lines = (await readItems(table, Items.map(keyOf))).map((item) => parseItem(SoldLine, item));
  const headers = await readItems(table, [...new Set(lines.map(({ orderId }) => orderId))].map(headerKey));
  const orders = new Map(
    headers.map((item) => {
      const order = parseItem(SoldOrder, item);
      return [order.orderId, order];
    }),
  );
  let [ordered, givenBack, waiting] = [0, 0, 0];
  for (const line of lines) {
    const order = orders.get(line.orderId);
    if (order === undefined || order.source === undefined || order.isTest) continue;
    if (leaseOwner(order.channel, order.source) !== owner) continue;
    const open = line.ordered - line.cancelled - line.shipped;
    waiting += order.state === RECEIVED ? Math.max(0, open) : line.backordered;
    if (order.receivedAt >= since) ordered += line.ordered;
    if (order.updatedAt >= since) givenBack += line.cancelled + line.returned;
  }
  return { ordered, givenBack, waiting };
}
