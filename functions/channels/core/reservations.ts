import { allocated, lineOf, type Order } from '../../../domain/order/order.ts';
import type { Units } from './outcome.ts';

/** @returns the units of these that the order does not hold in stock, by line. */
export function unreserved(order: Order, lines: readonly Units[]): readonly Units[] {
  return lines
    .map(({ lineNumber, quantity }) => {
      const line = lineOf(order, lineNumber);
      return { lineNumber, quantity: quantity - (line === undefined ? 0 : allocated(line)) };
    })
    .filter(({ quantity }) => quantity > 0);
}
