import type { OrderState } from '../domain/order/lifecycle.ts';

/** CloudWatch namespace of the loop's metrics; the dimension `service` is the loop's name, for example `order-loop-dev`. */
export const METRIC_NAMESPACE = 'OrderLoop';

/**
 * Metrics beside the event counts. Each event is counted under its own name when it is put on the bus:
 * `OrderReceived` is the number of orders received.
 */
export const METRICS = {
  /** Commands decided again because the order or its stock changed meanwhile, or the store was busy. */
  conflicts: 'WriteConflicts',
  /** Requests answered 503 `busy`: conflicts outlasted every attempt. */
  busy: 'BusyAnswers',
  /** Messages of channels whose signature matches no secret. */
  refusedWebhooks: 'WebhooksRefused',
  /** Failed attempts of consumers; the message is redelivered. */
  failedMessages: 'MessagesFailed',
  /** Executions started by the reconciler because the previous one ended early or none was started. */
  restartedWorkflows: 'WorkflowsRestarted',
  /** Waits answered by the reconciler because their answer was lost. */
  lostAnswers: 'WorkflowAnswersLost',
  /** Orders whose workflow was restarted so often that a person must look. */
  stuckOrders: 'OrdersStuck',
  /** Documents that a trading partner has not acknowledged in time, of the last day. */
  overdueDocuments: 'DocumentsOverdue',
  /** Documents that break their partner's rules and were not sent, of the last day. */
  blockedDocuments: 'DocumentsBlocked',
  /** Orders that a poll of their shop found missing or different here, and healed: their messages were lost. */
  healedOrders: 'OrdersHealed',
  /** Polls of a shop that could not be asked; the next run polls it again. */
  failedPolls: 'ShopPollsFailed',
  /** Heartbeats that came out of the table's stream. */
  heartbeats: 'StreamHeartbeats',
  /** Messages that were quarantined and wait for somebody, of the last day. */
  quarantinedMessages: 'MessagesQuarantined',
  /** Access tokens of shops that could not be refreshed; the next run retries. */
  failedRefreshes: 'TokenRefreshesFailed',
  /** Connections whose shop takes our access no more. */
  revokedConnections: 'ConnectionsRevoked',
  /** Subscriptions disabled after failing for too long. */
  switchedOffSubscriptions: 'SubscriptionsSwitchedOff',
} as const;

/** @returns the metric for the number of orders in a state, for example `OrdersInReceived`. */
export function ordersInMetric(state: OrderState): string {
  return `OrdersIn${inWords(state)}`;
}

/** @returns the metric for the seconds that orders spent in a state they left, for example `SecondsInReceived`. */
export function secondsInMetric(state: OrderState): string {
  return `SecondsIn${inWords(state)}`;
}

/** FULFILLMENT_QUEUED becomes FulfillmentQueued. */
function inWords(state: OrderState): string {
  return state
    .split('_')
    .map((word) => `${word.slice(0, 1)}${word.slice(1).toLowerCase()}`)
    .join('');
}
