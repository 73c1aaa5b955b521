import { dateOf } from '../../calendar.ts';
import type { Shortage } from '../../decider.ts';
import { type Demand, type LinePlan, type Pin, planAllocation } from '../../inventory/allocate.ts';
import { locationOf, lotIdentity, recorded, stockIdentity } from '../../inventory/location.ts';
import { planSourced } from '../../inventory/source.ts';
import type { LineUnits, Reservation } from '../events.ts';
import { allocated, deliveryDate, isGoods, isPinned, type Line, type Order, open } from '../order.ts';
import type { Facts } from './context.ts';

/** How the reservations of one line are to change, and what then waits for stock. */
export interface LineChange {
  readonly lineNumber: number;
  /** Units that allocation had not looked at before. */
  readonly open: number;
  readonly released: readonly Reservation[];
  readonly reserved: readonly Reservation[];
  /** Units that start, or cease, to wait for stock. */
  readonly backordered: readonly LineUnits[];
  readonly recovered: readonly LineUnits[];
}

export interface Reallocation {
  readonly changes: readonly LineChange[];
  /** Lines that no lot, or not the lot they are pinned to, can cover. */
  readonly shortages: readonly Shortage[];
  readonly unmetPins: readonly Shortage[];
}

type FactsWithStock = Facts & { readonly stock: NonNullable<Facts['stock']> };

/**
 * Plans the lots of some lines of an order anew and says what must change to get there. Lines that are pinned come
 * first. Whatever part of the changes makes the first step, it draws on no lot that a later line has yet to give up.
 *
 * @param keeping whether lots that are held and still good are kept, or the best lots are chosen whatever is held
 */
export function reallocate(
  order: Order,
  lines: readonly Line[],
  facts: FactsWithStock,
  keeping: boolean,
): Reallocation {
  if (keeping) return plan(order, lines, facts, 'KEEP');
  // Lines exchange lots with each other only where all of them do so at once.
  const exchange = plan(order, lines, facts, 'EXCHANGE');
  const atOnce = totalSize(exchange.changes) <= facts.mostReservations;
  return atOnce ? exchange : plan(order, lines, facts, 'IMPROVE');
}

/**
 * How lines share what they hold: each keeps what is good; each improves on what it holds, out of what is free; or
 * all of it is dealt out anew.
 */
type Sharing = 'KEEP' | 'IMPROVE' | 'EXCHANGE';

function plan(order: Order, lines: readonly Line[], facts: FactsWithStock, sharing: Sharing): Reallocation {
  const goods = pinnedFirst(lines.filter(isGoods));
  const today = dateOf(facts.now);
  const demands = goods.map((line) => demandOf(order, line, sharing));
  const supplies = sharing === 'EXCHANGE' ? withOwnReservations(facts.stock, goods) : facts.stock;
  const requirements = {
    today,
    deliveryDate: deliveryDate(order, today),
    minimumShelfLifeDays: order.minimumShelfLifeDays ?? 0,
  };
  const plans =
    facts.locations === undefined
      ? planAllocation(demands, supplies, requirements)
      : planSourced(demands, supplies, requirements, order, facts.locations, staying(order, goods, sharing));
  const changes = goods.map((line, index) => changeOf(line, plans[index] as LinePlan));
  return {
    changes: changes.filter(
      (change) =>
        change.released.length +
          change.reserved.length +
          change.backordered.length +
          change.recovered.length >
        0,
    ),
    shortages: plans
      .flatMap((plan, index) => {
        const line = goods[index];
        if (plan.short === 0 || line === undefined) return [];
        const requested = unshipped(line);
        return [{ lineNumber: plan.lineNumber, sku: plan.sku, requested, available: requested - plan.short }];
      })
      .sort((one, other) => one.lineNumber - other.lineNumber),
    unmetPins: plans.flatMap((plan) =>
      plan.unmetPins.map(({ lotNumber, requested, available }) => ({
        lineNumber: plan.lineNumber,
        sku: plan.sku,
        lotNumber,
        requested,
        available,
      })),
    ),
  };
}

/** Locations that the order ships from whatever is planned: those of what it keeps, and of its other lines. */
function staying(order: Order, planned: readonly Line[], sharing: Sharing): ReadonlySet<string> {
  const keeping = order.lines.filter(isGoods).filter((line) => {
    return sharing === 'KEEP' || !planned.some(({ lineNumber }) => lineNumber === line.lineNumber);
  });
  return new Set(keeping.flatMap(held).map(locationOf));
}

/**
 * The changes that one transaction can carry: whole lines while they fit. A single line that draws on more lots
 * than that is reserved in part, and the rest of it stays open for the next step.
 */
export function firstStep(changes: readonly LineChange[], most: number): readonly LineChange[] {
  const step: LineChange[] = [];
  let room = most;
  for (const change of changes) {
    const size = sizeOf(change);
    if (size <= room) {
      step.push(change);
      room -= size;
      continue;
    }
    if (step.length === 0) step.push(partOf(change, most));
    break;
  }
  return step;
}

function sizeOf(change: LineChange): number {
  return Math.max(1, change.released.length + change.reserved.length);
}

