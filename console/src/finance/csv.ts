import type { Invoice } from '../../../contract/responses.ts';

const HEADER = ['number', 'kind', 'order', 'customer', 'purchase order', 'date', 'due', 'currency', 'total'];

/** @returns invoices and credit notes as CSV; credit notes are negative. */
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
  // Spreadsheets recognise UTF-8 by the byte order mark.
  return `\ufeff${[HEADER, ...rows].map((row) => row.join(',')).join('\r\n')}\r\n`;
}

/** @returns the total, negative for a credit note. */
export function signed({ kind, total }: Pick<Invoice, 'kind' | 'total'>): string {
  return kind === 'CREDIT_NOTE' ? `-${total}` : total;
}

/** Quotes a cell; a leading apostrophe keeps a spreadsheet from evaluating it as a formula. */
function text(value: string): string {
  const harmless = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return `"${harmless.replaceAll('"', '""')}"`;
}
