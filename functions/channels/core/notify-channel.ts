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

/** @returns what hands an event to the teller of its order's channel; orders entered by hand have none. */
export function notifyChannel(
  orders: Pick<OrderStore, 'load'>,
  notifiers: Readonly<Partial<Record<Channel, Notifier>>>,
): (event: Envelope) => Promise<void> {
  return async (event) => {
    if (!('orderId' in event)) return;
    const notify = notifiers[event.channel];
    if (notify === undefined) return;
    const order = await orders.load(event.orderId);
    if (order !== null && !order.voided) await notify(event, order);
  };
}
