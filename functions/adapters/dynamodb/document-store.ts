import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { GetCommand, PutCommand, paginateQuery } from '@aws-sdk/lib-dynamodb';
import { type DocumentStore, type DocumentSummary, isDocumentId } from '../../application/documents.ts';
import type { Table } from './client.ts';
import { DOCUMENT_PREFIX, documentKey, orderPartition } from './keys.ts';

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
      return { ...(Item.summary as DocumentSummary), content: Item.content as string };
    },

    async save(orderId, { content, ...summary }) {
      if (!isDocumentId(summary.documentId)) throw new RangeError(`no document's id: ${summary.documentId}`);
      const Item = { ...documentKey(orderId, summary.documentId), kind: 'DOCUMENT', summary, content };
      try {
        await table.client.send(
          // Protects what was sent: a repeat changes nothing.
          new PutCommand({ TableName: table.name, Item, ConditionExpression: 'attribute_not_exists(pk)' }),
        );
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
      }
    },
  };
}

function comparison(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
