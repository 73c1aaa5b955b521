import { accept, type Decision, type FieldError, invalid, refuse } from '../../decider.ts';
import { firstExpiredFirstOut } from '../../inventory/allocate.ts';
import type { CommandOf } from '../commands.ts';
import type { LineUnits, OrderEvent, Reservation } from '../events.ts';
import { hasShipped, isGoods, isPinned, type Line, lineOf, type Order, open } from '../order.ts';
import { type Facts, mostNamed } from './context.ts';
import { casePackError } from './line-rules.ts';
import { held, unshipped } from './reallocation.ts';

interface Withdrawal {
  readonly units: LineUnits;
  readonly recovered: readonly LineUnits[];
  readonly released: readonly Reservation[];
}

/**
 * Cancels the whole order, some units of lines, or what is left after a partial shipment, and gives back exactly
 * what was held for them. Lines can be cancelled until they ship; the order while nothing has shipped.
 */
export function cancelOrder(
  order: Order,
  command: CommandOf<'CancelOrder'>,
  facts: Facts,
): Decision<OrderEvent> {
  const { reason, note, lines, channelReturnId } = command;
  if (lines !== undefined) return cancelLines(order, { reason, note, lines, channelReturnId }, facts);
  return cancelEverything(order, { reason, note }, facts);
}

/** Cancels the next part of an order that is more than one step takes. */
export function continueCancellation(order: Order, facts: Facts): Decision<OrderEvent> {
  return order.cancelling === undefined ? accept() : cancelEverything(order, order.cancelling, facts);
}

/**
 * Cancels what waits for stock, for a customer who takes no backorders. A line that allocation has not looked at yet
 * waits for that.
 */
export function cancelBackordered(order: Order): readonly OrderEvent[] {
  const short = order.lines.filter((line) => line.backordered > 0 && open(line) === 0);
  if (order.cancelBackorders !== true || order.cancelling !== undefined || short.length === 0) return [];
  const data = { reason: 'NO_BACKORDER', ...combined(short.map((line) => withdraw(line, line.backordered))) };
  const isAllOfIt = order.lines.every(
    (line) => unshipped(line) === (short.includes(line) ? line.backordered : 0),
  );
  return [{ type: isAllOfIt && !hasShipped(order) ? 'OrderCancelled' : 'LinesCancelled', data }];
}

function cancelEverything(
  order: Order,
  why: { reason: string; note?: string | undefined },
  facts: Facts,
): Decision<OrderEvent> {
  const withdrawals: Withdrawal[] = [];
  let room = facts.mostReservations;
  let finished = true;
  for (const line of order.lines) {
    const quantity = leftToCancel(order, line);
    if (quantity === 0) continue;
    const withdrawal = withdraw(line, quantity);
    const size = Math.max(1, withdrawal.released.length);
    if (size > room && withdrawals.length === 0) {
      // One line that draws on more lots than a step takes is cancelled lot by lot.
      withdrawals.push(withdraw(line, unitsOfLots(withdrawal.released.slice(0, room))));
      finished = false;
      break;
    }
    if (size > room) {
      finished = false;
      break;
    }
    withdrawals.push(withdrawal);
    room -= size;
  }
  const data = { ...why, ...combined(withdrawals) };
  if (!finished) return accept({ type: 'LinesCancelled', data: { ...data, continues: true } });
  return accept(hasShipped(order) ? { type: 'LinesCancelled', data } : { type: 'OrderCancelled', data });
}

