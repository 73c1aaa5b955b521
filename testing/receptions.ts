import { SCOPES } from '../contract/routes.ts';
import type { OrderEventOf } from '../domain/order/events.ts';
import type { LocalStack } from '../local/stack.ts';

/** As what each order was booked: the first event of its history. */
export async function* receptions(stack: LocalStack): AsyncGenerator<OrderEventOf<'OrderReceived'>['data']> {
  const headers = { authorization: `Bearer ${await stack.token(SCOPES.join(' '))}` };
  const get = async <T>(path: string) => (await fetch(stack.url + path, { headers })).json() as Promise<T>;
  let cursor = '';
  do {
    const page = await get<Page<{ readonly orderId: string }>>(`/v1/orders?limit=100${cursor}`);
    for (const { orderId } of page.items) {
      const { items } = await get<Page<OrderEventOf<'OrderReceived'>>>(
        `/v1/orders/${orderId}/events?limit=1`,
      );
      const [first] = items;
      if (first?.type !== 'OrderReceived') throw new Error(`${orderId} does not begin with its reception`);
      yield first.data;
    }
    cursor = page.nextCursor === undefined ? '' : `&cursor=${page.nextCursor}`;
  } while (cursor !== '');
}

interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextCursor?: string;
}
