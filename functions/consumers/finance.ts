import { invoiceStore } from '../adapters/dynamodb/invoice-store.ts';
import { invoiceOf } from '../finance/invoices.ts';
import { createLogger, createTable } from '../wiring.ts';
import { forEachEvent } from './messages.ts';

const book = invoiceStore(createTable());

/** Books an invoice for each shipment of a B2B order, and a credit note for each return of one. */
export const handler = forEachEvent(createLogger(), async (event) => {
  const invoice = invoiceOf(event);
  if (invoice !== null) await book.book(invoice);
  return false;
});
