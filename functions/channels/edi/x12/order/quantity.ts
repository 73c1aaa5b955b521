import { PRICE_BASES } from '../account/codes.ts';
import {
  compare,
  type Decimal,
  divide,
  formatDecimal,
  isWhole,
  multiply,
  parseDecimal,
  round,
  ZERO,
} from './decimal.ts';
import type { Eaches, OrderedQuantity, OrderProblemCode, Pack } from './document.ts';

/** Units that are single units already. */
const SINGLE = new Set(['EA', 'UN', 'PC']);
/** Containers for which PO401 has the single units inside when it names no inner containers. */
const CASES = new Set(['CA', 'CT']);
/** Containers of containers: PO401 counts the inner ones, so PO414 is needed to get to single units. */
const CONTAINERS_OF_CASES = new Set(['PL', 'PF']);
/** A dozen is twelve whoever sells it. */
const DOZEN = new Set(['DZ']);

/** How many single units a price is for. */
const PRICED_UNITS: Readonly<Record<string, Decimal>> = {
  EACH: whole(1),
  TEN: whole(10),
  DOZEN: whole(12),
  HUNDRED: whole(100),
  THOUSAND: whole(1000),
  TEN_THOUSAND: whole(10_000),
  HUNDRED_THOUSAND: whole(100_000),
};

const MAX_QUANTITY: Decimal = { digits: 1_000_000n, scale: 0 };
const MAX_PRICE: Decimal = { digits: 10_000_000n, scale: 0 };
const PRICE_DECIMALS = 6;

export interface Conversion {
  /** Null when the quantity cannot be expressed in single units. */
  readonly eaches: Eaches | null;
  /** Quantity times price, exact; null when either is not known. */
  readonly amount: string | null;
  readonly problems: readonly OrderProblemCode[];
}

/**
 * Converts what was ordered into single units and a price for each, without ever guessing: a case is converted by
 * the pack that the message gives, and where it gives none that is a problem by name. Use it again with the pack of
 * the order at hand where a message leaves the pack out, as an 860 does.
 *
 * @param currency ISO 4217, for the number of decimals that an amount has; two when null
 */
export function toEaches(ordered: OrderedQuantity, pack: Pack | null, currency: string | null): Conversion {
  const problems: OrderProblemCode[] = [];
  const quantity = usableQuantity(ordered, problems);
  const perUnit = unitsPerOrderedUnit(ordered.unit, pack, problems);
  const units = quantity === null || perUnit === null ? null : multiply(quantity, perUnit);
  const count = units === null ? null : wholeCount(units, problems);
  const basis =
    ordered.priceBasis === null ? 'ORDERED_UNIT' : (PRICE_BASES.get(ordered.priceBasis) ?? 'OPEN');
  if (basis === 'OPEN') problems.push('price_basis_unsupported');
  const price = basis === 'FREE' ? ZERO : usablePrice(ordered, problems);
  const priced = PRICED_UNITS[basis];
  const amount = exactAmount(priced === undefined ? quantity : units, price, priced);
  if (count === null)
    return { eaches: null, amount: amount === null ? null : formatDecimal(amount), problems };
  if (price === null || perUnit === null)
    return { eaches: { quantity: count, unitPrice: null, unitPriceExact: true }, amount: null, problems };
  const divisor = priced ?? perUnit;
  const each = divide(price, divisor, PRICE_DECIMALS);
  const exact = compare(multiply(each, divisor), price) === 0;
  if (amount !== null && !sameAmount(multiply(each, units as Decimal), amount, currency))
    problems.push('price_not_divisible');
  return {
    eaches: { quantity: count, unitPrice: formatDecimal(each), unitPriceExact: exact },
    amount: amount === null ? null : formatDecimal(amount),
    problems,
  };
}

function usableQuantity(ordered: OrderedQuantity, problems: OrderProblemCode[]): Decimal | null {
  const quantity = ordered.quantity === null ? null : parseDecimal(ordered.quantity);
  if (quantity === null) problems.push('quantity_missing');
  else if (compare(quantity, ZERO) <= 0) problems.push('quantity_not_positive');
  else return quantity;
  return null;
}

function unitsPerOrderedUnit(
  unit: string | null,
  pack: Pack | null,
  problems: OrderProblemCode[],
): Decimal | null {
  if (unit === null) problems.push('unit_missing');
  else if (SINGLE.has(unit)) return whole(1);
  else if (DOZEN.has(unit)) return whole(12);
  else if (CASES.has(unit) || CONTAINERS_OF_CASES.has(unit)) {
    const needsInner = CONTAINERS_OF_CASES.has(unit);
    if (pack !== null && (pack.innerPack !== null || !needsInner))
      return whole(pack.pack * (pack.innerPack ?? 1));
    problems.push('pack_missing');
  } else problems.push('unit_not_convertible');
  return null;
}

function wholeCount(units: Decimal, problems: OrderProblemCode[]): number | null {
  if (!isWhole(units)) problems.push('quantity_not_whole');
  else if (compare(units, MAX_QUANTITY) > 0) problems.push('quantity_too_large');
  else return Number(units.digits);
  return null;
}

function usablePrice({ unitPrice }: OrderedQuantity, problems: OrderProblemCode[]): Decimal | null {
  const price = unitPrice === null ? null : parseDecimal(unitPrice);
  if (unitPrice === null) problems.push('price_missing');
  else if (price === null || compare(price, ZERO) < 0) problems.push('price_invalid');
  else if (compare(round(price, PRICE_DECIMALS), price) !== 0) problems.push('price_too_precise');
  else if (compare(price, MAX_PRICE) >= 0) problems.push('price_too_large');
  else return price;
  return null;
}

/** What a quantity costs at a price for so many of it; to more decimals than any amount has, where that divides badly. */
function exactAmount(quantity: Decimal | null, price: Decimal | null, priced = whole(1)): Decimal | null {
  return quantity === null || price === null ? null : divide(multiply(quantity, price), priced, 12);
}

function sameAmount(one: Decimal, other: Decimal, currency: string | null): boolean {
  const decimals = currencyDecimals(currency);
  return compare(round(one, decimals), round(other, decimals)) === 0;
}

const knownDecimals = new Map<string, number>();

function currencyDecimals(currency: string | null): number {
  if (currency === null || !/^[A-Z]{3}$/.test(currency)) return 2;
  const known = knownDecimals.get(currency);
  if (known !== undefined) return known;
  const format = new Intl.NumberFormat('en', { style: 'currency', currency });
  const decimals = format.resolvedOptions().maximumFractionDigits ?? 2;
  knownDecimals.set(currency, decimals);
  return decimals;
}

function whole(value: number): Decimal {
  return { digits: BigInt(value), scale: 0 };
}
