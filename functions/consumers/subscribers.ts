import { attemptQueue } from '../adapters/attempt-queue.ts';
import { deliveryLog } from '../adapters/dynamodb/delivery-log.ts';
import { subscriptionStore } from '../adapters/dynamodb/subscription-store.ts';
import {
  type SchedulingDependencies,
  scheduleDeliveries,
} from '../events/subscriptions/schedule-deliveries.ts';
import { createLogger, createTable, environment } from '../wiring.ts';
import { forEachEvent } from './messages.ts';

const table = createTable();
const dependencies: SchedulingDependencies = {
  subscriptions: subscriptionStore(table),
  deliveries: deliveryLog(table),
  schedule: attemptQueue(environment('TRIES_QUEUE_URL')),
  now: Date.now,
};

/** Makes a delivery of each event for each subscriber who wants it. */
export const handler = forEachEvent(createLogger(), async (event) => {
  await scheduleDeliveries(dependencies, event);
  return false;
});
