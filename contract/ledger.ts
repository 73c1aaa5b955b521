import * as z from 'zod';
import { CalendarDate, Reference } from '../domain/text.ts';
import { Invoice } from './invoices.ts';
import { BACKWARDS, isForwards, PageQuery } from './requests.ts';

/** Accounts of the journal entries. */
const ACCOUNTS = [
  'ACCOUNTS_RECEIVABLE',
  'SALES_REVENUE',
  'SALES_RETURNS',
  'SALES_DISCOUNTS',
  'SALES_TAX_PAYABLE',
  'SHIPPING_REVENUE',
] as const;
const Account = z.enum(ACCOUNTS).meta({ id: 'Account' });
export type Account = z.infer<typeof Account>;

const amount = z.string().meta({ description: "Decimal text in the currency's own number of digits." });

/** One document in double entry: its debits equal its credits. */
export const JournalEntry = z
  .object({
    entryId: z.string(),
    kind: z.enum(['INVOICE', 'CREDIT_NOTE']),
    invoiceId: z.string(),
    orderId: z.string(),
    date: z.string().meta({ format: 'date' }),
    dueDate: z.string().optional().meta({ format: 'date' }),
    currency: z.string(),
    postings: z.array(
      z.object({
        account: Account,
        debit: amount.optional(),
        credit: amount.optional(),
      }),
    ),
    total: amount.meta({ description: 'Sum of the debits, and of the credits.' }),
  })
  .meta({ id: 'JournalEntry' });
export type JournalEntry = z.infer<typeof JournalEntry>;

const DocumentPage = PageQuery.extend({
  from: CalendarDate.optional().meta({ description: 'Documents of this day or later.' }),
  to: CalendarDate.optional().meta({ description: 'Documents of this day or earlier.' }),
});

/** GET /v1/invoices */
export const InvoiceQuery = DocumentPage.extend({
  orderId: Reference.optional().meta({ description: 'Documents of this order.' }),
  customer: Reference.optional().meta({ description: "The customer's name or reference." }),
  kind: Invoice.shape.kind.optional().meta({ description: 'Invoices, or credit notes.' }),
}).refine(isForwards, BACKWARDS);

/** GET /v1/finance/ledger */
export const LedgerQuery = DocumentPage.refine(isForwards, BACKWARDS);
