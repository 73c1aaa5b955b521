import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { GetCommand, paginateQuery, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { INDEXES } from '../../../contract/table.ts';
import { evolve } from '../../../domain/order/evolve.ts';
import type { Line, Order } from '../../../domain/order/order.ts';
import { type LotChange, lotChanges } from '../../../domain/stock/effects.ts';
import type { OrderEnvelope } from '../../application/envelope.ts';
import type { ExternalIdentity, OrderStore, OrderWrite } from '../../application/ports.ts';
import { beginIdempotency, noteReceipt } from './claims.ts';
import type { Table } from './client.ts';
import {
  eventKey,
  eventSort,
  externalOrderKey,
  lotKey,
  ORDER_STATE_PREFIX,
  orderPartition,
  purchaseOrderKey,
} from './keys.ts';
import {
  allocationItem,
  eventItem,
  headerItem,
  type Item,
  lineItem,
  orderFromItems,
  purchaseOrderReference,
  shipmentItem,
  trackingReference,
} from './order-items.ts';
import { readItems } from './read-items.ts';
import { isUncertain, MOST_ITEMS, type Write, writeAll } from './transaction.ts';

/** Keeps orders, their history and what they hold of lots in one table. */
export function orderStore(table: Table): OrderStore {
  return {
    load: (orderId) => loadOrder(table, orderId),
    async save(write) {
      try {
        await writeAll(table, writesOf(table, write));
      } catch (error) {
        if (isUncertain(error) && (await wasRecorded(table, write.events))) return;
        throw error;
      }
    },
    history: (orderId, after, limit) => loadHistory(table, orderId, after, limit),
    findExternal: (channel, source, externalId) => findExternal(table, channel, source, externalId),
    noteChannelVersion: (order, version) => noteChannelVersion(table, order, version),
    findTracking: (trackingNumber) => findTracking(table, trackingNumber),
  };
}

async function loadOrder(table: Table, orderId: string): Promise<Order | null> {
  const items: Record<string, unknown>[] = [];
  const pages = paginateQuery(
    { client: table.client },
    {
      TableName: table.name,
      ConsistentRead: true,
      KeyConditionExpression: 'pk = :order AND begins_with(sk, :state)',
      ExpressionAttributeValues: { ':order': orderPartition(orderId), ':state': ORDER_STATE_PREFIX },
    },
  );
  for await (const page of pages) items.push(...(page.Items ?? []));
  const header = items.find((item) => item.kind === 'ORDER');
  if (header === undefined) return null;
  const lines = items.filter((item) => item.kind === 'LINE').length;
  return orderFromItems(items, lines < Number(header.lineCount) ? await receivedLines(table, orderId) : []);
}

/** A large order's lines get items of their own when they are first touched; until then its first event has them. */
async function receivedLines(table: Table, orderId: string): Promise<readonly Line[]> {
  const { Item } = await table.client.send(
    new GetCommand({ TableName: table.name, Key: eventKey(orderId, 1), ConsistentRead: true }),
  );
  if (Item === undefined) throw new Error(`${orderId} has no first event`);
  return evolve(null, Item as OrderEnvelope, orderId).lines;
}

async function loadHistory(table: Table, orderId: string, after: number, limit: number) {
  const events: OrderEnvelope[] = [];
  // One answer of the store ends at 1 MB, which the events of a large order exceed.
  const pages = paginateQuery(
    { client: table.client },
    {
      TableName: table.name,
      ConsistentRead: true,
      KeyConditionExpression: 'pk = :order AND sk BETWEEN :first AND :last',
      ExpressionAttributeValues: {
        ':order': orderPartition(orderId),
        ':first': eventSort(after + 1),
        ':last': eventSort(after + limit),
      },
    },
  );
  for await (const page of pages)
    events.push(...(page.Items ?? []).map((item) => envelopeFromItem(item) as OrderEnvelope));
  return events;
}

/** @returns the event as it is told on the bus, without the store's own attributes. */
export function envelopeFromItem(item: Readonly<Record<string, unknown>>): unknown {
  const { pk: _, sk: __, kind: ___, ...envelope } = item;
  return envelope;
}

async function findExternal(table: Table, channel: string, source: string, externalId: string) {
  const { Item } = await table.client.send(
    new GetCommand({
      TableName: table.name,
      Key: externalOrderKey(channel, source, externalId),
      ConsistentRead: true,
    }),
  );
  if (Item === undefined) return null;
  return {
    orderId: Item.orderId as string,
    channelVersion: (Item.channelVersion as string | undefined) ?? null,
  };
}

async function noteChannelVersion(
  table: Table,
  { channel, source, externalId }: ExternalIdentity,
  version: string,
): Promise<void> {
  try {
    await table.client.send(
      new UpdateCommand({
        TableName: table.name,
        Key: externalOrderKey(channel, source, externalId),
        UpdateExpression: 'SET channelVersion = :version',
        // Protects the newest state: messages arrive in any order.
        ConditionExpression:
          'attribute_exists(pk) AND (attribute_not_exists(channelVersion) OR channelVersion < :version)',
        ExpressionAttributeValues: { ':version': version },
      }),
    );
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
  }
}

async function findTracking(table: Table, trackingNumber: string) {
  const { indexName, partitionKey } = INDEXES.byReference;
  const { Items = [] } = await table.client.send(
    new QueryCommand({
      TableName: table.name,
      IndexName: indexName,
      KeyConditionExpression: '#reference = :tracking',
      ExpressionAttributeNames: { '#reference': partitionKey },
      ExpressionAttributeValues: { ':tracking': trackingReference(trackingNumber) },
      Limit: 20,
    }),
  );
  const shipments = await readItems(
    table,
    Items.map((item) => ({ pk: item.pk as string, sk: item.sk as string })),
  );
  return shipments.map((item) => ({
    orderId: item.orderId as string,
    shipmentId: item.shipmentId as string,
  }));
}

async function wasRecorded(table: Table, events: readonly OrderEnvelope[]): Promise<boolean> {
  const [first] = events;
  if (first === undefined) return false;
  const { Item } = await table.client.send(
    new GetCommand({
      TableName: table.name,
      Key: eventKey(first.orderId, first.sequence),
      ConsistentRead: true,
    }),
  );
  return Item?.eventId === first.eventId;
}

function writesOf(table: Table, write: OrderWrite): readonly Write[] {
  const { before, after, events } = write;
  const put = (item: Item): Write => ({ item: { Put: { TableName: table.name, Item: item } } });
  const needed = [
    headerWrite(table, before, after),
    ...events.map((event) => eventWrite(table, event)),
    ...allocationWrites(table, before, after),
    ...after.shipments
      .filter((shipment) => !before?.shipments.includes(shipment))
      .map((each) => put(shipmentItem(after, each))),
    ...lotChanges(events).map((change) => lotWrite(table, change)),
    ...identityWrites(table, write),
    ...(write.idempotency === undefined ? [] : [beginIdempotency(table, write.idempotency)]),
    ...(write.receipts ?? []).map((receipt) => noteReceipt(table, receipt)),
  ];
  const { touched, untouched } = changedLines(before, after);
  const lines = touched.map((line) => put(lineItem(after, line)));
  const room = Math.max(0, MOST_ITEMS - needed.length - lines.length);
  // Lines that nothing has happened to yet are also in the first event; they get items while there is room.
  const rest = untouched.length <= room ? untouched.map((line) => put(lineItem(after, line))) : [];
  return [...needed, ...lines, ...rest];
}

/** Protects the order's version and the history's numbering: no write is made on top of one it has not seen. */
function headerWrite(table: Table, before: Order | null, after: Order): Write {
  const item = headerItem(after);
  if (before === null) {
    return {
      item: { Put: { TableName: table.name, Item: item, ConditionExpression: 'attribute_not_exists(pk)' } },
      obstacle: 'order-number-taken',
    };
  }
  return {
    item: {
      Put: {
        TableName: table.name,
        Item: item,
        ConditionExpression: '#version = :version AND #sequence = :sequence',
        ExpressionAttributeNames: { '#version': 'version', '#sequence': 'sequence' },
        ExpressionAttributeValues: { ':version': before.version, ':sequence': before.sequence },
      },
    },
    obstacle: 'changed-meanwhile',
  };
}

/** Protects the history: an event's number is given once. */
function eventWrite(table: Table, event: OrderEnvelope): Write {
  return {
    item: {
      Put: { TableName: table.name, Item: eventItem(event), ConditionExpression: 'attribute_not_exists(pk)' },
    },
    obstacle: 'changed-meanwhile',
  };
}

function changedLines(before: Order | null, after: Order) {
  const known = new Map(before?.lines.map((line) => [line.lineNumber, line]));
  const touched: Line[] = [];
  const untouched: Line[] = [];
  for (const line of after.lines) {
    const earlier = known.get(line.lineNumber);
    if (earlier === line) continue;
    const isAsReceived = before === null && line.allocations.length === 0 && line.backordered === 0;
    if (isAsReceived) untouched.push(line);
    else if (earlier === undefined || firstReserved(earlier, line) || !sameItem(after, earlier, line))
      touched.push(line);
  }
  return { touched, untouched };
}

/** A line of a large order gets its own item when it is first reserved, so that the index by SKU finds it. */
function firstReserved(earlier: Line, line: Line): boolean {
  return earlier.allocations.length === 0 && line.allocations.length > 0;
}

function sameItem(order: Order, one: Line, other: Line): boolean {
  return JSON.stringify(lineItem(order, one)) === JSON.stringify(lineItem(order, other));
}

/** What lines hold and have shipped of lots; a lot that a line no longer has anything of is taken out. */
function allocationWrites(table: Table, before: Order | null, after: Order): readonly Write[] {
  const known = new Map(before?.lines.map((line) => [line.lineNumber, line]));
  return after.lines.flatMap((line) => {
    const earlier = known.get(line.lineNumber);
    if (earlier?.allocations === line.allocations) return [];
    const kept = new Set(line.allocations.map((allocation) => allocation.lotNumber));
    const gone = (earlier?.allocations ?? []).filter((allocation) => !kept.has(allocation.lotNumber));
    const changed = line.allocations.filter((allocation) => !earlier?.allocations.includes(allocation));
    return [
      ...changed.map(
        (allocation): Write => ({
          item: { Put: { TableName: table.name, Item: allocationItem(after, line, allocation) } },
        }),
      ),
      ...gone.map((allocation): Write => {
        const { pk, sk } = allocationItem(after, line, allocation);
        return { item: { Delete: { TableName: table.name, Key: { pk, sk } } } };
      }),
    ];
  });
}

/**
 * Moves a lot's counters. Protects the stock: nothing is reserved or shipped of a lot that lacks it or is not
 * AVAILABLE, and nothing is given back that was not held.
 */
function lotWrite(table: Table, change: LotChange): Write {
  const isNewLot = change.statusWhenNew !== 'AVAILABLE';
  const conditions = [
    ...(isNewLot ? [] : ['attribute_exists(pk)']),
    ...(change.draws ? ['#status = :available'] : []),
    ...(change.available < 0 ? ['available >= :taken'] : []),
    ...(change.reserved < 0 ? ['reserved >= :given'] : []),
  ];
  const assignments = isNewLot
    ? [
        'available = if_not_exists(available, :zero) + :byAvailable',
        'reserved = if_not_exists(reserved, :zero) + :byReserved',
        '#status = if_not_exists(#status, :statusWhenNew)',
        'sku = :sku, lotNumber = :lotNumber, expiryDate = :expiryDate, kind = :kind',
        '#sequence = if_not_exists(#sequence, :zero)',
      ]
    : ['available = available + :byAvailable', 'reserved = reserved + :byReserved'];
  return {
    item: {
      Update: {
        TableName: table.name,
        Key: lotKey(change.sku, change.lotNumber, change.expiryDate),
        UpdateExpression: `SET ${assignments.join(', ')}`,
        ...(conditions.length > 0 && { ConditionExpression: conditions.join(' AND ') }),
        ...((isNewLot || change.draws) && {
          ExpressionAttributeNames: {
            '#status': 'status',
            ...(isNewLot && { '#sequence': 'sequence' }),
          },
        }),
        ExpressionAttributeValues: {
          ':byAvailable': change.available,
          ':byReserved': change.reserved,
          ...(change.draws && { ':available': 'AVAILABLE' }),
          ...(change.available < 0 && { ':taken': -change.available }),
          ...(change.reserved < 0 && { ':given': -change.reserved }),
          ...(isNewLot && {
            ':zero': 0,
            ':statusWhenNew': change.statusWhenNew,
            ':sku': change.sku,
            ':lotNumber': change.lotNumber,
            ':expiryDate': change.expiryDate,
            ':kind': 'LOT',
          }),
        },
      },
    },
    obstacle: 'stock-changed',
  };
}

/** Protects against a second order for one order of a channel, and for one purchase order of a customer. */
function identityWrites(table: Table, { before, after }: OrderWrite): readonly Write[] {
  const writes: Write[] = [];
  if (before === null && after.source !== undefined && after.externalId !== undefined) {
    writes.push(
      claim(
        table,
        externalOrderKey(after.channel, after.source, after.externalId),
        after,
        'external-order-known',
      ),
    );
  }
  if (after.orderType !== 'B2B') return writes;
  const claimed = before === null || before.voided ? undefined : before.purchaseOrderNumber;
  const wanted = after.voided ? undefined : after.purchaseOrderNumber;
  const oldKey =
    claimed === undefined || before === null ? undefined : purchaseOrderKey(before.customer, claimed);
  const newKey = wanted === undefined ? undefined : purchaseOrderKey(after.customer, wanted);
  if (oldKey?.pk === newKey?.pk) return writes;
  if (oldKey !== undefined) writes.push({ item: { Delete: { TableName: table.name, Key: oldKey } } });
  if (newKey !== undefined && wanted !== undefined) {
    const attributes = {
      reference: purchaseOrderReference(wanted),
      referenceSort: after.orderId,
    };
    writes.push(claim(table, newKey, after, 'purchase-order-used', attributes));
  }
  return writes;
}

function claim(
  table: Table,
  key: { pk: string; sk: string },
  order: Order,
  obstacle: 'external-order-known' | 'purchase-order-used',
  attributes: Record<string, string> = {},
): Write {
  return {
    item: {
      Put: {
        TableName: table.name,
        Item: { ...key, kind: 'CLAIM', orderId: order.orderId, ...attributes },
        ConditionExpression: 'attribute_not_exists(pk)',
      },
    },
    obstacle,
  };
}
