import { isBelowZero, minorUnits, minus, sum } from '../../../domain/money.ts';
import { isInvoiced } from '../../../domain/order/bill.ts';
import type { CommandOf } from '../../../domain/order/commands.ts';
import { isUnshipped } from '../../../domain/order/lifecycle.ts';
import { isGoods, type Line, lineOf as lineNumbered, type Order } from '../../../domain/order/order.ts';
import { detailsKept, type Finding, finding, raisedBefore, raisedDetail } from './findings.ts';
import type { ChannelOrderSnapshot, SnapshotRefund, SnapshotRefundLine } from './order-snapshot.ts';
import {
  cancellationsOf,
  fetchOrder,
  type Instruction,
  inBatches,
  type KnownOrder,
  quarantine,
  type ShopOutcome,
  settled,
  type Units,
} from './outcome.ts';
import type { Problem } from './problem.ts';

/**
 * Decides what a refund changes: units that were taken off before they left are cancelled, ones that came back go into
 * stock, and goods for which all money went back wait for a person. The channel sends the whole order for the same
 * refund, before or after; so each line is compared with the state in which the refund left it, and what the other
 * message has done is not done twice.
 *
 * @param system the channel's name, for people to read
 */
export function reconcileRefund(refund: SnapshotRefund, { order }: KnownOrder, system: string): ShopOutcome {
  const cancelled: Units[] = [];
  const returned: Units[] = [];
  const problems: Problem[] = [];
  const findings: Finding[] = [];
  for (const { item, isReturn } of groupByLine(refund, order)) {
    const line = lineOf(order, item);
    if (line === undefined) {
      const detail = `${order.orderId} has no line for ${system}'s line ${item.channelLineId}`;
      return quarantine('unknown_line', detail);
    }
    const { lineAfter } = item;
    if (lineAfter === null) return fetchOrder('the refund does not say what it left of the lines');
    const { lineNumber } = line;
    // What the channel has taken off the line, and we have not.
    const units = Math.min(item.quantity, line.ordered - line.cancelled - line.returned - lineAfter.current);
    if (units <= 0) continue;
    const where = `of line ${lineNumber} of ${order.orderId}`;
    if (!isReturn) {
      const unshipped = line.ordered - line.cancelled - line.shipped;
      // Units too few are made up for by the order's next state, units too many by nothing: the lower count it is.
      const quantity = Math.min(units, unshipped - Math.min(unshipped, lineAfter.unfulfilled));
      if (quantity > 0) cancelled.push({ lineNumber, quantity });
      if (line.requiresShipping && units > unshipped) {
        const detail = `${system} cancelled ${units - unshipped} ${where}, which have shipped`;
        problems.push({ code: 'cancelled_after_shipping', detail });
      }
    } else if (isGoods(line)) {
      const here = Math.min(units, returnable(line));
      if (here > 0) returned.push({ lineNumber, quantity: here });
      if (units > here) findings.push(notFromStock(units - here, line, order));
    }
  }
  const credit = creditOf(refund, order);
  if (credit === 'NEEDS_A_PERSON') findings.push(creditNeeded(refund, order, system));
  const before = raisedBefore(order);
  const raised = findings.filter(({ detail }) => !before.has(detail));
  return settled(
    [
      ...holdFor(refund, order, system),
      ...(isUnshipped(order.state)
        ? cancellationsOf(order, cancelled, `Refunded in ${system}`, { note: refund.note })
        : []),
      ...returnsOf(order, returned),
      ...(typeof credit === 'object' && credit !== null ? [credit] : []),
      ...recordOf(raised, order),
    ],
    together([...problems, ...raised]),
    'the refund moves no goods, or the order shows it already',
  );
}

/** Keeps what was raised, so that the channel's whole order does not raise it again. */
function recordOf(raised: readonly Finding[], order: Order): readonly CommandOf<'RecordChannelData'>[] {
  if (raised.length === 0) return [];
  const channelData = [...detailsKept(order), ...raised.map(raisedDetail)];
  return [{ type: 'RecordChannelData', channelData }];
}

