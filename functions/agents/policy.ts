import type { AgentAction, AgentPolicy, ApprovalRule } from '../../contract/agents.ts';
import { minorUnits } from '../../domain/money.ts';
import type { Order } from '../../domain/order/order.ts';

/** What a rule looks at of an order. */
export type Judged = Pick<Order, 'total' | 'currency' | 'customer'>;

/**
 * @param orders the order as it is, where it is there already, and as the action would leave it: a rule that meets either
 *   of them counts, so that no change takes an order out of the reach of its rule
 * @returns whether a person has to approve the action: it meets every condition of one of the rules
 */
export function needsPerson(
  policy: AgentPolicy,
  tool: AgentAction['tool'],
  orders: readonly Judged[],
): boolean {
  return policy.rules.some((rule) => meets(rule, tool, orders));
}

function meets(
  { tools, amountAbove, customerReferences }: ApprovalRule,
  tool: AgentAction['tool'],
  orders: readonly Judged[],
): boolean {
  if (tools !== undefined && !tools.includes(tool)) return false;
  const isNamed = ({ customer }: Judged) => customerReferences?.includes(customer.reference ?? '') ?? true;
  const isMuch = ({ total, currency }: Judged) =>
    amountAbove === undefined ||
    (amountAbove.currency === currency &&
      minorUnits(total, currency) > minorUnits(amountAbove.amount, currency));
  return orders.some(isNamed) && orders.some(isMuch);
}
