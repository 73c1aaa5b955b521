import { handleOrderCommand } from '../application/handle-order-command.ts';
import type { StepOutput } from '../application/workflow.ts';
import { OrderCancelled, orderIdOf, outputFor, stepTools, workflowOrigin } from './step.ts';

const tools = stepTools();

/** Closes a delivered order; one that was closed by hand is closed. */
export async function handler(input: unknown): Promise<StepOutput> {
  const orderId = orderIdOf(input);
  const order = await tools.ports.orders.load(orderId);
  if (order === null) throw new OrderCancelled(orderId);
  if (order.state === 'DELIVERED') {
    const command = { type: 'CloseOrder' } as const;
    await handleOrderCommand(tools.ports, { orderId, command, origin: workflowOrigin(orderId) });
  }
  return outputFor(tools, orderId);
}
