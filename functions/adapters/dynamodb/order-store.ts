import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { INDEXES } from '../../../contract/table.ts';
import { evolve } from '../../../domain/order/evolve.ts';
import type { Line, Order } from '../../../domain/order/order.ts';
import type { OrderEnvelope } from '../../events/envelope.ts';
import type { ChannelVersion, MessageWrite } from '../../messages/message.ts';
import type { ExternalIdentity, OrderStore, OrderWrite } from '../../orders/ports.ts';
import { WriteFailed } from '../../write-failures.ts';
import type { Table } from './client.ts';
import { orderEventFromItem } from './events.ts';
import { getItem, keyOf, parseItem, queryAll, queryItems, type StoredItem } from './items.ts';
import {
  channelDocumentPartition,
  eventKey,
  eventSort,
  externalOrderKey,
  ORDER_STATE_PREFIX,
  orderPartition,
} from './keys.ts';
import { keepPieces } from './message-bodies.ts';
import { channelVersionWrite, messageWrites } from './message-writes.ts';
import { orderFromItems, trackingReference } from './order-items.ts';
import { writesOf } from './order-writes.ts';
import { readItems } from './read-items.ts';
import { digestAfter, digestBefore, noteDigest, sealsOf } from './sealed-history.ts';
import { isUncertain, MAX_ITEMS, writeAll } from './transaction.ts';

const ExternalClaim = z.object({
  orderId: z.string().nullable(),
  channelVersion: z.string().nullable().default(null),
});
const DocumentClaim = z.object({ orderId: z.string() });
const TrackedShipment = z.object({ orderId: z.string(), shipmentId: z.string() });

/** Keeps orders, their history and what they hold of lots in one table. */
export function orderStore(table: Table): OrderStore {
  const saveBatch = async (writes: readonly OrderWrite[]) => {
    const most = Math.floor(MAX_ITEMS / writes.length);
    const sealed = await Promise.all(
      writes.map(async (write) => {
        const seals = sealsOf(await digestBefore(table, write.before), write.events);
        return { write, seals };
      }),
    );
    try {
      await writeAll(
        table,
        sealed.flatMap(({ write, seals }) => writesOf(table, write, seals, most)),
      );
    } catch (error) {
      if (!isUncertain(error) || !(await wasRecorded(table, writes[0]?.events ?? []))) throw error;
    }
    for (const { write, seals } of sealed) noteDigest(write.after, digestAfter(write.before, seals));
    for (const { message } of writes) {
      if (message?.settlement !== undefined) await keepPieces(table, message.message, message.settlement);
    }
  };
  return {
    load: (orderId) => loadOrder(table, orderId),
    save: (write) => saveBatch([write]),
    saveBatch,
    history: (orderId, after, limit) => loadHistory(table, orderId, after, limit),
    markDeleted: (order, message) => markDeleted(table, order, message),
    noteChannelVersion: (version) => noteChannelVersion(table, version),
    findExternal: (channel, source, externalId) => findExternal(table, channel, source, externalId),
    findDocument: (channel, source, key) => findDocument(table, channel, source, key),
    findTracking: (trackingNumber) => findTracking(table, trackingNumber),
  };
}

async function loadOrder(table: Table, orderId: string): Promise<Order | null> {
  const items = queryItems(table, {
    ConsistentRead: true,
    KeyConditionExpression: 'pk = :order AND begins_with(sk, :state)',
    ExpressionAttributeValues: { ':order': orderPartition(orderId), ':state': ORDER_STATE_PREFIX },
  });
  const found: StoredItem[] = [];
  for await (const item of items) found.push(item);
  const header = found.find((item) => item.kind === 'ORDER');
  if (header === undefined) return null;
  const lines = found.filter((item) => item.kind === 'LINE').length;
  const order = orderFromItems(
    found,
    lines < Number(header.lineCount) ? await receivedLines(table, orderId) : [],
  );
  noteDigest(order, header.historyDigest);
  return order;
}

/** A large order's lines get items of their own when they are first touched; until then its first event has them. */
async function receivedLines(table: Table, orderId: string): Promise<readonly Line[]> {
  const item = await getItem(table, eventKey(orderId, 1));
  if (item === null) throw new Error(`${orderId} has no first event`);
  return evolve(null, orderEventFromItem(item), orderId).lines;
}

async function loadHistory(table: Table, orderId: string, after: number, limit: number) {
  const items = queryItems(table, {
    ConsistentRead: true,
    KeyConditionExpression: 'pk = :order AND sk BETWEEN :first AND :last',
    ExpressionAttributeValues: {
      ':order': orderPartition(orderId),
      ':first': eventSort(after + 1),
      ':last': eventSort(after + limit),
    },
  });
  const events: OrderEnvelope[] = [];
  for await (const item of items) events.push(orderEventFromItem(item));
  return events;
}

async function findExternal(table: Table, channel: string, source: string, externalId: string) {
  const item = await getItem(table, externalOrderKey(channel, source, externalId));
  return item === null ? null : parseItem(ExternalClaim, item);
}

/** Takes the place of the order's claim, so that the order cannot be received any more. */
async function markDeleted(
  table: Table,
  { channel, source, externalId }: ExternalIdentity,
  message: MessageWrite,
): Promise<void> {
  const Item = { ...externalOrderKey(channel, source, externalId), kind: 'CLAIM', orderId: null };
  await writeAll(table, [
    {
      item: { Put: { TableName: table.name, Item, ConditionExpression: 'attribute_not_exists(pk)' } },
      conflict: 'external-order-known',
    },
    ...messageWrites(table, message, []),
  ]);
  if (message.settlement !== undefined) await keepPieces(table, message.message, message.settlement);
}

async function noteChannelVersion(table: Table, version: ChannelVersion): Promise<void> {
  try {
    await writeAll(table, [channelVersionWrite(table, version)]);
  } catch (error) {
    if (!(error instanceof WriteFailed) || error.conflict !== 'newer-channel-version') throw error;
  }
}

async function findDocument(table: Table, channel: string, source: string, key: string) {
  const claims = await queryAll(table, DocumentClaim, {
    ConsistentRead: true,
    KeyConditionExpression: 'pk = :document',
    ExpressionAttributeValues: { ':document': channelDocumentPartition(channel, source, key) },
  });
  return claims.map(({ orderId }) => orderId);
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
  const shipments = await readItems(table, Items.map(keyOf));
  return shipments.map((item) => parseItem(TrackedShipment, item));
}

async function wasRecorded(table: Table, events: readonly OrderEnvelope[]): Promise<boolean> {
  const [first] = events;
  if (first === undefined) return false;
  const item = await getItem(table, eventKey(first.orderId, first.sequence));
  return item?.eventId === first.eventId;
}
