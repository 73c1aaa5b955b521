import { dateOf } from '../../domain/calendar.ts';
import type { OrderState } from '../../domain/order/lifecycle.ts';
import { handleOrderCommand } from '../application/handle-order-command.ts';
import type { StepOutput, Wait } from '../application/workflow.ts';
import { OrderCancelled, orderIdOf, outputFor, stepTools, workflowOrigin } from './step.ts';

const tools = stepTools();

/** Which wait an order in a state goes back to; one that is past all of them is answered there at once. */
const WAITS: Readonly<Record<OrderState, Wait>> = {
  RECEIVED: 'allocation',
  ALLOCATED: 'allocation',
  FULFILLMENT_QUEUED: 'shipment',
  SHIPPED: 'delivery',
  DELIVERED: 'delivery',
  CLOSED: 'delivery',
  CANCELLED: 'delivery',
};

/** Records that the delivery window is at risk or missed, and says how long to wait next, and for what. */
export async function handler(input: unknown): Promise<StepOutput & { readonly waitFor: Wait }> {
  const orderId = orderIdOf(input);
  const order = await tools.ports.orders.load(orderId);
  if (order === null || order.state === 'CANCELLED') throw new OrderCancelled(orderId);
  if (order.state !== 'DELIVERED' && order.state !== 'CLOSED') {
    const { atRiskDays, ports } = tools;
    const command = { type: 'CheckDeliveryWindow', today: dateOf(ports.now()), atRiskDays } as const;
    await handleOrderCommand(ports, { orderId, command, origin: workflowOrigin(orderId) });
  }
  return { ...(await outputFor(tools, orderId)), waitFor: WAITS[order.state] };
}
