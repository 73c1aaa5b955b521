import { gzipSync } from 'node:zlib';
import { PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { DocumentSummary } from '../../../contract/responses.ts';
import {
  type DocumentStore,
  isDocumentId,
  type UnacknowledgedDocuments,
} from '../../channels/core/documents.ts';
import type { Table } from './client.ts';
import { INDEX_NAMES, readIndexPages } from './index-page.ts';
import { CompressedText, getItem, parseItem, queryAll, wasWritten } from './items.ts';
import { ARRIVAL_SHARDS, DOCUMENT_PREFIX, documentKey, orderPartition, shardOf } from './keys.ts';

const StoredSummary = z.object({ summary: DocumentSummary });
const StoredDocument = StoredSummary.extend({ content: CompressedText });
const AwaitedDocument = z.object({
  orderId: z.string(),
  summary: DocumentSummary.extend({ acknowledgeBy: z.string() }),
});

/** Every document to a partner enters the list of those without an answer: it is spread over several partitions. */
const unacknowledgedPartition = (shard: number) => `UNACKNOWLEDGED#${shard}`;
const UNACKNOWLEDGED = Array.from({ length: ARRIVAL_SHARDS }, (_, shard) => unacknowledgedPartition(shard));

/** Contents are kept packed: a notice of a thousand lines is larger than an item of the store may be. */
export function documentStore(table: Table): DocumentStore & UnacknowledgedDocuments {
  return {
    async list(orderId) {
      const documents = await queryAll(table, StoredSummary, {
        ConsistentRead: true,
        KeyConditionExpression: 'pk = :order AND begins_with(sk, :document)',
        ExpressionAttributeValues: { ':order': orderPartition(orderId), ':document': DOCUMENT_PREFIX },
        ProjectionExpression: 'pk, sk, summary',
      });
      const summaries = documents.map(({ summary }) => summary);
      return summaries.sort((one, other) => comparison(one.createdAt, other.createdAt));
    },

    async get(orderId, documentId) {
      const item = await getItem(table, documentKey(orderId, documentId));
      if (item === null) return null;
      const { summary, content } = parseItem(StoredDocument, item);
      return { ...summary, content };
    },

    async save(orderId, { content, ...summary }) {
      if (!isDocumentId(summary.documentId)) throw new RangeError(`no document's id: ${summary.documentId}`);
      const Item = {
        ...documentKey(orderId, summary.documentId),
        kind: 'DOCUMENT',
        orderId,
        summary,
        content: gzipSync(content),
      };
      await wasWritten(
        table.client.send(
          // Protects what was sent: a repeat changes nothing.
          new PutCommand({ TableName: table.name, Item, ConditionExpression: 'attribute_not_exists(pk)' }),
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

    async unacknowledged(limit, after) {
      const { items, next } = await readIndexPages(table, UNACKNOWLEDGED, {
        ...{ limit, position: after, newestFirst: false },
      });
      const awaited = items.map((item) => parseItem(AwaitedDocument, item));
      // The index lags: what was answered a moment ago may still be in it.
      const open = awaited.filter(({ summary }) => summary.status === 'SENT');
      return { items: open.map(({ orderId, summary }) => ({ ...summary, orderId })), next };
    },
  };
}

function comparison(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
