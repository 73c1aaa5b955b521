import { PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { Invoice } from '../../../contract/responses.ts';
import { INDEXES } from '../../../contract/table.ts';
import type { InvoiceStore } from '../../finance/invoices.ts';
import type { Table } from './client.ts';
import { getItem, keyOf, parseItem, wasWritten } from './items.ts';
import { readItems } from './read-items.ts';

/** All invoices stand in one index partition: they are written a thousand times less often than a partition takes. */
const SHARD = 'INVOICES';

const { indexName, partitionKey, sortKey } = INDEXES.invoicesByDate;
const Stored = z.object({ invoice: Invoice });
const Place = z.object({ [sortKey]: z.string() });

/** Keeps invoices and credit notes. */
export function invoiceStore(table: Table): InvoiceStore {
  return {
    async book(invoice) {
      const Item = {
        ...invoiceKey(invoice.invoiceId),
        kind: 'INVOICE',
        invoiceShard: SHARD,
        invoiceSort: `${invoice.invoiceDate}#${invoice.invoiceId}`,
        invoice,
      };
      await wasWritten(
        table.client.send(
          // Protects what was booked: a repeated request books nothing and changes nothing.
          new PutCommand({ TableName: table.name, Item, ConditionExpression: 'attribute_not_exists(pk)' }),
        ),
      );
    },
    async find(invoiceId) {
      const item = await getItem(table, invoiceKey(invoiceId));
      return item === null ? null : parseItem(Stored, item).invoice;
    },
    async list(limit, before, { from = '', to = '9999' } = {}) {
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
      const items = await readItems(table, shown.map(keyOf));
      const end = shown.at(-1);
      return {
        items: items.map((item) => parseItem(Stored, item).invoice),
        next: Items.length > limit && end !== undefined ? parseItem(Place, end)[sortKey] : null,
      };
    },
  };
}

function invoiceKey(invoiceId: string) {
  return { pk: `INVOICE#${invoiceId}`, sk: 'INVOICE' };
}
