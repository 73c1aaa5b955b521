import type { Invoice } from '../../../contract/responses.ts';

const HEADER = ['number', 'kind', 'order', 'customer', 'purchase order', 'date', 'due', 'currency', 'total'];

/** Invoices and credit notes as a spreadsheet reads them; what is credited is negative. */
export function csvOf(invoices: readonly Invoice[]): string {
  const rows = invoices.map((each) => [
    text(each.invoiceId),
    text(each.kind),
    text(each.orderId),
    text(each.customer.name),
    text(each.purchaseOrderNumber ?? ''),
    each.invoiceDate,
    each.dueDate ?? '',
    each.currency,
    signed(each),
  ]);
  // The mark at the beginning tells spreadsheets that this is UTF-8.
  return `\ufeff${[HEADER, ...rows].map((row) => row.join(',')).join('\r\n')}\r\n`;
}

/** The total, negative where it goes back to the customer. */
export function signed({ kind, total }: Pick<Invoice, 'kind' | 'total'>): string {
  return kind === 'CREDIT_NOTE' ? `-${total}` : total;
}

/** A cell that a spreadsheet would take for a formula is led by an apostrophe, which makes it text. */
function text(value: string): string {
  const harmless = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return `"${harmless.replaceAll('"', '""')}"`;
}