function cancelLines(
  order: Order,
  command: {
    reason: string;
    note?: string | undefined;
    lines: NonNullable<CommandOf<'CancelOrder'>['lines']>;
    channelReturnId: string | undefined;
  },
  facts: Facts,
): Decision<OrderEvent> {
  const { reason, note, lines, channelReturnId } = command;
  const errors = lines.flatMap((request, index) => lineError(order, lines, request, `lines[${index}]`));
  if (errors.length > 0)
    return refuse({ code: 'validation_failed', detail: errors[0]?.message ?? '', errors });
  if (order.orderType === 'B2B') {
    const split = lines.flatMap(({ lineNumber, quantity }, index) => {
      const line = lineOf(order, lineNumber) as Line;
      const message =
        quantity === leftToCancel(order, line) ? null : casePackError(quantity, line.unitsPerCase);
      return message === null ? [] : [{ path: `lines[${index}].quantity`, message }];
    });
    if (split.length > 0)
      return refuse({ code: 'case_pack', detail: split[0]?.message ?? '', errors: split });
  }
  const withdrawals = lines.map(({ lineNumber, quantity }) =>
    withdraw(lineOf(order, lineNumber) as Line, quantity),
  );
  const data = { reason, note, ...combined(withdrawals), channelReturnId };
  if (Math.max(data.released.length, lines.length) > mostNamed(facts)) {
    return invalid('lines', `at most ${mostNamed(facts)} lines and lots are cancelled at a time`);
  }
  const cancelled = new Map(lines.map((line) => [line.lineNumber, line.quantity]));
  const nothingLeft = order.lines.every(
    (line) => leftToCancel(order, line) === (cancelled.get(line.lineNumber) ?? 0),
  );
  return accept(
    nothingLeft && !hasShipped(order) ? { type: 'OrderCancelled', data } : { type: 'LinesCancelled', data },
  );
}

/**
 * Takes units off a line: first those that nobody has looked at, then those that wait for stock, then reserved
 * ones, pinned lots and the earliest expiry last, so that the customer keeps what was chosen for them.
 */
export function withdraw(line: Line, quantity: number): Withdrawal {
  const units = { lineNumber: line.lineNumber, sku: line.sku };
  let missing = Math.max(0, quantity - open(line));
  const fromBackorder = Math.min(missing, line.backordered);
  missing -= fromBackorder;
  const released: Reservation[] = [];
  for (const reservation of isGoods(line) ? lastChosenFirst(line) : []) {
    const given = Math.min(missing, reservation.quantity);
    if (given > 0) released.push({ ...reservation, quantity: given });
    missing -= given;
  }
  return {
    units: { ...units, quantity },
    recovered: fromBackorder > 0 ? [{ ...units, quantity: fromBackorder }] : [],
    released,
  };
}

/** Units that have not left yet; an invoice for the first shipment charges all that needs no shipping. */
function leftToCancel(order: Order, line: Line): number {
  const charged = order.orderType === 'B2B' && hasShipped(order) && !line.requiresShipping;
  return charged ? 0 : unshipped(line);
}

function lastChosenFirst(line: Line & { readonly sku: string }): readonly Reservation[] {
  const reservations = [...firstExpiredFirstOut(held(line))].reverse();
  const pinned = reservations.filter((each) => isPinned(line, each.lotNumber));
  return [...reservations.filter((each) => !pinned.includes(each)), ...pinned];
}

function combined(withdrawals: readonly Withdrawal[]) {
  return {
    lines: withdrawals.map((each) => each.units),
    released: withdrawals.flatMap((each) => each.released),
    recovered: withdrawals.flatMap((each) => each.recovered),
  };
}

function unitsOfLots(reservations: readonly Reservation[]): number {
  return reservations.reduce((total, reservation) => total + reservation.quantity, 0);
}

function lineError(
  order: Order,
  lines: NonNullable<CommandOf<'CancelOrder'>['lines']>,
  { lineNumber, quantity }: { lineNumber: number; quantity: number },
  path: string,
): readonly FieldError[] {
  const line = lineOf(order, lineNumber);
  if (line === undefined)
    return [{ path: `${path}.lineNumber`, message: `the order has no line ${lineNumber}` }];
  if (lines.filter((each) => each.lineNumber === lineNumber).length > 1) {
    return [{ path: `${path}.lineNumber`, message: `line ${lineNumber} is named twice` }];
  }
  const left = leftToCancel(order, line);
  if (quantity > left) {
    return [
      {
        path: `${path}.quantity`,
        message: `line ${lineNumber} has ${left} units left to cancel, not ${quantity}`,
      },
    ];
  }
  return [];
}
