import type { AgentAction, AgentPolicy, ApprovalRule } from '../../contract/agents.ts';
import { extend, minorUnits, sum } from '../../domain/money.ts';
import type { Order } from '../../domain/order/order.ts';
import { comparable } from '../../domain/text.ts';

/** What a rule looks at of an order. */
export type Judged = Pick<Order, 'total' | 'currency' | 'customer' | 'lines'>;

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
  const currencies = new Set(policy.rules.flatMap(({ amountAbove }) => amountAbove?.currency ?? []));
  return policy.rules.some(
    (rule) =>
      (rule.tools === undefined || rule.tools.includes(tool)) &&
      orders.some((order) => isNamed(rule, order)) &&
      orders.some((order) => isMuch(rule, order, currencies)) &&
      orders.some((order) => isMany(rule, order)),
  );
}

function isNamed({ customerReferences }: ApprovalRule, { customer }: Judged): boolean {
  if (customerReferences === undefined) return true;
  // As purchase orders tell customers apart: by reference, or by name where there is none.
  const given = comparable(customer.reference ?? customer.name);
  return customerReferences.some((named) => comparable(named) === given);
}

/** @param currencies those that some rule names: in any other nobody has said how much is much */
function isMuch({ amountAbove }: ApprovalRule, order: Judged, currencies: ReadonlySet<string>): boolean {
  if (amountAbove === undefined) return true;
  const { currency, amount } = amountAbove;
  if (order.currency !== currency) return !currencies.has(order.currency);
  const limit = minorUnits(amount, currency);
  return minorUnits(order.total, currency) > limit || minorUnits(grossOf(order), currency) > limit;
}

function isMany({ quantityAbove }: ApprovalRule, { lines }: Judged): boolean {
  return (
    quantityAbove === undefined || lines.reduce((units, { ordered }) => units + ordered, 0) > quantityAbove
  );
}

/** What the lines come to before discounts, which whoever enters an order sets freely. */
function grossOf({ lines, currency }: Judged): string {
  return sum(
    lines.map(({ unitPrice, ordered }) => extend(unitPrice, ordered, currency)),
    currency,
  );
}
