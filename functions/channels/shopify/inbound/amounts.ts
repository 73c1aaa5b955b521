import { currencyDigits, minus, sum, toCurrencyDigits } from '../../../../domain/money.ts';
import type { ShopifyLine, ShopifyOrder } from './payload.ts';

/**
 * How Shopify's amounts become ours. All are taken in the shop's currency (`price`, not the presentment amounts).
 *
 * Taxes on top: unit price as sold, discount, and the line's taxes as `tax`; shipping less its discounts, and its
 * taxes as the order's `tax`. Taxes included: Shopify's prices, discounts and shipping contain them already, so the
 * unit price stays the one that the customer was shown and no `tax` is added; the note says how much tax is inside.
 * (Taking the tax out of the price would make unit prices that no shelf shows, and an invoice whose discount is
 * counted with tax and whose price without.)
 */

/** The discount and the taxes on top of a line. Shopify states both for the original quantity, also after an edit. */
export function lineAmounts(line: ShopifyLine, order: ShopifyOrder): { discount: string; tax: string } {
  const { currency } = order;
  const tax = order.taxes_included === true ? [] : [...taxes(line.tax_lines), ...duties(line, order)];
  return { discount: discountOf(line, currency), tax: sum(tax, currency) };
}

/** The order's shipping, less its discounts, and the taxes on it. A shipping line that was removed costs nothing. */
export function shippingAmounts(order: ShopifyOrder): { shippingAmount: string; tax: string } {
  const { currency } = order;
  const lines = order.shipping_lines.filter((line) => line.is_removed !== true);
  const prices = lines.map((line) => line.price ?? '0');
  const discounts = lines.flatMap((line) => line.discount_allocations.map((each) => each.amount ?? '0'));
  const tax = order.taxes_included === true ? [] : lines.flatMap((line) => taxes(line.tax_lines));
  return {
    shippingAmount: minus(sum(prices, currency), sum(discounts, currency), currency),
    tax: sum(tax, currency),
  };
}

/** @returns the taxes that are inside the prices, or null where they come on top or there are none. */
export function includedTax(order: ShopifyOrder): string | null {
  if (order.taxes_included !== true) return null;
  const lines = [...order.line_items, ...order.shipping_lines].flatMap((line) => taxes(line.tax_lines));
  const total = sum(lines, order.currency);
  return isZero(total) ? null : total;
}

/** The price in its plainest form: the currency's digits, more only where they are needed. */
export function unitPrice(price: string, currency: string): string {
  const [whole = '0', decimals = ''] = price.split('.');
  const needed = decimals.replace(/0+$/, '');
  const plainWhole = whole.replace(/^0+(?=[0-9])/, '');
  if (needed.length <= currencyDigits(currency)) return toCurrencyDigits(`${plainWhole}.${needed}`, currency);
  return `${plainWhole}.${needed}`;
}

/**
 * `total_discount` says nothing of codes and automatic discounts; the allocations hold all. It counts only in
 * payloads that lack them.
 */
function discountOf(line: ShopifyLine, currency: string): string {
  const allocations = line.discount_allocations?.map((each) => each.amount ?? '0');
  return sum(allocations ?? [line.total_discount ?? '0'], currency);
}

/** Import duties are charged by the line, like a tax, and are taxed themselves. */
function duties(line: ShopifyLine, { duties_included }: ShopifyOrder): readonly string[] {
  if (duties_included === true) return [];
  return line.duties.flatMap((duty) => [duty.shop_money ?? '0', ...taxes(duty.tax_lines)]);
}

function taxes(taxLines: ShopifyLine['tax_lines']): readonly string[] {
  return taxLines.map((tax) => tax.price ?? '0');
}

function isZero(amount: string): boolean {
  return /^[0.]*$/.test(amount);
}
