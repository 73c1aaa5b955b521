import { gzipSync } from 'node:zlib';
import { DeleteCommand, PutCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { DocumentSummary } from '../../../contract/documents.ts';
import {
  type BlockedDocuments,
  type DocumentStore,
  isDocumentId,
  type UnacknowledgedDocuments,
} from '../../channels/core/documents.ts';
import type { Table } from './client.ts';
import { INDEX_NAMES, indexAttributes, readIndexPages } from './index-page.ts';
import { CompressedText, getItem, parseItem, queryAll, wasWritten } from './items.ts';
import {
  ARRIVAL_SHARDS,
  DOCUMENT_PREFIX,
  documentKey,
  documentPartition,
  expiryOf,
  shardOf,
} from './keys.ts';

const StoredSummary = z.object({ summary: DocumentSummary });
const StoredDocument = StoredSummary.extend({ content: CompressedText });
const ListedDocument = z.object({ orderId: z.string(), summary: DocumentSummary });
const AwaitedDocument = ListedDocument.extend({
  summary: DocumentSummary.extend({ acknowledgeBy: z.string() }),
});

/** Every document to a partner enters the list of those without an answer: it is spread over several partitions. */
const unacknowledgedPartition = (shard: number) => `UNACKNOWLEDGED#${shard}`;
const UNACKNOWLEDGED = Array.from({ length: ARRIVAL_SHARDS }, (_, shard) => unacknowledgedPartition(shard));
/** Few documents are blocked. */
const BLOCKED = 'BLOCKEDDOCUMENTS';

/** Contents are kept packed: a notice of a thousand lines is larger than an item of the store may be. */
export function documentStore(table: Table): DocumentStore & UnacknowledgedDocuments & BlockedDocuments {
  return {
    async list(orderId) {
      const documents = await queryAll(table, StoredSummary, {
        ConsistentRead: true,
        KeyConditionExpression: 'pk = :order AND begins_with(sk, :document)',
        ExpressionAttributeValues: { ':order': documentPartition(orderId), ':document': DOCUMENT_PREFIX },
        ProjectionExpression: 'pk, sk, summary',
      });
      const summaries = documents.map(({ summary }) => summary);
      return summaries.sort((one, other) => comparison(one.createdAt, other.createdAt));
    },

    async page(owner, limit, after) {
      const { Items = [] } = await table.client.send(
        new QueryCommand({
          TableName: table.name,
          ConsistentRead: true,
          KeyConditionExpression: 'pk = :owner AND begins_with(sk, :document)',
          ExpressionAttributeValues: { ':owner': documentPartition(owner), ':document': DOCUMENT_PREFIX },
          ...(after !== null && { ExclusiveStartKey: { ...documentKey(owner, after) } }),
          ProjectionExpression: 'pk, sk, summary',
          ScanIndexForward: false,
          Limit: limit + 1,
        }),
      );
      const items = Items.slice(0, limit).map((item) => parseItem(StoredSummary, item).summary);
      return { items, next: Items.length > limit ? (items.at(-1)?.documentId ?? null) : null };
    },

    async get(orderId, documentId) {
      const item = await getItem(table, documentKey(orderId, documentId));
      if (item === null) return null;
      const { summary, content } = parseItem(StoredDocument, item);
      return { ...summary, content };
    },

    async save(orderId, { content, ...summary }) {
      if (!isDocumentId(summary.documentId)) throw new RangeError(`no document's id: ${summary.documentId}`);
      const { documentId, createdAt, status } = summary;
      const place = `${createdAt}#${orderId}#${documentId}`;
      const Item = {
        ...documentKey(orderId, documentId),
        kind: 'DOCUMENT',
        orderId,
        summary,
        content: gzipSync(content),
        ...expiryOf(table, orderId),
        ...(status === 'BLOCKED' && indexAttributes(BLOCKED, place)),
      };
      await wasWritten(
        table.client.send(
          new PutCommand({
            TableName: table.name,
            Item,
            // Protects what was sent: a repeat changes nothing. What is blocked was not.
            ConditionExpression: 'attribute_not_exists(pk) OR summary.#status = :blocked',
            ExpressionAttributeNames: { '#status': 'status' },
            ExpressionAttributeValues: { ':blocked': 'BLOCKED' },
          }),
        ),
      );
    },

    async noteSent(orderId, documentId, sentAt, acknowledgeBy) {
      const listed = acknowledgeBy !== undefined && {
        ':by': acknowledgeBy,
        ':partition': unacknowledgedPartition(shardOf(orderId)),
        ':place': `${acknowledgeBy}#${orderId}#${documentId}`,
      };
      const list = ', summary.acknowledgeBy = :by, #indexPartition = :partition, #indexPlace = :place';
      await wasWritten(
        table.client.send(
          new UpdateCommand({
            TableName: table.name,
            Key: documentKey(orderId, documentId),
            UpdateExpression: `SET summary.#status = :sent, summary.sentAt = :at${listed ? list : ''}`,
            // Protects the instant at which it was sent first, and an answer that came before this was noted.
            ConditionExpression: 'summary.#status = :waiting',
            ExpressionAttributeNames: { '#status': 'status', ...(listed && INDEX_NAMES) },
            ExpressionAttributeValues: { ':sent': 'SENT', ':waiting': 'WAITING', ':at': sentAt, ...listed },
          }),
        ),
      );
    },

    async noteAnswer(orderId, documentId, { status, answeredAt, objections }) {
      await wasWritten(
        table.client.send(
          new UpdateCommand({
            TableName: table.name,
            Key: documentKey(orderId, documentId),
            // What is answered has arrived, whatever became of the answer to our sending it.
            UpdateExpression:
              'SET summary.#status = :status, summary.answeredAt = :at, summary.objections = :objections, ' +
              'summary.sentAt = if_not_exists(summary.sentAt, :at) REMOVE #indexPartition, #indexPlace',
            // Protects against an answer to what was never kept.
            ConditionExpression: 'attribute_exists(pk)',
            ExpressionAttributeNames: { '#status': 'status', ...INDEX_NAMES },
            ExpressionAttributeValues: { ':status': status, ':at': answeredAt, ':objections': objections },
          }),
        ),
      );
    },

    async removeBlocked(orderId, documentId) {
      await wasWritten(
        table.client.send(
          new DeleteCommand({
            TableName: table.name,
            Key: documentKey(orderId, documentId),
            // Protects what was sent.
            ConditionExpression: 'attribute_not_exists(pk) OR summary.#status = :blocked',
            ExpressionAttributeNames: { '#status': 'status' },
            ExpressionAttributeValues: { ':blocked': 'BLOCKED' },
          }),
        ),
      );
    },

    dismiss: (orderId, documentId, { by, at, reason }) =>
      wasWritten(
        table.client.send(
          new UpdateCommand({
            TableName: table.name,
            Key: documentKey(orderId, documentId),
            UpdateExpression:
              'SET summary.dismissedBy = :by, summary.dismissedAt = :at, summary.dismissalReason = :reason ' +
              'REMOVE #indexPartition, #indexPlace',
            // Protects an answer that came meanwhile, and the first dismissal.
            ConditionExpression: 'summary.#status = :sent AND attribute_exists(#indexPlace)',
            ExpressionAttributeNames: { '#status': 'status', ...INDEX_NAMES },
            ExpressionAttributeValues: { ':sent': 'SENT', ':by': by, ':at': at, ':reason': reason },
          }),
        ),
      ),

    async blocked(limit, after) {
      const { items, next } = await readIndexPages(table, [BLOCKED], {
        ...{ limit, position: after, newestFirst: false },
      });
      const listed = items.map((item) => parseItem(ListedDocument, item));
      // The index lags: what was sent a moment ago may still be in it.
      const blocked = listed.filter(({ summary }) => summary.status === 'BLOCKED');
      return { items: blocked.map(({ orderId, summary }) => ({ ...summary, orderId })), next };
    },

    async unacknowledged(limit, after) {
      const { items, next } = await readIndexPages(table, UNACKNOWLEDGED, {
        ...{ limit, position: after, newestFirst: false },
      });
      const awaited = items.map((item) => parseItem(AwaitedDocument, item));
      // The index lags: what was answered a moment ago may still be in it.
      const open = awaited.filter(
        ({ summary }) => summary.status === 'SENT' && summary.dismissedAt === undefined,
      );
      return { items: open.map(({ orderId, summary }) => ({ ...summary, orderId })), next };
    },
  };
}

function comparison(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
