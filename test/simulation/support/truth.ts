import type { Order } from '../../../domain/order/order.ts';
import type { OrderEnvelope } from '../../../functions/events/envelope.ts';
import { apply } from '../../../functions/orders/handle-order-command.ts';
import type { CapturedStream } from './stream.ts';

/** What has really happened, as far as it is written, at the very moment in which somebody is notified of it. */
export interface Truth {
  /** @returns the order as its history says now; null when there is none */
  order(orderId: string): Order | null;
  /** @returns the order that a channel knows by a number of its own */
  ofChannel(channel: Order['channel'], number: string): Order | null;
  history(orderId: string): readonly OrderEnvelope[];
}

export function truthOf(stream: CapturedStream): Truth {
  const history = (orderId: string) =>
    stream.events.filter((event): event is OrderEnvelope => 'orderId' in event && event.orderId === orderId);
  const order = (orderId: string) => {
    const events = history(orderId);
    return events.length === 0 ? null : apply(null, events, orderId);
  };
  return {
    history,
    order,
    ofChannel(channel, number) {
      for (const event of stream.events) {
        if (event.type !== 'OrderReceived' || event.channel !== channel) continue;
        const found = order(event.orderId);
        if (found?.externalId === number) return found;
      }
      return null;
    },
  };
}
