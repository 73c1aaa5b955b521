import { JournalEntry, LedgerQuery } from '../../ledger.ts';
import { PageQuery } from '../../requests.ts';
import { Invoice, listOf } from '../../responses.ts';
import { type Operations, read } from '../types.ts';

export const FINANCE_OPERATIONS: Operations = {
  'GET /v1/invoices': read(
    'listInvoices',
    'Lists invoices and credit notes, newest first.',
    listOf(Invoice),
    {
      query: PageQuery,
      problems: ['invalid_cursor'],
      description:
        'One invoice for each shipment of a B2B order, booked a moment after it, and a credit note for what came back.',
    },
  ),
  'GET /v1/invoices/{invoiceId}': read('readInvoice', 'Reads an invoice or credit note.', Invoice, {
    description: 'Its lines tell the units, their cases, and the shares of discounts and taxes.',
    problems: ['not_found'],
  }),
  'GET /v1/finance/ledger': read(
    'readLedger',
    'Reads invoices and credit notes in double entry, newest first.',
    listOf(JournalEntry),
    {
      description:
        'Each entry balances. It is of what is billed here: B2B orders. DTC orders are paid in their channel, whose payouts are booked from there.',
      query: LedgerQuery,
      problems: ['invalid_cursor'],
    },
  ),
};
