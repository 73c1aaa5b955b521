import { readFileSync } from 'node:fs';
import type { Supply } from '../../../domain/inventory/allocate.ts';
import type { OrderCommand } from '../../../domain/order/commands.ts';
import type { Facts } from '../../../domain/order/decide/context.ts';
import { decide } from '../../../domain/order/decide/decide.ts';
import { evolve } from '../../../domain/order/evolve.ts';
import type { Order } from '../../../domain/order/order.ts';
import type { Instruction, KnownOrder, ShopOutcome } from '../../../functions/channels/core/outcome.ts';
import { translateMessage } from '../../../functions/channels/shopify/inbound/channel-update.ts';
import { readMessage, type ShopifyMessage } from '../../../functions/channels/shopify/inbound/message.ts';

export const SHOP = 'northfield-test.myshopify.com';

export const CREATED = 'orders_create_01_discounts_tax_lots.json';
export const B2B = 'orders_create_02_b2b_company_net30.json';
export const VOUCHERS = 'orders_create_04_giftcard_digital_jpy.json';
export const UPDATED = 'orders_updated_06_edited_partly_fulfilled_refunded.json';
export const CANCELLED = 'orders_cancelled_07.json';
export const FULFILLMENT = 'fulfillments_create_08.json';
export const REFUND = 'refunds_create_09.json';

/** Ids of the lines of the order in `CREATED` and `UPDATED`. */
export const SAUCE = 15518907892101;
export const CHILI = 15518907892102;
export const SALT = 15518907892103;
export const CARD = 15518907892104;

/** A payload as plain JSON; the fixtures' ids are small enough to survive it. */
export type Json = Record<string, unknown>;

export function payload(file: string): Buffer {
  return readFileSync(new URL(`../../payloads/shopify/${file}`, import.meta.url));
}

/** A fixture with fields of its top level replaced. */
export function json(file: string, changes: Json = {}): Json {
  return { ...(JSON.parse(payload(file).toString()) as Json), ...changes };
}

/** The lines of a fixture, each changed. */
export function lines(file: string, change: (line: Json, index: number) => Json): Json[] {
  return (json(file).line_items as Json[]).map((line, index) => ({ ...line, ...change(line, index) }));
}

export function message(topic: string, body: Json | string | Buffer): ShopifyMessage {
  const bytes = Buffer.isBuffer(body)
    ? body
    : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  const read = readMessage(topic, bytes);
  if ('problem' in read) throw new Error(`${read.problem.code}: ${read.problem.detail}`);
  return read.message;
}

export function outcomeOf(
  topic: string,
  body: Json | string | Buffer,
  known: KnownOrder | null = null,
): ShopOutcome {
  return translateMessage(message(topic, body), known, SHOP);
}

/** The command that takes an order in; fails the test when there is none. */
export function reception(body: Json | string | Buffer, topic = 'orders/create') {
  const outcome = outcomeOf(topic, body);
  if (outcome.kind !== 'receive') throw new Error(JSON.stringify(outcome));
  return outcome;
}

/** The name of the problem for which an order is quarantined, or what happens in place of it. */
export function problemOf(body: Json): string {
  const outcome = outcomeOf('orders/create', body);
  return outcome.kind === 'quarantine' ? outcome.problem.code : outcome.kind;
}

const lot = (lotNumber: string, available: number): Supply => ({
  lotNumber,
  expiryDate: '2027-12-31',
  status: 'AVAILABLE',
  available,
});

/** Stock that covers every fixture. */
const STOCK = new Map<string, Supply[]>([
  ['NF-TS24', [lot('L26-071A', 5000)]],
  ['NF-CC08', [lot('L26-064C', 100)]],
  ['NF-SS1K', [lot('L26-010', 1000)]],
  ['NF-CARD', [lot('L26-CARD', 1000)]],
]);

const FACTS: Facts = {
  orderId: 'LMB-ORD-2026-0001',
  now: '2026-03-12T16:20:12.000Z',
  stock: STOCK,
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

/** An order as the domain makes it of a payload and of what happened since. */
export function received(body: Json | Buffer, ...since: readonly Instruction[]): Order {
  return since.reduce(carryOut, carryOut(null, reception(body).command));
}

export function known(order: Order, updatedAt: string | null = null): KnownOrder {
  return { order, channelVersion: updatedAt };
}

/** Carries out what an outcome asks for. */
export function follow(order: Order, outcome: ShopOutcome): Order {
  if (outcome.kind !== 'run') throw new Error(`not to be run: ${JSON.stringify(outcome)}`);
  return outcome.commands.reduce<Order>(carryOut, order);
}

/** Carries out all that a full order asks for, step by step, until it asks for nothing more. */
export function settle(order: Order, body: Json | Buffer, updatedAt: string | null = null): Order {
  for (let now = order, steps = 0; steps < 20; steps++) {
    const outcome = outcomeOf('orders/updated', body, known(now, updatedAt));
    if (outcome.kind !== 'run') return now;
    now = follow(now, outcome);
  }
  throw new Error('it never settles');
}

/** What an order's lines come to, by SKU: ordered, cancelled, shipped, returned. */
export function tally(order: Order): Record<string, readonly number[]> {
  return Object.fromEntries(
    order.lines.map((line) => [
      line.sku ?? `line ${line.lineNumber}`,
      [line.ordered, line.cancelled, line.shipped, line.returned],
    ]),
  );
}
