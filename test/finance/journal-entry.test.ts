import { describe, expect, it } from 'vitest';
import type { Invoice } from '../../contract/invoices.ts';
import { JournalEntry } from '../../contract/ledger.ts';
import { minus, sum } from '../../domain/money.ts';
import { dueDate } from '../../domain/order/bill.ts';
import { journalEntryOf } from '../../functions/finance/journal-entry.ts';
import fc from '../../testing/fast-check.ts';

const head = {
  invoiceId: 'LMB-ORD-2026-0041-I1',
  orderId: 'LMB-ORD-2026-0041',
  invoiceDate: '2026-03-10',
  dueDate: '2026-04-09',
  customer: { name: 'IRONRIDGE Construction' },
  bookedAt: '2026-03-10T14:07:00.000Z',
  eventId: '01',
} as const;

type Dependencies = Pick<Invoice, 'currency' | 'discount' | 'shipping' | 'tax'> & {
  readonly lines: readonly { readonly goods: string; readonly discount: string; readonly tax: string }[];
};

/** A document whose total is what its parts come to. */
function document(
  kind: Invoice['kind'],
  { currency, lines, discount, shipping, tax }: Dependencies,
): Invoice {
  const billed = lines.map((line, index) => ({
    ...{ lineNumber: index + 1, sku: 'A', quantity: 1, unitPrice: line.goods, ...line },
    amount: minus(sum([line.goods, line.tax], currency), line.discount, currency),
  }));
  const total = minus(
    sum([...billed.map(({ amount }) => amount), shipping, tax], currency),
    discount,
    currency,
  );
  return { ...head, kind, currency, lines: billed, discount, shipping, tax, total };
}

const PARTS: Dependencies = {
  currency: 'USD',
  lines: [{ goods: '480.00', discount: '5.00', tax: '38.40' }],
  discount: '10.00',
  shipping: '25.00',
  tax: '0.00',
};

describe('the ledger', () => {
  it('books money that goes back for goods that stay with the customer', () => {
    const entry = journalEntryOf({
      ...{ ...head, kind: 'CREDIT_NOTE', currency: 'USD', lines: [], discount: '0.00', refundId: '50' },
      ...{ shipping: '12.00', allowance: '5.00', tax: '0.98', total: '17.98' },
    });
    expect(entry.postings).toEqual([
      { account: 'ACCOUNTS_RECEIVABLE', credit: '17.98' },
      { account: 'SALES_RETURNS', debit: '5.00' },
      { account: 'SALES_TAX_PAYABLE', debit: '0.98' },
      { account: 'SHIPPING_REVENUE', debit: '12.00' },
    ]);
  });

  it('books an invoice', () => {
    const entry = journalEntryOf(document('INVOICE', PARTS));
    expect(JournalEntry.parse(entry)).toEqual(entry);
    expect(entry).toMatchObject({
      date: '2026-03-10',
      dueDate: '2026-04-09',
      total: '543.40',
      postings: [
        { account: 'ACCOUNTS_RECEIVABLE', debit: '528.40' },
        { account: 'SALES_DISCOUNTS', debit: '15.00' },
        { account: 'SALES_REVENUE', credit: '480.00' },
        { account: 'SALES_TAX_PAYABLE', credit: '38.40' },
        { account: 'SHIPPING_REVENUE', credit: '25.00' },
      ],
    });
  });

  it('books a credit note the other way round', () => {
    const { postings } = journalEntryOf(document('CREDIT_NOTE', { ...PARTS, shipping: '0.00' }));
    expect(postings).toEqual([
      { account: 'ACCOUNTS_RECEIVABLE', credit: '503.40' },
      { account: 'SALES_DISCOUNTS', credit: '15.00' },
      { account: 'SALES_RETURNS', debit: '480.00' },
      { account: 'SALES_TAX_PAYABLE', debit: '38.40' },
    ]);
  });

  it('posts nothing for what is free, and to the other side what is below zero', () => {
    const free = { goods: '0', discount: '0', tax: '0' };
    expect(journalEntryOf(document('INVOICE', { ...PARTS, ...none, lines: [free] })).postings).toEqual([]);
    const given = document('INVOICE', {
      ...PARTS,
      ...none,
      lines: [{ ...free, goods: '10.00' }],
      discount: '12.00',
    });
    expect(journalEntryOf(given).postings).toEqual([
      { account: 'ACCOUNTS_RECEIVABLE', credit: '2.00' },
      { account: 'SALES_DISCOUNTS', debit: '12.00' },
      { account: 'SALES_REVENUE', credit: '10.00' },
    ]);
  });

  it('balances whatever is billed, in any currency', () => {
    const amount = fc.integer({ min: 0, max: 10_000_000 });
    const line = fc.record({ goods: amount, discount: amount, tax: amount });
    const parts = fc.record({
      lines: fc.array(line, { maxLength: 5 }),
      discount: amount,
      shipping: amount,
      tax: amount,
    });
    fc.assert(
      fc.property(parts, fc.constantFrom(['USD', 2], ['JPY', 0], ['BHD', 3]), (given, [currency, digits]) => {
        const text = (units: number) => (units / 10 ** Number(digits)).toFixed(Number(digits));
        const lines = given.lines.map((each) => ({
          goods: text(each.goods),
          discount: text(each.discount),
          tax: text(each.tax),
        }));
        const [discount, shipping, tax] = [text(given.discount), text(given.shipping), text(given.tax)];
        for (const kind of ['INVOICE', 'CREDIT_NOTE'] as const) {
          const { postings, total } = journalEntryOf(
            document(kind, { currency: String(currency), lines, discount, shipping, tax }),
          );
          const side = (name: 'debit' | 'credit') =>
            sum(
              postings.flatMap((posting) => posting[name] ?? []),
              String(currency),
            );
          expect([side('debit'), side('credit')]).toEqual([total, total]);
          expect(JSON.stringify(postings)).not.toContain('-');
        }
      }),
    );
  });

  it('refuses a document whose parts do not come to its total', () => {
    expect(() => journalEntryOf({ ...document('INVOICE', PARTS), total: '528.41' })).toThrow('in debits');
  });
});

describe('due dates', () => {
  it.each([
    ['NET30', '2026-04-09'],
    ['NET0', '2026-03-10'],
    ['DUE_ON_RECEIPT', '2026-03-10'],
    [undefined, '2026-03-10'],
    ['NET365', '2027-03-10'],
  ])('of %s', (terms, due) => {
    expect(dueDate('2026-03-10', terms)).toBe(due);
  });
});

const none = { discount: '0.00', shipping: '0.00', tax: '0.00' };
