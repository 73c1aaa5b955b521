import { addDays, dateOf } from '../../domain/calendar.ts';
import { decide } from '../../domain/order/decide/decide.ts';
import { hasReached, isFinal, type OrderState } from '../../domain/order/lifecycle.ts';
import { type DueTerms, type Order, windowToKeep } from '../../domain/order/order.ts';
import type { Origin } from '../events/envelope.ts';
import {
  existingOrder,
  handleOrderCommand,
  MAX_RESERVATIONS,
  type NotReceiving,
} from '../orders/handle-order-command.ts';
import type { Ports } from '../orders/ports.ts';
import { Busy } from '../write-failures.ts';

/** What a running workflow can be waiting for. */
export const WAITS_FOR = ['allocation', 'shipment', 'delivery'] as const;
export type WaitFor = (typeof WAITS_FOR)[number];

/**
 * What brought a workflow to where it is: the request or message that set its order going, or moved it on last. The
 * workflow's own commands continue it.
 */
export type WorkflowCause = Partial<Pick<Origin, 'correlationId' | 'causationId'>>;

/**
 * What every step answers, what a wait is answered with, and what an execution starts with. The execution is named
 * after the order, so that a second start does nothing.
 */
export interface StepResult extends WorkflowCause {
  readonly orderId: string;
  /** Seconds until the delivery window has to be looked at, from 1 to `LONGEST_WAIT_SECONDS`. */
  readonly windowTimeoutSeconds: number;
}

/** What a step that waits is handed: the order, the seconds it waits, and the token that ends the wait. */
export interface WaitInput extends StepResult {
  readonly taskToken: string;
}

/** An execution ends after a year at the latest, so no wait is longer: 365 days in seconds. */
const MAX_WAIT_SECONDS = 31_536_000;

/** What a workflow waits for, and the token that ends the wait. */
export interface WaitingTask {
  readonly taskToken: string;
  readonly waitFor: WaitFor;
  readonly savedAt: string;
}

export interface TaskStore {
  /** Saves what an order's workflow waits for now, in place of what it waited for before. */
  save(orderId: string, task: WaitingTask): Promise<void>;
  find(orderId: string): Promise<WaitingTask | null>;
  /** Removes the wait if it is still the one with this token. */
  remove(orderId: string, taskToken: string): Promise<void>;
}

export interface WorkflowPort {
  /** Starts the workflow of an order, named after it; does nothing when it was started before. */
  start(input: StepResult): Promise<void>;
  /** Ends a wait; does nothing when it has ended already. */
  succeed(taskToken: string, output: StepResult): Promise<void>;
  /** Ends a wait otherwise than by what was waited for; does nothing when it has ended already. */
  fail(taskToken: string, error: WaitError, cause: string): Promise<void>;
}

/** Errors by which a wait can end; the state machine knows them by these names. */
export type WaitError = 'OrderCancelled' | 'DeliveryWindowChanged';

/** What the steps of the workflow, and those who answer it, work with. */
export interface WorkflowDependencies {
  readonly ports: Ports;
  readonly tasks: TaskStore;
  readonly workflow: WorkflowPort;
  /** Days before the end of its delivery window from which an order that has not shipped is at risk. */
  readonly atRiskDays: number;
}

/** How a wait stands, given the order. */
export type WaitState = 'waiting' | 'over' | 'order-ended';

/** How often a step looks again at an order that others keep changing. */
const LOOKS = 12;

/** @returns whether what a workflow waits for has come, or never will. */
export function waitState(wait: WaitFor, order: Order, now: string): WaitState {
  if (hasEnded(order)) return 'order-ended';
  if (hasReached(order.state, AWAITED_STATE[wait])) return 'over';
  return wait === 'allocation' && isReadyToQueue(order, now) ? 'over' : 'waiting';
}

/** The state that ends a wait. */
export const AWAITED_STATE: Readonly<Record<WaitFor, OrderState>> = {
  allocation: 'FULFILLMENT_QUEUED',
  shipment: 'SHIPPED',
  delivery: 'DELIVERED',
};

