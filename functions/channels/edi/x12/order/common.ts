import { element, type Segment } from '../types.ts';
import { flat, loops, type OrderBlocks } from './blocks.ts';
import { compare, formatDecimal, parseDecimal } from './decimal.ts';
import type { DocumentHeader, DocumentLine, OrderProblem } from './document.ts';
import * as read from './header.ts';
import { sum } from './lines.ts';

/** Where BEG and BCH keep what they share. */
const PURPOSE = 1;
const ORDER_TYPE = 2;
const NUMBER = 3;
const RELEASE = 4;

/** The header of an order or a change, given its opening segment, BEG or BCH. */
export function readHeader(
  opening: Segment,
  orderDatePosition: number,
  blocks: OrderBlocks,
  problems: OrderProblem[],
): Omit<DocumentHeader, 'problems'> {
  const own = flat(blocks.header);
  const purchaseOrderNumber = element(opening, NUMBER).trim();
  if (purchaseOrderNumber === '') {
    problems.push({ code: 'purchase_order_number_missing', message: 'the document names no purchase order' });
  }
  const purpose = read.purposeOf(element(opening, PURPOSE));
  if (purpose.kind === 'OTHER') {
    problems.push({
      code: 'purpose_unsupported',
      message: `no rule for documents of purpose ${purpose.code}`,
    });
  }
  const dates = read.datesOf(own, problems);
  const parties = loops(blocks.header, 'N1').map(read.partyOf);
  return {
    purchaseOrderNumber,
    purpose,
    orderType: element(opening, ORDER_TYPE),
    releaseNumber: read.optional(opening, RELEASE),
    orderDate: read.isoDate(read.optional(opening, orderDatePosition)),
    currency: read.optional(read.first(own, 'CUR'), 2),
    references: read.referencesOf(own),
    contacts: read.contactsOf(own),
    terms: read.termsOf(own),
    dates,
    deliveryWindow: read.windowOf(dates, '064', '063', '002', problems),
    shipWindow: read.windowOf(dates, '037', '038', '010', problems),
    cancelAfter: dates.find((one) => one.qualifier === '001')?.date ?? null,
    routing: read.routingOf(own),
    allowances: read.allowancesOf(own),
    taxes: read.taxesOf(own),
    notes: loops(blocks.header, 'N9').flatMap(notesOf),
    parties,
    shipTo: parties.find((party) => party.role === 'ST') ?? null,
  };
}

/**
 * Control totals that disagree with the lines: CTT01 and CTT02. Not an X12 error, so the 997 accepts the set; but a
 * line may be lost, so the order waits for a person.
 */
export function controlTotalProblems(
  summary: readonly Segment[],
  lines: readonly DocumentLine[],
): OrderProblem[] {
  const ctt = read.first(summary, 'CTT');
  const problems: OrderProblem[] = [];
  const count = read.integer(ctt, 1);
  if (count !== null && count !== lines.length) {
    const message = `the document states ${count} lines and has ${lines.length}`;
    problems.push({ code: 'line_count_mismatch', message });
  }
  const stated = read.decimal(ctt, 2);
  const total = sum(lines.map((line) => line.ordered.quantity ?? '0'));
  const hash = stated === null ? null : parseDecimal(stated);
  if (hash !== null && compare(hash, total) !== 0) {
    const message = `the document states a sum of quantities of ${stated}; they add up to ${formatDecimal(total)}`;
    problems.push({ code: 'hash_total_mismatch', message });
  }
  return problems;
}

/** MSG or MTX behind an N9, joined: partners cut long texts into several segments. */
function notesOf(loop: readonly Segment[]): string[] {
  const texts = loop.flatMap((segment) => {
    if (segment.id === 'MSG') return read.optional(segment, 1) ?? [];
    if (segment.id === 'MTX') return read.optional(segment, 2) ?? [];
    return [];
  });
  return texts.length === 0 ? [] : [texts.join(' ')];
}
