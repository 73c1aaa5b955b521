import { AmountText, fromMinorUnits, minorUnits, share, toCurrencyDigits } from '../../../domain/money.ts';
import { isInvoiced } from '../../../domain/order/bill.ts';
import type { Amendment, CommandOf } from '../../../domain/order/commands.ts';
import { orderTotal } from '../../../domain/order/decide/receive.ts';
import { isUnshipped } from '../../../domain/order/lifecycle.ts';
import { hasShipped, type Line, type Order } from '../../../domain/order/order.ts';
import { isSame } from '../../../domain/same.ts';
import { type PaymentRule, ruleFor } from '../payment-rules.ts';
import { detailsOf, type Finding, finding, findingsOf, raisedBefore, returnsKept } from './findings.ts';
import type { ChannelOrderSnapshot, SnapshotLine } from './order-snapshot.ts';
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
  type Units,
} from './outcome.ts';
import type { Problem } from './problem.ts';
import { receptionOf, totalMismatch } from './receive-snapshot.ts';
import { creditsIn, refundFindings, returnsIn, returnsOf } from './reconcile-refund.ts';
import { awaitsLines, reconcileShipments } from './reconcile-shipments.ts';

/**
 * Decides what a channel's order asks for, for every channel. Snapshot and order are compared as they are now, so a
 * repeat, or a message that another one has overtaken, changes nothing. What cannot be done is raised with a person.
 *
 * @param known the order that the snapshot is of; null where it is not known here yet
 * @param rules of the connection, for when goods leave
 */
export function reconcileOrder(
  snapshot: ChannelOrderSnapshot,
  known: KnownOrder | null,
  rules: readonly PaymentRule[] = [],
): ShopOutcome {
  if (known === null) return receive(snapshot, rules);
  const { order, channelVersion } = known;
  if (order.voided) return ignore('the order was taken out here on purpose');
  const isUndated = channelVersion !== null && snapshot.version === null;
  const isOlder = channelVersion !== null && snapshot.version !== null && snapshot.version < channelVersion;
  if (isUndated || isOlder) {
    // Where a cancelled order may be paid and opened again, only the newest state says whether it is cancelled.
    const { cancellation, isCancellationFinal } = snapshot;
    if (cancellation !== null && isCancellationFinal) return cancelOrder(order, cancellation);
    return isUndated
      ? fetchOrder('the state of the order has no date, and may be an older one')
      : ignore('a newer state of the order has been received');
  }
  const shipments = reconcileShipments(snapshot, known);
  // What has left comes before all else but what it was part of: the rest is compared with what is still here.
  if (shipments.commands.length > 0) {
    const raised = raisedLines(snapshot, known);
    return continueWith(raised.length > 0 ? raised : shipments.commands);
  }
  if (order.personalDataErasedAt !== undefined && order.state === 'CANCELLED') return afterErasure([]);
  if (snapshot.cancellation !== null) {
    const cancelled = cancelOrder(order, snapshot.cancellation);
    if (cancelled.kind !== 'ignore') return cancelled;
    return conclude(snapshot, order, [], shipments.findings, 'the order is cancelled here already');
  }
  if (order.state === 'CANCELLED') {
    // One that was received as cancelled for want of money has not been opened while it is still without.
    const isReopened = !isGivenUp(snapshot, rules);
    const findings = [...shipments.findings, ...(isReopened ? reopened(snapshot, known) : [])];
    return conclude(snapshot, order, [], findings, 'the order is cancelled here');
  }
  const reception = receptionOf(snapshot);
  if ('problem' in reception) return { kind: 'quarantine', problem: reception.problem };
  const differences = differencesOf(snapshot, known, reception.receive);
  const { commands, findings, endsOrder } = follow(snapshot, order, differences);
  if (order.personalDataErasedAt !== undefined) return afterErasure(commands);
  if (endsOrder) return run(commands);
  const all = [
    ...findingsOf(snapshot, rules, order),
    ...mismatchOf(order, reception.receive),
    ...shipments.findings,
    ...refundFindings(snapshot, order),
    ...findings,
  ];
  const compared = { ...snapshot, total: reception.receive.channelTotal };
  const outcome = conclude(compared, order, commands, all, `the order is as ${snapshot.system} says already`);
  const hasMore = commands.some(({ type }) => type === 'AmendOrder') && awaitsLines(snapshot, order);
  return outcome.kind === 'run' && hasMore ? { ...outcome, hasMore } : outcome;
}

