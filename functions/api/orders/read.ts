import { BoardQuery, EmptyQuery, HistoryQuery, OrderListQuery } from '../../../contract/requests.ts';
import { wordsOf } from '../../../domain/order/search.ts';
import { promisesOf } from '../../inventory/promises.ts';
import { decodeCursor, encodeCursor } from '../../middleware/cursor.ts';
import { orderIdOf, Problem, type RouteHandler, valid } from '../../middleware/http.ts';
import type { Ports } from '../../orders/ports.ts';
import type { OrderQueries } from '../../orders/queries.ts';
import { allocationView, reservedSkus } from '../../orders/views/allocation-view.ts';
import { orderSummary, orderView } from '../../orders/views/order-view.ts';
import { type BoardSources, boardView } from '../../reporting/board-view.ts';
import { orderOf } from './order-of.ts';

/** GET /v1/orders/{orderId} */
export function getOrder(ports: Ports): RouteHandler {
  return async (request) => {
    valid(EmptyQuery, request.query);
    const order = await orderOf(ports, request);
    const body = orderView(order, await promisesOf(ports, order));
    return { status: 200, headers: { etag: `"${order.version}"` }, body };
  };
}

/** GET /v1/orders */
export function listOrders(queries: OrderQueries): RouteHandler {
  return async (request) => {
    const { limit, cursor, ...filter } = valid(OrderListQuery, request.query);
    const { search: words, ...conditions } = filter;
    const inEmail = request.scopes.includes('customers/read');
    const search = words === undefined ? undefined : { words: wordsOf(words), inEmail };
    const after = await decodeCursor(cursor, { orders: filter });
    const page = await queries.list({ ...conditions, search }, limit, after);
    return {
      status: 200,
      body: {
        items: page.orders.map(orderSummary),
        ...(page.next !== null && { nextCursor: await encodeCursor(page.next, { orders: filter }) }),
        searchedBackTo: page.searchedBackTo,
      },
    };
  };
}

/** GET /v1/orders/{orderId}/events: also of a voided order, whose history stays. */
export function getHistory(ports: Ports): RouteHandler {
  return async (request) => {
    const { limit, cursor } = valid(HistoryQuery, request.query);
    const orderId = orderIdOf(request);
    const place = { history: orderId };
    const after = Number((await decodeCursor(cursor, place)) ?? 0);
    const events = await ports.orders.history(orderId, after, limit + 1);
    if (events.length === 0 && after === 0) throw new Problem('not_found', `there is no order ${orderId}`);
    const items = events.slice(0, limit);
    const last = items.at(-1);
    return {
      status: 200,
      body: {
        items,
        ...(events.length > limit &&
          last && { nextCursor: await encodeCursor(String(last.sequence), place) }),
      },
    };
  };
}

/** GET /v1/orders/{orderId}/allocation: what the order holds of each lot, and what that leaves of it. */
export function getAllocation(ports: Ports): RouteHandler {
  return async (request) => {
    valid(EmptyQuery, request.query);
    const order = await orderOf(ports, request);
    const stock = await ports.stock.lotsOf(reservedSkus(order));
    return { status: 200, body: allocationView(order, stock) };
  };
}

/** GET /v1/board: a column for each state, in the order of the states. */
export function getBoard(sources: BoardSources): RouteHandler {
  return async (request) => {
    const { limit, ...filter } = valid(BoardQuery, request.query);
    const columns = await boardView(sources, filter, limit);
    return {
      status: 200,
      body: {
        columns: await Promise.all(
          columns.map(async ({ next, ...column }) => {
            // The cursor of the list that the column is the beginning of.
            const place = { orders: { state: column.state, ...filter } };
            return { ...column, ...(next !== null && { nextCursor: await encodeCursor(next, place) }) };
          }),
        ),
      },
    };
  };
}