/**
 * What of the refunds in the channel's order is for a person, as it would be by their own messages: one of them may have
 * been lost.
 */
export function refundFindings(snapshot: ChannelOrderSnapshot, order: Order): readonly Finding[] {
  const { refunds, lines, system } = snapshot;
  const back = new Map(returnedThere(snapshot, order).map((units) => [units.lineNumber, units.quantity]));
  return [
    ...order.lines.filter(isGoods).flatMap((line) => {
      const { active = 0, current = 0 } =
        lines.find(({ channelLineId }) => channelLineId === line.channelLineId) ?? {};
      // What had not left when it was refunded is taken off the line, and not back.
      const refunded = Math.min(back.get(line.lineNumber) ?? 0, active - current - line.returned);
      const units = refunded - returnable(line);
      return units > 0 ? [notFromStock(units, line, order)] : [];
    }),
    ...refunds
      .filter((refund) => refund.createdAt !== null && creditOf(refund, order) === 'NEEDS_A_PERSON')
      .map((refund) => creditNeeded(refund, order, system)),
  ];
}

function notFromStock(units: number, { lineNumber }: Line, { orderId }: Order): Finding {
  const detail = `${units} of line ${lineNumber} of ${orderId} came back that had not left our stock: add them to it by hand`;
  return finding('return_unexpected', detail, null, true);
}

/**
 * Units that the channel says came back, and that have not come back here, by its whole order: the message of a refund
 * may have been lost.
 */
export function returnsIn(snapshot: ChannelOrderSnapshot, order: Order): readonly Units[] {
  return returnedThere(snapshot, order).flatMap(({ lineNumber, quantity }) => {
    const line = lineNumbered(order, lineNumber);
    const units = line === undefined ? 0 : Math.min(quantity, returnable(line));
    return units > 0 ? [{ lineNumber, quantity: units }] : [];
  });
}

/** Units that came back by the channel's order and not here, wherever they had left from. */
function returnedThere({ refunds, lines }: ChannelOrderSnapshot, order: Order): readonly Units[] {
  const items = refunds.flatMap((refund) => refund.lines).filter(({ goods }) => goods === 'RETURNED');
  return order.lines.filter(isGoods).flatMap((line) => {
    const there = items
      .filter((item) => item.channelLineId === line.channelLineId)
      .reduce((total, { quantity }) => total + quantity, 0);
    const ordered = lines.find((each) => each.channelLineId === line.channelLineId)?.ordered ?? 0;
    // What had come back before the order was known here is no part of its lines.
    const before = Math.max(0, ordered - line.ordered);
    const quantity = there - before - line.returned;
    return quantity > 0 ? [{ lineNumber: line.lineNumber, quantity }] : [];
  });
}

/** The channel puts them back into stock, and so do we; it may know of it before their delivery is known. */
export function returnsOf(
  order: Order,
  returned: readonly Units[],
  channelReturnId?: string,
): readonly CommandOf<'ReceiveReturn'>[] {
  const lots = ({ lineNumber }: Units) => order.lines[lineNumber - 1]?.allocations.length ?? 1;
  return inBatches(returned, lots).map((units) => ({
    type: 'ReceiveReturn',
    lines: units.map((each) => ({ ...each, disposition: 'RESTOCK' })),
    mayPrecedeDelivery: true,
    channelReturnId,
  }));
}

/** Units that have left our stock and have not come back. */
export function returnable({ allocations }: Line): number {
  return allocations.reduce((total, { shipped, returned }) => total + shipped - returned, 0);
}

/**
 * Credits of refunds that are in the channel's order and not credited here: the message of a refund may have been lost.
 * Of a refund without a date it is not known whether it came before the invoice.
 */
export function creditsIn(
  { refunds }: ChannelOrderSnapshot,
  order: Order,
): readonly CommandOf<'CreditRefund'>[] {
  return refunds
    .filter(({ createdAt }) => createdAt !== null)
    .map((refund) => creditOf(refund, order))
    .filter((credit) => credit !== null && credit !== 'NEEDS_A_PERSON');
}

