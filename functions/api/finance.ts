import { InvoiceQuery, LedgerQuery } from '../../contract/ledger.ts';
import { EmptyQuery } from '../../contract/requests.ts';
import { invoiceStore } from '../adapters/dynamodb/invoice-store.ts';
import { withBalance } from '../finance/invoices.ts';
import { journalEntryOf } from '../finance/journal-entry.ts';
import { decodeCursor, encodeCursor } from '../middleware/cursor.ts';
import { Problem, parameter, valid } from '../middleware/http.ts';
import { httpFunction } from '../middleware/http-function.ts';
import { createLogger, createTable } from '../wiring.ts';

const book = invoiceStore(createTable());
const INVOICE_ID = /^[A-Za-z0-9-]{1,100}$/;

/** Invoices and credit notes as the finance consumer booked them. */
export const handler = httpFunction({
  logger: createLogger(),
  parsesJson: true,
  routes: {
    'GET /v1/invoices': async (request) => {
      const { limit, cursor, ...filter } = valid(InvoiceQuery, request.query);
      const place = { invoices: filter };
      const { items, next } = await book.list(limit, await decodeCursor(cursor, place), filter);
      return {
        status: 200,
        body: {
          items: items.map(withBalance),
          ...(next !== null && { nextCursor: await encodeCursor(next, place) }),
        },
      };
    },
    'GET /v1/finance/ledger': async (request) => {
      const { limit, cursor, ...span } = valid(LedgerQuery, request.query);
      const place = { ledger: span };
      const { items, next } = await book.list(limit, await decodeCursor(cursor, place), span);
      return {
        status: 200,
        body: {
          items: items.map(journalEntryOf),
          ...(next !== null && { nextCursor: await encodeCursor(next, place) }),
        },
      };
    },
    'GET /v1/invoices/{invoiceId}': async (request) => {
      valid(EmptyQuery, request.query);
      const invoiceId = parameter(request, 'invoiceId');
      const invoice = INVOICE_ID.test(invoiceId) ? await book.find(invoiceId) : null;
      if (invoice === null) throw new Problem('not_found', 'there is no invoice of this number');
      return { status: 200, body: withBalance(invoice) };
    },
  },
});
