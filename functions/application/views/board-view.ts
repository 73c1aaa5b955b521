import type { BoardResponse } from '../../../contract/responses.ts';
import { ORDER_STATES } from '../../../domain/order/lifecycle.ts';
import type { OrderQueries } from '../read-ports.ts';
import { orderSummary } from './order-view.ts';

/**
 * The board: a column for each state, in the order of the states.
 *
 * @param limit cards in a column, the newest first
 */
export async function boardView(queries: OrderQueries, limit: number): Promise<BoardResponse> {
  const columns = await Promise.all(
    ORDER_STATES.map(async (state): Promise<BoardResponse['columns'][number]> => {
      const [page, counted] = await Promise.all([queries.list({ state }, limit, null), queries.count(state)]);
      const orders = page.orders.map(orderSummary);
      return {
        state,
        count: Math.max(counted.count, orders.length),
        ...(counted.isMinimum && { countIsMinimum: true }),
        orders,
      };
    }),
  );
  return { columns };
}
