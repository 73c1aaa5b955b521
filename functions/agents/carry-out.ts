import type { ActionEffect, AgentAction } from '../../contract/agents.ts';
import type { Rejection } from '../../domain/decider.ts';
import type { Order } from '../../domain/order/order.ts';
import type { OrderEnvelope, Origin } from '../events/envelope.ts';
import type { IdempotencyRecord } from '../idempotency.ts';
import { handleOrderCommand, type Outcome, tryOrderCommand } from '../orders/handle-order-command.ts';
import type { Ports } from '../orders/ports.ts';
import { type ReceptionOutcome, receiveOrder, tryToReceiveOrder } from '../orders/receive-order.ts';
import { WriteFailed } from '../write-failures.ts';
import { commandOf, receptionCommand } from './actions.ts';

/** Under which the uses of approvals are kept. */
const USES = 'agent-approval';

/** What became of an agent's action. */
export type ActionOutcome =
  | {
      readonly kind: 'done';
      /** Null for an order that was not there yet. */
      readonly before: Order | null;
      readonly order: Order;
      readonly effect: ActionEffect;
    }
  | { readonly kind: 'refused'; readonly rejection: Rejection }
  | { readonly kind: 'duplicate-purchase-order'; readonly purchaseOrderNumber: string }
  /** The order has changed since the effect was worked out. */
  | { readonly kind: 'stale'; readonly version: number }
  /** The approval was used before, and led to this order. */
  | { readonly kind: 'used'; readonly orderId: string | undefined };

/** What an action would do, without doing it. */
export async function tryAction(ports: Ports, action: AgentAction, origin: Origin): Promise<ActionOutcome> {
  if (action.tool === 'create_order') {
    return ofReception(await tryToReceiveOrder(ports, { command: receptionCommand(action), origin }));
  }
  const { orderId } = action.arguments;
  const before = await ports.orders.load(orderId);
  const outcome = await tryOrderCommand(ports, { orderId, command: commandOf(action), origin });
  return ofCommand(outcome, before);
}

export interface Approved {
  readonly origin: Origin;
  /** The version that was approved; null for an order that was not there yet. */
  readonly version: number | null;
  /** Of the approval: consumed in the transaction that has the effect, so that one approval has one effect. */
  readonly approvalId: string;
  /** Epoch milliseconds after which no further step of a large order is begun. */
  readonly until?: number | undefined;
}

/**
 * Does what was approved, once.
 *
 * @throws Busy when contention outlasted every attempt; nothing was written
 */
export async function carryOut(
  ports: Ports,
  action: AgentAction,
  approved: Approved,
): Promise<ActionOutcome> {
  const { origin, version, approvalId, until } = approved;
  const used = async (): Promise<ActionOutcome | null> => {
    const use = await ports.idempotency.find(USES, approvalId);
    return use === null ? null : { kind: 'used', orderId: use.orderId };
  };
  const use = (orderId: string): IdempotencyRecord => ({
    scope: USES,
    key: approvalId,
    fingerprint: action.tool,
    orderId,
    begunAt: Date.parse(ports.now()),
  });
  const earlier = await used();
  if (earlier !== null) return earlier;
  try {
    if (action.tool === 'create_order') {
      const outcome = await receiveOrder(ports, {
        command: receptionCommand(action),
        origin,
        remember: (order) => use(order.orderId),
        until,
      });
      return outcome.kind === 'key-used' ? await usedBy(used) : ofReception(outcome);
    }
    const { orderId } = action.arguments;
    const before = await ports.orders.load(orderId);
    const outcome = await handleOrderCommand(ports, {
      orderId,
      command: commandOf(action),
      origin,
      expectedVersion: version ?? undefined,
      remember: () => use(orderId),
      until,
    });
    // Another who uses the same approval may have been first, between the look at its use and the load.
    return (outcome.kind === 'stale' ? await used() : null) ?? ofCommand(outcome, before);
  } catch (error) {
    if (error instanceof WriteFailed && error.conflict === 'idempotency-key-used') return usedBy(used);
    throw error;
  }
}

async function usedBy(used: () => Promise<ActionOutcome | null>): Promise<ActionOutcome> {
  return (await used()) ?? { kind: 'used', orderId: undefined };
}

function ofReception(outcome: ReceptionOutcome): ActionOutcome {
  switch (outcome.kind) {
    case 'received':
      return {
        kind: 'done',
        before: null,
        order: outcome.order,
        effect: effectOf(null, outcome.order, outcome.events),
      };
    case 'refused':
    case 'duplicate-purchase-order':
      return outcome;
    case 'known':
    case 'key-used':
      throw new Error('an order without a channel or key was taken for another');
  }
}

function ofCommand(outcome: Outcome, before: Order | null): ActionOutcome {
  switch (outcome.kind) {
    case 'done':
      return {
        kind: 'done',
        before,
        order: outcome.order,
        effect: effectOf(before, outcome.order, outcome.events),
      };
    case 'refused':
      return { kind: 'refused', rejection: outcome.rejection };
    case 'stale':
      return { kind: 'stale', version: outcome.order.version };
  }
}

type HeldUnits = ActionEffect['reserved'];

function effectOf(before: Order | null, after: Order, events: readonly OrderEnvelope[]): ActionEffect {
  const held = heldUnits(before);
  const holds = heldUnits(after);
  const shipped = minus(shippedUnits(after), shippedUnits(before));
  return {
    ...(before !== null && { orderId: after.orderId, stateBefore: before.state, version: before.version }),
    stateAfter: after.state,
    total: after.total,
    ...(before !== null && before.total !== after.total && { totalBefore: before.total }),
    currency: after.currency,
    reserved: minus(holds, held),
    released: minus(minus(held, holds), shipped),
    events: events.map(({ type }) => type),
  };
}

function heldUnits(order: Order | null): HeldUnits {
  return (order?.lines ?? []).flatMap(({ lineNumber, allocations }) =>
    allocations.map(({ lotNumber, quantity }) => ({ lineNumber, lotNumber, quantity })),
  );
}

function shippedUnits(order: Order | null): HeldUnits {
  return (order?.shipments ?? []).flatMap(({ lines }) =>
    lines.flatMap(({ lineNumber, lots }) =>
      lots.map(({ lotNumber, quantity }) => ({ lineNumber, lotNumber, quantity })),
    ),
  );
}

/** @returns what one has of each line and lot beyond the other. */
function minus(from: HeldUnits, other: HeldUnits): HeldUnits {
  const key = (units: HeldUnits[number]) => JSON.stringify([units.lineNumber, units.lotNumber]);
  const left = new Map<string, HeldUnits[number]>();
  const add = (units: HeldUnits[number], quantity: number) => {
    const soFar = left.get(key(units))?.quantity ?? 0;
    left.set(key(units), { ...units, quantity: soFar + quantity });
  };
  for (const units of from) add(units, units.quantity);
  for (const units of other) add(units, -units.quantity);
  return [...left.values()].filter(({ quantity }) => quantity > 0);
}
