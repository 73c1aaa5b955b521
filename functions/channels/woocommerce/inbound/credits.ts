import { isBelowZero } from '../../../../domain/money.ts';
import type { WooFee, WooOrder } from './payload.ts';

/** @returns whether a fee or a line is below zero, as for points or a trade-in: it takes off what the order costs. */
export function isCredit({ total }: Pick<WooFee, 'total'>, { currency }: WooOrder): boolean {
  return isBelowZero(total, currency);
}

/** @returns the fees and lines of an order that are below zero. */
export function creditsOf(order: WooOrder): readonly Pick<WooFee, 'name' | 'total' | 'meta_data'>[] {
  return [...order.line_items, ...order.fee_lines].filter((each) => isCredit(each, order));
}
