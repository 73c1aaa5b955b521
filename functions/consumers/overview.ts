import { orderStore } from '../adapters/dynamodb/order-store.ts';
import { standingStore } from '../adapters/dynamodb/overview-store.ts';
import { type CountingPorts, countOrder } from '../application/overview/count-order.ts';
import { createLogger, createTable, pause } from '../wiring.ts';
import { forEachEvent } from './messages.ts';

const table = createTable();
const ports: CountingPorts = { orders: orderStore(table), standings: standingStore(table), pause };

/** Counts orders for the board and the overview; an event is only a reason to look at the order's history. */
export const handler = forEachEvent(createLogger(), async (event) => {
  if ('orderId' in event) await countOrder(ports, event.orderId);
  return false;
});
