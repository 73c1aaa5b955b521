import { unreachable } from '../../../domain/decider.ts';
import type { Amendment, CommandOf } from '../../../domain/order/commands.ts';
import { hasShipped, type Line, type Order } from '../../../domain/order/order.ts';
import { isDeliverable, isSame } from './address.ts';
import { manyLines } from './clean.ts';
import type { ChannelOrderSnapshot } from './order-snapshot.ts';
import {
  cancellationsOf,
  continueWith,
  fetchOrder,
  type Instruction,
  ignore,
  inBatches,
  type KnownOrder,
  quarantine,
  run,
  type ShopOutcome,
  settled,
  type Units,
} from './outcome.ts';
import { type Problem, problem } from './problem.ts';
import { HOLD_NOTES, paymentHold, receptionOf } from './receive-snapshot.ts';
import { reconcileShipments } from './reconcile-shipments.ts';

type Holds = readonly CommandOf<'PlaceHold'>[];
type Releases = readonly CommandOf<'ReleaseHold'>[];

/**
 * Decides what a channel's order asks for, for every channel. Snapshot and order are compared as they are now, so a
 * repeat, or a message that another one has overtaken, changes nothing.
 *
 * @param known the order that the snapshot is of; null where it is not known here yet
 */
export function reconcileOrder(snapshot: ChannelOrderSnapshot, known: KnownOrder | null): ShopOutcome {
  if (known === null) return receive(snapshot);
  const { order } = known;
  if (order.voided) return ignore('the order was taken out here on purpose');
  // A channel never takes a cancellation back, so it counts even when it comes late.
  if (snapshot.cancellation !== null) {
    return cancelOrder(order, { type: 'CancelOrder', reason: snapshot.cancellation });
  }
  if (known.channelVersion !== null) {
    if (snapshot.version === null) {
      return fetchOrder('the state of the order has no date, and may be an older one');
    }
    if (snapshot.version < known.channelVersion)
      return ignore('a newer state of the order has been taken in');
  }
  if (order.state === 'CANCELLED') return ignore('the order is cancelled here');
  const reception = receptionOf(snapshot);
  if ('problem' in reception) return { kind: 'quarantine', problem: reception.problem };
  const releases = releasesOf(snapshot, order);
  const shipments = shipmentOutcome(snapshot, order, releases);
  if (shipments !== null) return shipments;
  const differences = differencesOf(snapshot, known, reception.receive);
  switch (order.state) {
    case 'RECEIVED':
    case 'ALLOCATED':
    case 'FULFILLMENT_QUEUED':
      return follow(snapshot, order, differences, releases);
    case 'SHIPPED':
    case 'DELIVERED':
    case 'CLOSED':
      return settled(
        releases,
        shippedProblem(snapshot, order, differences.fewer),
        'the order has shipped, and nothing of that changes',
      );
    default:
      return unreachable(order.state);
  }
}

/**
 * Decides what becomes of an order that was deleted in its channel: it is hidden here, unless goods have left for it;
 * those stay in our books.
 *
 * @param system the channel's name, for people to read
 */
export function reconcileDeletion(known: KnownOrder | null, system: string): ShopOutcome {
  if (known === null) return ignore('the order was never known here');
  const { order } = known;
  if (order.voided) return ignore('the order was taken out here already');
  if (order.state === 'CANCELLED') return run([{ type: 'VoidOrder' }]);
  // Shops let only finished orders be deleted, so this is the ordinary end of an old order.
  if (order.state === 'CLOSED') return ignore('the order is closed and stays in our books');
  if (hasShipped(order)) {
    return quarantine(
      'deleted_after_shipping',
      `${order.orderId} is ${order.state} and was deleted in ${system}`,
    );
  }
  return run([{ type: 'CancelOrder', reason: `Deleted in ${system}` }, { type: 'VoidOrder' }]);
}

function receive(snapshot: ChannelOrderSnapshot): ShopOutcome {
  const reception = receptionOf(snapshot);
  if ('problem' in reception) return { kind: 'quarantine', problem: reception.problem };
  const { receive: command, cancellation } = reception;
  // A sale may be over before it is heard of here: what has left is recorded right after it was received.
  const hasMore =
    cancellation === null &&
    snapshot.earlierShipments === 'RECORD' &&
    (snapshot.fulfillments ?? []).some(({ status }) => status === 'SENT');
  return { kind: 'receive', command, cancellation, hasMore };
}

/** Cancels a known order as far as its goods are still here; what has left is for a person. */
function cancelOrder(order: Order, cancellation: CommandOf<'CancelOrder'>): ShopOutcome {
  if (isOpenOrQueued(order)) return run([cancellation]);
  return order.state === 'CANCELLED'
    ? ignore('the order is cancelled here already')
    : quarantine('cancelled_after_shipping', `${order.orderId} is ${order.state}: ${cancellation.reason}`);
}

