import { extend, isBelowZero, minus } from '../../money.ts';

/** @returns what is wrong with a quantity that is no whole number of cases, or null. */
export function casePackError(quantity: number, unitsPerCase: number | undefined): string | null {
  if (unitsPerCase === undefined || quantity % unitsPerCase === 0) return null;
  const fewer = quantity - (quantity % unitsPerCase);
  return `${quantity} units are no whole number of cases of ${unitsPerCase}; ${fewer > 0 ? `${fewer} or ` : ''}${fewer + unitsPerCase} would be`;
}

/** @returns what is wrong with a discount that exceeds the price of its line, or null. */
export function discountError(
  {
    unitPrice,
    quantity,
    discount = '0',
  }: { unitPrice: string; quantity: number; discount?: string | undefined },
  currency: string,
): string | null {
  const price = extend(unitPrice, quantity, currency);
  if (!isBelowZero(minus(price, discount, currency), currency)) return null;
  return `${discount} is more than the line's price of ${price}`;
}
