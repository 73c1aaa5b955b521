import type { Invoice } from '../../contract/responses.ts';
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
   * @returns invoices and credit notes, newest first, that come after a position; fewer than `limit` where few of a
   * thousand match
   */
  list(limit: number, after: string | null, filter?: InvoiceFilter): Promise<Page<Invoice>>;
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
