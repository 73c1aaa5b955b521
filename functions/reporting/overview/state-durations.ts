import type { OrderState } from '../../../domain/order/lifecycle.ts';
import type { Counted } from './counts.ts';
import type { OrderProjection } from './order-projection.ts';

/** A state that an order left, and the seconds that it had been in it. */
export interface Stay {
  readonly state: OrderState;
  readonly seconds: number;
}

/** @returns the states that an order left between two projections, each with the seconds spent in it. */
export function stateDurations(before: OrderProjection | null, after: OrderProjection): readonly Stay[] {
  return (Object.keys(after.stays) as OrderState[]).flatMap((state) => {
    const { stays = 0, seconds = 0 } = after.stays[state] ?? {};
    const known = before?.stays[state] ?? { stays: 0, seconds: 0 };
    return stays > known.stays ? [{ state, seconds: seconds - known.seconds }] : [];
  });
}

/** @returns how many orders are in each state, over all channels and currencies. */
export function ordersIn(rows: readonly Counted[]): ReadonlyMap<OrderState, number> {
  const counts = new Map<OrderState, number>();
  for (const { row, numbers } of rows) {
    if (row.kind !== 'STATE') continue;
    counts.set(row.state, (counts.get(row.state) ?? 0) + Number(numbers.orders ?? 0n));
  }
  return counts;
}
