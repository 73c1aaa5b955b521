import type { ActionEffect, AgentAction, AgentPolicy, Approval } from '../../../contract/agents.ts';
import type { Actor, Origin } from '../envelope.ts';
import type { Ports } from '../ports.ts';
import { actionOf } from './actions.ts';
import { type ActionOutcome, carryOut } from './carry-out.ts';

/** How long a person has to decide. */
const HOURS_TO_DECIDE = 24;

/** Keeps what agents ask people to approve, and the policy that says when they must. */
export interface ApprovalStore {
  policy(): Promise<AgentPolicy>;
  savePolicy(policy: AgentPolicy): Promise<void>;
  add(approval: Approval): Promise<void>;
  get(approvalId: string): Promise<Approval | null>;
  /** @returns the newest approvals first, at most a hundred. */
  list(): Promise<readonly Approval[]>;
  /**
   * Notes a decision on an approval that is still PENDING.
   *
   * @returns false when another decided first
   */
  decide(approval: Approval): Promise<boolean>;
}

/** Puts an action before a person. */
export async function askPerson(
  ports: Ports,
  store: ApprovalStore,
  action: AgentAction,
  effect: ActionEffect,
  agent: string,
): Promise<Approval> {
  const requestedAt = ports.now();
  const approval: Approval = {
    approvalId: ports.newId(),
    status: 'PENDING',
    tool: action.tool,
    arguments: action.arguments,
    effect,
    agent,
    ...('orderId' in action.arguments && { orderId: action.arguments.orderId }),
    requestedAt,
    expiresAt: new Date(Date.parse(requestedAt) + HOURS_TO_DECIDE * 3_600_000).toISOString(),
  };
  await store.add(approval);
  return approval;
}

/** @returns the approval as it stands: what nobody decided in time has expired. */
export function asOf(approval: Approval, now: string): Approval {
  return approval.status === 'PENDING' && approval.expiresAt <= now
    ? { ...approval, status: 'EXPIRED' }
    : approval;
}

/**
 * Carries out what a person approves, once: the approval is used up in the transaction that has the effect, so that
 * two who approve at once, or one who is cut off and approves again, do it once.
 *
 * @returns the approval as decided, or null when it is not PENDING any more
 * @throws Busy when contention outlasted every attempt; nothing was written and it can be approved again
 */
export async function approve(
  ports: Ports,
  store: ApprovalStore,
  pending: Approval,
  person: Actor,
  correlationId: string,
  until?: number,
): Promise<Approval | null> {
  const now = ports.now();
  if (asOf(pending, now).status !== 'PENDING') return null;
  const origin: Origin = { actor: { type: 'ai-agent', id: pending.agent }, correlationId };
  const outcome = await carryOut(ports, actionOf(pending.tool, pending.arguments), {
    origin,
    version: pending.effect.version ?? null,
    receipt: { channel: 'AGENT', id: `approval ${pending.approvalId}` },
    until,
  });
  const result = outcome.kind === 'used' ? await resultOfUse(ports, pending) : resultOf(outcome);
  const decided: Approval = { ...pending, ...result, decidedAt: now, decidedBy: person.id };
  if (await store.decide(decided)) return decided;
  return store.get(pending.approvalId);
}

/** @returns the approval as declined, or null when it is not PENDING any more */
export async function decline(
  ports: Ports,
  store: ApprovalStore,
  pending: Approval,
  person: Actor,
  reason: string,
): Promise<Approval | null> {
  const now = ports.now();
  if (asOf(pending, now).status !== 'PENDING') return null;
  const decided: Approval = {
    ...pending,
    status: 'DECLINED',
    detail: reason,
    decidedAt: now,
    decidedBy: person.id,
  };
  return (await store.decide(decided)) ? decided : null;
}

type Result = Pick<Approval, 'status' | 'orderId' | 'detail'>;

/**
 * What an approval that was used before has led to: another approves it at this moment, or was cut off before the
 * decision was noted. The event after the version that was approved is the one it led to.
 */
async function resultOfUse(ports: Ports, { orderId, effect }: Approval): Promise<Result> {
  if (orderId === undefined || effect.version === undefined) return { status: 'APPROVED' };
  const [first] = await ports.orders.history(orderId, effect.version, 1);
  return first?.type === 'TransitionRejected'
    ? { status: 'REFUSED', detail: first.data.detail }
    : { status: 'APPROVED' };
}

function resultOf(outcome: Exclude<ActionOutcome, { kind: 'used' }>): Result {
  switch (outcome.kind) {
    case 'done':
      return { status: 'APPROVED', orderId: outcome.order.orderId };
    case 'stale':
      return {
        status: 'REFUSED',
        detail: `the order has moved on to version ${outcome.version} since the agent asked`,
      };
    case 'refused':
      return { status: 'REFUSED', detail: outcome.rejection.detail };
    case 'duplicate-purchase-order':
      return {
        status: 'REFUSED',
        detail: `the customer already has an order for purchase order ${outcome.purchaseOrderNumber}`,
      };
  }
}
