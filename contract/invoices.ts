import * as z from 'zod';
import { Customer } from '../domain/order/terms.ts';
import { amount, date, instant, units } from './scalars.ts';

const BilledLine = z.object({
  lineNumber: z.int(),
  sku: z.string().nullable(),
  quantity: units,
  cases: z.int().optional(),
  pallets: z.int().optional(),
  unitPrice: z.string(),
  goods: amount,
  discount: amount,
  tax: amount,
  amount,
});

/** What a customer's remittance advice says of an invoice. */
export const Payment = z
  .object({
    paymentId: z
      .string()
      .meta({ description: 'The payment and its line: a repeat of the advice adds none.' }),
    reference: z.string().optional().meta({ description: 'The number of the check or transfer.' }),
    paidOn: date.optional(),
    amount: amount.meta({ description: 'Negative where a credit note is deducted.' }),
    discount: amount.optional().meta({ description: 'Cash discount that the customer took.' }),
    adjustments: z
      .array(z.object({ reason: z.string(), amount }))
      .optional()
      .meta({ description: 'Deductions, by the code of their reason (X12 element 426).' }),
  })
  .meta({ id: 'Payment' });
export type Payment = z.infer<typeof Payment>;

/** An invoice or a credit note, as finance recorded it. */
export const Invoice = z
  .object({
    invoiceId: z.string(),
    kind: z.enum(['INVOICE', 'CREDIT_NOTE']),
    orderId: z.string(),
    shipmentId: z.string().optional(),
    returnId: z.string().optional(),
    /** The channel's own id of the refund that is credited. */
    refundId: z.string().optional(),
    invoiceDate: date,
    dueDate: date.optional(),
    paymentTerms: z.string().optional(),
    cashDiscount: z.object({ percent: z.string(), until: date, amount }).optional().meta({
      description: 'What the customer may deduct when it pays by the day.',
    }),
    currency: z.string(),
    customer: Customer,
    purchaseOrderNumber: z.string().optional(),
    lines: z.array(BilledLine),
    discount: amount,
    shipping: amount,
    /** Credited for goods that stay with the customer. */
    allowance: amount.optional(),
    tax: amount,
    total: amount,
    bookedAt: instant,
    eventId: z.string(),
    payments: z.array(Payment).optional(),
  })
  .meta({ id: 'Invoice' });
export type Invoice = z.infer<typeof Invoice>;

/** An invoice or credit note with what was paid of it. */
export const InvoiceWithBalance = Invoice.extend({
  paid: amount.meta({ description: 'Sum of the payments, by remittance advices.' }),
  open: amount.meta({
    description:
      'Total less payments and agreed cash discounts. Of a credit note, what was not deducted yet.',
  }),
}).meta({ id: 'InvoiceWithBalance' });
export type InvoiceWithBalance = z.infer<typeof InvoiceWithBalance>;
