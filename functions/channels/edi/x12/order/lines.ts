import { DATES } from '../account/codes.ts';
import type { SetAccount } from '../account/set-account.ts';
import { element, type Segment } from '../types.ts';
import { type Block, flat, loops } from './blocks.ts';
import { add, compare, type Decimal, parseDecimal, ZERO } from './decimal.ts';
import type {
  DateTerms,
  DocumentLine,
  ItemIdentifier,
  OrderedQuantity,
  OrderProblem,
  Pack,
} from './document.ts';
import {
  all,
  allowancesOf,
  datesOf,
  decimalOf,
  first,
  integerOf,
  isoDate,
  partyOf,
  taxesOf,
  termsOfDates,
} from './header.ts';
import { keepRest } from './keep.ts';
import { toEaches } from './quantity.ts';

/** Where a line segment keeps what; PO1 and POC differ in it. */
export interface LineLayout {
  readonly quantity: number;
  readonly unit: number;
  readonly unitPrice: number;
  readonly priceBasis: number;
  /** Position of the first product qualifier. */
  readonly products: number;
}

/**
 * Which identifier finds the product: the vendor's own number, then the global ones, then the buyer's. All are in
 * `identifiers` for a receiver that knows its partners' numbers better.
 */
const ITEM_PREFERENCE = ['VN', 'VP', 'VC', 'SK', 'UP', 'UI', 'UK', 'UA', 'EN', 'BP', 'IN', 'PI', 'CB'];

/** One line with everything that belongs to it. Problems with it are added to `problems`. */
export function readLine(
  account: SetAccount,
  blocks: readonly Block[],
  lineNumber: number,
  layout: LineLayout,
  currency: string | null,
  problems: OrderProblem[],
): DocumentLine {
  const own = flat(blocks);
  const opening = own[0] as Segment;
  const identifiers = [
    ...identifiersOf(account, opening, layout.products),
    // Numbers that did not fit into the line segment stand in LIN segments behind it.
    ...all(own, 'LIN').flatMap((lin) => identifiersOf(account, lin, 2)),
  ];
  const ordered = orderedOf(account, opening, layout);
  const pack = packOf(account, own);
  const conversion = toEaches(ordered, pack, currency);
  const schedule = scheduleOf(account, blocks, ordered, lineNumber, problems);
  for (const code of conversion.problems)
    problems.push({ code, lineNumber, message: message(code, ordered) });
  const item = preferred(identifiers);
  if (item === null) {
    problems.push({ code: 'item_identifier_missing', lineNumber, message: 'the line names no product' });
  }
  const parties = loops(blocks, 'N1').map((loop) => partyOf(account, loop));
  return {
    lineNumber,
    assignedId: account.take(opening, 1, 'line number'),
    identifiers,
    item,
    description: descriptionOf(account, own),
    ordered,
    eaches: conversion.eaches,
    pack,
    amount: conversion.amount,
    allowances: allowancesOf(account, own),
    taxes: taxesOf(account, own),
    dates: { ...schedule, ...datesOf(account, own, problems, lineNumber) },
    shipTo: parties.find(({ role }) => role === 'ST') ?? null,
    details: keepRest(account, blocks, 'line'),
  };
}

function orderedOf(account: SetAccount, opening: Segment, layout: LineLayout): OrderedQuantity {
  return {
    quantity: decimalOf(account.take(opening, layout.quantity, 'quantity')),
    unit: account.take(opening, layout.unit, 'unit'),
    unitPrice: decimalOf(account.take(opening, layout.unitPrice, 'unit price')),
    priceBasis: account.take(opening, layout.priceBasis, 'unit price'),
  };
}

