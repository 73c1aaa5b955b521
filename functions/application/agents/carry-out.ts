import type { ActionEffect, AgentAction } from '../../../contract/agents.ts';
import type { Rejection } from '../../../domain/decider.ts';
import type { Order } from '../../../domain/order/order.ts';
import type { OrderEnvelope, Origin } from '../envelope.ts';
import { handleOrderCommand, type Outcome, tryOrderCommand } from '../handle-order-command.ts';
import { type Ports, type Receipt, WriteFailed } from '../ports.ts';
import { type ReceptionOutcome, receiveOrder, tryToReceiveOrder } from '../receive-order.ts';
import { commandOf, receptionCommand } from './actions.ts';

/** What became of an agent's action. */
export type ActionOutcome =
  | { readonly kind: 'done'; readonly order: Order; readonly effect: ActionEffect }
  | { readonly kind: 'refused'; readonly rejection: Rejection }
  | { readonly kind: 'duplicate-purchase-order'; readonly purchaseOrderNumber: string }
  /** The order has changed since the effect was worked out. */
  | { readonly kind: 'stale'; readonly version: number }
  /** The approval was used before. */
  | { readonly kind: 'used' };

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
  /** Taken in the transaction that has the effect, so that one approval has one effect. */
  readonly receipt: Receipt;
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
  const { origin, version, receipt, until } = approved;
  try {
    if (await ports.receipts.isKnown(receipt)) return { kind: 'used' };
    if (action.tool === 'create_order') {
      return ofReception(
        await receiveOrder(ports, { command: receptionCommand(action), origin, receipts: [receipt], until }),
      );
    }
    const { orderId } = action.arguments;
    const before = await ports.orders.load(orderId);
    const outcome = await handleOrderCommand(ports, {
      orderId,
      command: commandOf(action),
      origin,
      expectedVersion: version ?? undefined,
      receipts: [receipt],
      until,
    });
    // Another who uses the same approval may have been first, between the look at the receipt and the load.
    if (outcome.kind === 'stale' && (await ports.receipts.isKnown(receipt))) return { kind: 'used' };
    return ofCommand(outcome, before);
  } catch (error) {
    if (error instanceof WriteFailed && error.obstacle === 'receipt-known') return { kind: 'used' };
    throw error;
  }
}

function ofReception(outcome: ReceptionOutcome): ActionOutcome {
  switch (outcome.kind) {
    case 'received':
      return { kind: 'done', order: outcome.order, effect: effectOf(null, outcome.order, outcome.events) };
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
      return { kind: 'done', order: outcome.order, effect: effectOf(before, outcome.order, outcome.events) };
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
