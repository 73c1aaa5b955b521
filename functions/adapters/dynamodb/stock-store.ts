import { paginateQuery, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { INDEXES } from '../../../contract/table.ts';
import type { Lot } from '../../../domain/inventory/lot.ts';
import type { LotUse, LotWrite, StockStore, WaitingLine } from '../../orders/ports.ts';
import type { Table } from './client.ts';
import { lotEventKey, lotIndexKey, lotKey, SKUS, skuNameKey, skuPartition } from './keys.ts';
import { skuIndexKey } from './order-items.ts';
import { readItems } from './read-items.ts';
import { lowStockWrite } from './threshold-store.ts';
import { isUncertain, type Write, writeAll } from './transaction.ts';
import { beginIdempotency } from './uniqueness-claims.ts';

/** Keeps lots, their history, and finds the orders that wait for them or hold them. */
export function stockStore(table: Table): StockStore {
  return {
    async lotsOf(skus) {
      const lots = await Promise.all(skus.map((sku) => lotsOfSku(table, sku)));
      return new Map(skus.map((sku, index) => [sku, lots[index] ?? []]));
    },
    async save(write) {
      try {
        await writeAll(table, writesOf(table, write));
      } catch (error) {
        if (isUncertain(error) && (await wasRecorded(table, write))) return;
        throw error;
      }
    },
    skus: (limit, after) => skus(table, limit, after),
    linesWaitingFor: (sku) => linesWaitingFor(table, sku),
    usesOfLot: (sku, lotNumber) => usesOfLot(table, sku, lotNumber),
  };
}

async function lotsOfSku(table: Table, sku: string): Promise<readonly Lot[]> {
  const lots: Lot[] = [];
  const pages = paginateQuery(
    { client: table.client },
    {
      TableName: table.name,
      ConsistentRead: true,
      KeyConditionExpression: 'pk = :sku AND begins_with(sk, :lot)',
      ExpressionAttributeValues: { ':sku': skuPartition(sku), ':lot': 'LOT#' },
    },
  );
  for await (const page of pages) lots.push(...(page.Items ?? []).map(lotFromItem));
  return lots;
}

export function lotFromItem(item: Readonly<Record<string, unknown>>): Lot {
  const { sku, lotNumber, expiryDate, location, status, available, reserved, sequence } =
    item as unknown as Lot;
  return { sku, lotNumber, expiryDate, location, status, available, reserved, sequence };
}

async function skus(table: Table, limit: number, after: string | null): Promise<readonly string[]> {
  const { Items = [] } = await table.client.send(
    new QueryCommand({
      TableName: table.name,
      KeyConditionExpression: 'pk = :skus AND sk > :after',
      ExpressionAttributeValues: { ':skus': SKUS, ':after': after ?? ' ' },
      Limit: limit,
    }),
  );
  return Items.map((item) => item.sku as string);
}

async function* linesWaitingFor(table: Table, sku: string): AsyncGenerator<WaitingLine> {
  const { indexName, partitionKey } = INDEXES.backordersBySku;
  const pages = paginateQuery(
    { client: table.client, pageSize: 100 },
    {
      TableName: table.name,
      IndexName: indexName,
      KeyConditionExpression: '#waiting = :sku',
      ExpressionAttributeNames: { '#waiting': partitionKey },
      ExpressionAttributeValues: { ':sku': skuIndexKey(sku) },
    },
  );
  for await (const page of pages) {
    const keys = (page.Items ?? []).map(({ pk, sk }) => ({ pk: pk as string, sk: sk as string }));
    // The index may lag behind: the line itself tells if it still waits.
    for (const line of await readItems(table, keys)) {
      const quantity = line.backordered as number;
      if (quantity === 0) continue;
      yield { orderId: line.orderId as string, quantity, allOrNothing: line.allOrNothing === true };
    }
  }
}

async function usesOfLot(table: Table, sku: string, lotNumber: string): Promise<readonly LotUse[]> {
  const { indexName, partitionKey } = INDEXES.allocationsByLot;
  const keys: { pk: string; sk: string }[] = [];
  const pages = paginateQuery(
    { client: table.client },
    {
      TableName: table.name,
      IndexName: indexName,
      KeyConditionExpression: '#lot = :lot',
      ExpressionAttributeNames: { '#lot': partitionKey },
      ExpressionAttributeValues: { ':lot': lotIndexKey(sku, lotNumber) },
    },
  );
  for await (const page of pages) {
    keys.push(...(page.Items ?? []).map(({ pk, sk }) => ({ pk: pk as string, sk: sk as string })));
  }
  const items = await readItems(table, keys);
  return items.map((item) => ({
    orderId: item.orderId as string,
    lineNumber: item.lineNumber as number,
    reserved: item.quantity as number,
    shipped: item.shipped as number,
  }));
}

async function wasRecorded(table: Table, { events }: LotWrite): Promise<boolean> {
  const [first] = events;
  if (first === undefined) return false;
  const [item] = await readItems(table, [lotEventKey(first.sku, first.lotNumber, first.sequence)]);
  return item?.eventId === first.eventId;
}

function writesOf(table: Table, write: LotWrite): readonly Write[] {
  return [
    lotWrite(table, write),
    ...(write.before === null ? [skuWrite(table, write.after.sku)] : []),
    ...write.events.map(
      (event): Write => ({
        item: {
          Put: {
            TableName: table.name,
            Item: { ...lotEventKey(event.sku, event.lotNumber, event.sequence), kind: 'EVENT', ...event },
            ConditionExpression: 'attribute_not_exists(pk)',
          },
        },
        conflict: 'changed-meanwhile',
      }),
    ),
    ...(write.lowStockThreshold === undefined
      ? []
      : [lowStockWrite(table, write.after.sku, write.lowStockThreshold)]),
    ...(write.idempotency === undefined ? [] : [beginIdempotency(table, write.idempotency)]),
  ];
}

/** Names the SKU among those that have stock; again for each new lot, which changes nothing. */
function skuWrite(table: Table, sku: string): Write {
  return { item: { Put: { TableName: table.name, Item: { ...skuNameKey(sku), kind: 'SKU', sku } } } };
}

/**
 * Writes what the lot's own commands change. Counters move by differences, so that reservations made meanwhile are
 * kept; the sequence protects the lot's history, and `available` never falls below zero.
 */
function lotWrite(table: Table, { before, after }: LotWrite): Write {
  const Key = lotKey(after.sku, after.lotNumber, after.expiryDate);
  if (before === null) {
    return {
      item: {
        Put: {
          TableName: table.name,
          Item: { ...Key, kind: 'LOT', ...after },
          ConditionExpression: 'attribute_not_exists(pk)',
        },
      },
      conflict: 'changed-meanwhile',
    };
  }
  const byAvailable = after.available - before.available;
  const conditions = ['#sequence = :before', ...(byAvailable < 0 ? ['available >= :taken'] : [])];
  return {
    item: {
      Update: {
        TableName: table.name,
        Key,
        UpdateExpression: `SET available = available + :byAvailable, #status = :status, #sequence = :after${
          after.location === undefined ? '' : ', #location = :location'
        }`,
        ConditionExpression: conditions.join(' AND '),
        ExpressionAttributeNames: {
          '#sequence': 'sequence',
          '#status': 'status',
          ...(after.location !== undefined && { '#location': 'location' }),
        },
        ExpressionAttributeValues: {
          ':byAvailable': byAvailable,
          ':status': after.status,
          ':before': before.sequence,
          ':after': after.sequence,
          ...(byAvailable < 0 && { ':taken': -byAvailable }),
          ...(after.location !== undefined && { ':location': after.location }),
        },
      },
    },
    conflict: 'changed-meanwhile',
  };
}
