import { advance, type StepResult, stepResult } from '../fulfillment/workflow.ts';
import { createWorkflowDependencies } from '../wiring.ts';
import { step, stepInput } from './step.ts';

const { ports, atRiskDays } = createWorkflowDependencies();

/**
 * Closes a delivered order; one that was closed by hand is closed.
 *
 * @throws Error when the order is in no state to be closed, which leaves it visible as stuck
 */
export const handler = step(async (input): Promise<StepResult> => {
  const { orderId, cause } = stepInput(input);
  const order = await advance(
    ports,
    orderId,
    ({ state }) => (state === 'DELIVERED' ? { type: 'CloseOrder' } : null),
    cause,
  );
  if (order.state !== 'CLOSED') throw new Error(`${orderId} is ${order.state} and cannot be closed`);
  return stepResult(order, ports.now(), atRiskDays, cause);
});
