import type { Invoice, InvoiceWithBalance, Payment } from '../../contract/invoices.ts';
import { minorUnits, minus, sum } from '../../domain/money.ts';
import type { Envelope } from '../events/envelope.ts';
import type { Page } from '../inventory/ledger.ts';

/** Dates of documents, both included. */
export interface DateSpan {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** What a list of invoices is narrowed to; every condition given must hold. */
export interface InvoiceFilter extends DateSpan {
  readonly orderId?: string | undefined;
  /** The customer's name or reference, in any case of letters. */
  readonly customer?: string | undefined;
  readonly kind?: Invoice['kind'] | undefined;
}

export interface InvoiceStore {
  /** Books an invoice or credit note; one that is booked already stays as it is. */
  book(invoice: Invoice): Promise<void>;
  find(invoiceId: string): Promise<Invoice | null>;
  /**
   * Notes a payment of an invoice or credit note that is booked; what was noted under its id stays as it is.
   *
   * @throws RangeError when the invoice has more payments than one can have
   */
  notePayment(invoiceId: string, payment: Payment): Promise<void>;
  /**
   * @returns invoices and credit notes, newest first, that come after a position; fewer than `limit` where few of a
   * thousand match
   */
  list(limit: number, after: string | null, filter?: InvoiceFilter): Promise<Page<Invoice>>;
}

/** @returns the discount that a payment takes as it was agreed; zero for one that came late, or takes more */
export function agreedDiscount({ cashDiscount, currency }: Invoice, { discount, paidOn }: Payment): string {
  const isAgreed =
    cashDiscount !== undefined &&
    discount !== undefined &&
    paidOn !== undefined &&
    paidOn <= cashDiscount.until &&
    minorUnits(discount, currency) <= minorUnits(cashDiscount.amount, currency);
  return isAgreed ? discount : minus('0', '0', currency);
}

/** @returns what is open of an invoice before some payment: its total, for a credit note negative, less all other payments */
export function openBefore(invoice: Invoice, paymentId?: string): string {
  const { kind, total, currency, payments = [] } = invoice;
  const due = kind === 'INVOICE' ? total : minus('0', total, currency);
  const others = payments.filter((payment) => payment.paymentId !== paymentId);
  const settled = others.flatMap((payment) => [payment.amount, agreedDiscount(invoice, payment)]);
  return minus(due, sum(['0', ...settled], currency), currency);
}

/** @returns the invoice with what was paid of it; amounts of a credit note are positive */
export function withBalance(invoice: Invoice): InvoiceWithBalance {
  const { kind, currency, payments = [] } = invoice;
  const [paid, open] = [paidBy(payments, currency), openBefore(invoice)];
  const plain = (amount: string) => (kind === 'INVOICE' ? amount : minus('0', amount, currency));
  return { ...invoice, paid: plain(paid), open: plain(open) };
}

function paidBy(payments: readonly Payment[], currency: string): string {
  return sum(['0', ...payments.map(({ amount }) => amount)], currency);
}

/** The invoice or credit note that an event asks for; null for any other event. */
export function invoiceOf(event: Envelope): Invoice | null {
  if (event.type === 'InvoiceRequested') {
    const { eventId, occurredAt: bookedAt, orderId } = event;
    return { kind: 'INVOICE', orderId, bookedAt, eventId, ...event.data };
  }
  if (event.type === 'CreditRequested' || event.type === 'RefundCredited') {
    const { eventId, occurredAt: bookedAt, orderId } = event;
    const { creditNoteId: invoiceId, creditDate: invoiceDate, ...bill } = event.data;
    return { kind: 'CREDIT_NOTE', invoiceId, invoiceDate, orderId, bookedAt, eventId, ...bill };
  }
  return null;
}
