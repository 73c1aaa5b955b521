import type { Invoice } from '../../contract/invoices.ts';
import type { Account, JournalEntry } from '../../contract/ledger.ts';
import { isBelowZero, minorUnits, minus, sum } from '../../domain/money.ts';

type Posting = JournalEntry['postings'][number];

/**
 * An invoice or a credit note in double entry. It is worked out of the document when it is asked for, so that the two
 * cannot disagree. What comes to nothing is not posted; what is below zero is posted to the other side.
 *
 * @throws Error for a document whose parts do not come to its total: such a one is never booked by this program
 */
export function journalEntryOf(invoice: Invoice): JournalEntry {
  const { currency, lines, kind } = invoice;
  const all = (amounts: readonly string[]) => sum(amounts, currency);
  const [owed, earned] = kind === 'INVOICE' ? (['debit', 'credit'] as const) : (['credit', 'debit'] as const);
  const post = (account: Account, side: 'debit' | 'credit', amount: string): Posting[] => {
    if (minorUnits(amount, currency) === 0n) return [];
    if (!isBelowZero(amount, currency)) return [{ account, [side]: amount }];
    return [{ account, [side === 'debit' ? 'credit' : 'debit']: minus('0', amount, currency) }];
  };
  const postings = [
    ...post('ACCOUNTS_RECEIVABLE', owed, invoice.total),
    ...post('SALES_DISCOUNTS', owed, all([...lines.map((line) => line.discount), invoice.discount])),
    ...post(
      kind === 'INVOICE' ? 'SALES_REVENUE' : 'SALES_RETURNS',
      earned,
      all([...lines.map((line) => line.goods), invoice.allowance ?? '0']),
    ),
    ...post('SALES_TAX_PAYABLE', earned, all([...lines.map((line) => line.tax), invoice.tax])),
    ...post('SHIPPING_REVENUE', earned, invoice.shipping),
  ];
  const total = all(postings.flatMap(({ debit }) => debit ?? []));
  const credits = all(postings.flatMap(({ credit }) => credit ?? []));
  if (total !== credits) throw new Error(`${invoice.invoiceId}: ${total} in debits, ${credits} in credits`);
  return {
    entryId: `${invoice.invoiceId}-J`,
    kind,
    invoiceId: invoice.invoiceId,
    orderId: invoice.orderId,
    date: invoice.invoiceDate,
    ...(invoice.dueDate !== undefined && { dueDate: invoice.dueDate }),
    currency,
    postings,
    total,
  };
}
