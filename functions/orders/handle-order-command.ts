import type { Rejection } from '../../domain/decider.ts';
import { lotChanges } from '../../domain/inventory/effects.ts';
import { ownerOf, suppliesFor } from '../../domain/inventory/lease.ts';
import { type Location, locationOf, MAIN } from '../../domain/inventory/location.ts';
import { type Lot, testStock } from '../../domain/inventory/lot.ts';
import type { OrderCommand } from '../../domain/order/commands.ts';
import { linesToAllocate } from '../../domain/order/decide/allocate.ts';
import type { Facts } from '../../domain/order/decide/context.ts';
import { decide, stockNeeded } from '../../domain/order/decide/decide.ts';
import type { OrderEvent } from '../../domain/order/events.ts';
import { evolve } from '../../domain/order/evolve.ts';
import type { Order } from '../../domain/order/order.ts';
import type { OrderEnvelope, Origin } from '../events/envelope.ts';
import type { IdempotencyRecord } from '../idempotency.ts';
import type { MessageWrite } from '../messages/message.ts';
import { Busy, WriteFailed } from '../write-failures.ts';
import type { Ports } from './ports.ts';

/**
 * Reservations in one transaction: each takes up to three of the 100 items (line, allocation, lot), and header,
 * events, holds and claims need the rest.
 */
export const MAX_RESERVATIONS = 25;

/** How often a command is decided again when the order or its stock changed meanwhile, where no time is set for it. */
const ATTEMPTS = 12;
/** How often it is while there is time: enough to outlast many who want one lot. */
const ATTEMPTS_IN_TIME = 40;

/** Steps of one command, by far more than the largest order takes; what is left then is the workflow's. */
const MAX_STEPS = 1000;

export type NotReceiving = Exclude<OrderCommand, { type: 'ReceiveOrder' }>;

export interface OrderRequest<Command extends OrderCommand = NotReceiving> {
  readonly orderId: string;
  readonly command: Command;
  readonly origin: Origin;
  /** The version that the caller saw; the command is refused when the order has moved on. */
  readonly expectedVersion?: number | undefined;
  /**
   * Builds the record that keeps the answer for a repeat of the request. With `hasMore` the outcome is that of a first
   * step, and the answer is known when the last one is done.
   */
  readonly remember?: ((outcome: Outcome, hasMore: boolean) => IdempotencyRecord) | undefined;
  /** The inbound message that the command follows from; it is settled only where the command changes something. */
  readonly message?: MessageWrite | undefined;
  /**
   * Epoch milliseconds after which nothing is tried again, and no further step of a large order is begun; the workflow
   * continues from there.
   */
  readonly until?: number | undefined;
}

/** What became of a command: the order as it is now, and the events or the refusal. */
export type Outcome =
  | { readonly kind: 'done'; readonly order: Order; readonly events: readonly OrderEnvelope[] }
  | { readonly kind: 'refused'; readonly rejection: Rejection; readonly order: Order | null }
  | { readonly kind: 'stale'; readonly order: Order };

/**
 * Carries out one command on one order: load, decide, save, all of it again while others get in between. Refusals
 * of an existing order are recorded in its history. The steps of a large order follow one another until it is done.
 *
 * @throws Busy when contention outlasted every attempt of the first step; nothing was written
 */
export async function handleOrderCommand(ports: Ports, request: OrderRequest): Promise<Outcome> {
  const outcome = await handleStep(ports, request);
  return outcome.kind === 'done' ? finish(ports, request, outcome) : outcome;
}

/** What the command would do, without doing it. */
export async function tryOrderCommand(ports: Ports, request: OrderRequest): Promise<Outcome> {
  const order = await ports.orders.load(request.orderId);
  if (order !== null && isStale(request, order)) return { kind: 'stale', order };
  const facts = await factsOfAllSteps(ports, request.orderId, request.command, order);
  const decision = decide(request.command, order, facts);
  if ('rejection' in decision) return { kind: 'refused', rejection: decision.rejection, order };
  const events = envelopes(ports, request, order, decision.events, facts.now);
  return { kind: 'done', order: apply(order, events, request.orderId), events };
}

/** @param known the order as the step before left it, which saves reading it again */
async function handleStep(ports: Ports, request: OrderRequest, known?: Order): Promise<Outcome> {
  for (let attempt = 1; mayTry(attempt, request.until); attempt++) {
    const order = attempt === 1 && known !== undefined ? known : await ports.orders.load(request.orderId);
    if (order !== null && isStale(request, order)) return { kind: 'stale', order };
    const facts = await factsFor(ports, request.orderId, request.command, order);
    const decision = decide(request.command, order, facts);
    const rejection = 'rejection' in decision ? decision.rejection : null;
    const decided = 'rejection' in decision ? recorded(decision.rejection, order, request) : decision.events;
    const events = envelopes(ports, request, order, decided, facts.now);
    if (order === null || (events.length === 0 && request.remember === undefined)) {
      return outcomeOf(rejection, order, events);
    }
    const next = apply(order, events, request.orderId);
    const outcome = outcomeOf(rejection, next, events);
    try {
      await ports.orders.save({
        before: order,
        after: next,
        events,
        stock: await stockWritten(ports, next, events, facts.stock),
        message: rejection === null ? request.message : ofRefusal(request.message),
        idempotency: request.remember?.(outcome, hasMore(request.command, outcome)),
      });
      return outcome;
    } catch (error) {
      if (!mayRetry(error)) throw error;
      await ports.pause(attempt);
    }
  }
  throw new Busy(
    `${request.orderId} is changed by many at once; ${request.command.type} was not done, send it again`,
  );
}

