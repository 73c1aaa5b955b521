import type { ActionEffect, AgentAction, AgentPolicy, ApprovalRule } from '../../../contract/agents.ts';
import { minorUnits } from '../../../domain/money.ts';
import type { Customer } from '../../../domain/order/terms.ts';

/**
 * @param customer of the order that the action is about
 * @returns whether a person has to approve the action: it meets every condition of one of the rules
 */
export function needsPerson(
  policy: AgentPolicy,
  tool: AgentAction['tool'],
  effect: Pick<ActionEffect, 'total' | 'currency'>,
  customer: Customer,
): boolean {
  return policy.rules.some((rule) => meets(rule, tool, effect, customer));
}

function meets(
  { tools, amountAbove, customerReferences }: ApprovalRule,
  tool: AgentAction['tool'],
  { total, currency }: Pick<ActionEffect, 'total' | 'currency'>,
  customer: Customer,
): boolean {
  if (tools !== undefined && !tools.includes(tool)) return false;
  if (customerReferences !== undefined && !customerReferences.includes(customer.reference ?? '')) {
    return false;
  }
  if (amountAbove === undefined) return true;
  return (
    amountAbove.currency === currency &&
    minorUnits(total, currency) > minorUnits(amountAbove.amount, currency)
  );
}
