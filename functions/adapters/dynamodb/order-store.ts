import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { GetCommand, paginateQuery, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { INDEXES } from '../../../contract/table.ts';
import { evolve } from '../../../domain/order/evolve.ts';
import type { Line, Order } from '../../../domain/order/order.ts';
import type { OrderEnvelope } from '../../events/envelope.ts';
import type { ExternalIdentity, OrderStore, OrderWrite } from '../../orders/ports.ts';
import type { Table } from './client.ts';
import { eventKey, eventSort, externalOrderKey, ORDER_STATE_PREFIX, orderPartition } from './keys.ts';
import { orderFromItems, trackingReference } from './order-items.ts';
import { writesOf } from './order-writes.ts';
import { readItems } from './read-items.ts';
import { isUncertain, MAX_ITEMS, writeAll } from './transaction.ts';

/** Keeps orders, their history and what they hold of lots in one table. */
export function orderStore(table: Table): OrderStore {
  const saveBatch = async (writes: readonly OrderWrite[]) => {
    const most = Math.floor(MAX_ITEMS / writes.length);
    try {
      await writeAll(
        table,
        writes.flatMap((write) => writesOf(table, write, most)),
      );
    } catch (error) {
      if (isUncertain(error) && (await wasRecorded(table, writes[0]?.events ?? []))) return;
      throw error;
    }
  };
  return {
    load: (orderId) => loadOrder(table, orderId),
    save: (write) => saveBatch([write]),
    saveBatch,
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
