import { InvoiceWithBalance } from '../../invoices.ts';
import { InvoiceQuery, JournalEntry, LedgerQuery } from '../../ledger.ts';
import { listOf } from '../../responses.ts';
import { type Operations, read } from '../types.ts';

export const FINANCE_OPERATIONS: Operations = {
  'GET /v1/invoices': read(
    'listInvoices',
    'Lists invoices and credit notes, newest first.',
    listOf(InvoiceWithBalance),
    {
      query: InvoiceQuery,
      problems: ['invalid_cursor'],
      description:
        'One invoice for each shipment of a B2B order, recorded a moment after it, and a credit note for each return. A page that few of a thousand documents match is not full, and has a `nextCursor`.',
    },
  ),
  'GET /v1/invoices/{invoiceId}': read(
    'readInvoice',
    'Reads an invoice or credit note.',
    InvoiceWithBalance,
    {
      description: 'Its lines have units, cases, and their shares of discounts and taxes.',
      problems: ['not_found'],
    },
  ),
  'GET /v1/finance/ledger': read(
    'readLedger',
    'Reads invoices and credit notes in double entry, newest first.',
    listOf(JournalEntry),
    {
      description:
        'Each entry balances. B2B orders only: DTC orders are paid in their channel and booked from its payouts.',
      query: LedgerQuery,
      problems: ['invalid_cursor'],
    },
  ),
};
