import { PageQuery } from '../requests.ts';
import { Invoice, listOf } from '../responses.ts';
import { type Operations, read } from './operation.ts';

export const FINANCE_OPERATIONS: Operations = {
  'GET /v1/invoices': read(
    'listInvoices',
    'Lists invoices and credit notes, newest first.',
    listOf(Invoice),
    {
      query: PageQuery,
      problems: ['invalid_cursor'],
    },
  ),
  'GET /v1/invoices/{invoiceId}': read('readInvoice', 'Reads an invoice or credit note.', Invoice, {
    problems: ['not_found'],
  }),
};