/**
 * What an invoiced customer is credited for a refund beyond the goods that came back: shipping, a reduction, or goods
 * that stay with the customer. What went back before the goods left may be in the order's amounts already, so a person
 * decides.
 */
function creditOf(
  { refundId, createdAt, amounts, lines, ...refund }: SnapshotRefund,
  order: Order,
): CommandOf<'CreditRefund'> | 'NEEDS_A_PERSON' | null {
  if (!isInvoiced(order)) return null;
  const { currency, shipments, creditedRefunds = [] } = order;
  const all = (each: readonly string[]) => sum(each, currency);
  const named = { shipping: all(refund.shipping), allowance: all(refund.kept), tax: all(refund.taxes) };
  const total = all(Object.values(named));
  const isForGoods = lines.some(({ goods }) => goods !== 'KEPT');
  const given = isForGoods || amounts.length === 0 ? total : all(amounts);
  if (minorUnits(given, currency) <= 0n) return null;
  if (refundId !== null && creditedRefunds.includes(refundId)) return null;
  const since = shipments.find(({ isEarlier }) => isEarlier !== true)?.shippedAt ?? '';
  if (refundId === null || (createdAt !== null && Date.parse(createdAt) < Date.parse(since)))
    return 'NEEDS_A_PERSON';
  const unnamed = minus(given, total, currency);
  // More is named than went back: what of it did is not known.
  const credited = isBelowZero(unnamed, currency)
    ? { shipping: '0', allowance: given, tax: '0' }
    : { ...named, allowance: all([named.allowance, unnamed]) };
  return { type: 'CreditRefund', refundId, ...credited };
}

function creditNeeded(
  { refundId, amounts, shipping, taxes }: SnapshotRefund,
  order: Order,
  system: string,
): Finding {
  const { currency, orderId } = order;
  const money = sum(amounts.length > 0 ? amounts : [...shipping, ...taxes], currency);
  const detail = `${system} gave ${money} ${currency} back for ${orderId}${refundId === null ? '' : ` (refund ${refundId})`}, which may be invoiced in full: credit the customer with what is`;
  return finding('credit_needed', detail, null, true);
}

/** Goods that nobody pays for do not leave; the whole order says so too, in the same words. */
export function holdFor(
  { amounts, lines }: SnapshotRefund,
  order: Order,
  system: string,
): readonly Instruction[] {
  const { currency, total, holds } = order;
  const isWhole = minorUnits(sum(amounts, currency), currency) >= minorUnits(total, currency);
  if (!isWhole || lines.length > 0 || !isUnshipped(order.state) || minorUnits(total, currency) === 0n)
    return [];
  const { detail: note } = finding('refunded', `${system} has refunded the whole order.`, 'OTHER');
  return holds.some((held) => held.note === note) ? [] : [{ type: 'PlaceHold', reason: 'OTHER', note }];
}

/** What moves goods, in one entry for each line and way, so that what is left of the line is compared once. */
function groupByLine(refund: SnapshotRefund, order: Order) {
  const entries = new Map<string, { item: SnapshotRefundLine; isReturn: boolean }>();
  for (const item of refund.lines) {
    if (item.goods === 'KEPT') continue;
    // Where the channel does not say whether the goods had left, the line does.
    const isReturn =
      item.goods === 'RETURNED' ||
      (item.goods === 'CANCELLED_OR_RETURNED' && (lineOf(order, item)?.shipped ?? 0) > 0);
    const key = `${isReturn} ${item.channelLineId}`;
    const quantity = item.quantity + (entries.get(key)?.item.quantity ?? 0);
    entries.set(key, { item: { ...item, quantity }, isReturn });
  }
  return entries.values();
}

/** One problem for all; it goes by the name of the first. */
export function together(problems: readonly Problem[]): Problem | null {
  const [first] = problems;
  return first === undefined
    ? null
    : { code: first.code, detail: problems.map((each) => each.detail).join('; ') };
}

function lineOf(order: Order, { channelLineId }: SnapshotRefundLine) {
  return order.lines.find((line) => line.channelLineId === channelLineId);
}
