import type { OrderState } from '../domain/order/lifecycle.ts';

/** Where CloudWatch keeps the loop's own metrics; the dimension `service` is the loop's name, for example `order-loop-dev`. */
export const METRIC_NAMESPACE = 'OrderLoop';

/**
 * What the functions count beside events. Every event is counted too, under its own name, when it is put on the bus:
 * `OrderReceived` is how many orders were received.
 */
export const METRICS = {
  /** Transactions that were decided anew, since the order or its stock changed meanwhile or the store was busy. */
  conflicts: 'WriteConflicts',
  /** Requests that were told to come again: conflicts outlasted every attempt. */
  busy: 'BusyAnswers',
  /** Messages of channels whose signature no secret fits. */
  refusedWebhooks: 'WebhooksRefused',
  /** Events that consumers could not handle and that come again. */
  failedMessages: 'MessagesFailed',
  /** Workflows that had ended before their order, or were never started, and were started again. */
  restartedWorkflows: 'WorkflowsRestarted',
  /** Workflows that waited for what had come already. */
  lostAnswers: 'WorkflowAnswersLost',
  /** Orders whose workflow was started again so often that a person has to look. */
  stuckOrders: 'OrdersStuck',
  /** Subscriptions to events that failed for so long that they were switched off. */
  switchedOffSubscriptions: 'SubscriptionsSwitchedOff',
} as const;

/** @returns the metric of how many orders are in a state, for example `OrdersInReceived`. */
export function ordersInMetric(state: OrderState): string {
  return `OrdersIn${inWords(state)}`;
}

/** @returns the metric of the seconds that orders spent in a state when they left it, for example `SecondsInReceived`. */
export function secondsInMetric(state: OrderState): string {
  return `SecondsIn${inWords(state)}`;
}

/** FULFILLMENT_QUEUED is FulfillmentQueued. */
function inWords(state: OrderState): string {
  return state
    .split('_')
    .map((word) => `${word.slice(0, 1)}${word.slice(1).toLowerCase()}`)
    .join('');
}
