import {
  add,
  allocate,
  type Dinero,
  dinero,
  halfUp,
  isNegative,
  multiply,
  subtract,
  toDecimal,
  toSnapshot,
  transformScale,
} from 'dinero.js/bigint';
import * as iso4217 from 'dinero.js/bigint/currencies';
import * as z from 'zod';

type IsoCurrency = { code: string; base: bigint | readonly bigint[]; exponent: bigint };

// ISO 4217 gives the ariary and the ouguiya two digits; their historical base of five has no decimal notation.
const CURRENCIES: ReadonlyMap<string, IsoCurrency> = new Map(
  Object.values(iso4217 as Record<string, IsoCurrency>).map((currency) => [
    currency.code,
    currency.base === 10n ? currency : { code: currency.code, base: 10n, exponent: 2n },
  ]),
);

const PLAIN_DECIMAL = /^(0|[1-9][0-9]*)(\.([0-9]+))?$/;

/** An amount of money as decimal text in the currency's own number of digits, for example `"20.00"`. */
export type Amount = string;

/** An ISO 4217 currency code that is in use. */
export const CurrencyCode = z
  .string()
  .max(16)
  .refine((code) => CURRENCIES.has(code), 'an ISO 4217 currency code')
  .meta({ id: 'CurrencyCode', example: 'USD' });

/** The price of one unit: plain digits, up to six decimals, below 10,000,000. */
export const UnitPrice = z
  .string()
  .max(32)
  .regex(/^(0|[1-9][0-9]{0,6})(\.[0-9]{1,6})?$/, {
    error: ({ input }) => decimalSentence(input, 'up to six decimals, below 10000000'),
  })
  .meta({ id: 'UnitPrice', example: '20.00' });

/** An amount of money before its currency is known; `hasCurrencyDigits` checks the decimals. */
export const AmountText = z
  .string()
  .max(32)
  .regex(/^(0|[1-9][0-9]{0,11})(\.[0-9]{1,6})?$/, {
    error: ({ input }) => decimalSentence(input, 'no sign, blank or currency'),
  })
  .meta({ id: 'Amount', example: '480.00' });

/** Says how a decimal is written, and how this one would be where a comma stands for the point. */
function decimalSentence(input: unknown, limits: string): string {
  const text = String(input);
  const rule = `must be digits with a decimal point, such as 12.50; ${limits}`;
  return /^[0-9]+,[0-9]{1,2}$/.test(text) ? `must have a decimal point: ${text.replace(',', '.')}` : rule;
}

/** @returns how many decimals amounts of this currency have (USD 2, JPY 0, BHD 3). */
export function currencyDigits(currency: string): number {
  return Number(isoCurrency(currency).exponent);
}

/** @returns whether the text has no more decimals than the currency. */
export function hasCurrencyDigits(amount: string, currency: string): boolean {
  return (PLAIN_DECIMAL.exec(amount)?.[3] ?? '').length <= currencyDigits(currency);
}

/** @returns the price of `quantity` units, rounded half up once to the currency's digits. */
export function extend(unitPrice: string, quantity: number, currency: string): Amount {
  return toAmount(multiply(parse(unitPrice, currency), BigInt(quantity)));
}

/** @returns the amount with exactly the currency's digits, rounded half up. */
export function toCurrencyDigits(amount: string, currency: string): Amount {
  return toAmount(parse(amount, currency));
}

/**
 * @param percent digits and an optional decimal point
 * @returns so many percent of an amount, rounded half up in the currency's own digits
 */
export function percentOf(amount: string, percent: string, currency: string): Amount {
  const [whole = '', decimals = ''] = percent.split('.');
  const divisor = 100n * 10n ** BigInt(decimals.length);
  const product = minorUnits(amount, currency) * BigInt(whole + decimals);
  return fromMinorUnits((2n * product + divisor) / (2n * divisor), currency);
}

/** @returns the sum of the amounts; zero for none. */
export function sum(amounts: readonly string[], currency: string): Amount {
  return toAmount(amounts.map((amount) => parse(amount, currency)).reduce(add, parse('0', currency)));
}

/** @returns `from` less `amount`; may be negative. */
export function minus(from: string, amount: string, currency: string): Amount {
  return toAmount(subtract(parse(from, currency), parse(amount, currency)));
}

/** @returns whether the amount is below zero. */
export function isBelowZero(amount: string, currency: string): boolean {
  return isNegative(parse(amount, currency));
}

/** @returns the amount in the currency's smallest unit, for comparing and weighing. */
export function minorUnits(amount: string, currency: string): bigint {
  return toSnapshot(round(parse(amount, currency))).amount;
}

/** @returns the amount that so many of the currency's smallest unit make. */
export function fromMinorUnits(units: bigint, currency: string): Amount {
  const known = isoCurrency(currency);
  return toDecimal(dinero({ amount: units, currency: known, scale: known.exponent }));
}

/**
 * The share of an amount that belongs to `part` out of `whole`. Shares of growing parts grow up to exactly the
 * amount, so the difference of two shares is what lies between them and no cent is lost over the whole.
 */
export function share(
  amount: string,
  part: number | bigint,
  whole: number | bigint,
  currency: string,
): Amount {
  const rest = BigInt(whole) - BigInt(part);
  if (BigInt(part) <= 0n) return toAmount(parse('0', currency));
  if (rest <= 0n) return toCurrencyDigits(amount, currency);
  const [first] = allocate(round(parse(amount, currency)), [BigInt(part), rest]);
  return toAmount(first ?? parse('0', currency));
}

function isoCurrency(currency: string): IsoCurrency {
  const known = CURRENCIES.get(currency);
  if (known === undefined) throw new RangeError(`unknown currency ${currency}`);
  return known;
}

function parse(decimal: string, currency: string): Dinero<bigint> {
  const negative = decimal.startsWith('-');
  const [whole = '0', decimals = ''] = (negative ? decimal.slice(1) : decimal).split('.');
  const magnitude = BigInt(whole + decimals);
  return dinero({
    amount: negative ? -magnitude : magnitude,
    currency: isoCurrency(currency),
    scale: BigInt(decimals.length),
  });
}

function round(money: Dinero<bigint>): Dinero<bigint> {
  return transformScale(money, toSnapshot(money).currency.exponent, halfUp);
}

function toAmount(money: Dinero<bigint>): Amount {
  return toDecimal(round(money));
}