function identifiersOf(account: SetAccount, segment: Segment, start: number): ItemIdentifier[] {
  const found: ItemIdentifier[] = [];
  for (let position = start; position < segment.elements.length; position += 2) {
    if (element(segment, position).trim() === '' || element(segment, position + 1).trim() === '') continue;
    const qualifier = account.take(segment, position, 'product number');
    const value = account.take(segment, position + 1, 'product number');
    if (qualifier !== null && value !== null) found.push({ qualifier, value });
  }
  return found;
}

function preferred(identifiers: readonly ItemIdentifier[]): ItemIdentifier | null {
  for (const qualifier of ITEM_PREFERENCE) {
    const match = identifiers.find((one) => one.qualifier === qualifier);
    if (match !== undefined) return match;
  }
  return identifiers[0] ?? null;
}

function packOf(account: SetAccount, own: readonly Segment[]): Pack | null {
  const po4 = first(own, 'PO4');
  const pack = integerOf(account.take(po4, 1, 'units per case'));
  if (pack === null || pack === 0) return null;
  const innerPack = integerOf(account.take(po4, 14, 'units per case'));
  return { pack, innerPack: innerPack === 0 ? null : innerPack };
}

/** Characteristics of a PID (element 750) by which a description is the product's name, the best first. */
const DESCRIBES_PRODUCT = ['08', 'GEN', ''];

/** The product's name; what else PID segments describe is kept. */
function descriptionOf(account: SetAccount, own: readonly Segment[]): string | null {
  const described = all(own, 'PID').filter((pid) => element(pid, 5).trim() !== '');
  const [best = described[0]] = DESCRIBES_PRODUCT.flatMap((code) =>
    described.filter((pid) => element(pid, 2) === code),
  );
  if (best === undefined) return null;
  const isName = DESCRIBES_PRODUCT.includes(element(best, 2));
  for (const position of [1, 2]) if (isName) account.ignore(best, 'that it describes the product', position);
  return isName ? account.take(best, 5, 'description') : element(best, 5).trim();
}

/** The day on which the whole line is wanted. A line that is wanted in parts is left open. */
function scheduleOf(
  account: SetAccount,
  blocks: readonly Block[],
  ordered: OrderedQuantity,
  lineNumber: number,
  problems: OrderProblem[],
): DateTerms {
  const schedules = loops(blocks, 'SCH').map(([sch]) => sch as Segment);
  const [one, ...others] = schedules;
  if (one === undefined) return {};
  const quantities = schedules.flatMap((sch) => decimalOf(element(sch, 1).trim()) ?? []);
  const comparable = schedules.every((sch) => element(sch, 2) === ordered.unit) && ordered.quantity !== null;
  const isWhole = comparable && compare(sum(quantities), parseDecimal(ordered.quantity ?? '0') ?? ZERO) === 0;
  if (comparable && !isWhole) {
    const text = 'the scheduled quantities do not add up to the quantity ordered';
    problems.push({ code: 'schedule_mismatch', lineNumber, message: text });
  }
  const isOneDay = others.every(
    (sch) => element(sch, 5) === element(one, 5) && element(sch, 6) === element(one, 6),
  );
  const date = isoDate(element(one, 6));
  const role = DATES.get(element(one, 5));
  if (!isWhole || !isOneDay || date === null || role === undefined) return {};
  for (const sch of schedules)
    for (const position of [1, 2, 5, 6]) account.take(sch, position, 'the day of the line');
  return termsOfDates([{ role, code: element(one, 5), date }]);
}

/** The exact sum of decimal strings. */
export function sum(values: readonly string[]): Decimal {
  return values.reduce((total, value) => add(total, parseDecimal(value) ?? ZERO), ZERO);
}

function message(code: string, ordered: OrderedQuantity): string {
  const quantity = `${ordered.quantity ?? 'no quantity'} ${ordered.unit ?? '(no unit)'}`;
  const price = `${ordered.unitPrice ?? 'no price'}${ordered.priceBasis === null ? '' : ` ${ordered.priceBasis}`}`;
  return `${code.replaceAll('_', ' ')}: ${quantity} at ${price}`;
}