/** @returns whether an order is cancelled or voided, so that no step of its workflow has anything left to do. */
export function hasEnded(order: Order): boolean {
  return order.voided || order.state === 'CANCELLED';
}

/** @returns whether the guard of QueueFulfillment would let the order through. */
export function isReadyToQueue(order: Order, now: string): boolean {
  const facts = { orderId: order.orderId, now, stock: null, mostReservations: MAX_RESERVATIONS };
  return 'events' in decide({ type: 'QueueFulfillment' }, order, facts);
}

/** The part of an order that decides when its dates must be checked. */
export type WindowTerms = DueTerms & Pick<Order, 'orderId' | 'deliveryWindowStatus'>;

/** What the next state of the workflow needs to know of an order, and of what led there. */
export function stepResult(
  order: WindowTerms,
  now: string,
  atRiskDays: number,
  { correlationId, causationId }: WorkflowCause = {},
): StepResult {
  const windowTimeoutSeconds = secondsToNextDate(order, now, atRiskDays);
  return { orderId: order.orderId, windowTimeoutSeconds, correlationId, causationId };
}

/**
 * Seconds until the order may be queued, its window comes to be at risk, or is missed; one when that is so already and
 * not recorded yet. It follows the rules of CheckDeliveryWindow: where that would record nothing, nothing is waited for.
 */
function secondsToNextDate(order: WindowTerms, now: string, atRiskDays: number): number {
  const { state, shipNotBefore } = order;
  if (isFinal(state) || hasReached(state, 'DELIVERED')) return MAX_WAIT_SECONDS;
  const isQueued = hasReached(state, 'FULFILLMENT_QUEUED');
  const opens =
    isQueued || shipNotBefore === undefined || shipNotBefore <= dateOf(now) ? [] : [shipNotBefore];
  const [next] = [...opens, ...nextOfWindow(order, dateOf(now), atRiskDays)].sort();
  if (next === undefined) return MAX_WAIT_SECONDS;
  const seconds = Math.ceil((Date.parse(`${next}T00:00:00Z`) - Date.parse(now)) / 1000);
  return Math.min(MAX_WAIT_SECONDS, Math.max(1, seconds));
}

function nextOfWindow(order: WindowTerms, today: string, atRiskDays: number): readonly string[] {
  const window = windowToKeep(order);
  if (window === undefined || order.deliveryWindowStatus === 'MISSED') return [];
  const canComeToRisk = order.deliveryWindowStatus === undefined && order.state !== 'SHIPPED';
  return [addDays(window.end, canComeToRisk && today <= window.end ? -atRiskDays : 1)];
}

/** Commands of the workflow are its own in the history; they correlate with what led to them, else by the order. */
export function workflowOrigin(
  orderId: string,
  { correlationId = `workflow-${orderId}`, causationId }: WorkflowCause = {},
): Origin {
  return { actor: { type: 'automation', id: 'workflow' }, correlationId, causationId };
}

/**
 * Looks at an order and does what is to be done with it. The command is meant for the order as it was looked at: when
 * it changed in between it is looked at again, so that nothing that others did first ends in the history as a refusal.
 *
 * @param choose the command that the order needs, or null
 * @param cause what led the workflow here
 * @returns the order as it is then
 * @throws Busy when others kept changing the order
 */
export async function advance(
  ports: Ports,
  orderId: string,
  choose: (order: Order) => NotReceiving | null,
  cause?: WorkflowCause,
): Promise<Order> {
  for (let look = 1; look <= LOOKS; look++) {
    const order = await existingOrder(ports, orderId);
    const command = choose(order);
    if (command === null) return order;
    const origin = workflowOrigin(orderId, cause);
    const outcome = await handleOrderCommand(ports, {
      orderId,
      command,
      origin,
      expectedVersion: order.version,
    });
    if (outcome.kind !== 'stale') return outcome.order ?? order;
    await ports.pause(look);
  }
  throw new Busy(`${orderId} is changed by many at once`);
}
