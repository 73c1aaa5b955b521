import { PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { Invoice, Payment } from '../../../contract/invoices.ts';
import { INDEXES } from '../../../contract/table.ts';
import type { InvoiceFilter, InvoiceStore } from '../../finance/invoices.ts';
import type { Table } from './client.ts';
import { batchesOf, getItem, keyOf, parseItem, queryItems, type StoredItem, wasWritten } from './items.ts';
import { customerKey } from './order-items.ts';
import { readItems } from './read-items.ts';

/** All invoices stand in one index partition: they are written a thousand times less often than a partition takes. */
const SHARD = 'INVOICES';

const { indexName, partitionKey, sortKey } = INDEXES.invoicesByDate;
const Stored = z.object({ invoice: Invoice, payments: z.array(Payment).optional() });
/** Payments of one invoice; partners pay in a few parts at most. */
const MAX_PAYMENTS = 100;
/** Places are read in pages of this size, and at most so many of them for one page of a list. */
const PAGE = 100;
const MAX_LOOKED_AT = 1_000;

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
      return item === null ? null : invoiceFrom(item);
    },
    async notePayment(invoiceId, payment) {
      const isNoted = await wasWritten(
        table.client.send(
          new UpdateCommand({
            TableName: table.name,
            Key: invoiceKey(invoiceId),
            UpdateExpression:
              'SET payments = list_append(if_not_exists(payments, :none), :payment) ADD paymentIds :ids',
            // Protects against a second note of one payment, and against an item that grows without end.
            ConditionExpression:
              'attribute_exists(pk) AND NOT contains(paymentIds, :id) AND (attribute_not_exists(payments) OR size(payments) < :most)',
            ExpressionAttributeValues: {
              ':none': [],
              ':payment': [payment],
              ':id': payment.paymentId,
              ':ids': new Set([payment.paymentId]),
              ':most': MAX_PAYMENTS,
            },
          }),
        ),
      );
      if (isNoted) return;
      const { payments = [] } = (await this.find(invoiceId)) ?? {};
      if (payments.some(({ paymentId }) => paymentId === payment.paymentId)) return;
      throw new RangeError(`${invoiceId} is not booked, or has ${MAX_PAYMENTS} payments`);
    },
    async list(limit, before, { from = '0', to = '9999', ...wanted } = {}) {
      const last = `${to}\u{10ffff}`;
      const places = queryItems(table, {
        IndexName: indexName,
        KeyConditionExpression: '#shard = :shard AND #sort BETWEEN :first AND :last',
        ExpressionAttributeNames: { '#shard': partitionKey, '#sort': sortKey },
        ExpressionAttributeValues: {
          ':shard': SHARD,
          ':first': from,
          ':last': before !== null && before < last ? before : last,
        },
        ScanIndexForward: false,
        Limit: PAGE,
      });
      const items: Invoice[] = [];
      let [lookedAt, next] = [0, before];
      for await (const batch of batchesOf(places, PAGE)) {
        for (const item of await readItems(table, batch.map(keyOf))) {
          const place = parseItem(Place, item)[sortKey] ?? null;
          // The position itself comes first.
          if (place === before) continue;
          if (items.length === limit) return { items, next };
          const invoice = invoiceFrom(item);
          if (matches(invoice, wanted)) items.push(invoice);
          next = place;
        }
        lookedAt += batch.length;
        if (lookedAt >= MAX_LOOKED_AT) return { items, next };
      }
      return { items, next: null };
    },
  };
}

function invoiceFrom(item: StoredItem): Invoice {
  const { invoice, payments } = parseItem(Stored, item);
  return { ...invoice, ...(payments !== undefined && { payments }) };
}

function invoiceKey(invoiceId: string) {
  return { pk: `INVOICE#${invoiceId}`, sk: 'INVOICE' };
}

function matches(invoice: Invoice, { orderId, customer, kind }: InvoiceFilter): boolean {
  const { name, reference = '' } = invoice.customer;
  return (
    (orderId === undefined || orderId === invoice.orderId) &&
    (kind === undefined || kind === invoice.kind) &&
    (customer === undefined || [name, reference].map(customerKey).includes(customerKey(customer)))
  );
}
