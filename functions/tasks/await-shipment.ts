import { hasReached } from '../../domain/order/lifecycle.ts';
import { advance, hasEnded, isReadyToQueue } from '../fulfillment/workflow.ts';
import { createWorkflowDependencies } from '../wiring.ts';
import { NotReady, waitingStep } from './step.ts';

const tools = createWorkflowDependencies();

/**
 * Hands the order to the warehouse, where that is still to be done, and waits until nothing is left to ship.
 *
 * @throws NotReady when it is held, waits for stock, or was released
 */
export const handler = waitingStep(tools, 'shipment', async (orderId, cause) => {
  const { ports } = tools;
  const order = await advance(
    ports,
    orderId,
    (current) => (isReadyToQueue(current, ports.now()) ? { type: 'QueueFulfillment' } : null),
    cause,
  );
  const isQueued = hasReached(order.state, 'FULFILLMENT_QUEUED');
  if (!isQueued && !hasEnded(order)) throw new NotReady(orderId);
});
