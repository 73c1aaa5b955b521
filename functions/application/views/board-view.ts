import type { BoardResponse, OrderSummary } from '../../../contract/responses.ts';
import { sum } from '../../../domain/money.ts';
import { ORDER_STATES } from '../../../domain/order/lifecycle.ts';
import type { Counted } from '../overview/counts.ts';
import type { OverviewRows } from '../overview/rows.ts';
import { type CountedAs, moneyOf, total } from '../overview/sums.ts';
import type { OrderQueries } from '../read-ports.ts';
import { orderSummary } from './order-view.ts';

/** What the board is read from. */
export interface BoardSources {
  readonly queries: Pick<OrderQueries, 'list'>;
  readonly overview: OverviewRows;
}

/**
 * The board: a column for each state, in the order of the states. A column that is shown whole is counted from what
 * it shows; only where there is more do the numbers of the projection, which follow a moment later, say how much.
 *
 * @param limit cards in a column, the newest first
 */
export async function boardView({ queries, overview }: BoardSources, limit: number): Promise<BoardResponse> {
  const [rows, pages] = await Promise.all([
    overview.read('STATE'),
    Promise.all(ORDER_STATES.map((state) => queries.list({ state }, limit, null))),
  ]);
  const columns = ORDER_STATES.map((state, index): BoardResponse['columns'][number] => {
    const page = pages[index] ?? { orders: [], next: null };
    const orders = page.orders.map(orderSummary);
    if (page.next === null) return { state, count: orders.length, value: sumsOf(orders), orders };
    const own = rows.filter(isOfState).filter(({ row }) => row.state === state);
    return { state, count: Math.max(total(own, 'orders'), orders.length), value: moneyOf(own), orders };
  });
  return { columns };
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
