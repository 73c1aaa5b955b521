import { dateOf } from '../../domain/calendar.ts';
import { isTaken, type OrderState } from '../../domain/order/lifecycle.ts';
import { advance, hasEnded, type StepResult, stepResult, type WaitFor } from '../fulfillment/workflow.ts';
import { createWorkflowDependencies } from '../wiring.ts';
import { OrderCancelled, step, stepInput } from './step.ts';

const { ports, atRiskDays } = createWorkflowDependencies();

/** Which wait an order in a state goes back to; one that is past all of them is answered there at once. */
const WAITS: Readonly<Record<OrderState, WaitFor>> = {
  RECEIVED: 'allocation',
  ALLOCATED: 'allocation',
  FULFILLMENT_QUEUED: 'shipment',
  SHIPPED: 'delivery',
  DELIVERED: 'delivery',
  CLOSED: 'delivery',
  CANCELLED: 'delivery',
};

/**
 * Records that the delivery window is at risk or missed, and says how long to wait next, and for what.
 *
 * @throws OrderCancelled
 */
export const handler = step(async (input): Promise<StepResult & { readonly waitFor: WaitFor }> => {
  const { orderId, cause } = stepInput(input);
  const order = await advance(
    ports,
    orderId,
    (current) =>
      isTaken(current.state, 'CheckDeliveryWindow') && !current.voided
        ? { type: 'CheckDeliveryWindow', today: dateOf(ports.now()), atRiskDays }
        : null,
    cause,
  );
  if (hasEnded(order)) throw new OrderCancelled(orderId);
  return { ...stepResult(order, ports.now(), atRiskDays, cause), waitFor: WAITS[order.state] };
});
