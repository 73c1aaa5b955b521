import { isGoods, type Order, open } from '../../domain/order/order.ts';
import type { OrderEnvelope } from '../events/envelope.ts';
import { existingOrder, handleOrderCommand, type NotReceiving } from '../orders/handle-order-command.ts';
import { stepResult, type WorkflowCause, type WorkflowDependencies, waitState } from './workflow.ts';

/**
 * Lets an order's workflow know of events: a new order starts one, and a wait that is over is answered. The order as
 * it is now decides, not the events, so that late and repeated ones do no harm.
 *
 * @param events new events of one order, oldest first
 */
export async function driveWorkflow(
  tools: WorkflowDependencies,
  orderId: string,
  events: readonly OrderEnvelope[],
): Promise<void> {
  for (const event of events) {
    if (event.type === 'OrderReceived') {
      // An order that was over before it was received has no loop to be driven.
      if (event.data.earlierShipments !== undefined) {
        const order = await tools.ports.orders.load(orderId);
        if (order?.state === 'CLOSED') continue;
      }
      const order = { ...event.data, orderId, state: 'RECEIVED' } as const;
      await tools.workflow.start(stepResult(order, tools.ports.now(), tools.atRiskDays, causeOf(event)));
    }
  }
  const unfinished = events.findLast(isUnfinished);
  if (unfinished !== undefined) await finishSteps(tools, unfinished);
  const last = events.findLast((event) => event.type !== 'OrderReceived');
  if (last !== undefined) await answerWait(tools, orderId, causeOf(last), events.some(changesWindow));
}

/** A workflow that an event moves on continues with the correlation id of that event. */
function causeOf({ correlationId, eventId }: OrderEnvelope): WorkflowCause {
  return { correlationId, causationId: eventId };
}

/**
 * Answers what an order's workflow waits for, if it has come.
 *
 * @param cause what brought it
 * @param windowChanged whether the time to wait has to be worked out again
 */
export async function answerWait(
  { ports, tasks, workflow, atRiskDays }: WorkflowDependencies,
  orderId: string,
  cause: WorkflowCause,
  windowChanged: boolean,
): Promise<void> {
  const task = await tasks.find(orderId);
  if (task === null) return;
  const order = await existingOrder(ports, orderId);
  const now = ports.now();
  switch (waitState(task.waitFor, order, now)) {
    case 'over':
      await workflow.succeed(task.taskToken, stepResult(order, now, atRiskDays, cause));
      break;
    case 'order-ended':
      await workflow.fail(task.taskToken, 'OrderCancelled', `${orderId} is ${order.state}`);
      break;
    case 'waiting':
      // A second answer gives the workflow the same time to wait.
      if (!windowChanged) return;
      await workflow.fail(task.taskToken, 'DeliveryWindowChanged', `${orderId} has another delivery window`);
      break;
  }
  await tasks.remove(orderId, task.taskToken);
}

function changesWindow(event: OrderEnvelope): boolean {
  if (event.type !== 'OrderAmended') return false;
  const { deliveryWindow, shipNotBefore, shipNotAfter, cancelAfter } = event.data;
  return [deliveryWindow, shipNotBefore, shipNotAfter, cancelAfter].some((change) => change !== undefined);
}

/** A step of work that takes several, and is not the last one, or may not be. */
function isUnfinished(event: OrderEnvelope): boolean {
  return (
    event.type === 'AllocationChanged' ||
    (event.type === 'LinesCancelled' && event.data.continues === true) ||
    (event.type === 'ShipmentShipped' && event.data.remaining !== undefined)
  );
}

/** Refused attempts may stand between two steps; no more of them are looked through. */
const BETWEEN_STEPS = 50;

/**
 * Takes the next step of work whose request may have died, one for each event: the step's own event brings the one
 * after it. Where that step has been taken already, its event brings, or has brought, the rest.
 */
async function finishSteps({ ports }: WorkflowDependencies, event: OrderEnvelope): Promise<void> {
  const { orderId, actor, correlationId, eventId } = event;
  const order = await ports.orders.load(orderId);
  const command = order === null ? null : nextStepOf(order);
  if (order === null || command === null) return;
  const since = await ports.orders.history(orderId, event.sequence, BETWEEN_STEPS);
  if (since.some(({ type }) => type === event.type)) return;
  await handleOrderCommand(ports, {
    orderId,
    command,
    origin: { actor, correlationId, causationId: eventId },
    expectedVersion: order.version,
    until: 0,
  });
}

/** @returns the command that continues the work of the order in its current state, or null when none is in progress. */
export function nextStepOf(order: Order): NotReceiving | null {
  if (order.cancelling !== undefined || order.shipping !== undefined) return { type: 'ContinueSteps' };
  const isLookedAt = order.lines.every((line) => !isGoods(line) || open(line) === 0);
  return order.state !== 'RECEIVED' || order.allocationReleased || isLookedAt
    ? null
    : { type: 'CompleteAllocation' };
}
