import type { OrderCommand } from '../../../domain/order/commands.ts';
import type { Facts } from '../../../domain/order/decide/context.ts';
import { decide } from '../../../domain/order/decide/decide.ts';
import { evolve } from '../../../domain/order/evolve.ts';
import type { Order } from '../../../domain/order/order.ts';
import type { Instruction, KnownOrder, ShopOutcome } from '../../../functions/channels/core/outcome.ts';
import { camelCased } from '../../../functions/channels/square/client/rest.ts';
import { translate } from '../../../functions/channels/square/inbound/channel-update.ts';
import type { SquarePayment } from '../../../functions/channels/square/inbound/message.ts';
import { SquareOrder } from '../../../functions/channels/square/inbound/payload.ts';
import { MERCHANT, squarePayload } from '../../../testing/square.ts';

export type Json = Record<string, unknown>;

export const SKUS = new Map([
  ['VARTS24', 'NF-TS24'],
  ['VARCC08', 'NF-CC08'],
  ['VARCARD', 'NF-CARD'],
]);

/** The first sample order with fields of its top level replaced, as Square's API tells it. */
export function sample(changes: Json = {}, file = 'retrieve_order_01_v4_prepared_paid.json'): Json {
  return { ...(JSON.parse(squarePayload(file).toString()).order as Json), ...changes };
}

/** Lines of the sample order, each changed. */
export function lines(change: (line: Json, index: number) => Json): Json[] {
  return (sample().line_items as Json[]).map((line, index) => ({ ...line, ...change(line, index) }));
}

export const money = (amount: number, currency = 'USD') => ({ amount, currency });

export function outcomeOf(
  order: Json,
  known: KnownOrder | null = null,
  payment: SquarePayment | null = null,
): ShopOutcome {
  const square = SquareOrder.parse(camelCased(order));
  return translate({ square, payment, merchant: MERCHANT, skus: SKUS }, known);
}

export function reception(order: Json) {
  const outcome = outcomeOf(order);
  if (outcome.kind !== 'receive') throw new Error(JSON.stringify(outcome));
  return outcome;
}

/** The name of the problem for which an order is quarantined, or what happens in place of it. */
export function problemOf(order: Json): string {
  const outcome = outcomeOf(order);
  return outcome.kind === 'quarantine' ? outcome.problem.code : outcome.kind;
}

const supply = (lotNumber: string) => [
  { lotNumber, expiryDate: '2027-12-31', status: 'AVAILABLE' as const, available: 10_000 },
];

const FACTS: Facts = {
  orderId: 'LMB-ORD-2026-0001',
  now: '2026-03-15T09:00:00.000Z',
  stock: new Map([
    ['NF-TS24', supply('L26-071A')],
    ['NF-CC08', supply('L26-064C')],
    ['NF-CARD', supply('CARDS')],
  ]),
  mostReservations: 25,
};

/** Carries a command out by the domain's own rules; a refusal fails the test. */
export function carryOut(order: Order | null, command: OrderCommand): Order {
  const next = tryOut(order, command);
  if (next === null) throw new Error(`refused: ${JSON.stringify(decide(command, order, FACTS))}`);
  return next;
}

/** @returns the order after a command, or null when the domain refuses it by name. */
export function tryOut(order: Order | null, command: OrderCommand): Order | null {
  const decision = decide(command, order, FACTS);
  if ('rejection' in decision) return null;
  const next = decision.events.reduce<Order | null>(
    (state, event) =>
      evolve(state, { ...event, sequence: (state?.sequence ?? 0) + 1, occurredAt: FACTS.now }, FACTS.orderId),
    order,
  );
  if (next === null) throw new Error('nothing happened');
  return next;
}

/** An order as the domain makes it of an order of Square and of what happened since. */
export function received(order: Json, ...since: readonly Instruction[]): Order {
  return since.reduce(carryOut, carryOut(null, reception(order).command));
}

export function known(
  order: Order,
  channelVersion: string | null = null,
  cancelledHere: ReadonlyMap<number, number> = new Map(),
): KnownOrder {
  return { order, channelVersion, cancelledHere };
}

export function follow(order: Order, outcome: ShopOutcome): Order {
  if (outcome.kind !== 'run') throw new Error(`not to be run: ${JSON.stringify(outcome)}`);
  return outcome.commands.reduce<Order>(carryOut, order);
}
