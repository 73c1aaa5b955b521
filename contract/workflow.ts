/**
 * What the fulfillment workflow and the functions that serve it say to each other. The state machine definition
 * uses these very words; a test compares the two.
 */

/** What a running workflow can be waiting for; the watch over the delivery window answers which to go back to. */
export type WaitFor = 'allocation' | 'shipment' | 'delivery';

/** Input of an execution. The execution is named after the order, so a second start is a no-op. */
export interface WorkflowInput {
  readonly orderId: string;
}

/** What a step that waits is handed: the order, and the token with which the wait is answered later. */
export interface WaitInput {
  readonly orderId: string;
  readonly taskToken: string;
}

/** What every step answers, and what a task token is answered with. */
export interface StepResult {
  readonly orderId: string;
  /**
   * Seconds until the workflow has to look at the delivery window again, a whole number from 1 to
   * `LONGEST_WAIT_SECONDS`.
   */
  readonly windowTimeoutSeconds: number;
  /** Only in the answer of the watch over the delivery window. */
  readonly waitFor?: WaitFor;
}

/** An execution ends after a year at the latest, so no wait is longer: 365 days in seconds. */
export const LONGEST_WAIT_SECONDS = 31_536_000;

/** Names of the errors by which a step, or the answer to a task token, steers the workflow. */
export const WORKFLOW_ERRORS = {
  /** Thrown by queueing: the order was held or released meanwhile; the workflow waits for allocation again. */
  notReady: 'NotReady',
  /** A waiting token is failed with it when the order is cancelled or voided; the workflow ends. */
  orderCancelled: 'OrderCancelled',
  /** A waiting token is failed with it when the delivery window was amended; the time to wait is worked out anew. */
  deliveryWindowChanged: 'DeliveryWindowChanged',
  /** Thrown when the store's contention outlasted the retries; the step is tried again with jitter. */
  busy: 'Busy',
} as const;
