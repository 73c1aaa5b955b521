import { dinero, halfUp, multiply, toDecimal, transformScale } from 'dinero.js/bigint';
import { USD } from 'dinero.js/bigint/currencies';

/** A list price. */
export interface Price {
  readonly service: string;
  readonly unit: string;
  /** Dollars as decimal text, for example `"0.625"`. */
  readonly dollars: string;
  /** Number of units that the price is for, a power of ten. */
  readonly for: number;
}

/**
 * @param units a whole number of them
 * @returns dollars and cents, rounded half up once
 */
export function charge({ dollars, for: many }: Price, units: number): string {
  const [whole = '0', decimals = ''] = dollars.split('.');
  const price = dinero({
    amount: BigInt(whole + decimals),
    currency: USD,
    scale: BigInt(decimals.length + Math.log10(many)),
  });
  return toDecimal(transformScale(multiply(price, BigInt(units)), 2n, halfUp));
}
