import type { Origin } from '../functions/events/envelope.ts';
import { handleLotCommand } from '../functions/inventory/handle-lot-command.ts';
import { handleOrderCommand } from '../functions/orders/handle-order-command.ts';
import type { Ports } from '../functions/orders/ports.ts';
import { receiveOrder } from '../functions/orders/receive-order.ts';
import { type SampleOrder, sampleLots, sampleOrders } from './sample/orders.ts';

const ORIGIN: Origin = { actor: { type: 'automation', id: 'sample-data' }, correlationId: 'sample-data' };

/**
 * Makes the sample lots and orders by the very commands that everything else uses. What is there already is left
 * alone, so it can be run again after it was cut off.
 *
 * @throws Error when a sample is refused
 */
export async function seed(ports: Ports): Promise<void> {
  const today = ports.now().slice(0, 10);
  for (const lot of sampleLots(today)) {
    const lots = (await ports.stock.lotsOf([lot.sku])).get(lot.sku) ?? [];
    if (lots.some(({ lotNumber }) => lotNumber === lot.lotNumber)) continue;
    const outcome = await handleLotCommand(ports, {
      command: { type: 'ReceiveStock', ...lot },
      origin: ORIGIN,
    });
    if (outcome.kind === 'refused') throw new Error(`lot ${lot.lotNumber}: ${outcome.rejection.detail}`);
  }
  for (const sample of sampleOrders()) await seedOrder(ports, sample);
}

async function seedOrder(ports: Ports, { orderId, command, steps }: SampleOrder): Promise<void> {
  if ((await ports.orders.load(orderId)) === null) {
    const outcome = await receiveOrder(ports, { orderId, command, origin: ORIGIN });
    if (outcome.kind !== 'received') throw new Error(`order ${orderId} was not received: ${outcome.kind}`);
  }
  for (const { from, command: step } of steps) {
    const order = await ports.orders.load(orderId);
    // The workflow may have been quicker, or an earlier run came as far as this.
    if (order?.state !== from) continue;
    const outcome = await handleOrderCommand(ports, { orderId, command: step, origin: ORIGIN });
    if (outcome.kind === 'refused') throw new Error(`order ${orderId}: ${outcome.rejection.detail}`);
  }
}
