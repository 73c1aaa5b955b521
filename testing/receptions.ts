import type { OrderEventOf } from '../domain/order/events.ts';
import type { LoopClient } from './client.ts';

/** As what each order was booked: the first event of its history. */
export async function* receptions(loop: LoopClient): AsyncGenerator<OrderEventOf<'OrderReceived'>['data']> {
  for await (const { orderId } of loop.pages<{ readonly orderId: string }>('/v1/orders?limit=100')) {
    const { items } = await loop.done('GET', `/v1/orders/${orderId}/events?limit=1`);
    const [first] = items;
    if (first?.type !== 'OrderReceived') throw new Error(`${orderId} does not begin with its reception`);
    yield first.data;
  }
}