/** @returns the stock that an order was decided on, and where something comes back of it, the lots that it comes back to */
async function stockWritten(
  ports: Ports,
  order: Order,
  events: readonly OrderEnvelope[],
  known: Facts['stock'],
): Promise<Facts['stock']> {
  const owner = ownerOf(order);
  if (owner === undefined || order.isTest) return known;
  const back = lotChanges(events).filter(({ sku, available }) => available > 0 && !known?.has(sku));
  if (back.length === 0) return known;
  const lots = await ports.stock.lotsOf([...new Set(back.map(({ sku }) => sku))]);
  return new Map([...(known ?? []), ...suppliesOfAll(lots, owner)]);
}

function suppliesOfAll(lots: ReadonlyMap<string, readonly Lot[]>, owner: string | undefined) {
  return new Map([...lots].map(([sku, ofSku]) => [sku, suppliesFor(ofSku, owner)] as const));
}

/**
 * Takes the further steps of work that is more than one transaction carries; each leaves a true state. What has been
 * done stays done when contention ends them early: the workflow, or the next command, continues from there.
 */
async function finish(
  ports: Ports,
  request: OrderRequest,
  first: Extract<Outcome, { kind: 'done' }>,
): Promise<Outcome> {
  const { orderId, origin, until = Number.POSITIVE_INFINITY } = request;
  let { command } = request;
  let done = first;
  let progressed = first.events.length > 0;
  for (let step = 1; step < MAX_STEPS && Date.now() < until; step++) {
    const next = nextStep(command, done.order, progressed);
    if (next === null) return done;
    // The first step that changes something settles the message.
    const message = done.events.length === 0 ? request.message : withoutSettlement(request.message);
    const outcome = await untilBusy(
      handleStep(ports, { orderId, origin, command: next, message }, done.order),
    );
    if (outcome === null) return { ...done, order: (await ports.orders.load(orderId)) ?? done.order };
    if (outcome.kind !== 'done') return { ...done, order: outcome.order ?? done.order };
    command = next;
    progressed = outcome.events.length > 0;
    done = { ...outcome, events: [...done.events, ...outcome.events] };
  }
  return done;
}

function hasMore(command: NotReceiving, outcome: Outcome): boolean {
  return outcome.kind === 'done' && nextStep(command, outcome.order, outcome.events.length > 0) !== null;
}

/** A message that is to be settled by its effect leaves no refusal behind once it was: it is a repeat then. */
function ofRefusal(message: MessageWrite | undefined): MessageWrite | undefined {
  return message && { message: message.message, whileOpen: message.settlement !== undefined };
}

function withoutSettlement(message: MessageWrite | undefined): MessageWrite | undefined {
  return message && { message: message.message };
}

async function untilBusy(step: Promise<Outcome>): Promise<Outcome | null> {
  try {
    return await step;
  } catch (error) {
    if (error instanceof Busy) return null;
    throw error;
  }
}

/**
 * What is left to do of a command after a step of it, or null.
 *
 * @param progressed whether the step changed anything
 */
function nextStep(command: NotReceiving, order: Order, progressed: boolean): NotReceiving | null {
  if (order.cancelling !== undefined || order.shipping !== undefined) {
    return progressed ? { type: 'ContinueSteps' } : null;
  }
  switch (command.type) {
    case 'AllocateOrder': {
      if (progressed) return command;
      if (command.pins !== undefined && command.pins.length > 0) return { type: 'CompleteAllocation' };
      const last = linesToAllocate(order, command, MAX_RESERVATIONS).at(-1)?.lineNumber ?? order.lines.length;
      return last < order.lines.length ? { type: 'AllocateOrder', fromLine: last + 1 } : null;
    }
    case 'CompleteAllocation':
    case 'ReplaceLot':
      return progressed ? command : null;
    case 'AmendOrder':
      return progressed ? { type: 'CompleteAllocation' } : null;
    case 'ReleaseAllocation':
      return progressed && order.state === 'ALLOCATED' ? command : null;
    default:
      return null;
  }
}

/** @throws Error when there is no order of this id, where one was written before */
export async function existingOrder({ orders }: Pick<Ports, 'orders'>, orderId: string): Promise<Order> {
  const order = await orders.load(orderId);
  if (order === null) throw new Error(`there is no order ${orderId}`);
  return order;
}

