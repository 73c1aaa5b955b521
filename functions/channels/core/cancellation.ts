import { unreachable } from '../../../domain/decider.ts';
import type { CommandOf } from '../../../domain/order/commands.ts';
import { hasShipped, type Order } from '../../../domain/order/order.ts';
import { cancellationsOf, ignore, quarantine, type ShopOutcome, settled, type Units } from './outcome.ts';

/** Cancels a known order as far as its goods are still here; what has left is for a person. */
export function cancelOrder(order: Order, cancellation: CommandOf<'CancelOrder'>): ShopOutcome {
  switch (order.state) {
    case 'RECEIVED':
    case 'ALLOCATED':
    case 'FULFILLMENT_QUEUED':
      return settled([cancellation], null, '');
    case 'CANCELLED':
      return ignore('the order is cancelled here already');
    case 'SHIPPED':
    case 'DELIVERED':
    case 'CLOSED':
      return quarantine(
        'cancelled_after_shipping',
        `${order.orderId} is ${order.state}: ${cancellation.reason}`,
      );
    default:
      return unreachable(order.state);
  }
}

export interface UnitsCancelled {
  readonly commands: readonly CommandOf<'CancelOrder'>[];
  /** Nothing is left of the order, and nothing of it has shipped. */
  readonly endsOrder: boolean;
  /** Units that have left before they could be cancelled. */
  readonly beyond: readonly Units[];
}

/**
 * Cancels units that the shop removed, as far as they are still here.
 *
 * @param shop the shop system's name, for people to read
 */
export function cancelUnits(order: Order, fewer: readonly Units[], shop: string): UnitsCancelled {
  const asked = new Map(fewer.map(({ lineNumber, quantity }) => [lineNumber, quantity]));
  const lines = order.lines.map((line) => {
    const left = line.ordered - line.cancelled - line.shipped;
    return { lineNumber: line.lineNumber, left, asked: asked.get(line.lineNumber) ?? 0 };
  });
  const endsOrder = fewer.length > 0 && !hasShipped(order) && lines.every((line) => line.asked >= line.left);
  if (endsOrder) {
    const reason = `Every line was removed in ${shop}`;
    return { commands: [{ type: 'CancelOrder', reason }], endsOrder, beyond: [] };
  }
  const units = (quantityOf: (line: (typeof lines)[number]) => number) =>
    lines
      .map((line) => ({ lineNumber: line.lineNumber, quantity: quantityOf(line) }))
      .filter(({ quantity }) => quantity > 0);
  const now = units((line) => Math.min(line.asked, line.left));
  return {
    commands: cancellationsOf(order, now, `Removed from the order in ${shop}`),
    endsOrder,
    beyond: units((line) => line.asked - line.left),
  };
}
