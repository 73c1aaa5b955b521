import { isGoods, type Order, open } from '../../domain/order/order.ts';
import { advance } from '../fulfillment/workflow.ts';
import { createWorkflowDependencies } from '../wiring.ts';
import { waitingStep } from './step.ts';

const tools = createWorkflowDependencies();

/** Reserves what nobody has looked at yet, and waits until the order may be queued. */
export const handler = waitingStep(tools, 'allocation', async (orderId, cause) => {
  await advance(
    tools.ports,
    orderId,
    (order) => (hasOpenUnits(order) ? { type: 'CompleteAllocation' } : null),
    cause,
  );
});

/** What waits for stock is served when stock comes, oldest order first, and not here out of turn. */
function hasOpenUnits(order: Order): boolean {
  const isTaken = order.state === 'RECEIVED' || order.state === 'ALLOCATED';
  return isTaken && !order.voided && order.lines.some((line) => isGoods(line) && open(line) > 0);
}
