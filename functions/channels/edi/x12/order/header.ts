import { isDate } from '../element-validator.ts';
import { element, type Segment } from '../types.ts';
import { formatDecimal, parseDecimal, parseImplied } from './decimal.ts';
import type {
  AllowanceOrCharge,
  Contact,
  DatedQualifier,
  DateWindow,
  DocumentHeader,
  OrderProblem,
  Party,
  PaymentTerms,
  Reference,
  Tax,
} from './document.ts';

/** Element `position`, or null when it is absent or blank. */
export function optional(segment: Segment | undefined, position: number): string | null {
  const value = segment === undefined ? '' : element(segment, position).trim();
  return value === '' ? null : value;
}

/** A decimal element in plain notation; null when absent or not a number. */
export function decimal(segment: Segment | undefined, position: number): string | null {
  const value = optional(segment, position);
  const parsed = value === null ? null : parseDecimal(value);
  return parsed === null ? null : formatDecimal(parsed);
}

/** A whole number element; null when absent, not a number or too long to be meant. */
export function integer(segment: Segment | undefined, position: number): number | null {
  const value = optional(segment, position);
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

const PURPOSES: Record<string, DocumentHeader['purpose']['kind']> = {
  '00': 'ORIGINAL',
  '01': 'CANCELLATION',
  '04': 'CHANGE',
  '05': 'REPLACEMENT',
  '06': 'CONFIRMATION',
  '07': 'DUPLICATE',
};

export function purposeOf(code: string): DocumentHeader['purpose'] {
  return { code, kind: PURPOSES[code] ?? 'OTHER' };
}

export function referencesOf(segments: readonly Segment[]): Reference[] {
  return all(segments, 'REF').map((ref) => ({
    qualifier: element(ref, 1),
    value: optional(ref, 2),
    description: optional(ref, 3),
  }));
}

export function contactsOf(segments: readonly Segment[]): Contact[] {
  return all(segments, 'PER').map((per) => {
    const number = (qualifier: string): string | null => {
      const at = [3, 5, 7].find((position) => element(per, position) === qualifier);
      return at === undefined ? null : optional(per, at + 1);
    };
    return { role: element(per, 1), name: optional(per, 2), phone: number('TE'), email: number('EM') };
  });
}

/** The dates that can be read; the others are reported. */
export function datesOf(
  segments: readonly Segment[],
  problems: OrderProblem[],
  lineNumber?: number,
): DatedQualifier[] {
  return all(segments, 'DTM').flatMap((dtm) => {
    const qualifier = element(dtm, 1);
    const sent = optional(dtm, 2);
    if (sent === null) return [];
    const date = isoDate(sent);
    if (date !== null) return [{ qualifier, date, time: optional(dtm, 3) }];
    const message = `date ${qualifier} is not a day of the calendar`;
    problems.push(
      lineNumber === undefined
        ? { code: 'date_invalid', message }
        : { code: 'date_invalid', lineNumber, message },
    );
    return [];
  });
}

/** A window from its own two dates, else from the single requested date. */
export function windowOf(
  dates: readonly DatedQualifier[],
  start: string,
  end: string,
  requested: string,
  problems: OrderProblem[],
): DateWindow | null {
  const on = (qualifier: string): string | null =>
    dates.find((one) => one.qualifier === qualifier)?.date ?? null;
  const window = { start: on(start) ?? on(requested), end: on(end) ?? on(requested) };
  if (window.start === null && window.end === null) return null;
  if (window.start !== null && window.end !== null && window.end < window.start) {
    const message = `the window ${window.start} to ${window.end} ends before it starts`;
    problems.push({ code: 'window_inverted', message });
  }
  return window;
}

/** The first ITD. Further ones describe instalments, which the label would misstate; they are left to the operator. */
export function termsOf(segments: readonly Segment[]): PaymentTerms | null {
  const itd = first(segments, 'ITD');
  if (itd === undefined) return null;
  const discountPercent = decimal(itd, 3);
  const discountDays = integer(itd, 5);
  const netDays = integer(itd, 7);
  const discounted = discountPercent !== null && discountDays !== null;
  const labels = [
    discounted ? `${discountPercent}% ${discountDays}` : null,
    netDays === null ? null : `NET${netDays}`,
  ];
  return {
    typeCode: optional(itd, 1),
    basisCode: optional(itd, 2),
    discountPercent,
    discountDays,
    netDays,
    netDueDate: isoDate(optional(itd, 6)),
    description: optional(itd, 12),
    label: labels.filter((label) => label !== null).join(' ') || null,
  };
}

const ALLOWANCE_KINDS: Record<string, AllowanceOrCharge['kind']> = {
  A: 'ALLOWANCE',
  C: 'CHARGE',
  N: 'NO_CHARGE',
};

export function allowancesOf(segments: readonly Segment[]): AllowanceOrCharge[] {
  return all(segments, 'SAC').map((sac) => {
    // SAC05 is an integer with two implied decimals, whatever the currency.
    const amount = parseImplied(element(sac, 5), 2);
    return {
      kind: ALLOWANCE_KINDS[element(sac, 1)] ?? 'OTHER',
      code: optional(sac, 2),
      amount: amount === null ? null : formatDecimal(amount),
      percent: decimal(sac, 7),
      rate: decimal(sac, 8),
      quantity: decimal(sac, 10),
      unit: optional(sac, 9),
      handlingCode: optional(sac, 12),
      description: optional(sac, 15),
    };
  });
}

export function taxesOf(segments: readonly Segment[]): Tax[] {
  return all(segments, 'TXI').map((txi) => ({
    typeCode: element(txi, 1),
    amount: decimal(txi, 2),
    percent: decimal(txi, 3),
    jurisdiction: optional(txi, 5),
    exemptCode: optional(txi, 6),
  }));
}

export function routingOf(segments: readonly Segment[]): DocumentHeader['routing'] {
  const td5 = first(segments, 'TD5');
  if (td5 === undefined) return null;
  return { carrierCode: optional(td5, 3), text: optional(td5, 5) };
}

/** One N1 loop. */
export function partyOf(loop: readonly Segment[]): Party {
  const n1 = first(loop, 'N1');
  const n4 = first(loop, 'N4');
  const texts = (id: string): string[] =>
    all(loop, id).flatMap((segment) => segment.elements.slice(0, 2).filter((value) => value.trim() !== ''));
  return {
    role: n1 === undefined ? '' : element(n1, 1),
    name: optional(n1, 2),
    additionalNames: texts('N2'),
    idQualifier: optional(n1, 3),
    id: optional(n1, 4),
    addressLines: texts('N3'),
    city: optional(n4, 1),
    region: optional(n4, 2),
    postalCode: optional(n4, 3),
    country: optional(n4, 4),
    contacts: contactsOf(loop),
  };
}
