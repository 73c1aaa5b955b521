import type { Answer, LoopClient } from '../../testing/client.ts';
import { type ChannelMessage, purchaseOrder, shopifyOrder } from '../../testing/messages.ts';
import type { Random } from '../../testing/random.ts';
import type { Acknowledged, ExpectationLog } from './expectation-log.ts';
import type { KillableLoop } from './killable-process.ts';

/** The last SKU is always short. */
export const SKUS = ['CRASH-A', 'CRASH-B', 'CRASH-C', 'CRASH-SCARCE'] as const;
const SCARCE = 'CRASH-SCARCE';

/** Blocks clients while the loop is down or being checked. */
export interface Gate {
  /** Resolves when requests may be sent. */
  passes(): Promise<void>;
  /** Whether clients should stop. A started request is still repeated until it is answered. */
  readonly isOver: boolean;
}

export interface ClientOptions {
  readonly loop: KillableLoop;
  readonly expectations: ExpectationLog;
  readonly gate: Gate;
  readonly random: Random;
  /** Index of the client from 0, which keeps its numbers unique. */
  readonly number: number;
}

/** A client that repeats each request until it is answered, and records the answer. */
export async function runClient({ loop, expectations, gate, random, number }: ClientOptions): Promise<void> {
  const own: Acknowledged[] = [];
  let sent = 0;
  const fresh = () => {
    sent += 1;
    return number * 100_000 + sent;
  };

  /** Repeats a request until it has a final answer. */
  const insist = async (what: string, send: (client: LoopClient) => Promise<Answer>): Promise<Answer> => {
    for (;;) {
      await gate.passes();
      const answer = await send(loop.client).catch(() => null);
      if (answer === null || answer.status === 503) continue;
      if (answer.status === 409 && answer.body.code === 'idempotency_in_flight') continue;
      if (answer.status >= 500) throw new Error(`${what} was answered ${answer.status}`);
      return answer;
    }
  };
  const command = (path: string, body: unknown, key = `key-${fresh()}`) =>
    insist(path, (client) => client.send('POST', path, { body, headers: { 'idempotency-key': key } }));

  const orderByHand = async () => {
    const externalId = `X-${fresh()}`;
    const isBilled = random.happens(0.4);
    const sku = random.pick(SKUS);
    const lines = [
      { sku, quantity: 1 + random.below(sku === SCARCE ? 3 : 6), unitPrice: '20.00' },
      { sku: SKUS[0], quantity: 1 + random.below(3), unitPrice: '3.50' },
    ];
    const terms = isBilled && {
      orderType: 'B2B',
      purchaseOrderNumber: `PO-${externalId}`,
      paymentTerms: 'NET30',
    };
    const customer = { name: `Customer ${number}` };
    const answer = await command('/v1/orders', { externalId, currency: 'USD', customer, lines, ...terms });
    if (answer.status !== 201) throw new Error(`an order was answered ${JSON.stringify(answer)}`);
    own.push(expectations.add(answer.body.orderId, externalId, isBilled));
  };

  const orderOfChannel = async (
    message: ChannelMessage,
    query: string,
    externalId: string,
    isBilled: boolean,
  ) => {
    const { path } = message;
    const answer = await insist(path, (client) => client.sendSigned(message));
    if (answer.status !== 200) throw new Error(`${path} was answered ${JSON.stringify(answer)}`);
    // The response to a repeat has no order id; the channel's number finds the order.
    const found = await insist(query, (client) => client.send('GET', `/v1/orders?${query}`));
    const { items } = found.body;
    if (items.length !== 1)
      throw new Error(`${externalId} was acknowledged and exists ${items.length} times`);
    own.push(expectations.add(items[0].orderId, externalId, isBilled));
  };

  const ship = async (order: Acknowledged) => {
    const trackingNumber = `1Z${number}T${fresh()}`;
    const answer = await command(`/v1/orders/${order.orderId}/shipments`, { carrier: 'UPS', trackingNumber });
    if (answer.status !== 201) return;
    expectations.acknowledged += 1;
    expectations.touch(order.orderId);
    order.shipmentIds.add(answer.body.shipmentId);
  };

  const deliver = async (order: Acknowledged) => {
    const [shipmentId] = [...order.shipmentIds].filter((each) => !order.deliveredIds.has(each));
    if (shipmentId === undefined) return;
    const deliveredAt = new Date().toISOString();
    const path = `/v1/orders/${order.orderId}/shipments/${shipmentId}/delivery`;
    const answer = await command(path, { deliveredAt });
    if (answer.status !== 200) return;
    expectations.acknowledged += 1;
    expectations.touch(order.orderId);
    order.deliveredIds.add(shipmentId);
  };

  const cancel = async (order: Acknowledged) => {
    const answer = await command(`/v1/orders/${order.orderId}/cancellation`, { reason: 'CUSTOMER' });
    if (answer.status !== 200) return;
    expectations.acknowledged += 1;
    expectations.touch(order.orderId);
    if (order.shipmentIds.size === 0) order.isCancelled = true;
  };

  const stock = async () => {
    const sku = random.pick(SKUS);
    const quantity = sku === SCARCE ? 2 : 20;
    const lot = { lotNumber: `LOT-${random.below(3)}`, quantity };
    const answer = await command(`/v1/inventory/${sku}/lots`, lot);
    if (answer.status === 201) expectations.receive(sku, quantity);
  };

  for (;;) {
    await gate.passes();
    if (gate.isOver) return;
    const chance = random.fraction();
    const order = own.length === 0 ? undefined : own[own.length - 1 - random.below(Math.min(own.length, 12))];
    if (chance < 0.3 || order === undefined) await orderByHand();
    else if (chance < 0.38) {
      const id = 8_000_000_000_000 + fresh();
      await orderOfChannel(
        shopifyOrder(id, random.pick(SKUS), 1 + random.below(3)),
        `externalId=${id}`,
        `${id}`,
        false,
      );
    } else if (chance < 0.44) {
      const control = fresh();
      const message = purchaseOrder(control, `45${control}`, SKUS[1]);
      await orderOfChannel(message, `purchaseOrderNumber=45${control}`, `45${control}`, true);
    } else if (chance < 0.64) await ship(order);
    else if (chance < 0.82) await deliver(order);
    else if (chance < 0.86) await cancel(order);
    else await stock();
  }
}
