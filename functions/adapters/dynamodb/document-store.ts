import { gzipSync } from 'node:zlib';
import { PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { DocumentSummary } from '../../../contract/responses.ts';
import { type DocumentStore, isDocumentId } from '../../channels/core/documents.ts';
import type { Table } from './client.ts';
import { CompressedText, getItem, parseItem, queryAll, wasWritten } from './items.ts';
import { DOCUMENT_PREFIX, documentKey, orderPartition } from './keys.ts';

const StoredSummary = z.object({ summary: DocumentSummary });
const StoredDocument = StoredSummary.extend({ content: CompressedText });

/** Contents are kept packed: a notice of a thousand lines is larger than an item of the store may be. */
export function documentStore(table: Table): DocumentStore {
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

    async noteSent(orderId, documentId, sentAt) {
      await wasWritten(
        table.client.send(
          new UpdateCommand({
            TableName: table.name,
            Key: documentKey(orderId, documentId),
            UpdateExpression: 'SET summary.#status = :sent, summary.sentAt = :at',
            // Protects the instant at which it was sent first.
            ConditionExpression: 'summary.#status = :waiting',
            ExpressionAttributeNames: { '#status': 'status' },
            ExpressionAttributeValues: { ':sent': 'SENT', ':waiting': 'WAITING', ':at': sentAt },
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
              'summary.sentAt = if_not_exists(summary.sentAt, :at)',
            // Protects against an answer to what was never kept.
            ConditionExpression: 'attribute_exists(pk)',
            ExpressionAttributeNames: { '#status': 'status' },
            ExpressionAttributeValues: { ':status': status, ':at': answeredAt, ':objections': objections },
          }),
        ),
      );
    },
  };
}

function comparison(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
