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
/** Containers for which PO401 tells the single units inside when it names no inner containers. */
const CASES = new Set(['CA', 'CT']);
/** Containers of containers: PO401 counts the inner ones, so PO414 is needed to get to single units. */
const CONTAINERS_OF_CASES = new Set(['PL', 'PF']);
/** A dozen is twelve whoever sells it. */
const DOZEN = new Set(['DZ']);

/** Price bases (element 639) that mean a single unit, whatever unit was ordered. */
const PRICE_PER_EACH = new Set(['PE', 'LE', 'WE', 'TE']);
/** Price bases that mean the unit ordered. */
const PRICE_PER_ORDERED_UNIT = new Set(['UM']);
/** Price basis of goods that cost nothing. */
const NO_CHARGE = 'NC';

const MAX_QUANTITY: Decimal = { digits: 1_000_000n, scale: 0 };
const MAX_PRICE: Decimal = { digits: 10_000_000n, scale: 0 };
const PRICE_DECIMALS = 6;

export interface Conversion {
  /** Null when the quantity cannot be told in single units. */
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
  const price = usablePrice(ordered, problems);
  const perEach = PRICE_PER_EACH.has(ordered.priceBasis ?? '');
  const amount = exactAmount(perEach ? units : quantity, price);
  let eaches: Eaches | null = null;
  if (count !== null) {
    eaches = { quantity: count, unitPrice: null, unitPriceExact: true };
    if (price !== null && perUnit !== null) {
      const each = perEach ? price : divide(price, perUnit, PRICE_DECIMALS);
      const exact = perEach || compare(multiply(each, perUnit), price) === 0;
      eaches = { ...eaches, unitPrice: formatDecimal(each), unitPriceExact: exact };
      if (amount !== null && !sameAmount(multiply(each, units as Decimal), amount, currency)) {
        problems.push('price_not_divisible');
      }
    }
  }
  return { eaches, amount: amount === null ? null : formatDecimal(amount), problems };
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

function usablePrice(ordered: OrderedQuantity, problems: OrderProblemCode[]): Decimal | null {
  const { priceBasis, unitPrice } = ordered;
  if (priceBasis === NO_CHARGE) return ZERO;
  const price = unitPrice === null ? null : parseDecimal(unitPrice);
  if (unitPrice === null) problems.push('price_missing');
  else if (price === null || compare(price, ZERO) < 0) problems.push('price_invalid');
  else if (compare(round(price, PRICE_DECIMALS), price) !== 0) problems.push('price_too_precise');
  else if (compare(price, MAX_PRICE) >= 0) problems.push('price_too_large');
  else if (
    priceBasis !== null &&
    !PRICE_PER_EACH.has(priceBasis) &&
    !PRICE_PER_ORDERED_UNIT.has(priceBasis)
  ) {
    problems.push('price_basis_unsupported');
  } else return price;
  return null;
}

function exactAmount(quantity: Decimal | null, price: Decimal | null): Decimal | null {
  return quantity === null || price === null ? null : multiply(quantity, price);
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
