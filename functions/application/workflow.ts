import { addDays, dateOf } from '../../domain/calendar.ts';
import { decide } from '../../domain/order/decide/decide.ts';
import type { Order } from '../../domain/order/order.ts';
import { MOST_RESERVATIONS } from './handle-order-command.ts';

/** What a workflow waits for, and the token that ends the wait. */
export interface WaitingTask {
  readonly taskToken: string;
  readonly waitFor: Wait;
  readonly savedAt: string;
}

export type Wait = 'allocation' | 'shipment' | 'delivery';

export interface TaskStore {
  save(orderId: string, task: WaitingTask): Promise<void>;
  find(orderId: string): Promise<WaitingTask | null>;
  /** Removes the wait if it is still the one with this token. */
  remove(orderId: string, taskToken: string): Promise<void>;
}

export interface WorkflowPort {
  /** Starts the workflow of an order, named after it; does nothing when it was started before. */
  start(input: StepOutput): Promise<void>;
  /** Ends a wait; does nothing when it has ended already. */
  succeed(taskToken: string, output: StepOutput): Promise<void>;
  fail(taskToken: string, error: WaitError, cause: string): Promise<void>;
}

/** Errors by which the state machine tells why a wait ended otherwise than by what was waited for. */
export type WaitError = 'OrderCancelled' | 'DeliveryWindowChanged';

/** What every step hands on. */
export interface StepOutput {
  readonly orderId: string;
  /** Seconds until the delivery window has to be looked at again. */
  readonly windowTimeoutSeconds: number;
}

/** How a wait stands, given the order. */
export type WaitState = 'waiting' | 'over' | 'order-ended';

/** Step Functions takes no longer timeout than this many seconds (Amazon States Language, TimeoutSeconds). */
const LONGEST_WAIT_SECONDS = 99_999_999;

/** @returns whether what a workflow waits for has come, or never will. */
export function waitState(wait: Wait, order: Order, now: string): WaitState {
  if (order.voided || order.state === 'CANCELLED') return 'order-ended';
  const passed: Readonly<Record<Wait, readonly Order['state'][]>> = {
    allocation: ['FULFILLMENT_QUEUED', 'SHIPPED', 'DELIVERED', 'CLOSED'],
    shipment: ['SHIPPED', 'DELIVERED', 'CLOSED'],
    delivery: ['DELIVERED', 'CLOSED'],
  };
  if (passed[wait].includes(order.state)) return 'over';
  return wait === 'allocation' && isReadyToQueue(order, now) ? 'over' : 'waiting';
}

/** @returns whether the guard of QueueFulfillment would let the order through. */
export function isReadyToQueue(order: Order, now: string): boolean {
  const facts = { orderId: order.orderId, now, stock: null, mostReservations: MOST_RESERVATIONS };
  return 'events' in decide({ type: 'QueueFulfillment' }, order, facts);
}

/** What the next state of the workflow needs to know of an order. */
export function stepOutput(order: Order, now: string, atRiskDays: number): StepOutput {
  return { orderId: order.orderId, windowTimeoutSeconds: secondsToNextDate(order, now, atRiskDays) };
}

/** Seconds until the window comes to be at risk, or is missed; at least one. */
function secondsToNextDate(
  { deliveryWindow, deliveryWindowStatus }: Order,
  now: string,
  atRiskDays: number,
): number {
  if (deliveryWindow === undefined || deliveryWindowStatus === 'MISSED') return LONGEST_WAIT_SECONDS;
  const missed = addDays(deliveryWindow.end, 1);
  const atRisk = addDays(deliveryWindow.end, -atRiskDays);
  const today = dateOf(now);
  const next = deliveryWindowStatus === undefined && today < atRisk ? atRisk : missed;
  const seconds = Math.ceil((Date.parse(`${next}T00:00:00Z`) - Date.parse(now)) / 1000);
  return Math.min(LONGEST_WAIT_SECONDS, Math.max(1, seconds));
}
