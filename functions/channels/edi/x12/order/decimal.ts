/** An exact decimal number: `digits` × 10^-`scale`. */
export interface Decimal {
  readonly digits: bigint;
  readonly scale: number;
}

/** Longer than any number of the dictionary, and short enough that no arithmetic on it takes long. */
const MAX_LENGTH = 40;

export const ZERO: Decimal = { digits: 0n, scale: 0 };

/** Reads an X12 decimal (type R): `24`, `.5`, `-3.075`. Null when it is not one. */
export function parseDecimal(text: string): Decimal | null {
  const match = text.length <= MAX_LENGTH ? /^(-?)(\d*)(?:\.(\d*))?$/.exec(text) : null;
  if (match === null) return null;
  const [, sign = '', whole = '', fraction = ''] = match;
  if (whole === '' && fraction === '') return null;
  const digits = BigInt(whole + fraction);
  return normalized({ digits: sign === '-' ? -digits : digits, scale: fraction.length });
}

/** Reads an X12 integer with implied decimals (types N0, N2). Null when it is not one. */
export function parseImplied(text: string, decimals: number): Decimal | null {
  if (text.length > MAX_LENGTH || !/^-?\d+$/.test(text)) return null;
  return normalized({ digits: BigInt(text), scale: decimals });
}

/** Plain notation without superfluous zeros: `0.5`, `28.8`, `-3.075`. */
export function formatDecimal(value: Decimal): string {
  const { digits, scale } = normalized(value);
  const sign = digits < 0n ? '-' : '';
  const text = (digits < 0n ? -digits : digits).toString().padStart(scale + 1, '0');
  return scale === 0 ? sign + text : `${sign}${text.slice(0, -scale)}.${text.slice(-scale)}`;
}

export function add(one: Decimal, other: Decimal): Decimal {
  const scale = Math.max(one.scale, other.scale);
  return normalized({ digits: scaled(one, scale) + scaled(other, scale), scale });
}

export function multiply(one: Decimal, other: Decimal): Decimal {
  return normalized({ digits: one.digits * other.digits, scale: one.scale + other.scale });
}

/** Negative, zero or positive as `one` is less than, equal to or greater than `other`. */
export function compare(one: Decimal, other: Decimal): number {
  const scale = Math.max(one.scale, other.scale);
  const difference = scaled(one, scale) - scaled(other, scale);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** Rounds half away from zero to at most `decimals` decimals. */
export function round(value: Decimal, decimals: number): Decimal {
  if (value.scale <= decimals) return value;
  return quotient(value.digits, 10n ** BigInt(value.scale - decimals), decimals);
}

/** Divides, rounding half away from zero to at most `decimals` decimals. The divisor is not zero. */
export function divide(value: Decimal, divisor: Decimal, decimals: number): Decimal {
  const numerator = value.digits * 10n ** BigInt(decimals + divisor.scale);
  return quotient(numerator, divisor.digits * 10n ** BigInt(value.scale), decimals);
}

export function isWhole(value: Decimal): boolean {
  return normalized(value).scale === 0;
}

function quotient(numerator: bigint, denominator: bigint, decimals: number): Decimal {
  const negative = numerator < 0n !== denominator < 0n;
  const top = numerator < 0n ? -numerator : numerator;
  const bottom = denominator < 0n ? -denominator : denominator;
  const digits = (2n * top + bottom) / (2n * bottom);
  return normalized({ digits: negative ? -digits : digits, scale: decimals });
}

function scaled(value: Decimal, scale: number): bigint {
  return value.digits * 10n ** BigInt(scale - value.scale);
}

function normalized(value: Decimal): Decimal {
  let { digits, scale } = value;
  while (scale > 0 && digits % 10n === 0n) {
    digits /= 10n;
    scale -= 1;
  }
  return { digits, scale };
}