/** Records what has left according to the channel before anything else; what cannot be recorded must not leave again. */
function shipmentOutcome(
  snapshot: ChannelOrderSnapshot,
  order: Order,
  releases: Releases,
): ShopOutcome | null {
  const { system } = snapshot;
  // Whoever lifts this hold has looked at what had left.
  if (order.holds.some(({ note }) => note?.startsWith(HOLD_NOTES.earlier(system)))) return null;
  const released = new Set(releases.map(({ holdId }) => holdId));
  const holds = order.holds.filter(({ holdId }) => !released.has(holdId));
  const shipments = reconcileShipments(snapshot, { ...order, holds });
  if (shipments === null) return null;
  if (!('problem' in shipments)) return continueWith([...releases, ...shipments.commands]);
  return settled(newHolds(order, 'OTHER', shipments.problem.detail), shipments.problem, '');
}

/** How an order differs from what its channel says now. */
interface Differences {
  /** Units to cancel. */
  readonly fewer: readonly Units[];
  /** The number of units that lines should be ordered with, where it is a greater one. */
  readonly more: readonly Units[];
  /** Terms that are others in the channel; what the channel leaves out stays as it is. */
  readonly terms: Pick<Amendment, 'shipTo' | 'deliveryWindow' | 'purchaseOrderNumber'>;
  /** What no command can follow, a sentence each. */
  readonly beyond: readonly string[];
}

/**
 * The channel is where customers change their orders, so its word counts also against what was amended here. One that
 * does not hear of units that were cancelled here still has them in its quantities, and does not want them back by that.
 */
function differencesOf(
  { system, lines, hearsCancellations, currency, total }: ChannelOrderSnapshot,
  { order, cancelledHere }: KnownOrder,
  now: CommandOf<'ReceiveOrder'>,
): Differences {
  const unknown = new Map(lines.map((line) => [line.channelLineId, line]));
  const received = new Map(now.lines.map((line) => [line.channelLineId, line]));
  const fewer: Units[] = [];
  const more: Units[] = [];
  const beyond: string[] = [];
  for (const line of order.lines) {
    const { lineNumber, channelLineId = '', ordered, cancelled } = line;
    const { current = 0, active = 0 } = unknown.get(channelLineId) ?? {};
    unknown.delete(channelLineId);
    const wanted = ordered - cancelled;
    const unheard = hearsCancellations ? 0 : (cancelledHere?.get(lineNumber) ?? 0);
    if (active < wanted) fewer.push({ lineNumber, quantity: wanted - active });
    // Compared with the current quantity: what came back after its delivery is not ordered once more.
    else if (current > wanted + unheard) {
      more.push({ lineNumber, quantity: current - unheard + cancelled });
      if (isPricedAnew(line, received.get(channelLineId))) {
        beyond.push(
          `Discount or tax of line ${lineNumber} changed with its quantity; ${system}'s total is ${total ?? 'not known'} ${currency}.`,
        );
      }
    }
  }
  for (const { channelLineId, current, sku, description } of unknown.values()) {
    // A line that was removed before the order became known here was never received.
    if (current === 0) continue;
    const name = sku ?? description ?? `line ${channelLineId}`;
    beyond.push(`${system} added ${current} × ${name}, and an order cannot grow by a line.`);
  }
  const { shipTo, deliveryWindow, purchaseOrderNumber } = now;
  const terms = {
    ...(shipTo && !isSame(shipTo, order.shipTo) && { shipTo }),
    ...(deliveryWindow && !isSame(deliveryWindow, order.deliveryWindow) && { deliveryWindow }),
    ...(purchaseOrderNumber && purchaseOrderNumber !== order.purchaseOrderNumber && { purchaseOrderNumber }),
  };
  return { fewer, more, terms, beyond };
}

/** An amendment changes quantity and price of a line, never its discount and tax. */
function isPricedAnew(line: Line, now: CommandOf<'ReceiveOrder'>['lines'][number] | undefined): boolean {
  return now?.discount !== line.discount || now?.tax !== line.tax;
}

/**
 * An open order follows the channel. Of a queued one, which the warehouse has, only units can be cancelled; all else
 * needs a person, who finds the goods held.
 */
function follow(
  snapshot: ChannelOrderSnapshot,
  order: Order,
  { fewer, more, terms, beyond }: Differences,
  releases: Releases,
): ShopOutcome {
  const { system } = snapshot;
  const { commands: cancellations, endsOrder, shipped } = cancelUnits(order, fewer, system);
  if (endsOrder) return run(cancellations);
  const isQueued = order.state === 'FULFILLMENT_QUEUED';
  const changed = [
    ...Object.keys(terms),
    ...more.map(({ lineNumber, quantity }) => `${quantity} units in line ${lineNumber}`),
  ];
  const sentences = [
    ...(isQueued && changed.length > 0
      ? [`${system} changed what is queued already: ${changed.join(', ')}.`]
      : []),
    ...beyond,
  ];
  const tooLate = sentences.length === 0 ? null : problem('too_late_to_amend', sentences.join(' ')).problem;
  // Another date or purchase order number does not make the parcel a wrong one.
  const isWrongParcel = (isQueued && (terms.shipTo ?? more[0])) || beyond[0];
  const reason = isQueued && terms.shipTo !== undefined ? 'INCORRECT_ADDRESS' : 'OTHER';
  return settled(
    // First what keeps the goods here, last what lets them go.
    [
      ...paymentHolds(snapshot, order),
      ...(isWrongParcel ? newHolds(order, reason, tooLate?.detail) : []),
      ...(snapshot.isFulfillmentGivenUp ? newHolds(order, 'OTHER', HOLD_NOTES.givenUp(system)) : []),
      ...cancellations,
      ...(isQueued ? [] : amendmentsOf(terms, more)),
      ...releases,
    ],
    tooLate ?? shippedProblem(snapshot, order, shipped),
    `the order is as ${system} says already`,
  );
}