/**
 * Decides what becomes of an order that was deleted in its channel: it is hidden here, unless goods have left for it;
 * those stay in our books.
 *
 * @param system the channel's name, for people to read
 */
export function reconcileDeletion(known: KnownOrder | null, system: string): ShopOutcome {
  if (known === null) return { kind: 'mark-deleted' };
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

/** Goods and money still come back of an order that forgot its customer; what else differs is what was erased. */
function afterErasure(commands: readonly Instruction[]): ShopOutcome {
  const left = commands.filter(({ type }) => type === 'ReceiveReturn' || type === 'CreditRefund');
  return left.length > 0 ? run(left) : ignore('the personal data of the order was erased');
}

/**
 * A channel may open an order again that it had cancelled, as when the customer pays late. It stays cancelled here: its
 * goods may be promised to somebody else by now.
 */
function reopened(
  { system, identity, lines }: ChannelOrderSnapshot,
  { order, isCancelledThere = false }: KnownOrder,
): readonly Finding[] {
  if (!isCancelledThere || lines.every(({ current }) => current === 0)) return [];
  const detail = `${system} has opened order ${identity.externalId} again, and ${order.orderId} is cancelled: enter it again if it is to be shipped.`;
  return [finding('too_late_to_amend', detail, null, true)];
}

/** Raises lines of which the channel sold more, so that what has left of them finds its units. */
function raisedLines(snapshot: ChannelOrderSnapshot, known: KnownOrder): readonly Instruction[] {
  const { order } = known;
  const takesMore = isUnshipped(order.state) && !(order.state === 'FULFILLMENT_QUEUED' && hasShipped(order));
  if (!takesMore || snapshot.cancellation !== null) return [];
  const reception = receptionOf(snapshot);
  if ('problem' in reception) return [];
  const { lines, ...differences } = differencesOf(snapshot, known, reception.receive);
  // Units that somebody cancelled here, and that left there all the same, are for a person.
  const raised = lines.filter(
    ({ lineNumber, quantity }) => quantity !== undefined && !known.cancelledHere?.has(lineNumber),
  );
  return amendmentsOf(order, { ...differences, lines: raised, addedLines: [], amounts: {}, terms: {} });
}

function receive(given: ChannelOrderSnapshot, rules: readonly PaymentRule[]): ShopOutcome {
  const snapshot = isGivenUp(given, rules)
    ? { ...given, cancellation: `Over in ${given.system}, with its payment ${given.payment.detail}` }
    : given;
  const reception = receptionOf(snapshot, rules);
  if ('problem' in reception) return { kind: 'quarantine', problem: reception.problem };
  const { receive: command, cancellation } = reception;
  // A sale may be over before it is heard of here: what has left our stock is recorded right after it was received.
  const hasMore =
    cancellation === null &&
    snapshot.earlierShipments === 'OUR_STOCK' &&
    (snapshot.fulfillments ?? []).some(({ status }) => status === 'SENT');
  return { kind: 'receive', command, cancellation, hasMore };
}

/** An order that was over without money before any of it had left: nobody waits for its goods, and it reserves none. */
function isGivenUp(
  { cancellation, payment, isFinished, isFulfilled, fulfillments }: ChannelOrderSnapshot,
  rules: readonly PaymentRule[],
): boolean {
  const hasLeft = isFulfilled || (fulfillments ?? []).some(({ status }) => status === 'SENT');
  const isWithoutMoney = payment.isRefunded || payment.state === 'VOIDED';
  const isOver = isFinished && isWithoutMoney && ruleFor(payment, rules)?.action !== 'SHIP';
  return cancellation === null && isOver && !hasLeft;
}

/** Cancels a known order as far as its goods are still here; what has left is for a person. */
function cancelOrder(order: Order, reason: string): ShopOutcome {
  if (isUnshipped(order.state)) return run([{ type: 'CancelOrder', reason }]);
  return order.state === 'CANCELLED'
    ? ignore('the order is cancelled here already')
    : quarantine('cancelled_after_shipping', `${order.orderId} is ${order.state}: ${reason}`);
}

/**
 * Raises what is new of the findings, lifts the holds of those that no longer stand, and keeps what the channel says.
 * First what keeps goods here, last what lets them go.
 */
function conclude(
  snapshot: ChannelOrderSnapshot,
  order: Order,
  commands: readonly Instruction[],
  findings: readonly Finding[],
  otherwise: string,
): ShopOutcome {
  const before = raisedBefore(order);
  const fresh = findings.filter(({ detail }) => !before.has(detail));
  const stands = new Set(findings.map(({ detail }) => detail));
  const holds = isUnshipped(order.state)
    ? fresh.flatMap(({ hold: reason, detail: note }): CommandOf<'PlaceHold'>[] =>
        reason === null || order.holds.some((held) => held.note === note)
          ? []
          : [{ type: 'PlaceHold', reason, note }],
      )
    : [];
  const releases = order.holds
    .filter(({ note = '' }) => before.has(note) && !stands.has(note))
    .map(({ holdId }): CommandOf<'ReleaseHold'> => ({ type: 'ReleaseHold', holdId }));
  const all = [...holds, ...keepWith(commands, releases, record(snapshot, order, findings))];
  const quarantined = problemOf(fresh.filter(({ isForOperator }) => isForOperator));
  if (all.length > 0) return run(all, quarantined);
  return quarantined === null ? ignore(otherwise) : { kind: 'quarantine', problem: quarantined };
}

/** What is kept goes with an amendment of the order, where there is one, so that one message makes one change. */
function keepWith(
  commands: readonly Instruction[],
  releases: readonly Instruction[],
  [record]: readonly CommandOf<'RecordChannelData'>[],
): readonly Instruction[] {
  if (record === undefined) return [...commands, ...releases];
  const last = commands.findLastIndex(({ type }) => type === 'AmendOrder');
  if (last === -1) return [...commands, ...releases, record];
  const { type: _, ...said } = record;
  const kept = commands.map((command, index) =>
    index === last && command.type === 'AmendOrder' ? { ...command, ...said } : command,
  );
  return [...kept, ...releases];
}

/** Keeps what the channel says, where it is not what is kept already. */
function record(
  snapshot: ChannelOrderSnapshot,
  order: Order,
  findings: readonly Finding[],
): readonly CommandOf<'RecordChannelData'>[] {
  const details = [...detailsOf(snapshot, findings), ...returnsKept(order)];
  // A damaged total is no reason to keep the rest from being kept.
  const { data: total } = AmountText.safeParse(snapshot.total);
  const isKnown = isSame(details, order.channelData ?? []);
  if (isKnown && (total === undefined || total === order.channelTotal)) return [];
  return [
    {
      type: 'RecordChannelData',
      ...(!isKnown && { channelData: [...details] }),
      ...(total !== undefined && total !== order.channelTotal && { channelTotal: total }),
    },
  ];
}

/** One problem for all findings; it goes by the name of the first. */
function problemOf(findings: readonly Finding[]): Problem | null {
  const [first] = findings;
  if (first === undefined) return null;
  return { code: first.code, detail: findings.map(({ detail }) => detail).join(' ') };
}

/** A total that is not ours, beyond what the channel may round otherwise; one that was raised stands to the cent. */
function mismatchOf(order: Order, receive: CommandOf<'ReceiveOrder'>): readonly Finding[] {
  const mismatch = totalMismatch(receive);
  if (mismatch === null) return [];
  const { channelTotal = '0', currency, lines } = receive;
  const ours = orderTotal(receive, lines);
  const difference = minorUnits(channelTotal, currency) - minorUnits(ours, currency);
  const isRounding = difference <= BigInt(lines.length) && difference >= BigInt(-lines.length);
  return isRounding && !raisedBefore(order).has(mismatch.detail) ? [] : [mismatch];
}

/** How an order differs from what its channel says now. */
interface Differences {
  /** Units to cancel. */
  readonly fewer: readonly Units[];
  /** What lines are to be from now on: ordered units, where they are more, and their price. */
  readonly lines: readonly LineAmendment[];
  readonly addedLines: CommandOf<'ReceiveOrder'>['lines'];
  readonly amounts: NonNullable<CommandOf<'AmendOrder'>['amounts']>;
  /** Terms that are others in the channel; what the channel leaves out stays as it is. */
  readonly terms: Pick<Amendment, 'shipTo' | 'deliveryWindow' | 'purchaseOrderNumber' | 'note'>;
}

const NO_DIFFERENCES: Differences = { fewer: [], lines: [], addedLines: [], amounts: {}, terms: {} };

type LineAmendment = NonNullable<Amendment['lines']>[number];
type AmountAmendment = NonNullable<NonNullable<CommandOf<'AmendOrder'>['amounts']>['lines']>[number];

/**
 * The channel is where customers change their orders, so its word counts also against what was amended here. One that
 * does not hear of units that were cancelled here still has them in its quantities, and does not want them back by that.
 */
function differencesOf(
  { lines: there, hearsCancellations, ...snapshot }: ChannelOrderSnapshot,
  { order, cancelledHere }: KnownOrder,
  now: CommandOf<'ReceiveOrder'>,
): Differences {
  const { currency } = order;
  const unknown = new Map(there.map((line) => [line.channelLineId, line]));
  const fewer: Units[] = [];
  const lines: LineAmendment[] = [];
  const amounts: AmountAmendment[] = [];
  for (const line of order.lines) {
    const { lineNumber, channelLineId = '', ordered, cancelled } = line;
    const said = unknown.get(channelLineId);
    unknown.delete(channelLineId);
    const { current = 0, active = 0 } = said ?? {};
    const wanted = ordered - cancelled;
    const unheard = hearsCancellations ? 0 : (cancelledHere?.get(lineNumber) ?? 0);
    if (active < wanted) fewer.push({ lineNumber, quantity: wanted - active });
    // Compared with the current quantity: what came back after its delivery is not ordered once more.
    const isMore = current > wanted + unheard;
    const quantity = isMore ? current - unheard + cancelled : ordered;
    if (said === undefined || said.ordered === 0) continue;
    const isPricedAnew = current > 0 && said.unitPrice !== line.unitPrice;
    if (isMore || isPricedAnew) {
      lines.push({
        lineNumber,
        ...(isMore && { quantity }),
        ...(isPricedAnew && { unitPrice: said.unitPrice }),
      });
    }
    amounts.push(...amountsThatDiffer(line, said, quantity, currency));
  }
  const added = new Set(
    [...unknown.values()].filter(({ current }) => current > 0).map((line) => line.channelLineId),
  );
  const ofOrder = (name: 'discount' | 'shippingAmount' | 'tax' | 'shippingTax') =>
    differs(order[name], snapshot[name], currency)
      ? { [name]: toCurrencyDigits(snapshot[name], currency) }
      : {};
  const { shipTo, deliveryWindow, purchaseOrderNumber, note } = now;
  return {
    fewer,
    lines,
    addedLines: now.lines.filter(({ channelLineId = '' }) => added.has(channelLineId)),
    amounts: {
      ...ofOrder('discount'),
      ...ofOrder('shippingAmount'),
      ...ofOrder('tax'),
      ...ofOrder('shippingTax'),
      ...(amounts.length > 0 && { lines: amounts }),
    },
    terms: {
      ...(shipTo && !isSame(shipTo, order.shipTo) && { shipTo }),
      ...(deliveryWindow && !isSame(deliveryWindow, order.deliveryWindow) && { deliveryWindow }),
      ...(purchaseOrderNumber &&
        purchaseOrderNumber !== order.purchaseOrderNumber && { purchaseOrderNumber }),
      ...(note && note !== order.note && { note }),
    },
  };
}

/** Discount and tax of a line for the units that it was ordered with here, where they are others. */
function amountsThatDiffer(
  line: Line,
  said: SnapshotLine,
  quantity: number,
  currency: string,
): readonly AmountAmendment[] {
  const part = (amount: string) => proportion(amount, quantity, said.ordered, currency);
  const change = {
    ...(differs(line.discount, part(said.discount), currency) && { discount: part(said.discount) }),
    ...(differs(line.tax, part(said.tax), currency) && { tax: part(said.tax) }),
  };
  return Object.keys(change).length > 0 ? [{ lineNumber: line.lineNumber, ...change }] : [];
}

/** What `part` units have of an amount that `whole` units have; also of more units. */
function proportion(amount: string, part: number, whole: number, currency: string): string {
  if (part <= whole) return share(amount, part, whole, currency);
  const units = minorUnits(amount, currency) * BigInt(part);
  return fromMinorUnits((units + BigInt(whole) / 2n) / BigInt(whole), currency);
}

function differs(ours: string | undefined, theirs: string, currency: string): boolean {
  return minorUnits(ours ?? '0', currency) !== minorUnits(theirs, currency);
}

interface Followed {
  readonly commands: readonly Instruction[];
  readonly findings: readonly Finding[];
  /** Nothing is left of the order, and nothing of it has shipped. */
  readonly endsOrder: boolean;
}

/**
 * An order follows its channel until goods of it are with the warehouse and some have left. From then on units can be
 * cancelled as far as they are still here; all else is for a person, who finds the goods held.
 */
function follow(snapshot: ChannelOrderSnapshot, order: Order, differences: Differences): Followed {
  const { system } = snapshot;
  const { fewer, addedLines, terms } = differences;
  const returns = [...returnsOf(order, returnsIn(snapshot, order)), ...creditsIn(snapshot, order)];
  if (!isUnshipped(order.state)) {
    const findings = [
      ...changedTooLate(snapshot, order, differences),
      ...removedTooLate(system, order, fewer),
    ];
    return { commands: returns, findings, endsOrder: false };
  }
  const {
    commands: cancellations,
    endsOrder,
    shipped,
  } = cancelUnits(order, fewer, addedLines.length > 0, system);
  if (endsOrder) return { commands: cancellations, findings: [], endsOrder };
  const canAmend = order.state !== 'FULFILLMENT_QUEUED' || !hasShipped(order);
  // What was sold besides what has left, as by an exchange, ships with the rest; an invoice would charge it anew.
  const canAdd = canAmend || !isInvoiced(order);
  const amendments = amendmentsOf(
    order,
    canAmend ? differences : { ...NO_DIFFERENCES, addedLines: canAdd ? addedLines : [] },
  );
  const commands =
    // What is added comes before what is taken off, so that an order whose lines are exchanged does not end in between.
    addedLines.length > 0
      ? [...amendments, ...cancellations, ...returns]
      : [...cancellations, ...amendments, ...returns];
  const left = canAdd ? { ...differences, addedLines: [] } : differences;
  const late = canAmend ? [] : changedTooLate(snapshot, order, left, terms.shipTo !== undefined);
  return { commands, findings: [...late, ...removedTooLate(system, order, shipped)], endsOrder };
}

/** The commands that bring an open order in line, in parts that one step of the domain takes. */
function amendmentsOf(
  order: Order,
  { lines, addedLines, amounts, terms }: Differences,
): readonly Instruction[] {
  const sold = order.state === 'FULFILLMENT_QUEUED' ? { isSoldSo: true } : {};
  const { lines: priced = [], ...ofOrder } = amounts;
  const amendments: CommandOf<'AmendOrder'>[] = [];
  const numbers = [...new Set([...lines, ...priced].map(({ lineNumber }) => lineNumber))];
  for (const batch of inBatches(numbers, () => 1)) {
    const changed = lines.filter(({ lineNumber }) => batch.includes(lineNumber));
    const costs = priced.filter(({ lineNumber }) => batch.includes(lineNumber));
    amendments.push({
      type: 'AmendOrder',
      ...(changed.length > 0 && { lines: changed }),
      ...(costs.length > 0 && { amounts: { lines: costs } }),
      ...sold,
    });
  }
  for (const batch of inBatches(addedLines, () => 1)) {
    amendments.push({ type: 'AmendOrder', addedLines: batch, ...sold });
  }
  if (Object.keys({ ...terms, ...ofOrder }).length === 0) return amendments;
  const costs = Object.keys(ofOrder).length > 0 ? { amounts: ofOrder, ...sold } : {};
  return [{ type: 'AmendOrder', ...terms, ...costs }, ...amendments];
}

/** What the channel changed of an order that takes no such change any more, a sentence each. */
function changedTooLate(
  { system, total, currency, refunds }: ChannelOrderSnapshot,
  order: Order,
  { lines, addedLines, terms, amounts }: Differences,
  isWrongAddress = false,
): readonly Finding[] {
  const changed = [
    ...addedLines.map(({ quantity, sku, description }) => `${quantity} × ${sku ?? description} added`),
    ...lines.map(({ lineNumber, quantity, unitPrice }) =>
      quantity === undefined
        ? `a price of ${unitPrice} in line ${lineNumber}`
        : `${quantity} units in line ${lineNumber}`,
    ),
    ...Object.keys(terms).map((term) => `another ${TERMS[term as keyof typeof terms]}`),
    // A refund is a matter of its own; it changes the amounts too.
    ...(Object.keys(amounts).length > 0 && refunds.length === 0
      ? [`other amounts, with a total of ${total ?? 'unknown'} ${currency}`]
      : []),
  ];
  if (changed.length === 0) return [];
  const detail = `${system} changed ${order.orderId} after goods had left: ${changed.join(', ')}.`;
  return [finding('too_late_to_amend', detail, isWrongAddress ? 'INCORRECT_ADDRESS' : 'OTHER', true)];
}

const TERMS = {
  shipTo: 'shipping address',
  deliveryWindow: 'delivery window',
  purchaseOrderNumber: 'purchase order number',
  note: 'note',
} as const;

/** Vouchers and fees never left, so taking them back needs nobody here. */
function removedTooLate(system: string, order: Order, units: readonly Units[]): readonly Finding[] {
  const goods = units.filter(({ lineNumber }) => order.lines[lineNumber - 1]?.requiresShipping);
  if (goods.length === 0) return [];
  const list = goods.map(({ lineNumber, quantity }) => `${quantity} of line ${lineNumber}`).join(', ');
  return [
    finding('cancelled_after_shipping', `${system} removed units that have shipped: ${list}`, null, true),
  ];
}

interface UnitsCancelled {
  readonly commands: readonly CommandOf<'CancelOrder'>[];
  readonly endsOrder: boolean;
  /** Units that had left before they could be cancelled. */
  readonly shipped: readonly Units[];
}

/** Cancels units that the channel removed, as far as they are still here. */
function cancelUnits(
  order: Order,
  fewer: readonly Units[],
  growsToo: boolean,
  system: string,
): UnitsCancelled {
  const asked = new Map(fewer.map(({ lineNumber, quantity }) => [lineNumber, quantity]));
  const lines = order.lines.map((line) => {
    const left = line.ordered - line.cancelled - line.shipped;
    return { lineNumber: line.lineNumber, left, asked: asked.get(line.lineNumber) ?? 0 };
  });
  const isAllOfIt = fewer.length > 0 && lines.every((line) => line.asked >= line.left);
  if (isAllOfIt && !growsToo && !hasShipped(order)) {
    const reason = `Every line was removed in ${system}`;
    return { commands: [{ type: 'CancelOrder', reason }], endsOrder: true, shipped: [] };
  }
  const units = (quantityOf: (line: (typeof lines)[number]) => number) =>
    lines
      .map((line) => ({ lineNumber: line.lineNumber, quantity: quantityOf(line) }))
      .filter(({ quantity }) => quantity > 0);
  const now = units((line) => Math.min(line.asked, line.left));
  return {
    commands: cancellationsOf(order, now, `Removed from the order in ${system}`),
    endsOrder: false,
    shipped: units((line) => line.asked - line.left),
  };
}
