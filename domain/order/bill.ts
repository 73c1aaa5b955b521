import { addDays } from '../calendar.ts';
import { extend, minorUnits, minus, share, sum } from '../money.ts';
import type { BilledLine } from './events.ts';
import { casesAndPallets, type Line, type Order } from './order.ts';

/** Units of a line to be charged, or credited, out of all units that the line was ordered with. */
export interface BilledUnits {
  readonly line: Line;
  /** Units charged, or credited, before. */
  readonly before: number;
  /** Zero for a line that this bill leaves out but earlier ones had. */
  readonly quantity: number;
}

/**
 * Charges for units of an order. Every amount is the difference of two cumulative shares, so that the bills of an
 * order add up to its total to the cent, whatever it is split into. The order's own discount and tax go along with
 * the goods, but for the tax on shipping.
 *
 * @param units every line of the order of which units are, or were, billed
 * @param withShipping whether the order's shipping amount is part of this bill
 */
export function billFor(order: Order, units: readonly BilledUnits[], withShipping: boolean) {
  const { currency } = order;
  const lines = units.map((each) => billLine(each, currency));
  const counted = new Map(units.map((each) => [each.line.lineNumber, each]));
  const goodsBefore = weight(order, (line) => counted.get(line.lineNumber)?.before ?? 0);
  const goodsAfter = weight(order, (line) => {
    const each = counted.get(line.lineNumber);
    return each === undefined ? 0 : each.before + each.quantity;
  });
  const allGoods = weight(order, (line) => line.ordered);
  const ofOrder = (amount: string | undefined) =>
    difference(amount ?? '0', goodsBefore, goodsAfter, allGoods, currency);
  const discount = ofOrder(order.discount);
  // Tax on shipping is charged with the shipping, and is not given back with goods.
  const shippingTax = order.shippingTax ?? '0';
  const ofGoods = ofOrder(minus(order.tax ?? '0', shippingTax, currency));
  const tax = sum([ofGoods, ...(withShipping ? [shippingTax] : [])], currency);
  const shipping = sum(withShipping ? [order.shippingAmount ?? '0'] : [], currency);
  const total = minus(
    sum([...lines.map((line) => line.amount), shipping, tax], currency),
    discount,
    currency,
  );
  const charged = lines.filter((line) => line.quantity > 0);
  const { customer, purchaseOrderNumber } = order;
  return { currency, customer, purchaseOrderNumber, lines: charged, discount, shipping, tax, total };
}

/** @returns whether an invoice of ours charges goods of the order: only those that left from us for a B2B customer. */
export function isInvoiced({ orderType, shipments }: Order): boolean {
  return orderType === 'B2B' && shipments.some(({ isEarlier }) => isEarlier !== true);
}

/**
 * @param index which of the order's shipments, from 0
 * @returns the id of the invoice that charges a shipment
 */
export function invoiceIdOf({ orderId }: Pick<Order, 'orderId'>, index: number): string {
  return `${orderId}-I${index + 1}`;
}

/** @returns the day by which an invoice of this date is to be paid. */
export function dueDate(invoiceDate: string, paymentTerms: string | undefined): string {
  return addDays(invoiceDate, netDays(paymentTerms) ?? 0);
}

/** @returns the days in which an invoice is to be paid, or null where the terms name none. */
export function netDays(paymentTerms: string | undefined): number | null {
  const days = /^NET(\d+)$/.exec(paymentTerms ?? '')?.[1];
  return days === undefined ? null : Number(days);
}

function billLine({ line, before, quantity }: BilledUnits, currency: string): BilledLine {
  const part = (amount: string) => difference(amount, before, before + quantity, line.ordered, currency);
  const goods = part(extend(line.unitPrice, line.ordered, currency));
  const discount = part(line.discount ?? '0');
  const tax = part(line.tax ?? '0');
  return {
    lineNumber: line.lineNumber,
    sku: line.sku,
    quantity,
    ...casesAndPallets(line, quantity),
    unitPrice: line.unitPrice,
    goods,
    discount,
    tax,
    amount: minus(sum([goods, tax], currency), discount, currency),
  };
}

function difference(
  amount: string,
  before: number | bigint,
  after: number | bigint,
  whole: number | bigint,
  currency: string,
): string {
  return minus(share(amount, after, whole, currency), share(amount, before, whole, currency), currency);
}

/** What the units weigh when the order's own amounts are spread: their price, or their number in a free order. */
function weight(order: Order, unitsOf: (line: Line) => number): bigint {
  const goods = (line: Line) =>
    minorUnits(extend(line.unitPrice, line.ordered, order.currency), order.currency);
  const free = order.lines.every((line) => goods(line) === 0n);
  return order.lines.reduce((total, line) => {
    // Weighed to a millionth of the smallest unit, so that a unit of a cheap line does not weigh nothing.
    const value = free ? BigInt(line.ordered) : goods(line);
    return total + (value * 1_000_000n * BigInt(unitsOf(line))) / BigInt(line.ordered);
  }, 0n);
}
