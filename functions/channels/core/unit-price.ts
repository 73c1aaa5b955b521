/** Decimals that a unit price may have. */
const PRICE_DIGITS = 6;

/**
 * @param amount of all units, as decimal text that is not below zero
 * @returns what one unit costs, with as many decimals as it needs
 */
export function unitPrice(amount: string, quantity: number): string {
  const [whole = '0', decimals = ''] = amount.split('.');
  const minor = BigInt(whole + decimals.slice(0, PRICE_DIGITS).padEnd(PRICE_DIGITS, '0'));
  const units = BigInt(Math.max(1, quantity));
  const price = ((minor * 2n + units) / (units * 2n)).toString().padStart(PRICE_DIGITS + 1, '0');
  return `${price.slice(0, -PRICE_DIGITS)}.${price.slice(-PRICE_DIGITS)}`.replace(/\.?0{1,6}$/, '');
}
