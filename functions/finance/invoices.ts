import type { Invoice } from '../../contract/responses.ts';
import type { Envelope } from '../events/envelope.ts';
import type { Page } from '../inventory/ledger.ts';

/** Dates of documents, both included. */
export interface DateSpan {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

export interface InvoiceStore {
  /** Books an invoice or credit note; one that is booked already stays as it is. */
  book(invoice: Invoice): Promise<void>;
  find(invoiceId: string): Promise<Invoice | null>;
  /** @returns invoices and credit notes, newest first, that come after a position. */
  list(limit: number, after: string | null, span?: DateSpan): Promise<Page<Invoice>>;
}

/** The invoice or credit note that an event asks for; null for any other event. */
export function invoiceOf(event: Envelope): Invoice | null {
  if (event.type === 'InvoiceRequested') {
    const { eventId, occurredAt: bookedAt, orderId } = event;
    return { kind: 'INVOICE', orderId, bookedAt, eventId, ...event.data };
  }
  if (event.type === 'CreditRequested') {
    const { eventId, occurredAt: bookedAt, orderId } = event;
    const { creditNoteId: invoiceId, creditDate: invoiceDate, ...bill } = event.data;
    return { kind: 'CREDIT_NOTE', invoiceId, invoiceDate, orderId, bookedAt, eventId, ...bill };
  }
  return null;
}