function totalSize(changes: readonly LineChange[]): number {
  return changes.reduce((size, change) => size + sizeOf(change), 0);
}

/** A line that is free to take any lot leaves the one that another line is bound to. */
function pinnedFirst<Goods extends Line>(lines: readonly Goods[]): readonly Goods[] {
  const isBound = (line: Goods) => line.pins.length > 0;
  return [...lines.filter(isBound), ...lines.filter((line) => !isBound(line))];
}

/** @returns units of the line that are neither shipped nor cancelled. */
export function unshipped(line: Line): number {
  return line.ordered - line.shipped - line.cancelled;
}

/** @returns the reservations that the line holds now. */
export function held(line: Line & { readonly sku: string }): readonly Reservation[] {
  return line.allocations
    .filter((allocation) => allocation.quantity > 0)
    .map(({ lotNumber, locationId, expiryDate, quantity }) => ({
      lineNumber: line.lineNumber,
      sku: line.sku,
      lotNumber,
      ...recorded(locationId),
      expiryDate,
      quantity,
      pinned: isPinned(line, lotNumber),
    }));
}

function demandOf(order: Order, line: Line & { readonly sku: string }, sharing: Sharing): Demand {
  const quantity = unshipped(line);
  const holds = held(line).map(({ lotNumber, locationId, quantity: units }) => ({
    lotNumber,
    locationId,
    quantity: units,
  }));
  return {
    lineNumber: line.lineNumber,
    sku: line.sku,
    quantity,
    pins: line.pins.map((pin): Pin => ({ lotNumber: pin.lotNumber, quantity: pin.quantity ?? quantity })),
    unitsPerCase: order.orderType === 'B2B' ? (line.unitsPerCase ?? 1) : 1,
    keeps: sharing === 'KEEP' ? holds : [],
    frees: sharing === 'EXCHANGE' ? [] : holds,
  };
}

/** What the order holds of a lot is there for the order to take again. */
function withOwnReservations(stock: NonNullable<Facts['stock']>, lines: readonly (Line & { sku: string })[]) {
  const own = new Map<string, number>();
  for (const reservation of lines.flatMap(held)) {
    const lot = stockIdentity(reservation.sku, reservation);
    own.set(lot, (own.get(lot) ?? 0) + reservation.quantity);
  }
  return new Map(
    [...stock].map(([sku, lots]) => [
      sku,
      lots.map((lot) => ({ ...lot, available: lot.available + (own.get(stockIdentity(sku, lot)) ?? 0) })),
    ]),
  );
}

function changeOf(line: Line & { readonly sku: string }, plan: LinePlan): LineChange {
  const units = { lineNumber: line.lineNumber, sku: line.sku };
  const before = new Map(line.allocations.map((each) => [lotIdentity(each), each.quantity]));
  const planned = new Map(plan.draws.map((draw) => [lotIdentity(draw), draw.quantity]));
  const released = held(line).flatMap((reservation) => {
    const quantity = reservation.quantity - (planned.get(lotIdentity(reservation)) ?? 0);
    return quantity > 0 ? [{ ...reservation, quantity }] : [];
  });
  const reserved = plan.draws.flatMap((draw) => {
    const quantity = draw.quantity - (before.get(lotIdentity(draw)) ?? 0);
    return quantity > 0 ? [{ ...units, ...draw, quantity }] : [];
  });
  const waiting = plan.short - line.backordered;
  return {
    lineNumber: line.lineNumber,
    open: open(line),
    released,
    reserved,
    backordered: waiting > 0 ? [{ ...units, quantity: waiting }] : [],
    recovered: waiting < 0 ? [{ ...units, quantity: -waiting }] : [],
  };
}

/**
 * As many lots of a line as fit. Units that lose their lot without getting another yet are open, not backordered,
 * and no more is reserved than there are units without a lot.
 */
function partOf(change: LineChange, most: number): LineChange {
  const released = change.released.slice(0, Math.max(1, Math.floor(most / 2)));
  const recoverable = total(change.recovered);
  let room = change.open + total(released) + recoverable;
  const reserved: Reservation[] = [];
  for (const reservation of change.reserved.slice(0, most - released.length)) {
    const quantity = Math.min(room, reservation.quantity);
    if (quantity > 0) reserved.push({ ...reservation, quantity });
    room -= quantity;
  }
  const quantity = Math.min(recoverable, total(reserved));
  const recovered = quantity > 0 ? change.recovered.map((units) => ({ ...units, quantity })) : [];
  return { ...change, released, reserved, backordered: [], recovered };
}

function total(units: readonly { readonly quantity: number }[]): number {
  return units.reduce((all, each) => all + each.quantity, 0);
}

/** @returns whether some unit of the line waits to be looked at by allocation, or for stock. */
export function wantsStock(line: Line): boolean {
  return isGoods(line) && (open(line) > 0 || line.backordered > 0);
}

/** @returns whether any line of the order holds a reservation. */
export function holdsStock(order: Order): boolean {
  return order.lines.some((line) => allocated(line) > 0);
}
