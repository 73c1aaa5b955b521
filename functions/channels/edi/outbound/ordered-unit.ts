import { extend } from '../../../../domain/money.ts';
import type { Line } from '../../../../domain/order/order.ts';
import { compare, divide, formatDecimal, multiply, parseDecimal } from '../x12/order/decimal.ts';

/** Units that hold what a case of the line holds (X12 element 355). */
const CASES: ReadonlySet<string> = new Set(['CA', 'CT', 'PL', 'PF']);
const PRICE_DECIMALS = 6;

/** A quantity in the customer's unit, or in single ones where it makes no whole number of that. */
export function inOrderedUnit(line: Line, quantity: number): { quantity: string; unit: string } {
  const each = unitsIn(line);
  if (each === 1 || quantity % each !== 0) {
    return { quantity: String(quantity), unit: each === 1 ? (line.orderedAs?.unit ?? 'EA') : 'EA' };
  }
  return { quantity: String(quantity / each), unit: line.orderedAs?.unit ?? 'EA' };
}

/**
 * The price of one of what `inOrderedUnit` counts, so that quantity times price is what was charged.
 *
 * @param goods what the quantity costs, where it has been charged; otherwise what it will
 */
export function pricePerOrderedUnit(line: Line, quantity: number, currency: string, goods?: string): string {
  const counted = parseDecimal(inOrderedUnit(line, quantity).quantity);
  const charged = parseDecimal(goods ?? extend(line.unitPrice, quantity, currency));
  if (counted === null || charged === null) return line.unitPrice;
  const price = divide(charged, counted, PRICE_DECIMALS);
  if (compare(multiply(price, counted), charged) === 0) return formatDecimal(price);
  const each = unitsIn(line);
  const single = parseDecimal(line.unitPrice);
  const isSingle = quantity % each !== 0 || single === null;
  return isSingle ? line.unitPrice : formatDecimal(multiply(single, { digits: BigInt(each), scale: 0 }));
}

/** Single units in one of what the customer ordered. */
function unitsIn({ orderedAs, unitsPerCase }: Line): number {
  if (orderedAs === undefined) return 1;
  if (orderedAs.unit === 'DZ') return 12;
  return CASES.has(orderedAs.unit) ? (unitsPerCase ?? 1) : 1;
}
