import { tryQueue } from '../adapters/attempt-queue.ts';
import { deliveryLog } from '../adapters/dynamodb/delivery-log.ts';
import { subscriptionStore } from '../adapters/dynamodb/subscription-store.ts';
import { type TellingParts, tellSubscribers } from '../events/subscriptions/schedule-deliveries.ts';
import { createLogger, createTable, environment } from '../wiring.ts';
import { forEachEvent } from './messages.ts';

const table = createTable();
const parts: TellingParts = {
  subscriptions: subscriptionStore(table),
  deliveries: deliveryLog(table),
  schedule: tryQueue(environment('TRIES_QUEUE_URL')),
  now: Date.now,
};

/** Makes a delivery of each event for each subscriber who wants it. */
export const handler = forEachEvent(createLogger(), async (event) => {
  await tellSubscribers(parts, event);
  return false;
});
