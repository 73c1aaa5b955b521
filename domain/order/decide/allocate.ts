import { accept, type Decision, refuse, type Shortage } from '../../decider.ts';
import { lotNamed, skuNamed } from '../../text.ts';
import type { CommandOf } from '../commands.ts';
import type { OrderEvent } from '../events.ts';
import { allocated, holdsNothingInPart, isGoods, type Line, type Order, open } from '../order.ts';
import { after, type Facts } from './context.ts';
import { pinErrors, samePins, splitCases, withPins } from './pins.ts';
import { firstStep, held, holdsStock, type LineChange, reallocate, wantsStock } from './reallocation.ts';

type FactsWithStock = Facts & { readonly stock: NonNullable<Facts['stock']> };

/**
 * Reserves for an order in the very step that accepts it. An order that is too large for one step, or whose stock
 * could not be looked at, is accepted as it is and allocated in the steps that follow.
 */
export function allocateForReception(
  order: Order,
  unmetPins: CommandOf<'ReceiveOrder'>['unmetPins'],
  facts: Facts,
): Decision<OrderEvent> {
  if (facts.stock === null) return accept();
  const lines = linesAtReception(order, unmetPins, facts.mostReservations);
  const { changes, shortages, unmetPins: unmet } = reallocate(order, lines, withStock(facts), true);
  if (unmetPins === 'REFUSE' && unmet.length > 0) return refuseUnmetPins(unmet);
  if (order.backorderPolicy === 'REJECT' && shortages.length > 0) return refuseShortages(shortages);
  const step = firstStep(changes, facts.mostReservations);
  const fits = lines.length === order.lines.length && step.length === changes.length;
  if (!fits || step.some((change, index) => change !== changes[index])) return accept();
  return accept(...stepEvents(order, step, shortages, facts));
}

/**
 * The lines that have to be looked at before an order is accepted: all of one that fits into a step or may be
 * refused for want of stock; of any other only those whose pins may refuse it.
 */
function linesAtReception(
  order: Pick<Order, 'backorderPolicy' | 'lines'>,
  unmetPins: CommandOf<'ReceiveOrder'>['unmetPins'],
  most: number,
): readonly Line[] {
  if (order.lines.length <= most || order.backorderPolicy === 'REJECT') return order.lines;
  return order.lines.filter((line) => unmetPins === 'REFUSE' && line.pins.length > 0);
}

/** Chooses the lots of the whole order anew, the best ones whatever is held, after the pins asked for. */
export function allocateOrder(
  order: Order,
  command: CommandOf<'AllocateOrder'>,
  facts: Facts,
): Decision<OrderEvent> {
  const pins = command.pins ?? [];
  const errors = pinErrors(order, pins);
  if (errors.length > 0)
    return refuse({ code: 'validation_failed', detail: errors[0]?.message ?? '', errors });
  const split = splitCases(order, pins);
  if (split.length > 0) return refuse({ code: 'case_pack', detail: split[0]?.message ?? '', errors: split });
  const pinned = pins.length === 0 ? order : withPins(order, pins);
  const lines = linesToAllocate(pinned, command, facts.mostReservations);
  const { changes, shortages, unmetPins } = reallocate(pinned, lines, withStock(facts), false);
  const named = new Set(pins.map((pin) => pin.lineNumber));
  const unmet = unmetPins.filter((shortage) => named.has(shortage.lineNumber ?? 0));
  if (unmet.length > 0) return refuseUnmetPins(unmet);
  if (order.state === 'RECEIVED' && order.backorderPolicy === 'REJECT' && shortages.length > 0) {
    return refuseShortages(shortages);
  }
  const step = firstStep(changes, facts.mostReservations);
  // A pin takes effect in the step that moves its line, so that no line is bound to a lot it does not have yet.
  const moved = new Set(step.map((change) => change.lineNumber));
  const stuck = new Set(changes.map((change) => change.lineNumber).filter((line) => !moved.has(line)));
  const effective = pins.filter(
    (pin) => !stuck.has(pin.lineNumber) && !samePins(order, pins, pin.lineNumber),
  );
  if (effective.length > 0)
    return accept(...changedEvents(order, step, facts, 'Lots pinned on request.', effective));
  return accept(...stepEvents(order, step, shortages, facts));
}

/** The lines that one AllocateOrder is about: those that are pinned, or as many from a line on as a step may take. */
export function linesToAllocate(
  order: Order,
  { pins = [], fromLine = 1 }: CommandOf<'AllocateOrder'>,
  most: number,
): readonly Line[] {
  const goods = order.lines.filter(isGoods);
  if (pins.length > 0) return goods.filter((line) => pins.some((pin) => pin.lineNumber === line.lineNumber));
  return goods.filter((line) => line.lineNumber >= fromLine).slice(0, most);
}

