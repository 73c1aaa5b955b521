import { currencyDigits } from '../../../../domain/money.ts';
import { unitPrice } from '../../core/unit-price.ts';
import type { SquareLine, SquareOrder, SquareServiceCharge } from './payload.ts';

/** @returns an amount in the currency's smallest unit as decimal text: 6448 is `"64.48"` in USD, `"6448"` in JPY. */
export function decimal(minor: bigint, currency: string): string {
  const digits = currencyDigits(currency);
  const magnitude = (minor < 0n ? -minor : minor).toString().padStart(digits + 1, '0');
  const whole = magnitude.slice(0, magnitude.length - digits);
  const text = digits === 0 ? whole : `${whole}.${magnitude.slice(-digits)}`;
  return minor < 0n ? `-${text}` : text;
}

/**
 * The price of one unit, with its modifiers, and what the line's discount and its taxes on top come to. Taxes inside
 * the price stay there: the unit price is the one that the customer was shown.
 */
export function lineAmounts(line: SquareLine, quantity: number, order: SquareOrder) {
  const currency = currencyOf(order);
  const text = (minor: bigint) => decimal(minor, currency);
  const gross = line.grossSalesMoney.amount;
  const units = BigInt(quantity);
  // Modifiers are part of the gross sales only, and may be of some of the units alone.
  const isShared = gross > 0n && units > 0n;
  const isEven = isShared && gross % units === 0n;
  return {
    unitPrice:
      isShared && !isEven
        ? unitPrice(text(gross), quantity)
        : text(isEven ? gross / units : line.basePriceMoney.amount),
    discount: text(line.totalDiscountMoney.amount),
    tax: text(line.totalTaxMoney.amount - includedTax(line, order)),
  };
}

/** A service charge that pays for the way of the goods; all others are fees, and become lines of their own. */
export function isShipping(charge: SquareServiceCharge): boolean {
  return /ship|deliver|freight|postage|courier/i.test(charge.name ?? '');
}

/** What shipping costs, and the taxes on it that come on top. */
export function shippingAmounts(order: SquareOrder) {
  const charges = order.serviceCharges.filter(isShipping);
  const total = (amountOf: (charge: SquareServiceCharge) => bigint) =>
    decimal(
      charges.reduce((sum, charge) => sum + amountOf(charge), 0n),
      currencyOf(order),
    );
  const tax = total((charge) => charge.totalTaxMoney.amount - includedTax(charge, order));
  return { shippingAmount: total(chargeAmount), tax, shippingTax: tax };
}

/** What a service charge comes to; a percentage has only its applied amount. */
export function chargeAmount({ appliedMoney, amountMoney }: SquareServiceCharge): bigint {
  return appliedMoney.amount === 0n ? amountMoney.amount : appliedMoney.amount;
}

/** @returns the tax on a charge that comes on top of it. */
export function taxOnTop(charge: SquareServiceCharge, order: SquareOrder): string {
  return decimal(charge.totalTaxMoney.amount - includedTax(charge, order), currencyOf(order));
}

/** @returns the order's currency, or an empty text where Square names none. */
export function currencyOf(order: SquareOrder): string {
  return order.totalMoney.currency ?? '';
}

/** @returns what is still to be paid; null where Square does not say. */
export function amountDue(order: SquareOrder): bigint | null {
  return order.netAmountDueMoney?.amount ?? null;
}

/** @returns the taxes inside the order's prices, in the currency's smallest unit. */
export function includedTaxOf(order: SquareOrder): bigint {
  return [...order.lineItems, ...order.serviceCharges].reduce(
    (total, each) => total + includedTax(each, order),
    0n,
  );
}

function includedTax(item: Pick<SquareLine, 'appliedTaxes'>, order: SquareOrder): bigint {
  const inclusive = new Set(order.taxes.filter((tax) => tax.type === 'INCLUSIVE').map((tax) => tax.uid));
  return item.appliedTaxes
    .filter((tax) => inclusive.has(tax.taxUid))
    .reduce((total, tax) => total + tax.appliedMoney.amount, 0n);
}
