import type { BoardResponse, OrderSummary } from '../../contract/responses.ts';
import { sum } from '../../domain/money.ts';
import { ORDER_STATES } from '../../domain/order/lifecycle.ts';
import type { OrderFilter, OrderQueries } from '../orders/queries.ts';
import { orderSummary } from '../orders/views/order-view.ts';
import type { Counted } from './overview/counts.ts';
import type { OverviewRows } from './overview/rows.ts';
import { type CountedAs, moneyOf, total } from './overview/sums.ts';

/** What the board is read from. */
export interface BoardSources {
  readonly queries: Pick<OrderQueries, 'list'>;
  readonly overview: OverviewRows;
}

/** What the board can be narrowed to. */
export type BoardFilter = Omit<
  OrderFilter,
  'state' | 'purchaseOrderNumber' | 'externalId' | 'trackingNumber' | 'number'
>;

/** A column with its cursor; null where it is complete. */
type Column = Omit<BoardResponse['columns'][number], 'nextCursor'> & { readonly next: string | null };

/**
 * The board: a column for each state, in the order of the states. A column that is shown whole is counted from what
 * it shows; only where there is more do the numbers of the projection, which follow a moment later, say how much.
 * The projection knows channels and no other filter.
 *
 * @param limit cards in a column, the newest first
 */
export async function boardView(
  { queries, overview }: BoardSources,
  filter: BoardFilter,
  limit: number,
): Promise<readonly Column[]> {
  const { channel, ...others } = filter;
  const isCounted = Object.values(others).every((wanted) => wanted === undefined);
  const [rows, pages] = await Promise.all([
    isCounted ? overview.read('STATE') : ([] as readonly Counted[]),
    Promise.all(ORDER_STATES.map((state) => queries.list({ ...filter, state }, limit, null))),
  ]);
  return ORDER_STATES.map((state, index): Column => {
    const { orders: headers, next } = pages[index] ?? { orders: [], next: null };
    const orders = headers.map(orderSummary);
    const isAtLeast = next !== null && !isCounted;
    const shown = { state, count: orders.length, isAtLeast, value: sumsOf(orders), orders, next };
    if (next === null || isAtLeast) return shown;
    const own = rows
      .filter(isOfState)
      .filter(({ row }) => row.state === state && (channel === undefined || row.channel === channel));
    return { ...shown, count: Math.max(total(own, 'orders'), orders.length), value: moneyOf(own) };
  });
}

export function isOfState(counted: Counted): counted is CountedAs<'STATE'> {
  return counted.row.kind === 'STATE';
}

function sumsOf(orders: readonly OrderSummary[]): BoardResponse['columns'][number]['value'] {
  return [...Map.groupBy(orders, ({ currency }) => currency)]
    .map(([currency, own]) => ({
      currency,
      amount: sum(
        own.map((order) => order.total),
        currency,
      ),
    }))
    .sort((one, other) => (one.currency < other.currency ? -1 : 1));
}
