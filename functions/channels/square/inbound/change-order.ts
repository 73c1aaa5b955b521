import { unreachable } from '../../../../domain/decider.ts';
import type { CommandOf } from '../../../../domain/order/commands.ts';
import type { Order } from '../../../../domain/order/order.ts';
import { isDeliverable, isSame } from '../../core/address.ts';
import { cancelOrder, cancelUnits } from '../../core/cancellation.ts';
import { manyLines } from '../../core/clean.ts';
import {
  ignore,
  inBatches,
  type KnownOrder,
  type ShopOutcome,
  settled,
  type Units,
} from '../../core/outcome.ts';
import { type Problem, problem } from '../../core/problem.ts';
import { amountDue } from './amounts.ts';
import {
  ADDRESS_NOTE,
  AWAITING_PAYMENT_NOTE,
  CANCELED_FULFILLMENT_NOTE,
  isGivenUp,
  NO_FULFILLMENT_NOTE,
  type Skus,
} from './holds.ts';
import type { SquarePayment } from './message.ts';
import { shipToOf } from './parties.ts';
import type { SquareOrder } from './payload.ts';
import { isCounterSale } from './quantities.ts';
import { blockerOf, departuresOf, recording } from './shipments.ts';
import { cancellationOf, translateOrder } from './translate.ts';
import { versionText } from './version.ts';

export interface Fetched {
  readonly square: SquareOrder;
  /** The payment that was told, where that led to the order. */
  readonly payment: SquarePayment | null;
  readonly merchant: string;
  readonly skus: Skus;
}

/**
 * Brings a known order in line with the order as Square has it now. Both are compared as they are, so a repeat, or a
 * message that another one has overtaken, changes nothing.
 */
export function changeOrder(fetched: Fetched, known: KnownOrder): ShopOutcome {
  const { order, channelVersion } = known;
  const { square, payment } = fetched;
  if (order.voided) return ignore('the order was taken out here on purpose');
  const cancellation = cancellationOf(square);
  // Square never takes a cancellation back, so it counts even when it comes late.
  if (cancellation !== null) return cancelOrder(order, cancellation);
  if (channelVersion !== null && versionText(square.version) < channelVersion) {
    return ignore('a newer version of the order has been taken in');
  }
  if (order.state === 'CANCELLED') return ignore('the order is cancelled here');
  const releases = releasesOf(square, payment, order);
  const departures = departuresOf(square, order);
  if (departures.length > 0) {
    const left = { ...order, holds: order.holds.filter(({ holdId }) => !isReleased(holdId, releases)) };
    const conflict = left.holds.length > 0 ? 'the order is on hold' : blockerOf(order, departures);
    if (conflict === null) return settled([...releases, ...recording(order, departures)], null, '');
    const { trackingNumber } = departures[0]?.shipment ?? {};
    const detail = `Square says that ${trackingNumber} of ${order.orderId} has left, but ${conflict}`;
    const aside = problem('shipment_unexpected', detail).problem;
    // What has left must not leave a second time.
    return settled(newHolds(order, 'OTHER', aside.detail), aside, '');
  }
  const changes = changesOf(fetched, known);
  if ('problem' in changes) return { kind: 'quarantine', problem: changes.problem };
  switch (order.state) {
    case 'RECEIVED':
    case 'ALLOCATED':
    case 'FULFILLMENT_QUEUED':
      return follow(order, changes, releases, isGivenUp(square));
    case 'SHIPPED':
    case 'DELIVERED':
    case 'CLOSED':
      return settled(releases, null, 'the order has shipped, and nothing of that changes');
    default:
      return unreachable(order.state);
  }
}

interface Changes {
  readonly fewer: readonly Units[];
  /** The quantity that the line is to have, what is cancelled of it included. */
  readonly more: readonly Units[];
  readonly terms: Pick<CommandOf<'AmendOrder'>, 'shipTo' | 'deliveryWindow'>;
  /** What cannot be changed here at all, a sentence each. */
  readonly beyond: readonly string[];
}

/**
 * Square is where customers change their orders, so its word counts also against what was amended here. It was not told
 * of units that were cancelled here, has them in its quantities, and does not want them back by that.
 */
function changesOf(
  { square, merchant, skus }: Fetched,
  { order, cancelledHere }: KnownOrder,
): Changes | { readonly problem: Problem } {
  const translation = translateOrder(square, merchant, skus);
  if ('problem' in translation) return translation;
  const { lines, shipTo, deliveryWindow } = translation.receive;
  const wanted = new Map(lines.map((line) => [line.channelLineId, line]));
  const fewer: Units[] = [];
  const more: Units[] = [];
  const beyond: string[] = [];
  for (const { lineNumber, channelLineId, ordered, cancelled } of order.lines) {
    const quantity = wanted.get(channelLineId)?.quantity ?? 0;
    wanted.delete(channelLineId);
    const active = ordered - cancelled;
    if (quantity < active) fewer.push({ lineNumber, quantity: active - quantity });
    const untold = cancelledHere?.get(lineNumber) ?? 0;
    if (quantity > active + untold) more.push({ lineNumber, quantity: quantity - untold + cancelled });
  }
  for (const { quantity, sku, description } of wanted.values()) {
    beyond.push(`Square added ${quantity} × ${sku ?? description}, and an order cannot grow by a line.`);
  }
  return {
    fewer,
    more,
    beyond,
    terms: {
      ...(shipTo && !isSame(shipTo, order.shipTo) && { shipTo }),
      ...(deliveryWindow && !isSame(deliveryWindow, order.deliveryWindow) && { deliveryWindow }),
    },
  };
}

