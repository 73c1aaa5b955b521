import { element, type Segment } from '../types.ts';
import { type Block, flat, loops } from './blocks.ts';
import { add, compare, type Decimal, parseDecimal, ZERO } from './decimal.ts';
import type {
  DocumentLine,
  ItemIdentifier,
  LineSchedule,
  OrderedQuantity,
  OrderProblem,
  Pack,
} from './document.ts';
import { all, allowancesOf, datesOf, decimal, first, integer, isoDate, optional, taxesOf } from './header.ts';
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
  blocks: readonly Block[],
  lineNumber: number,
  layout: LineLayout,
  currency: string | null,
  problems: OrderProblem[],
): DocumentLine {
  const own = flat(blocks);
  const opening = own[0] as Segment;
  const identifiers = [...identifiersOf(opening, layout.products), ...linIdentifiers(own)];
  const ordered = orderedOf(opening, layout);
  const pack = packOf(own);
  const conversion = toEaches(ordered, pack, currency);
  const schedules = schedulesOf(blocks, lineNumber, problems);
  for (const code of conversion.problems)
    problems.push({ code, lineNumber, message: message(code, ordered) });
  const item = preferred(identifiers);
  if (item === null) {
    problems.push({ code: 'item_identifier_missing', lineNumber, message: 'the line names no product' });
  }
  if (!agrees(schedules, ordered)) {
    const text = 'the scheduled quantities do not add up to the quantity ordered';
    problems.push({ code: 'schedule_mismatch', lineNumber, message: text });
  }
  return {
    lineNumber,
    assignedId: optional(opening, 1),
    identifiers,
    item,
    description: descriptionOf(own),
    ordered,
    eaches: conversion.eaches,
    pack,
    amount: conversion.amount,
    allowances: allowancesOf(own),
    taxes: taxesOf(own),
    dates: datesOf(own, problems, lineNumber),
    schedules,
  };
}

function orderedOf(opening: Segment, layout: LineLayout): OrderedQuantity {
  return {
    quantity: decimal(opening, layout.quantity),
    unit: optional(opening, layout.unit),
    unitPrice: decimal(opening, layout.unitPrice),
    priceBasis: optional(opening, layout.priceBasis),
  };
}

function identifiersOf(segment: Segment, start: number): ItemIdentifier[] {
  const found: ItemIdentifier[] = [];
  for (let position = start; position < segment.elements.length; position += 2) {
    const qualifier = optional(segment, position);
    const value = optional(segment, position + 1);
    if (qualifier !== null && value !== null) found.push({ qualifier, value });
  }
  return found;
}

/** Numbers that did not fit into the line segment stand in LIN segments behind it. */
function linIdentifiers(own: readonly Segment[]): ItemIdentifier[] {
  return all(own, 'LIN').flatMap((lin) => identifiersOf(lin, 2));
}

function preferred(identifiers: readonly ItemIdentifier[]): ItemIdentifier | null {
  for (const qualifier of ITEM_PREFERENCE) {
    const match = identifiers.find((one) => one.qualifier === qualifier);
    if (match !== undefined) return match;
  }
  return identifiers[0] ?? null;
}

function packOf(own: readonly Segment[]): Pack | null {
  const po4 = first(own, 'PO4');
  const pack = integer(po4, 1);
  if (pack === null || pack === 0) return null;
  const innerPack = integer(po4, 14);
  return {
    pack,
    innerPack: innerPack === 0 ? null : innerPack,
    size: decimal(po4, 2),
    sizeUnit: optional(po4, 3),
  };
}

function descriptionOf(own: readonly Segment[]): string | null {
  const described = all(own, 'PID').find((pid) => optional(pid, 5) !== null);
  return optional(described, 5);
}

function schedulesOf(blocks: readonly Block[], lineNumber: number, problems: OrderProblem[]): LineSchedule[] {
  return loops(blocks, 'SCH').flatMap((loop) => {
    const sch = loop[0] as Segment;
    const quantity = decimal(sch, 1);
    const date = isoDate(optional(sch, 6));
    if (quantity === null) return [];
    if (date === null) {
      problems.push({
        code: 'date_invalid',
        lineNumber,
        message: 'a scheduled date is not a day of the calendar',
      });
      return [];
    }
    return [{ quantity, unit: element(sch, 2), qualifier: element(sch, 5), date }];
  });
}

/** Schedules in the unit ordered have to add up to the quantity ordered. */
function agrees(schedules: readonly LineSchedule[], ordered: OrderedQuantity): boolean {
  const comparable = schedules.every((one) => one.unit === ordered.unit);
  if (schedules.length === 0 || !comparable || ordered.quantity === null) return true;
  return compare(sum(schedules.map((one) => one.quantity)), parseDecimal(ordered.quantity) ?? ZERO) === 0;
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
