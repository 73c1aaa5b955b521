import { paginateQuery } from '@aws-sdk/lib-dynamodb';
import type { DocumentStore, SentDocument } from '../../application/documents.ts';
import type { Table } from './client.ts';
import { orderPartition } from './keys.ts';

/** Keeps, beside an order, what was sent about it. */
export function documentStore(table: Table): DocumentStore {
  return {
    async list(orderId) {
      const documents: SentDocument[] = [];
      const pages = paginateQuery(
        { client: table.client },
        {
          TableName: table.name,
          ConsistentRead: true,
          KeyConditionExpression: 'pk = :order AND begins_with(sk, :document)',
          ExpressionAttributeValues: { ':order': orderPartition(orderId), ':document': 'DOCUMENT#' },
        },
      );
      for await (const page of pages) {
        documents.push(...(page.Items ?? []).map((item) => item.document as SentDocument));
      }
      return documents;
    },
  };
}
