import { gunzipSync, gzipSync } from 'node:zlib';
import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { GetCommand, paginateQuery, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { QuarantinedMessage, QuarantineStatus } from '../../../contract/quarantined-messages.ts';
import type { QuarantinedMessages } from '../../messages/quarantined-messages.ts';
import type { QuarantinedMessage as MessageToKeep, Receipt } from '../../orders/ports.ts';
import type { Table } from './client.ts';
import { indexAttributes, indexMove, readIndexPage } from './index-page.ts';
import { awaitingPartition, type Key, receiptKey } from './keys.ts';

/** The ids of kept messages: the part of their key that tells them apart. */
const ID = /^[\w-]{10,80}$/;
const BEFORE_ID = 'RECEIPT#';

/** An item of the store takes 400 KB; bytes that cannot be packed further are kept as far as they fit. */
const MAX_KEPT_BYTES = 300_000;

/** What a receipt holds beside itself when its message waits for an operator. */
export function quarantineAttributes(
  { channel, id }: Receipt,
  message: MessageToKeep,
): Record<string, unknown> {
  const receivedAt = new Date().toISOString();
  const { pk } = receiptKey(channel, id);
  const { source, place } = message;
  return {
    // The store takes well-formed text only, and a message of a channel may quote any other.
    topic: clipped(message.topic, 200),
    reason: clipped(message.reason, 2000),
    ...(source !== undefined && { source: clipped(source, 300) }),
    ...(place !== undefined && { place }),
    ...keptBody(message.body),
    receivedAt,
    status: 'WAITING',
    tries: 0,
    ...indexAttributes(indexPartition('WAITING'), `${receivedAt}#${idOf(pk)}`),
  };
}

/** Where a message that waits for something is found when that comes. */
export function awaitingItem({ channel, id }: Receipt, awaits: string): Key & { readonly kind: string } {
  return {
    pk: awaitingPartition(awaits),
    sk: idOf(receiptKey(channel, id).pk),
    kind: 'AWAITING',
  };
}

/** Messages that were kept aside; those of one status stand together in the index by reference. */
export function quarantinedMessages(table: Table): QuarantinedMessages {
  const change = async (keptMessageId: string, changes: Record<string, unknown>, adds?: 'tries') => {
    const names = Object.keys(changes);
    try {
      await table.client.send(
        new UpdateCommand({
          TableName: table.name,
          Key: { ...keyOf(keptMessageId) },
          UpdateExpression: `SET ${names.map((name) => `#${name} = :${name}`).join(', ')}${adds ? ' ADD tries :one' : ''}`,
          // Protects what another operator has decided.
          ConditionExpression: '#status = :waiting',
          ExpressionAttributeNames: {
            '#status': 'status',
            ...Object.fromEntries(names.map((name) => [`#${name}`, name])),
          },
          ExpressionAttributeValues: {
            ':waiting': 'WAITING',
            ...Object.fromEntries(names.map((name) => [`:${name}`, changes[name]])),
            ...(adds && { ':one': 1 }),
          },
        }),
      );
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  };
  return {
    async list(status, limit, before) {
      const page = { limit, position: before, newestFirst: true };
      const { items, next } = await readIndexPage(table, indexPartition(status), page);
      // The index lags behind: what was decided a moment ago is no longer of this status.
      return { items: items.map(messageOf).filter((message) => message.status === status), next };
    },
    async find(keptMessageId) {
      if (!ID.test(keptMessageId)) return null;
      const { Item } = await table.client.send(
        new GetCommand({ TableName: table.name, Key: { ...keyOf(keptMessageId) }, ConsistentRead: true }),
      );
      if (Item?.status === undefined) return null;
      return {
        message: messageOf(Item),
        body: gunzipSync(Item.body as Uint8Array),
        isCutOff: Item.isCutOff === true,
        place: Item.place as readonly number[] | undefined,
      };
    },
    async awaiting(what) {
      const ids: string[] = [];
      const pages = paginateQuery(
        { client: table.client },
        {
          TableName: table.name,
          ConsistentRead: true,
          KeyConditionExpression: 'pk = :awaiting',
          ExpressionAttributeValues: { ':awaiting': awaitingPartition(what) },
        },
      );
      for await (const page of pages) ids.push(...(page.Items ?? []).map((item) => item.sk as string));
      return ids;
    },
    settle: (keptMessageId, resolution) =>
      change(keptMessageId, { ...resolution, ...indexMove(indexPartition(resolution.status)) }),
    async recordAttempt(keptMessageId, reason) {
      await change(keptMessageId, { reason: clipped(reason, 2000) }, 'tries');
    },
  };
}

function messageOf(item: Readonly<Record<string, unknown>>): QuarantinedMessage {
  const { channel, source, topic, reason, receivedAt, status, tries } = item as QuarantinedMessage;
  const { decidedBy, decidedAt, note, orderIds } = item as QuarantinedMessage;
  return {
    keptMessageId: idOf(item.pk as string),
    ...{ channel, source, topic, reason, receivedAt, status, tries },
    ...{ decidedBy, decidedAt, note, orderIds },
  };
}

function keptBody(body: Uint8Array) {
  const whole = gzipSync(body);
  if (whole.byteLength <= MAX_KEPT_BYTES) return { body: whole };
  return { body: gzipSync(body.subarray(0, MAX_KEPT_BYTES)), isCutOff: true };
}

function clipped(text: string, longest: number): string {
  return text.slice(0, longest).toWellFormed();
}

function indexPartition(status: QuarantineStatus): string {
  return `KEPT ${status}`;
}

function idOf(partition: string): string {
  return partition.slice(BEFORE_ID.length);
}

function keyOf(keptMessageId: string): Key {
  return { pk: `${BEFORE_ID}${keptMessageId}`, sk: 'RECEIPT' };
}
