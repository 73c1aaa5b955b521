import { gunzipSync, gzipSync } from 'node:zlib';
import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { GetCommand, PutCommand, paginateQuery, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { type DocumentStore, type DocumentSummary, isDocumentId } from '../../channels/core/documents.ts';
import type { Table } from './client.ts';
import { DOCUMENT_PREFIX, documentKey, orderPartition } from './keys.ts';

/** Contents are kept packed: a notice of a thousand lines is larger than an item of the store may be. */
export function documentStore(table: Table): DocumentStore {
  return {
    async list(orderId) {
      const documents: DocumentSummary[] = [];
      const pages = paginateQuery(
        { client: table.client },
        {
          TableName: table.name,
          ConsistentRead: true,
          KeyConditionExpression: 'pk = :order AND begins_with(sk, :document)',
          ExpressionAttributeValues: { ':order': orderPartition(orderId), ':document': DOCUMENT_PREFIX },
          ProjectionExpression: 'summary',
        },
      );
      for await (const page of pages) {
        documents.push(...(page.Items ?? []).map((item) => item.summary as DocumentSummary));
      }
      return documents.sort((one, other) => comparison(one.createdAt, other.createdAt));
    },

    async get(orderId, documentId) {
      const { Item } = await table.client.send(
        new GetCommand({
          TableName: table.name,
          Key: documentKey(orderId, documentId),
          ConsistentRead: true,
        }),
      );
      if (Item === undefined) return null;
      const content = gunzipSync(Item.content as Uint8Array).toString('utf8');
      return { ...(Item.summary as DocumentSummary), content };
    },

    async save(orderId, { content, ...summary }) {
      if (!isDocumentId(summary.documentId)) throw new RangeError(`no document's id: ${summary.documentId}`);
      const Item = {
        ...documentKey(orderId, summary.documentId),
        kind: 'DOCUMENT',
        summary,
        content: gzipSync(content),
      };
      await unlessRefused(
        table.client.send(
          // Protects what was sent: a repeat changes nothing.
          new PutCommand({ TableName: table.name, Item, ConditionExpression: 'attribute_not_exists(pk)' }),
        ),
      );
    },

    async noteSent(orderId, documentId, sentAt) {
      await unlessRefused(
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
      await unlessRefused(
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

/** A condition that does not hold says that the work was done before. */
async function unlessRefused(writing: Promise<unknown>): Promise<void> {
  try {
    await writing;
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
  }
}

function comparison(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
