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
  const tax = [...taxesOnTop(line, order), ...duties(line, order)];
  return { discount: discountOf(line, currency), tax: sum(tax, currency) };
}

/**
 * The order's shipping, less its discounts, and the taxes that belong to no line: those on shipping, and those that an
 * app reckoned for the order as a whole. A shipping line that was removed costs nothing.
 *
 * @param isEdited whether lines were removed, so that the current taxes count
 */
export function orderAmounts(order: ShopifyOrder, isEdited: boolean) {
  const { currency } = order;
  const lines = order.shipping_lines.filter((line) => line.is_removed !== true);
  const prices = lines.map((line) => line.price ?? '0');
  const discounts = lines.flatMap((line) => line.discount_allocations.map((each) => each.amount ?? '0'));
  const shippingTax = sum(
    lines.flatMap((line) => taxesOnTop(line, order)),
    currency,
  );
  return {
    shippingAmount: minus(sum(prices, currency), sum(discounts, currency), currency),
    tax: sum([shippingTax, unlistedTax(order, isEdited)], currency),
    shippingTax,
  };
}

/** Marketplaces tax an order as a whole: no line of it has a tax, and the order has. */
function unlistedTax(order: ShopifyOrder, isEdited: boolean): string {
  const { currency, taxes_included, tax_lines, total_tax, current_total_tax } = order;
  const listed = [...order.line_items, ...order.shipping_lines].flatMap((line) => taxes(line.tax_lines));
  if (taxes_included === true || !isZero(sum(listed, currency))) return '0';
  const now = isEdited ? current_total_tax : null;
  return now ?? total_tax ?? sum(taxes(tax_lines), currency);
}

function taxesOnTop(line: Pick<ShopifyLine, 'tax_lines'>, order: ShopifyOrder): readonly string[] {
  return order.taxes_included === true ? [] : taxes(line.tax_lines);
}

/** @returns what was added when cash was paid, below zero where it was taken off; null for nothing. */
export function cashRounding({
  total_cash_rounding_payment_adjustment_set: rounding,
}: ShopifyOrder): string | null {
  return rounding == null || isZero(rounding.replace('-', '')) ? null : rounding;
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
  const needed = decimals.replace(/0{1,9}$/, '');
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

/** Import duties are charged by the line, like a tax, and are taxed themselves; prices with taxes are without them. */
function duties(line: ShopifyLine, order: ShopifyOrder): readonly string[] {
  if (order.duties_included === true) return [];
  return line.duties.flatMap((duty) => [duty.shop_money ?? '0', ...taxesOnTop(duty, order)]);
}

function taxes(taxLines: ShopifyLine['tax_lines']): readonly string[] {
  return taxLines.map((tax) => tax.price ?? '0');
}

function isZero(amount: string): boolean {
  return /^[0.]*$/.test(amount);
}
