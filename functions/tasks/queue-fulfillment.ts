import { advance, hasEnded, isReadyToQueue, type StepResult, stepResult } from '../application/workflow.ts';
import { createWorkflowTools } from '../wiring.ts';
import { NotReady, OrderCancelled, step, stepInput } from './step.ts';

const { ports, atRiskDays } = createWorkflowTools();

/**
 * Hands the order to the warehouse; one that is there already is left as it is.
 *
 * @throws NotReady when it was held or released since it became ready
 * @throws OrderCancelled
 */
export const handler = step(async (input): Promise<StepResult> => {
  const { orderId, cause } = stepInput(input);
  const order = await advance(
    ports,
    orderId,
    (current) => (isReadyToQueue(current, ports.now()) ? { type: 'QueueFulfillment' } : null),
    cause,
  );
  if (hasEnded(order)) throw new OrderCancelled(orderId);
  if (order.state === 'RECEIVED' || order.state === 'ALLOCATED') throw new NotReady(orderId);
  return stepResult(order, ports.now(), atRiskDays, cause);
});
