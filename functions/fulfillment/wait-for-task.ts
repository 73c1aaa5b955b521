import {
  stepResult,
  type WaitFor,
  type WaitInput,
  type WorkflowDependencies,
  waitState,
} from './workflow.ts';

/**
 * A wait whose time was set so many seconds too long was set for another delivery window; less is the time that went
 * by between two steps.
 */
const STALE_AFTER_SECONDS = 3600;

/**
 * Lets a workflow wait for something to happen to its order. The token is saved first and the order looked at
 * afterwards, so that what happens in between is not waited for in vain: either this look finds it, or its event
 * finds the token.
 *
 * @param prepare what is done for the order before it is looked at
 * @throws Busy when others kept changing the order
 */
export async function waitForTask(
  { ports, tasks, workflow, atRiskDays }: WorkflowDependencies,
  wait: WaitFor,
  { orderId, taskToken, windowTimeoutSeconds, ...cause }: WaitInput,
  prepare: (orderId: string) => Promise<void> = async () => {},
): Promise<void> {
  await tasks.save(orderId, { taskToken, waitFor: wait, savedAt: ports.now() });
  await prepare(orderId);
  const order = await ports.orders.load(orderId);
  if (order === null) throw new Error(`there is no order ${orderId}`);
  const now = ports.now();
  const result = stepResult(order, now, atRiskDays, cause);
  switch (waitState(wait, order, now)) {
    case 'over':
      await workflow.succeed(taskToken, result);
      break;
    case 'order-ended':
      await workflow.fail(taskToken, 'OrderCancelled', `${orderId} is ${order.state}`);
      break;
    case 'waiting':
      // The window was amended before there was a token that its event could have answered.
      if (result.windowTimeoutSeconds + STALE_AFTER_SECONDS > windowTimeoutSeconds) return;
      await workflow.fail(taskToken, 'DeliveryWindowChanged', `${orderId} has another delivery window`);
      break;
  }
  await tasks.remove(orderId, taskToken);
}
