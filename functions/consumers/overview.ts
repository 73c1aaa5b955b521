import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { ordersInMetric, secondsInMetric } from '../../contract/metrics.ts';
import { ORDER_STATES } from '../../domain/order/lifecycle.ts';
import { orderStore } from '../adapters/dynamodb/order-store.ts';
import { overviewRows, projectionStore } from '../adapters/dynamodb/overview-store.ts';
import { type CountingPorts, countOrder } from '../reporting/overview/count-order.ts';
import { ordersIn, stateDurations } from '../reporting/overview/state-durations.ts';
import { createLogger, createTable, metrics, pause } from '../wiring.ts';
import { forEachEvent } from './messages.ts';

/** Interval in milliseconds at which the counts of the board are emitted as metrics while orders move. */
const TOLD_EVERY = 60_000;

const table = createTable();
const rows = overviewRows(table);
const ports: CountingPorts = {
  orders: orderStore(table),
  projections: projectionStore(table),
  pause,
  moved(before, after) {
    for (const { state, seconds } of stateDurations(before, after)) {
      metrics.addMetric(secondsInMetric(state), MetricUnit.Seconds, seconds);
    }
  },
};
let toldAt = 0;

/** Counts orders for the board and the overview; an event is only a reason to look at the order's history. */
export const handler = forEachEvent(createLogger(), async (event) => {
  if ('orderId' in event) await countOrder(ports, event.orderId, event.sequence);
  await announceBoard();
  return false;
});

/** Nothing is emitted while no order moves: the counts are unchanged, and metrics cost. */
async function announceBoard(): Promise<void> {
  if (Date.now() < toldAt + TOLD_EVERY) return;
  toldAt = Date.now();
  const counts = ordersIn(await rows.read('STATE'));
  for (const state of ORDER_STATES) {
    metrics.addMetric(ordersInMetric(state), MetricUnit.Count, counts.get(state) ?? 0);
  }
}
