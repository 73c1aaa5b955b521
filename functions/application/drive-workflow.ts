import type { OrderEnvelope } from './envelope.ts';
import { handleOrderCommand } from './handle-order-command.ts';
import type { Ports } from './ports.ts';
import { stepOutput, type TaskStore, type WorkflowPort, waitState } from './workflow.ts';

export interface WorkflowTools {
  readonly ports: Ports;
  readonly tasks: TaskStore;
  readonly workflow: WorkflowPort;
  readonly atRiskDays: number;
}

/**
 * Lets an order's workflow know of an event: a new order starts one, and a wait that is over is answered. The order
 * as it is now decides, not the event, so that late and repeated events do no harm.
 */
export async function driveWorkflow(tools: WorkflowTools, event: OrderEnvelope): Promise<void> {
  const { orderId } = event;
  if (event.type === 'OrderReceived') {
    const order = await tools.ports.orders.load(orderId);
    if (order !== null) await tools.workflow.start(stepOutput(order, tools.ports.now(), tools.atRiskDays));
    return;
  }
  if (isUnfinished(event)) await finishSteps(tools, event);
  await answerWait(tools, event);
}

async function answerWait(
  { ports, tasks, workflow, atRiskDays }: WorkflowTools,
  event: OrderEnvelope,
): Promise<void> {
  const { orderId } = event;
  const task = await tasks.find(orderId);
  if (task === null) return;
  const order = await ports.orders.load(orderId);
  if (order === null) return;
  const now = ports.now();
  switch (waitState(task.waitFor, order, now)) {
    case 'over':
      await workflow.succeed(task.taskToken, stepOutput(order, now, atRiskDays));
      break;
    case 'order-ended':
      await workflow.fail(task.taskToken, 'OrderCancelled', `${orderId} is ${order.state}`);
      break;
    case 'waiting':
      if (event.type !== 'OrderAmended' || event.data.deliveryWindow === undefined) return;
      await workflow.fail(task.taskToken, 'DeliveryWindowChanged', `${orderId} has another delivery window`);
      break;
  }
  await tasks.remove(orderId, task.taskToken);
}

/** Work in steps that says it goes on, in case the request that began it has died. */
function isUnfinished(event: OrderEnvelope): boolean {
  return (
    (event.type === 'LinesCancelled' && event.data.continues === true) ||
    (event.type === 'ShipmentShipped' && event.data.remaining !== undefined)
  );
}

async function finishSteps({ ports }: WorkflowTools, event: OrderEnvelope): Promise<void> {
  const { orderId, actor, correlationId, eventId } = event;
  const order = await ports.orders.load(orderId);
  if (order === null || (order.cancelling === undefined && order.shipping === undefined)) return;
  const origin = { actor, correlationId, causationId: eventId };
  await handleOrderCommand(ports, { orderId, command: { type: 'ContinueSteps' }, origin });
}