function amendmentsOf(terms: Differences['terms'], more: readonly Units[]): readonly Instruction[] {
  const amendments: CommandOf<'AmendOrder'>[] = inBatches(more, () => 1).map((lines) => ({
    type: 'AmendOrder',
    lines,
  }));
  if (Object.keys(terms).length > 0) amendments.unshift({ type: 'AmendOrder', ...terms });
  return amendments;
}

interface UnitsCancelled {
  readonly commands: readonly CommandOf<'CancelOrder'>[];
  /** Nothing is left of the order, and nothing of it has shipped. */
  readonly endsOrder: boolean;
  /** Units that had left before they could be cancelled. */
  readonly shipped: readonly Units[];
}

/** Cancels units that the channel removed, as far as they are still here. */
function cancelUnits(order: Order, fewer: readonly Units[], system: string): UnitsCancelled {
  const asked = new Map(fewer.map(({ lineNumber, quantity }) => [lineNumber, quantity]));
  const lines = order.lines.map((line) => {
    const left = line.ordered - line.cancelled - line.shipped;
    return { lineNumber: line.lineNumber, left, asked: asked.get(line.lineNumber) ?? 0 };
  });
  const endsOrder = fewer.length > 0 && !hasShipped(order) && lines.every((line) => line.asked >= line.left);
  if (endsOrder) {
    const reason = `Every line was removed in ${system}`;
    return { commands: [{ type: 'CancelOrder', reason }], endsOrder, shipped: [] };
  }
  const units = (quantityOf: (line: (typeof lines)[number]) => number) =>
    lines
      .map((line) => ({ lineNumber: line.lineNumber, quantity: quantityOf(line) }))
      .filter(({ quantity }) => quantity > 0);
  const now = units((line) => Math.min(line.asked, line.left));
  return {
    commands: cancellationsOf(order, now, `Removed from the order in ${system}`),
    endsOrder,
    shipped: units((line) => line.asked - line.left),
  };
}

/** Keeps the goods here once a payment that had been promised will not come. */
function paymentHolds(snapshot: ChannelOrderSnapshot, order: Order): Holds {
  const hold = snapshot.payment.isLost ? paymentHold(snapshot) : null;
  return hold === null ? [] : newHolds(order, hold.reason, hold.note);
}

/** @returns a hold, unless the order has it or is past being held. */
function newHolds(order: Order, reason: CommandOf<'PlaceHold'>['reason'], why: string | undefined): Holds {
  const note = manyLines(why);
  if (note === undefined || !isOpenOrQueued(order)) return [];
  const isHeld = order.holds.some((held) => held.reason === reason && held.note === note);
  return isHeld ? [] : [{ type: 'PlaceHold', reason, note }];
}

/** Lifts the holds that wait for what has come: a payment, an address, a fulfillment. Those of people stay. */
function releasesOf({ system, payment, delivery, shipTo }: ChannelOrderSnapshot, order: Order): Releases {
  const isPaid = !payment.isAwaited && !payment.isLost && !payment.isRefunded;
  const isOpen = order.state === 'RECEIVED' || order.state === 'ALLOCATED';
  // An open order takes over the channel's address before a hold is lifted.
  const address = (isOpen ? shipTo : undefined) ?? order.shipTo;
  return order.holds
    .filter(({ reason, note }) => {
      if (reason === 'AWAITING_PAYMENT') return isPaid && note?.startsWith(HOLD_NOTES.payment(system));
      if (reason !== 'INCORRECT_ADDRESS') return false;
      return (
        (note === HOLD_NOTES.address(system) && isDeliverable(address)) ||
        (note === HOLD_NOTES.delivery(system) && delivery !== 'UNKNOWN')
      );
    })
    .map(({ holdId }) => ({ type: 'ReleaseHold', holdId }));
}

/** Vouchers and fees never left, so taking them back needs nobody here. */
function shippedProblem(
  { system }: ChannelOrderSnapshot,
  order: Order,
  units: readonly Units[],
): Problem | null {
  const goods = units.filter(({ lineNumber }) => order.lines[lineNumber - 1]?.requiresShipping);
  if (goods.length === 0) return null;
  const list = goods.map(({ lineNumber, quantity }) => `${quantity} of line ${lineNumber}`).join(', ');
  return problem('cancelled_after_shipping', `${system} removed units that have shipped: ${list}`).problem;
}

function isOpenOrQueued({ state }: Order): boolean {
  return state === 'RECEIVED' || state === 'ALLOCATED' || state === 'FULFILLMENT_QUEUED';
}