/** The lines that one CompleteAllocation is about: first what nobody has looked at, then what waits for stock. */
export function linesToComplete(
  order: Order,
  { sku }: CommandOf<'CompleteAllocation'>,
  most: number,
): readonly Line[] {
  const wanting = order.lines.filter((line) => wantsStock(line) && (sku === undefined || line.sku === sku));
  // An order that ships complete is looked at as a whole before it holds anything.
  if (order.backorderPolicy !== 'SHIP_PARTIAL' && !holdsStock(order)) return order.lines.filter(wantsStock);
  const untouched = wanting.filter((line) => open(line) > 0);
  return untouched.length > 0 ? untouched.slice(0, most) : wanting;
}

/** Reserves what is open or waits for stock; what is held stays. */
export function completeAllocation(
  order: Order,
  command: CommandOf<'CompleteAllocation'>,
  facts: Facts,
): Decision<OrderEvent> {
  // A reservation that someone released on purpose is not made again behind their back.
  if (order.allocationReleased || order.cancelling !== undefined) return accept();
  const wanting = linesToComplete(order, command, facts.mostReservations);
  if (wanting.length === 0) return accept();
  const { changes, shortages } = reallocate(order, wanting, withStock(facts), true);
  return accept(...stepEvents(order, firstStep(changes, facts.mostReservations), shortages, facts));
}

/**
 * Brings the reservation in line with amended terms.
 *
 * @param everyLot whether the terms may make lots unfit that are held: those are replaced, the others kept
 */
export function allocateAmended(order: Order, everyLot: boolean, facts: Facts): Decision<OrderEvent> {
  if (order.allocationReleased) return accept();
  const most = facts.mostReservations;
  const lines = everyLot ? order.lines : linesToComplete(order, { type: 'CompleteAllocation' }, most);
  const { changes, shortages } = reallocate(order, lines, withStock(facts), true);
  // What was reserved in full under REJECT is not given up for terms that stock cannot meet.
  const rejects = order.backorderPolicy === 'REJECT' && order.state === 'ALLOCATED';
  if (rejects && shortages.length > 0) return refuseShortages(shortages);
  return accept(...stepEvents(order, firstStep(changes, most), shortages, facts));
}

/** Gives up the reservations on a lot that may no longer be shipped, for other lots as far as there are any. */
export function replaceLot(
  order: Order,
  command: CommandOf<'ReplaceLot'>,
  facts: Facts,
): Decision<OrderEvent> {
  const holding = order.lines.filter(
    (line) =>
      line.sku === command.sku &&
      line.allocations.some((each) => each.lotNumber === command.lotNumber && each.quantity > 0),
  );
  if (holding.length === 0) return accept();
  const { changes } = reallocate(order, holding, withStock(facts), true);
  const reason = `Lot ${command.lotNumber}: ${command.reason}`;
  return accept(...changedEvents(order, firstStep(changes, facts.mostReservations), facts, reason));
}

/** Gives the whole reservation back on request; ALLOCATED → RECEIVED. */
export function releaseAllocation(order: Order, facts: Facts): Decision<OrderEvent> {
  const all = order.lines.filter(isGoods).flatMap(held);
  const released = all.slice(0, facts.mostReservations);
  const reason = 'Released on request.';
  if (released.length < all.length) {
    return accept({
      type: 'AllocationChanged',
      data: { reason, released, reserved: [], backordered: [], recovered: [] },
    });
  }
  return accept({ type: 'AllocationReleased', data: { released, reason, onRequest: true } });
}

/**
 * The events of one step towards a plan, under the order's policy: SHIP_PARTIAL takes what is there; SHIP_COMPLETE
 * (and REJECT, once it has been accepted) holds nothing until everything is there.
 */
function stepEvents(
  order: Order,
  step: readonly LineChange[],
  shortages: readonly Shortage[],
  facts: Facts,
): readonly OrderEvent[] {
  if (holdsNothingInPart(order) && shortages.length > 0) return waitForEverything(order, facts);
  if (step.some((change) => change.released.length > 0)) {
    return changedEvents(order, step, facts, 'Allocated anew.');
  }
  const backordered = step.flatMap((change) => change.backordered);
  const fromBackorder = step.flatMap(backorderedPart);
  const fromOpen = step.flatMap(openPart);
  const events: OrderEvent[] = [];
  if (fromBackorder.length > 0)
    events.push({ type: 'BackorderAllocated', data: { reserved: fromBackorder } });
  if (backordered.length > 0) events.push({ type: 'OrderBackordered', data: { backordered } });
  const { state } = order;
  if (
    state === 'RECEIVED' &&
    becomesAllocated(after(order, [...events, ...reservedEvent(fromOpen)], facts))
  ) {
    const allocated: OrderEvent = { type: 'OrderAllocated', data: { reserved: fromOpen } };
    return [allocated, ...events].sort(byCause);
  }
  return [...reservedEvent(fromOpen), ...events];
}