export async function factsFor(
  ports: Ports,
  orderId: string,
  command: OrderCommand,
  order: Order | null,
  mostReservations = MAX_RESERVATIONS,
): Promise<Facts> {
  const skus = stockNeeded(command, order, mostReservations);
  const { isTest } = order ?? (command.type === 'ReceiveOrder' ? command : { isTest: undefined });
  if (isTest) return { orderId, now: ports.now(), stock: testStock(skus), mostReservations };
  const [lots, known, closedLocations] = await Promise.all([
    ports.stock.lotsOf(skus),
    skus.length === 0 ? [] : ports.locations.list(),
    command.type === 'ReceiveReturn' ? closedAmong(ports, placesOf(order)) : undefined,
  ]);
  const sender = order ?? (command.type === 'ReceiveOrder' ? command : null);
  const owner = sender === null ? undefined : ownerOf(sender);
  const stock = suppliesOfAll(lots, owner);
  const isPlaced = [...stock.values()].some((lots) => lots.some((lot) => locationOf(lot) !== MAIN));
  // Stock that is all in a MAIN that serves every order needs no sourcing.
  const locations = isPlaced || known.some(isRestrictedMain) ? known : undefined;
  return { orderId, now: ports.now(), stock, locations, closedLocations, mostReservations };
}

/** @returns where units were shipped from that may come back */
function placesOf(order: Order | null): readonly string[] {
  const lots = order?.lines.flatMap(({ allocations }) => allocations) ?? [];
  return [...new Set(lots.filter((lot) => lot.shipped > lot.returned).map(locationOf))];
}

async function closedAmong({ locations }: Ports, places: readonly string[]): Promise<ReadonlySet<string>> {
  const found = await Promise.all(places.map((place) => locations.find(place)));
  return new Set(places.filter((_, index) => found[index] === null));
}

function isRestrictedMain({ locationId, channels, orderTypes }: Location): boolean {
  return locationId === MAIN && (channels !== undefined || orderTypes !== undefined);
}

/** What a decision has to know that shows what all steps of a command come to. */
export async function factsOfAllSteps(
  ports: Ports,
  orderId: string,
  command: OrderCommand,
  order: Order | null,
): Promise<Facts> {
  const facts = await factsFor(ports, orderId, command, order, Number.POSITIVE_INFINITY);
  return { ...facts, mostNamed: MAX_RESERVATIONS };
}

export function envelopes(
  ports: Ports,
  request: { readonly orderId: string; readonly origin: Origin },
  order: Order | null,
  events: readonly OrderEvent[],
  occurredAt: string,
): readonly OrderEnvelope[] {
  const [first] = events;
  const identity = order ?? (first?.type === 'OrderReceived' ? first.data : null);
  if (identity === null) return [];
  const { channel, orderType, isTest } = identity;
  return events.map(
    (event, index) =>
      ({
        eventId: ports.newId(),
        ...event,
        version: 1,
        orderId: request.orderId,
        sequence: (order?.sequence ?? 0) + index + 1,
        occurredAt,
        channel,
        orderType,
        ...(isTest && { isTest }),
        ...request.origin,
      }) as OrderEnvelope,
  );
}

export function apply(order: Order | null, events: readonly OrderEnvelope[], orderId: string): Order {
  const next = events.reduce<Order | null>((state, event) => evolve(state, event, orderId), order);
  if (next === null) throw new Error(`${orderId}: no order`);
  return next;
}

/**
 * @param until epoch milliseconds by which the command must come to an end, where somebody waits for it
 * @returns whether the command is tried for the given time: the first time in any case
 */
export function mayTry(attempt: number, until: number | undefined): boolean {
  if (attempt === 1 || until === undefined) return attempt <= ATTEMPTS;
  return attempt <= ATTEMPTS_IN_TIME && Date.now() < until;
}

/** @returns whether the write failed for a reason that reading again may cure. */
export function mayRetry(error: unknown): error is WriteFailed {
  return (
    error instanceof WriteFailed &&
    (error.conflict === 'changed-meanwhile' ||
      error.conflict === 'stock-changed' ||
      error.conflict === 'contention')
  );
}

/** Commands that nobody asked for: they are given in case there is something to do, and to come too late is no attempt. */
const FOLLOW_UPS: ReadonlySet<OrderCommand['type']> = new Set([
  'CompleteAllocation',
  'ReplaceLot',
  'ContinueSteps',
  'CheckDeliveryWindow',
  'ErasePersonalData',
]);

/** Refusals that say something about the order become part of its history; mistakes in the request do not. */
function recorded(rejection: Rejection, order: Order | null, request: OrderRequest): readonly OrderEvent[] {
  if (order === null || order.voided) return [];
  if (FOLLOW_UPS.has(request.command.type)) return [];
  if (rejection.code !== 'illegal_transition' && rejection.code !== 'insufficient_stock') return [];
  const { code, detail } = rejection;
  return [
    { type: 'TransitionRejected', data: { command: request.command.type, code, detail, state: order.state } },
  ];
}

function outcomeOf(
  rejection: Rejection | null,
  order: Order | null,
  events: readonly OrderEnvelope[],
): Outcome {
  if (rejection !== null) return { kind: 'refused', rejection, order };
  if (order === null) throw new Error('a command without an order was not refused');
  return { kind: 'done', order, events };
}

function isStale(request: OrderRequest, order: Order): boolean {
  return request.expectedVersion !== undefined && request.expectedVersion !== order.version;
}
