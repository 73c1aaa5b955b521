import { handleOrderCommand } from '../application/handle-order-command.ts';
import { stepTools, waitingStep, workflowOrigin } from './step.ts';

const tools = stepTools();

/** Reserves what is still to be reserved, and waits until the order may be queued. */
export const handler = waitingStep(tools, 'allocation', async (orderId) => {
  const order = await tools.ports.orders.load(orderId);
  if (order === null || order.voided || (order.state !== 'RECEIVED' && order.state !== 'ALLOCATED')) return;
  const command = { type: 'CompleteAllocation' } as const;
  await handleOrderCommand(tools.ports, { orderId, command, origin: workflowOrigin(orderId) });
});
