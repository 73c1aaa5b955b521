import type { OrderSummary } from '../../../contract/responses.ts';
import { MOVES, type OrderState } from '../../../domain/order/lifecycle.ts';
import { api } from '../api.ts';
import { words } from '../format.ts';

/** How a state is called at the head of its column. */
export function columnName(state: OrderState): string {
  return state === 'FULFILLMENT_QUEUED' ? 'In fulfillment' : words(state);
}

/** A move that is made at once, or one that needs to be told more on the order's own page. */
export type Move =
  | {
      readonly to: OrderState;
      readonly label: string;
      readonly done: string;
      readonly act: () => Promise<unknown>;
    }
  | { readonly to: OrderState; readonly label: string; readonly page: string };

type Moved = Pick<OrderSummary, 'orderId' | 'state'>;

/** The moves that the lifecycle has for an order in its state, in the order of the states. */
export function movesOf(order: Moved): readonly Move[] {
  return MOVES[order.state].map((to) => move(order, to));
}

function move({ orderId }: Moved, to: OrderState): Move {
  const path = `/v1/orders/${encodeURIComponent(orderId)}`;
  const post = (below: string) => () => api(`${path}${below}`, { method: 'POST', body: {} });
  const page = (dialog: string) => `/orders/${encodeURIComponent(orderId)}?do=${dialog}`;
  switch (to) {
    case 'RECEIVED':
      // Gives stock away that somebody else may take: the page shows what, and asks.
      return { to, label: 'Release the reservation …', page: page('release') };
    case 'ALLOCATED':
      return { to, label: 'Allocate', done: `${orderId}: stock was looked for.`, act: post('/allocation') };
    case 'FULFILLMENT_QUEUED':
      return { to, label: 'Queue for fulfillment', done: `${orderId} is queued.`, act: post('/fulfillment') };
    case 'SHIPPED':
      return { to, label: 'Ship …', page: page('ship') };
    case 'DELIVERED':
      return { to, label: 'Confirm delivery …', page: page('deliver') };
    case 'CLOSED':
      return { to, label: 'Close', done: `${orderId} is closed.`, act: post('/close') };
    case 'CANCELLED':
      return { to, label: 'Cancel …', page: page('cancel') };
  }
}

/** Says why an order cannot go where it was dropped, and where it can. */
export function whyNot({ orderId, state }: Moved, to: OrderState): string {
  const there = MOVES[state].map(columnName);
  const options =
    there.length === 0
      ? 'it stays where it is'
      : `from there it goes to ${new Intl.ListFormat('en', { type: 'disjunction' }).format(there)}`;
  return `${orderId} cannot go to ${columnName(to)}. It is in ${columnName(state)}; ${options}.`;
}
