import {
  ALLOWANCE_HANDLING,
  ALLOWANCE_INDICATORS,
  DATES,
  PERCENT_BASES,
  TERMS_TYPES,
} from '../account/codes.ts';
import type { SetAccount } from '../account/set-account.ts';
import { isDate } from '../element-validator.ts';
import { element, type Segment } from '../types.ts';
import { formatDecimal, parseDecimal, parseImplied } from './decimal.ts';
import type {
  AllowanceOrCharge,
  DateRole,
  DateTerms,
  OrderProblem,
  Party,
  PaymentTerms,
  Tax,
} from './document.ts';

/** A decimal in plain notation; null when absent or not a number. */
export function decimalOf(value: string | null): string | null {
  const parsed = value === null ? null : parseDecimal(value);
  return parsed === null ? null : formatDecimal(parsed);
}

/** A whole number; null when absent, not a number or too long to be meant. */
export function integerOf(value: string | null): number | null {
  return value !== null && /^\d{1,9}$/.test(value) ? Number(value) : null;
}

/** CCYYMMDD as `YYYY-MM-DD`; null when absent or no day of the calendar. */
export function isoDate(value: string | null): string | null {
  if (value === null || !isDate(value)) return null;
  return `${value.slice(0, 4)}-${value.slice(4, 6)}-${value.slice(6, 8)}`;
}

export function all(segments: readonly Segment[], id: string): Segment[] {
  return segments.filter((segment) => segment.id === id);
}

export function first(segments: readonly Segment[], id: string): Segment | undefined {
  return segments.find((segment) => segment.id === id);
}

/** The order of the codes of a term: the first one counts. */
const RANKS = new Map([...DATES.keys()].map((code, rank) => [code, rank]));

/** A date that is a term of the order, or of a line. */
export interface TermDate {
  readonly role: DateRole;
  readonly code: string;
  readonly date: string;
}

/** The dates among segments that are terms. Those that are no day of the calendar are reported. */
export function datesOf(
  account: SetAccount,
  segments: readonly Segment[],
  problems: OrderProblem[],
  lineNumber?: number,
): DateTerms {
  const dates = all(segments, 'DTM').flatMap((dtm) => {
    const code = element(dtm, 1);
    const role = DATES.get(code);
    if (role === undefined) return [];
    const to = nameOf(role);
    account.take(dtm, 1, to);
    const sent = account.take(dtm, 2, to);
    if (sent === null) return periodOf(account, dtm, code, role);
    const date = isoDate(sent);
    if (date !== null) return [{ role, code, date }];
    const message = `date ${code} is not a day of the calendar`;
    problems.push({ code: 'date_invalid', message, ...(lineNumber !== undefined && { lineNumber }) });
    return [];
  });
  return termsOfDates(dates);
}

/** The dates that count of each term. */
export function termsOfDates(dates: readonly TermDate[]): DateTerms {
  const ranked = dates.toSorted((one, other) => (RANKS.get(one.code) ?? 0) - (RANKS.get(other.code) ?? 0));
  return Object.fromEntries(ranked.toReversed().map(({ role, date }) => [role, date]));
}

/** DTM05 and DTM06: a day (D8), or the first and the last of several (RD8). */
function periodOf(account: SetAccount, dtm: Segment, code: string, role: DateRole): TermDate[] {
  const format = account.take(dtm, 5, nameOf(role));
  const [from, to, ...others] = (account.take(dtm, 6, nameOf(role)) ?? '')
    .split('-')
    .map((each) => isoDate(each));
  if (format === 'D8' && from && to === undefined) return [{ role, code, date: from }];
  if (format === 'RD8' && from && to && others.length === 0) {
    const [start, end] = PERIODS[role] ?? [role, role];
    return [
      { role: start, code, date: from },
      { role: end, code, date: to },
    ];
  }
  account.leaveOpen(dtm, 'a date in a form that is not read', 6);
  return [];
}

/** Which terms the two ends of a period are. */
const PERIODS: Partial<Record<DateRole, readonly [DateRole, DateRole]>> = {
  DELIVERY: ['DELIVERY_START', 'DELIVERY_END'],
  DELIVERY_START: ['DELIVERY_START', 'DELIVERY_END'],
  DELIVERY_END: ['DELIVERY_START', 'DELIVERY_END'],
  SHIP_START: ['SHIP_START', 'SHIP_END'],
  SHIP_END: ['SHIP_START', 'SHIP_END'],
};

function nameOf(role: DateRole): string {
  return role.toLowerCase().replaceAll('_', ' ');
}

