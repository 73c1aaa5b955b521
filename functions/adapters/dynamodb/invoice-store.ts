import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { GetCommand, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { Invoice } from '../../../contract/responses.ts';
import { INDEXES } from '../../../contract/table.ts';
import type { InvoiceStore } from '../../finance/invoices.ts';
import type { Table } from './client.ts';
import { readItems } from './read-items.ts';

/** All invoices stand in one index partition: they are written a thousand times less often than a partition takes. */
const SHARD = 'INVOICES';

/** Keeps invoices and credit notes. */
export function invoiceStore(table: Table): InvoiceStore {
  return {
    async book(invoice) {
      const Item = {
        ...keyOf(invoice.invoiceId),
        kind: 'INVOICE',
        invoiceShard: SHARD,
        invoiceSort: `${invoice.invoiceDate}#${invoice.invoiceId}`,
        invoice,
      };
      try {
        await table.client.send(
          // Protects what was booked: a repeated request books nothing and changes nothing.
          new PutCommand({ TableName: table.name, Item, ConditionExpression: 'attribute_not_exists(pk)' }),
        );
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
      }
    },
    async find(invoiceId) {
      const { Item } = await table.client.send(
        new GetCommand({ TableName: table.name, Key: keyOf(invoiceId), ConsistentRead: true }),
      );
      return (Item?.invoice as Invoice | undefined) ?? null;
    },
    async list(limit, before, { from = '', to = '9999' } = {}) {
      const { indexName, partitionKey, sortKey } = INDEXES.invoicesByDate;
      const last = `${to}\u{10ffff}`;
      const { Items: found = [] } = await table.client.send(
        new QueryCommand({
          TableName: table.name,
          IndexName: indexName,
          KeyConditionExpression: '#shard = :shard AND #sort BETWEEN :first AND :last',
          ExpressionAttributeNames: { '#shard': partitionKey, '#sort': sortKey },
          ExpressionAttributeValues: {
            ':shard': SHARD,
            ':first': from || '0',
            ':last': before !== null && before < last ? before : last,
          },
          ScanIndexForward: false,
          // One more than the page tells that there is a next one, and the position itself comes first.
          Limit: limit + 2,
        }),
      );
      const Items = found.filter((item) => item[sortKey] !== before);
      const shown = Items.slice(0, limit);
      const items = await readItems(
        table,
        shown.map((item) => ({ pk: item.pk as string, sk: item.sk as string })),
      );
      const end = shown.at(-1);
      return {
        items: items.map((item) => item.invoice as Invoice),
        next: Items.length > limit && end !== undefined ? (end[sortKey] as string) : null,
      };
    },
  };
}

function keyOf(invoiceId: string) {
  return { pk: `INVOICE#${invoiceId}`, sk: 'INVOICE' };
}
