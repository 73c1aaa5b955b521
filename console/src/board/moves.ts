import type { OrderSummary } from '../../../contract/responses.ts';
import { MOVES, type OrderState } from '../../../domain/order/lifecycle.ts';
import { api } from '../api.ts';
import { words } from '../format.ts';

/** @returns the heading of the column of a state. */
export function columnName(state: OrderState): string {
  return state === 'FULFILLMENT_QUEUED' ? 'In fulfillment' : words(state);
}

/** A move that runs at once, or one that needs input on the order's page. */
export type Move =
  | {
      readonly to: OrderState;
      readonly label: string;
      readonly done: string;
      readonly act: () => Promise<unknown>;
    }
  | { readonly to: OrderState; readonly label: string; readonly page: string };

type Moved = Pick<OrderSummary, 'orderId' | 'state'>;

/** @returns the moves that the lifecycle allows, in the order of the states. */
export function movesOf(order: Moved): readonly Move[] {
  return MOVES[order.state].map((to) => move(order, to));
}

function move({ orderId }: Moved, to: OrderState): Move {
  const path = `/v1/orders/${encodeURIComponent(orderId)}`;
  const post = (below: string) => () => api(`${path}${below}`, { method: 'POST', body: {} });
  const page = (dialog: string) => `/orders/${encodeURIComponent(orderId)}?do=${dialog}`;
  switch (to) {
    case 'RECEIVED':
      // Releases stock that another order may reserve: the page shows it and asks for confirmation.
      return { to, label: 'Release the reservation …', page: page('release') };
    case 'ALLOCATED':
      return { to, label: 'Allocate', done: `${orderId}: allocation was run.`, act: post('/allocation') };
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

/** @returns why an order cannot move to a state, and where it can move. */
export function whyNot({ orderId, state }: Moved, to: OrderState): string {
  const there = MOVES[state].map(columnName);
  const options =
    there.length === 0
      ? 'it cannot move'
      : `from there it can move to ${new Intl.ListFormat('en', { type: 'disjunction' }).format(there)}`;
  return `${orderId} cannot move to ${columnName(to)}. It is in ${columnName(state)}; ${options}.`;
}