/** The first ITD. Further ones describe instalments, which one date of payment would misstate. */
export function termsOf(account: SetAccount, segments: readonly Segment[]): PaymentTerms | null {
  const [itd, ...others] = all(segments, 'ITD');
  for (const other of others) account.leaveOpen(other, 'payment in several instalments');
  if (itd === undefined) return null;
  const to = 'payment terms';
  const type = account.take(itd, 1, to);
  const kind = type === null ? 'NET' : (TERMS_TYPES.get(type) ?? 'OPEN');
  if (kind === 'OPEN') account.leaveOpen(itd, 'payment terms that are not days from the invoice', 1);
  const discountPercent = decimalOf(account.take(itd, 3, to));
  const discountDays = integerOf(account.take(itd, 5, to));
  const netDays = integerOf(account.take(itd, 7, to));
  for (const position of [6, 8, 9, 10, 11, 13]) {
    const isSaidInDays = position === 6 && netDays !== null;
    if (element(itd, position) !== '' && !isSaidInDays)
      account.leaveOpen(itd, 'payment terms that are not days from the invoice', position);
  }
  const discounted = discountPercent !== null && discountDays !== null;
  const labels = [
    discounted ? `${discountPercent}% ${discountDays}` : null,
    netDays === null ? null : `NET${netDays}`,
  ];
  return {
    kind,
    discountPercent,
    discountDays,
    netDays,
    label: labels.filter((label) => label !== null).join(' ') || null,
  };
}

export function allowancesOf(account: SetAccount, segments: readonly Segment[]): AllowanceOrCharge[] {
  return all(segments, 'SAC').flatMap((sac, ordinal): AllowanceOrCharge[] => {
    const to = 'allowance or charge';
    const kind = ALLOWANCE_INDICATORS.get(account.take(sac, 1, to) ?? '') ?? 'OTHER';
    const handling = account.take(sac, 12, to);
    const isInvoiced = handling === null ? 'INVOICED' : (ALLOWANCE_HANDLING.get(handling) ?? 'OPEN');
    // What is not on our invoice is kept as it was said, and counts for nothing.
    if (kind === 'NO_CHARGE' || isInvoiced === 'NOT_INVOICED') return [];
    if (kind === 'OTHER') account.leaveOpen(sac, 'neither an allowance nor a charge', 1);
    if (isInvoiced === 'OPEN')
      account.leaveOpen(sac, 'whether the amount is on our invoice is left open', 12);
    if (kind === 'OTHER' || isInvoiced === 'OPEN') return [];
    // SAC05 is an integer with two implied decimals, whatever the currency.
    const amount = parseImplied(account.take(sac, 5, to) ?? '', 2);
    if (amount !== null) return [{ ordinal, kind, amount: formatDecimal(amount) }];
    const base = account.take(sac, 6, to);
    const percentOf = PERCENT_BASES.get(base ?? '') ?? 'OPEN';
    const percent = decimalOf(account.take(sac, 7, to));
    const rate = decimalOf(account.take(sac, 8, to));
    const unit = account.take(sac, 9, to);
    const quantity = decimalOf(account.take(sac, 10, to));
    if (percent !== null && percentOf !== 'OPEN')
      return [{ ordinal, kind, amount: null, percent, percentOf }];
    if (percent === null && rate !== null) return [{ ordinal, kind, amount: null, rate, unit, quantity }];
    account.leaveOpen(sac, 'no amount follows from it', percent === null ? 1 : 6);
    return [];
  });
}

export function taxesOf(account: SetAccount, segments: readonly Segment[]): Tax[] {
  return all(segments, 'TXI').flatMap((txi) => {
    const amount = decimalOf(account.take(txi, 2, 'tax'));
    const typeCode = account.take(txi, 1, 'tax') ?? '';
    if (amount === null && element(txi, 6) === '') account.leaveOpen(txi, 'a tax without an amount', 1);
    return amount === null ? [] : [{ typeCode, amount }];
  });
}

/** The roles of parties (element 98) that an order is made of, and what of it they are; all others are kept alone. */
const PARTY_TERMS: Readonly<Record<string, string>> = { ST: 'ship-to', BS: 'ship-to', BY: 'customer' };

/** One N1 loop. All of it is kept besides, and given back. */
export function partyOf(account: SetAccount, loop: readonly Segment[]): Party {
  const n1 = first(loop, 'N1') ?? { id: 'N1', elements: [] };
  const n4 = first(loop, 'N4') ?? { id: 'N4', elements: [] };
  const role = element(n1, 1);
  const to = PARTY_TERMS[role];
  const read = (segment: Segment, position: number): string | null =>
    to === undefined ? element(segment, position).trim() || null : account.take(segment, position, to);
  const texts = (id: string): string[] =>
    all(loop, id).flatMap((segment) => [1, 2].flatMap((position) => read(segment, position) ?? []));
  return {
    role: read(n1, 1) ?? '',
    name: read(n1, 2),
    additionalNames: texts('N2'),
    idQualifier: read(n1, 3),
    id: read(n1, 4),
    addressLines: texts('N3'),
    city: read(n4, 1),
    region: read(n4, 2),
    postalCode: read(n4, 3),
    country: read(n4, 4),
  };
}
