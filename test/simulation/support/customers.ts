import { ReceiveOrder } from '../../../domain/order/commands.ts';
import type { Origin } from '../../../functions/events/envelope.ts';
import type { IdempotencyRecord } from '../../../functions/idempotency.ts';
import { handleLotCommand } from '../../../functions/inventory/handle-lot-command.ts';
import { handleOrderCommand, type NotReceiving } from '../../../functions/orders/handle-order-command.ts';
import type { Ports } from '../../../functions/orders/ports.ts';
import { receiveOrder } from '../../../functions/orders/receive-order.ts';
import { WriteFailed } from '../../../functions/write-failures.ts';
import type { Random } from '../../../testing/random.ts';

export const SKUS = ['PLENTY', 'SCARCE', 'RARE'] as const;
const ORIGIN: Origin = { actor: { type: 'human', id: 'ada' }, correlationId: 'simulation' };

/** What customers were answered. */
export interface Answered {
  /** Orders by the customer's own number. */
  readonly orders: Map<string, string>;
  /** Shipments that were confirmed, by tracking number. */
  readonly shipped: Set<string>;
  /** Units that were received into lots, by SKU. */
  readonly received: Map<string, number>;
  /** What partners were answered to their purchase orders. */
  readonly answers: string[];
}

export function nothingAnswered(): Answered {
  return { orders: new Map(), shipped: new Set(), received: new Map(), answers: [] };
}

/** @returns what makes a repeat of a request known. */
function keyed(scope: string, key: string): IdempotencyRecord {
  return { scope, key, fingerprint: key, begunAt: 0, answer: { status: 200, headers: {}, body: '' } };
}

/** Tries for as long as it takes, as a client does whose answers get lost. */
export async function insist<Answer>(ports: Ports, attempt: () => Promise<Answer>): Promise<Answer> {
  for (let attempts = 1; ; attempts++) {
    try {
      return await attempt();
    } catch (error) {
      if (error instanceof RangeError || error instanceof TypeError) throw error;
      if (error instanceof WriteFailed && error.conflict === 'idempotency-key-used') throw error;
      await ports.pause(Math.min(attempts, 6));
    }
  }
}

/** A command under a key, which makes it happen once however often it is sent. */
export async function once(
  ports: Ports,
  id: string,
  orderId: string,
  command: NotReceiving,
): Promise<boolean> {
  try {
    const outcome = await insist(ports, () =>
      handleOrderCommand(ports, { orderId, command, origin: ORIGIN, remember: () => keyed('command', id) }),
    );
    return outcome.kind === 'done';
  } catch (error) {
    if (error instanceof WriteFailed) return true;
    throw error;
  }
}

/** Brings stock in, now and then, under a key. */
export async function stockClerk(
  ports: Ports,
  answered: Answered,
  random: Random,
  name: string,
  deliveries: number,
): Promise<void> {
  for (let number = 0; number < deliveries; number++) {
    const sku = SKUS[number % SKUS.length] ?? 'PLENTY';
    const quantity = sku === 'PLENTY' ? 90 : 4 + random.below(8);
    const lotNumber = `LOT-${random.below(2)}`;
    const key = `stock-${name}-${number}`;
    const outcome = await insist(ports, () =>
      handleLotCommand(ports, {
        command: { type: 'ReceiveStock', sku, lotNumber, quantity },
        origin: ORIGIN,
        remember: () => keyed('stock', key),
      }),
    );
    if (outcome.kind === 'refused') throw new Error(`stock was refused: ${outcome.rejection.code}`);
    answered.received.set(sku, (answered.received.get(sku) ?? 0) + quantity);
  }
}

/** Orders, and then ships, cancels, holds and delivers as chance will have it. */
export async function customer(
  ports: Ports,
  answered: Answered,
  random: Random,
  number: number,
): Promise<void> {
  const externalId = `X-${number}`;
  const isBilled = random.happens(0.5);
  const command = ReceiveOrder.parse({
    type: 'ReceiveOrder',
    channel: 'MANUAL',
    source: 'simulation',
    externalId,
    currency: 'USD',
    customer: { name: `Customer ${number}` },
    backorderPolicy: random.pick(['SHIP_PARTIAL', 'SHIP_PARTIAL', 'SHIP_COMPLETE']),
    ...(isBilled && { orderType: 'B2B', purchaseOrderNumber: `PO-${number}`, paymentTerms: 'NET30' }),
    lines: [random.pick(SKUS), random.pick(SKUS)].map((sku) => ({
      sku,
      quantity: 1 + random.below(5),
      unitPrice: '20.00',
    })),
  });
  const outcome = await insist(ports, () => receiveOrder(ports, { command, origin: ORIGIN }));
  if (outcome.kind !== 'received' && outcome.kind !== 'known') {
    throw new Error(`${externalId} was not received: ${JSON.stringify(outcome)}`);
  }
  const orderId = outcome.kind === 'received' ? outcome.order.orderId : outcome.orderId;
  answered.orders.set(externalId, orderId);

  const run = (id: string, next: NotReceiving) => once(ports, `${externalId} ${id}`, orderId, next);
  if (random.happens(0.2) && (await run('hold', { type: 'PlaceHold', reason: 'OTHER' }))) {
    const order = await insist(ports, () => ports.orders.load(orderId));
    const hold = order?.holds.at(-1);
    if (hold !== undefined) await run('release', { type: 'ReleaseHold', holdId: hold.holdId });
  }
  if (random.happens(0.15)) await run('cancel', { type: 'CancelOrder', reason: 'CUSTOMER' });
  if (random.happens(0.1)) await run('set free', { type: 'ReleaseAllocation' });
}

/** Ships and delivers what the warehouse has been handed, in parts, until nothing is left of an order. */
export async function warehouse(
  ports: Ports,
  answered: Answered,
  random: Random,
  orderId: string,
): Promise<boolean> {
  const order = await insist(ports, () => ports.orders.load(orderId));
  if (order === null) throw new Error(`there is no order ${orderId}`);
  if (order.state === 'FULFILLMENT_QUEUED') {
    const ready = order.lines
      .map(({ lineNumber, allocations }) => ({
        lineNumber,
        allocated: allocations.reduce((sum, { quantity }) => sum + quantity, 0),
      }))
      .filter(({ allocated }) => allocated > 0);
    if (ready.length === 0) return false;
    const lines = ready.map(({ lineNumber, allocated }) => ({
      lineNumber,
      quantity: 1 + random.below(allocated),
    }));
    const trackingNumber = `1Z-${orderId}-${order.version}`;
    const shipment = { type: 'RecordShipment', carrier: 'UPS', trackingNumber, lines } as const;
    if (await once(ports, trackingNumber, orderId, shipment)) answered.shipped.add(trackingNumber);
    return true;
  }
  for (const { shipmentId, deliveredAt } of order.shipments) {
    if (deliveredAt !== undefined) continue;
    const delivery = { type: 'ConfirmDelivery', shipmentId, deliveredAt: ports.now() } as const;
    await once(ports, `delivery ${shipmentId}`, orderId, delivery);
    return true;
  }
  return false;
}
