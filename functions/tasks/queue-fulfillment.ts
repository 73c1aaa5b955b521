import { handleOrderCommand } from '../application/handle-order-command.ts';
import type { StepOutput } from '../application/workflow.ts';
import { isReadyToQueue } from '../application/workflow.ts';
import { NotReady, OrderCancelled, orderIdOf, outputFor, stepTools, workflowOrigin } from './step.ts';

const tools = stepTools();

/**
 * Hands the order to the warehouse.
 *
 * @throws NotReady when it was held or released since it became ready
 */
export async function handler(input: unknown): Promise<StepOutput> {
  const orderId = orderIdOf(input);
  const order = await tools.ports.orders.load(orderId);
  if (order === null || order.voided || order.state === 'CANCELLED') throw new OrderCancelled(orderId);
  if (order.state === 'RECEIVED' || order.state === 'ALLOCATED') {
    if (!isReadyToQueue(order, tools.ports.now())) throw new NotReady(`${orderId} is held back`);
    const command = { type: 'QueueFulfillment' } as const;
    const outcome = await handleOrderCommand(tools.ports, {
      orderId,
      command,
      origin: workflowOrigin(orderId),
    });
    // Somebody was faster: the next look tells whether the order was queued, held or cancelled.
    if (outcome.kind !== 'done') throw new NotReady(`${orderId} changed while it was queued`);
  }
  return outputFor(tools, orderId);
}