/** An open order follows Square; of a queued one only units can be cancelled, all else needs a person. */
function follow(
  order: Order,
  { fewer, more, terms, beyond }: Changes,
  releases: readonly CommandOf<'ReleaseHold'>[],
  isGoingNowhere: boolean,
): ShopOutcome {
  const { commands: cancellations, endsOrder, beyond: shipped } = cancelUnits(order, fewer, 'Square');
  if (endsOrder) return settled(cancellations, null, '');
  const isQueued = order.state === 'FULFILLMENT_QUEUED';
  const changed = [
    ...Object.keys(terms),
    ...more.map(({ lineNumber, quantity }) => `${quantity} units in line ${lineNumber}`),
  ];
  const sentences = [
    ...(isQueued && changed.length > 0
      ? [`Square changed what is queued already: ${changed.join(', ')}.`]
      : []),
    ...beyond,
    ...shipped.map(
      ({ lineNumber, quantity }) => `${quantity} units of line ${lineNumber} have left already.`,
    ),
  ];
  const aside = sentences.length === 0 ? null : problem('too_late_to_amend', sentences.join(' ')).problem;
  const amendments: CommandOf<'AmendOrder'>[] = isQueued
    ? []
    : inBatches(more, () => 1).map((lines) => ({ type: 'AmendOrder', lines }));
  if (!isQueued && Object.keys(terms).length > 0) amendments.unshift({ type: 'AmendOrder', ...terms });
  const reason = isQueued && terms.shipTo !== undefined ? 'INCORRECT_ADDRESS' : 'OTHER';
  return settled(
    // First what keeps the goods here, last what lets them go.
    [
      ...newHolds(order, reason, aside?.detail),
      ...(isGoingNowhere ? newHolds(order, 'OTHER', CANCELED_FULFILLMENT_NOTE) : []),
      ...cancellations,
      ...amendments,
      ...releases,
    ],
    aside,
    'the order is as Square says already',
  );
}

/** Keeps the goods here while the order is not what the customer wants. */
function newHolds(
  order: Order,
  reason: CommandOf<'PlaceHold'>['reason'],
  why: string | undefined,
): readonly CommandOf<'PlaceHold'>[] {
  const note = manyLines(why);
  if (note === undefined || !['RECEIVED', 'ALLOCATED', 'FULFILLMENT_QUEUED'].includes(order.state)) return [];
  const isHeld = order.holds.some((held) => held.reason === reason && held.note === note);
  return isHeld ? [] : [{ type: 'PlaceHold', reason, note }];
}

/** Lifts the holds that wait for what has come: a payment, an address, a sale's end. Those of people stay. */
function releasesOf(
  square: SquareOrder,
  payment: SquarePayment | null,
  order: Order,
): readonly CommandOf<'ReleaseHold'>[] {
  const isFulfilled = square.fulfillments.length > 0 || isCounterSale(square);
  const isOpen = order.state === 'RECEIVED' || order.state === 'ALLOCATED';
  // An open order takes over the address of Square before a hold is lifted.
  const shipTo = isOpen ? shipToOf(square) : order.shipTo;
  return order.holds
    .filter(({ reason, note }) => {
      if (reason === 'AWAITING_PAYMENT') {
        return note?.startsWith(AWAITING_PAYMENT_NOTE) === true && isPaid(square, payment);
      }
      if (reason !== 'INCORRECT_ADDRESS') return false;
      return (
        (note === ADDRESS_NOTE && isDeliverable(shipTo)) || (note === NO_FULFILLMENT_NOTE && isFulfilled)
      );
    })
    .map(({ holdId }) => ({ type: 'ReleaseHold', holdId }));
}

/**
 * Nothing is due any more. The payment that was told may be newer than the order that was fetched, and counts then
 * too; authorised money is promised by the card's bank.
 */
function isPaid(square: SquareOrder, payment: SquarePayment | null): boolean {
  const due = amountDue(square);
  if (due === null || due <= 0n) return true;
  if (payment === null || (payment.status !== 'COMPLETED' && payment.status !== 'APPROVED')) return false;
  const isCounted = square.tenders.some(
    ({ id, paymentId }) => id === payment.paymentId || paymentId === payment.paymentId,
  );
  return !isCounted && payment.amount >= due;
}

function isReleased(holdId: string, releases: readonly CommandOf<'ReleaseHold'>[]): boolean {
  return releases.some((release) => release.holdId === holdId);
}
