import { ORDER_TYPES, PURPOSES, SALES_REQUIREMENTS } from '../account/codes.ts';
import type { SetAccount } from '../account/set-account.ts';
import { element, type Segment } from '../types.ts';
import { flat, loops, type OrderBlocks } from './blocks.ts';
import { compare, formatDecimal, parseDecimal } from './decimal.ts';
import type { DateTerms, DocumentHeader, DocumentLine, OrderProblem } from './document.ts';
import * as read from './header.ts';
import { keepRest } from './keep.ts';
import { sum } from './lines.ts';

/** Where BEG and BCH keep what they share. */
const PURPOSE = 1;
const ORDER_TYPE = 2;
const NUMBER = 3;
const RELEASE = 4;

/** The header of an order or a change, given its opening segment, BEG or BCH. */
export function readHeader(
  account: SetAccount,
  opening: Segment,
  orderDatePosition: number,
  blocks: OrderBlocks,
  problems: OrderProblem[],
): Omit<DocumentHeader, 'problems' | 'account'> {
  const own = flat(blocks.header);
  const purchaseOrderNumber = account.take(opening, NUMBER, 'purchase order number') ?? '';
  if (purchaseOrderNumber === '') {
    problems.push({ code: 'purchase_order_number_missing', message: 'the document names no purchase order' });
  }
  const purpose = account.take(opening, PURPOSE, 'purpose') ?? '';
  if (PURPOSES.get(purpose) === 'CONFIRMATION')
    account.leaveOpen(opening, 'it confirms an order that may have been entered by hand', PURPOSE);
  const orderType = account.take(opening, ORDER_TYPE, 'order type') ?? '';
  const commitment = ORDER_TYPES.get(orderType) ?? 'HELD';
  if (commitment === 'HELD')
    account.leaveOpen(opening, 'a kind of order that somebody has to look at', ORDER_TYPE);
  const currency = read.first(own, 'CUR');
  if (currency !== undefined) account.ignore(currency, 'whose currency it is', 1);
  const header = {
    purchaseOrderNumber,
    purpose: { code: purpose, kind: PURPOSES.get(purpose) ?? 'OTHER' },
    orderType: { code: orderType, commitment },
    releaseNumber: account.take(opening, RELEASE, 'release number'),
    orderDate: read.isoDate(account.take(opening, orderDatePosition, 'purchase order date')),
    currency: account.take(currency, 2, 'currency'),
    terms: read.termsOf(account, own),
    dates: read.datesOf(account, own, problems),
    requirements: requirementsOf(account, own),
    allowances: read.allowancesOf(account, own),
    taxes: read.taxesOf(account, own),
    notes: loops(blocks.header, 'N9').flatMap(notesOf),
    parties: loops(blocks.header, 'N1').map((loop) => read.partyOf(account, loop)),
  };
  const { parties } = header;
  const shipTo =
    ['ST', 'BS'].flatMap((role) => parties.find((party) => party.role === role) ?? [])[0] ?? null;
  const details = [...keepRest(account, [{ opener: null, segments: [opening] }, ...blocks.header], 'order')];
  return { ...header, shipTo, details };
}

/** CSH: what is to be done with what stock does not cover. */
export function requirementsOf(account: SetAccount, own: readonly Segment[]): DocumentHeader['requirements'] {
  const found = read.all(own, 'CSH').flatMap((csh) => {
    const code = account.take(csh, 1, 'backorder policy') ?? '';
    const requirement = SALES_REQUIREMENTS.get(code);
    if (requirement === undefined && code !== '')
      account.leaveOpen(csh, 'a condition that no rule covers', 1);
    for (const position of [2, 3, 5, 6, 7, 9, 10]) {
      if (element(csh, position) !== '') account.leaveOpen(csh, 'a condition that no rule covers', position);
    }
    return requirement ?? [];
  });
  return { complete: found.includes('COMPLETE'), noBackorders: found.includes('NO_BACKORDER') };
}

/**
 * The dates of the whole order, which ships on one day. Lines have them where the header does not; lines that want
 * other days than the header, or than one another, are a problem.
 */
export function commonDates(
  header: DateTerms,
  lines: readonly Pick<DocumentLine, 'dates'>[],
  problems: OrderProblem[],
): DateTerms {
  const common: { -readonly [Role in keyof DateTerms]: DateTerms[Role] } = { ...header };
  const roles = new Set(lines.flatMap(({ dates }) => Object.keys(dates) as (keyof DateTerms)[]));
  for (const role of roles) {
    const wanted = new Set(lines.map(({ dates }) => dates[role] ?? header[role]));
    const [only] = wanted;
    if (wanted.size === 1 && only !== undefined) common[role] = only;
    else
      problems.push({
        code: 'dates_differ',
        message: `the lines ask for different days (${role.toLowerCase().replaceAll('_', ' ')})`,
      });
  }
  const { SHIP_START, SHIP_END, CANCEL_AFTER, DELIVERY, DELIVERY_START, DELIVERY_END } = common;
  inverted(DELIVERY_START ?? DELIVERY, DELIVERY_END ?? DELIVERY, problems);
  inverted(SHIP_START, [SHIP_END, CANCEL_AFTER].filter((day) => day !== undefined).sort()[0], problems);
  return common;
}

function inverted(start: string | undefined, end: string | undefined, problems: OrderProblem[]): void {
  if (start === undefined || end === undefined || start <= end) return;
  problems.push({ code: 'window_inverted', message: `the window ${start} to ${end} ends before it starts` });
}

/**
 * Control totals that disagree with the lines: CTT01 and CTT02. Not an X12 error, so the 997 accepts the set; but a
 * line may be lost, so the order waits for a person.
 */
export function controlTotalProblems(
  account: SetAccount,
  summary: readonly Segment[],
  lines: readonly DocumentLine[],
): OrderProblem[] {
  const ctt = read.first(summary, 'CTT');
  const problems: OrderProblem[] = [];
  const count = read.integerOf(account.take(ctt, 1, 'control total'));
  if (count !== null && count !== lines.length) {
    const message = `the document states ${count} lines and has ${lines.length}`;
    problems.push({ code: 'line_count_mismatch', message });
  }
  const stated = read.decimalOf(account.take(ctt, 2, 'control total'));
  if (ctt !== undefined) account.ignore(ctt, 'weight and volume of the whole');
  const total = sum(lines.map((line) => line.ordered.quantity ?? '0'));
  const hash = stated === null ? null : parseDecimal(stated);
  if (hash !== null && compare(hash, total) !== 0) {
    const message = `the document states a sum of quantities of ${stated}; they add up to ${formatDecimal(total)}`;
    problems.push({ code: 'hash_total_mismatch', message });
  }
  return problems;
}

/** What is left open of a document, as problems of it. */
export function openProblems(account: SetAccount): OrderProblem[] {
  return account.unresolved().map(({ elements, reason, segment }) => ({
    code: 'unresolved' as const,
    message: `${elements.join(', ')} (segment ${segment}): ${reason}`,
  }));
}

/** MSG or MTX behind an N9, joined: partners cut long texts into several segments. */
function notesOf(loop: readonly Segment[]): string[] {
  const texts = loop.flatMap((segment) => {
    const position = { MSG: 1, MTX: 2 }[segment.id];
    return position === undefined ? [] : element(segment, position).trim() || [];
  });
  return texts.length === 0 ? [] : [texts.join(' ')];
}
