import type { Order } from '../../../domain/order/order.ts';
import type { Channel } from '../../../domain/order/terms.ts';
import type { Envelope, OrderEnvelope } from '../../events/envelope.ts';
import type { OrderStore } from '../../orders/ports.ts';

/**
 * Notifies a channel of what became of an order of its own. Receives one event many times, late and out of order: what has
 * been sent already is not sent again.
 *
 * @param order as it is now
 * @throws Error when the channel cannot be reached; the same event is brought again later
 */
export type Notifier = (event: OrderEnvelope, order: Order) => Promise<void>;

/**
 * @returns what hands an event to the notifier of its order's channel, which orders entered by hand have none of, and to
 * those of warehouses. One that fails keeps no other from being notified.
 */
export function notifyChannel(
  orders: Pick<OrderStore, 'load'>,
  notifiers: Readonly<Partial<Record<Channel, Notifier>>>,
  warehouses: readonly Notifier[] = [],
): (event: Envelope) => Promise<void> {
  return async (event) => {
    if (!('orderId' in event)) return;
    const ofChannel = notifiers[event.channel];
    const all = [...(ofChannel === undefined ? [] : [ofChannel]), ...warehouses];
    if (all.length === 0) return;
    const order = await orders.load(event.orderId);
    if (order === null || order.voided) return;
    const outcomes = await Promise.allSettled(all.map((notify) => notify(event, order)));
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
  };
}
