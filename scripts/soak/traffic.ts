import type { Answer } from '../../testing/client.ts';
import { type ChannelMessage, purchaseOrder, shopifyOrder, trackingUpdate } from '../../testing/messages.ts';
import type { Random } from '../../testing/random.ts';
import type { WatchedLoop } from './watched-loop.ts';

const SKUS = ['SOAK-A', 'SOAK-B', 'SOAK-C'] as const;

/** Maximum number of orders that wait for their next step; older ones are left as they are. */
const MAX_UNDER_WAY = 500;

interface UnderWay {
  readonly orderId: string;
  readonly trackingNumber: string;
}

/** A request with its kind and its response. */
export interface Sent {
  readonly kind: string;
  readonly status: number;
  readonly milliseconds: number;
}

/** Sends requests of randomly chosen kinds. */
export interface Traffic {
  readonly orders: number;
  send(): Promise<Sent>;
}

/** A mix of the daily requests of people, shops, partners and carriers. Starts with stock for all SKUs. */
export async function mixedTraffic(loop: WatchedLoop, random: Random): Promise<Traffic> {
  const queued: string[] = [];
  const shipped: UnderWay[] = [];
  let orders = 0;
  let numbers = 0;
  const fresh = () => {
    numbers += 1;
    return numbers;
  };
  const keep = <Item>(list: Item[], item: Item) => {
    list.push(item);
    if (list.length > MAX_UNDER_WAY) list.shift();
  };
  const ask = async (
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ) => (await loop.client()).send(method, path, { body, headers });
  const message = async (message: ChannelMessage) => (await loop.client()).sendSigned(message);
  const receiveStock = (sku: string, quantity: number) => {
    const lot = { lotNumber: `LOT-${random.below(5)}`, quantity };
    return ask('POST', `/v1/inventory/${sku}/lots`, lot, { 'idempotency-key': `stock-${fresh()}` });
  };
  const known = (answer: Answer) => {
    if (answer.status >= 300 || typeof answer.body.orderId !== 'string') return answer;
    orders += 1;
    keep(queued, answer.body.orderId);
    return answer;
  };
  const any = () => (queued.length === 0 ? undefined : random.pick(queued));
  const newest = () => ask('GET', '/v1/orders?limit=25');

  const kinds: readonly (readonly [kind: string, share: number, ask: () => Promise<Answer>])[] = [
    [
      'manual order',
      14,
      async () => {
        const isBilled = random.happens(0.3);
        const externalId = `S-${fresh()}`;
        const terms = { orderType: 'B2B', purchaseOrderNumber: externalId, paymentTerms: 'NET30' };
        const body = {
          externalId,
          currency: 'USD',
          customer: { name: `Customer ${random.below(200)}` },
          lines: [random.pick(SKUS), random.pick(SKUS)].map((sku) => ({
            sku,
            quantity: 1 + random.below(4),
            unitPrice: '20.00',
          })),
          ...(isBilled && terms),
        };
        return known(await ask('POST', '/v1/orders', body, { 'idempotency-key': externalId }));
      },
    ],
    [
      'shop order',
      7,
      async () => known(await message(shopifyOrder(9_100_000_000_000 + fresh(), random.pick(SKUS)))),
    ],
    ['purchase order', 4, () => message(purchaseOrder(fresh(), `46${numbers}`, SKUS[1]))],
    [
      'shipment',
      17,
      async () => {
        const orderId = queued.shift();
        if (orderId === undefined) return newest();
        const trackingNumber = `1ZSOAK${fresh()}`;
        const body = { carrier: 'UPS', trackingNumber };
        const answer = await ask('POST', `/v1/orders/${orderId}/shipments`, body);
        if (answer.status === 201) keep(shipped, { orderId, trackingNumber });
        // Not queued yet, or not in stock: a later attempt may succeed.
        else if (answer.body.state !== 'CANCELLED') keep(queued, orderId);
        return answer;
      },
    ],
    [
      'delivery',
      14,
      async () => {
        const next = shipped.shift();
        if (next === undefined) return newest();
        if (random.happens(0.5)) return message(trackingUpdate(`update-${fresh()}`, next.trackingNumber));
        const { orderId } = next;
        const [shipment] = (await ask('GET', `/v1/orders/${orderId}`)).body.shipments;
        const path = `/v1/orders/${orderId}/shipments/${shipment.shipmentId}/delivery`;
        return ask('POST', path, { deliveredAt: new Date().toISOString() });
      },
    ],
    [
      'cancellation',
      2,
      async () => {
        const orderId = queued.pop();
        if (orderId === undefined) return newest();
        return ask('POST', `/v1/orders/${orderId}/cancellation`, { reason: 'CUSTOMER' });
      },
    ],
    // More than is ordered: otherwise backorders accumulate, and every receipt would look at all of them.
    ['stock', 5, () => receiveStock(random.pick(SKUS), 60)],
    ['list', 9, newest],
    [
      'list by state',
      5,
      () => ask('GET', `/v1/orders?state=${random.pick(['RECEIVED', 'SHIPPED', 'CLOSED'])}`),
    ],
    ['board', 5, () => ask('GET', '/v1/board')],
    [
      'order',
      9,
      () => {
        const orderId = any();
        return orderId === undefined ? newest() : ask('GET', `/v1/orders/${orderId}`);
      },
    ],
    [
      'history',
      5,
      () => {
        const orderId = any();
        return orderId === undefined ? newest() : ask('GET', `/v1/orders/${orderId}/events`);
      },
    ],
    ['inventory', 4, () => ask('GET', `/v1/inventory/${random.pick(SKUS)}`)],
  ];
  const whole = kinds.reduce((sum, [, share]) => sum + share, 0);

  for (const sku of SKUS) await receiveStock(sku, 1000);
  return {
    get orders() {
      return orders;
    },
    async send() {
      let place = random.below(whole);
      const [kind, , ask] = kinds.find(([, share]) => {
        place -= share;
        return place < 0;
      }) ?? ['list', 0, newest];
      const begun = performance.now();
      const { status } = await ask();
      return { kind, status, milliseconds: performance.now() - begun };
    },
  };
}
