import type { Invoice } from '../../../contract/invoices.ts';

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

/**
 * What makes a spreadsheet take text for a formula: these signs, also wide ones, at the beginning of a cell. Where the
 * locale separates with semicolons or the file is pasted, a cell begins behind any separator, quotation mark or line end.
 */
const FORMULA = /(^|[;,|\t\r\n"'])([^\S\t\r\n]*[=+\-@\uff1d\uff0b\uff0d\uff20])/gu;

/** Quotes a cell; an apostrophe keeps a spreadsheet from evaluating it as a formula. */
function text(value: string): string {
  return `"${value.replace(FORMULA, "$1'$2").replaceAll('"', '""')}"`;
}
