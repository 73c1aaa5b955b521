import { isDeepStrictEqual } from 'node:util';
import type { ActionEffect, AgentAction, AgentPolicy, Approval } from '../../contract/agents.ts';
import type { Origin } from '../events/envelope.ts';
import type { Ports } from '../orders/ports.ts';
import { actionOf } from './actions.ts';
import { type ActionOutcome, carryOut } from './carry-out.ts';
import type { changesOf } from './changes.ts';

/** How long a person has to decide. */
const HOURS_TO_DECIDE = 24;

/** How many decisions one agent may wait for. */
const MAX_WAITING = 50;

/** Who asks: as the history names it, and the subject of its access token. */
export interface Agent {
  readonly name: string;
  readonly subject: string;
}

/** Keeps what agents ask people to approve, and the policy that says when they must. */
export interface ApprovalStore {
  policy(): Promise<AgentPolicy>;
  /** @param origin who sets it, for the audit trail */
  savePolicy(policy: AgentPolicy, origin: Origin): Promise<void>;
  /** @returns false when it is more than can be kept; nothing was written */
  add(approval: Approval): Promise<boolean>;
  get(approvalId: string): Promise<Approval | null>;
  /**
   * @param after the id at which the page before ended
   * @returns the newest approvals first, and whether there may be more
   */
  list(most: number, after: string | null): Promise<{ items: readonly Approval[]; more: boolean }>;
  /** @returns what was asked for since an instant and is not decided, the newest first */
  pending(since: string): Promise<readonly Approval[]>;
  /**
   * Notes who approves, in the audit trail too, before it is carried out: from then on nobody can decline.
   *
   * @returns the approval with whoever was first, or null when it is not PENDING any more
   */
  claim(approvalId: string, person: Origin, now: string): Promise<Approval | null>;
  /**
   * Notes what became of an approval that somebody claimed and that is still PENDING.
   *
   * @returns false when another noted it first
   */
  conclude(approval: Approval): Promise<boolean>;
  /**
   * Declines an approval that is PENDING and that nobody claimed, in the audit trail too.
   *
   * @returns false when another decided first
   */
  decline(approval: Approval, person: Origin): Promise<boolean>;
}

/**
 * Puts an action before a person; one that the agent waits for already is not put a second time.
 *
 * @returns what stands against it: the agent waits for as many decisions as people can be expected to look at, or this is
 *   more than can be put before anyone
 */
export async function askPerson(
  ports: Ports,
  store: ApprovalStore,
  action: AgentAction,
  { effect, changes }: { readonly effect: ActionEffect; readonly changes: ReturnType<typeof changesOf> },
  agent: Agent,
): Promise<Approval | 'too-many' | 'too-large'> {
  const requestedAt = ports.now();
  const waiting = (await store.pending(earliestPending(requestedAt))).filter(
    (pending) => pending.agent === agent.name,
  );
  const earlier = waiting.find(
    (pending) =>
      pending.tool === action.tool &&
      pending.effect.version === effect.version &&
      isDeepStrictEqual(pending.arguments, action.arguments),
  );
  // An agent that did not hear the answer asks again: a person is to see it once.
  if (earlier !== undefined) return earlier;
  if (waiting.length >= MAX_WAITING) return 'too-many';
  const approval: Approval = {
    approvalId: ports.newId(),
    status: 'PENDING',
    tool: action.tool,
    arguments: action.arguments,
    effect,
    ...changes,
    agent: agent.name,
    requestedBy: agent.subject,
    ...('orderId' in action.arguments && { orderId: action.arguments.orderId }),
    requestedAt,
    expiresAt: new Date(Date.parse(requestedAt) + HOURS_TO_DECIDE * 3_600_000).toISOString(),
  };
  return (await store.add(approval)) ? approval : 'too-large';
}

/** @returns the instant since which an approval must have been asked for to be pending still. */
export function earliestPending(now: string): string {
  return new Date(Date.parse(now) - HOURS_TO_DECIDE * 3_600_000).toISOString();
}

/** @returns whether somebody decides here what they asked for themselves, through whatever client. */
export function isOwnRequest({ agent, requestedBy }: Approval, person: string): boolean {
  // Earlier releases kept the name alone, `client/subject`.
  return requestedBy === undefined
    ? agent === person || agent.endsWith(`/${person}`)
    : requestedBy === person;
}

/** @returns the approval as it stands: what nobody decided in time has expired. */
export function asOf(approval: Approval, now: string): Approval {
  const isUndecided = approval.status === 'PENDING' && approval.decidedBy === undefined;
  return isUndecided && approval.expiresAt <= now ? { ...approval, status: 'EXPIRED' } : approval;
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
  person: Origin,
  until?: number,
): Promise<Approval | null> {
  const now = ports.now();
  if (asOf(pending, now).status !== 'PENDING') return null;
  const claimed = await store.claim(pending.approvalId, person, now);
  if (claimed === null) {
    const decided = await store.get(pending.approvalId);
    return decided?.status === 'DECLINED' ? null : decided;
  }
  const origin: Origin = {
    actor: { type: 'ai-agent', id: pending.agent, approvedBy: claimed.decidedBy },
    correlationId: person.correlationId,
  };
  const outcome = await carryOut(ports, actionOf(pending.tool, pending.arguments), {
    origin,
    version: pending.effect.version ?? null,
    approvalId: pending.approvalId,
    until,
  });
  const result =
    outcome.kind === 'used' ? await resultOfUse(ports, pending, outcome.orderId) : resultOf(outcome);
  const decided: Approval = { ...claimed, ...result };
  if (await store.conclude(decided)) return decided;
  return store.get(pending.approvalId);
}

/** @returns the approval as declined, or null when it is not PENDING any more */
export async function decline(
  ports: Ports,
  store: ApprovalStore,
  pending: Approval,
  person: Origin,
  reason: string,
): Promise<Approval | null> {
  const now = ports.now();
  if (asOf(pending, now).status !== 'PENDING') return null;
  const decided: Approval = {
    ...pending,
    status: 'DECLINED',
    detail: reason,
    decidedAt: now,
    decidedBy: person.actor.id,
  };
  return (await store.decline(decided, person)) ? decided : null;
}

type Result = Pick<Approval, 'status' | 'orderId' | 'detail'>;

/**
 * What an approval that was used before has led to: another approves it at this moment, or was cut off before the
 * decision was noted. The event after the version that was approved is the one it led to.
 */
async function resultOfUse(ports: Ports, { effect }: Approval, orderId: string | undefined): Promise<Result> {
  if (orderId === undefined || effect.version === undefined) return { status: 'APPROVED', orderId };
  const [first] = await ports.orders.history(orderId, effect.version, 1);
  return first?.type === 'TransitionRejected'
    ? { status: 'REFUSED', detail: first.data.detail }
    : { status: 'APPROVED', orderId };
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
        detail: 'the customer already has an order for this purchase order number',
      };
  }
}