/** Reservations on open units that are no transition: a step of a large order, or more units of a queued one. */
function reservedEvent(reserved: ReturnType<typeof openPart>): readonly OrderEvent[] {
  if (reserved.length === 0) return [];
  const reason = 'Reserved.';
  return [
    { type: 'AllocationChanged', data: { reason, released: [], reserved, backordered: [], recovered: [] } },
  ];
}

function changedEvents(
  order: Order,
  step: readonly LineChange[],
  facts: Facts,
  reason: string,
  pins?: CommandOf<'AllocateOrder'>['pins'],
): readonly OrderEvent[] {
  if (step.length === 0 && pins === undefined) return [];
  const changed: OrderEvent = {
    type: 'AllocationChanged',
    data: {
      reason,
      released: step.flatMap((change) => change.released),
      reserved: step.flatMap((change) => change.reserved),
      backordered: step.flatMap((change) => change.backordered),
      recovered: step.flatMap((change) => change.recovered),
      ...(pins !== undefined && { pins }),
    },
  };
  const next = after(order, [changed], facts);
  const reserves = next.state === 'RECEIVED' || next.state === 'ALLOCATED';
  if (
    reserves &&
    next.backorderPolicy !== 'SHIP_PARTIAL' &&
    next.lines.some((line) => line.backordered > 0)
  ) {
    return [...(pins === undefined ? [] : [pinsOnly(reason, pins)]), ...waitForEverything(order, facts)];
  }
  return [changed];
}

function pinsOnly(reason: string, pins: NonNullable<CommandOf<'AllocateOrder'>['pins']>): OrderEvent {
  return {
    type: 'AllocationChanged',
    data: { reason, released: [], reserved: [], backordered: [], recovered: [], pins },
  };
}

/** Holds nothing and waits until the whole order can be had. */
function waitForEverything(order: Order, facts: Facts): readonly OrderEvent[] {
  const reason = 'Waiting until the whole order can be reserved.';
  const holding = order.lines.filter(isGoods).flatMap(held);
  if (holding.length > facts.mostReservations) {
    const released = holding.slice(0, facts.mostReservations);
    return [
      { type: 'AllocationChanged', data: { reason, released, reserved: [], backordered: [], recovered: [] } },
    ];
  }
  const waiting = order.lines.filter(isGoods).flatMap((line) => {
    const quantity = open(line) + allocated(line);
    return quantity > 0 ? [{ lineNumber: line.lineNumber, sku: line.sku, quantity }] : [];
  });
  const backordered = waiting.slice(0, facts.mostReservations);
  if (holding.length > 0) {
    return [
      {
        type: 'AllocationChanged',
        data: { reason, released: holding, reserved: [], backordered, recovered: [] },
      },
    ];
  }
  return backordered.length > 0 ? [{ type: 'OrderBackordered', data: { backordered } }] : [];
}

/** An order is ALLOCATED once something is reserved and allocation has looked at every line. */
export function becomesAllocated(order: Order): boolean {
  return holdsStock(order) && order.lines.filter(isGoods).every((line) => open(line) === 0);
}

/** What a change reserves for units that had waited for stock; backordered units are served before open ones. */
function backorderedPart(change: LineChange) {
  let waiting = change.recovered.reduce((total, units) => total + units.quantity, 0);
  return change.reserved.flatMap((reservation) => {
    const quantity = Math.min(waiting, reservation.quantity);
    waiting -= quantity;
    return quantity > 0 ? [{ ...reservation, quantity }] : [];
  });
}

function openPart(change: LineChange) {
  let waiting = change.recovered.reduce((total, units) => total + units.quantity, 0);
  return change.reserved.flatMap((reservation) => {
    const served = Math.min(waiting, reservation.quantity);
    waiting -= served;
    const quantity = reservation.quantity - served;
    return quantity > 0 ? [{ ...reservation, quantity }] : [];
  });
}

function withStock(facts: Facts): FactsWithStock {
  if (facts.stock === null) throw new Error(`${facts.orderId}: stock is needed to allocate`);
  return { ...facts, stock: facts.stock };
}

function refuseShortages(shortages: readonly Shortage[]) {
  const [first] = shortages;
  return refuse({
    code: 'insufficient_stock',
    detail: `line ${first?.lineNumber} asks for ${first?.requested} of ${skuNamed(first?.sku)}, and ${first?.available} can be had`,
    shortages,
  });
}

function refuseUnmetPins(unmet: readonly Shortage[]) {
  const [first] = unmet;
  return refuse({
    code: 'insufficient_stock',
    detail: `line ${first?.lineNumber} is pinned to ${lotNamed(first?.lotNumber)} for ${first?.requested}, and the lot can give ${first?.available}`,
    shortages: unmet,
  });
}

/** What was allocated comes before what was not. */
function byCause(one: OrderEvent, other: OrderEvent): number {
  const rank = (event: OrderEvent) =>
    ['BackorderAllocated', 'OrderAllocated', 'OrderBackordered'].indexOf(event.type);
  return rank(one) - rank(other);
}
