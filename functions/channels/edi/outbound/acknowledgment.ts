import { dateOf } from '../../../../domain/calendar.ts';
import type { OrderEventOf } from '../../../../domain/order/events.ts';
import { allocated, type Line, type Order, open } from '../../../../domain/order/order.ts';
import {
  type AcknowledgedChangeLine,
  type AcknowledgedLine,
  type LineStatus,
  type PurchaseOrderAcknowledgment,
  writePurchaseOrderAcknowledgment,
  writePurchaseOrderChangeAcknowledgment,
} from '../x12/index.ts';
import {
  envelopeOf,
  fittingId,
  identifiersOf,
  orderedOn,
  type Partner,
  type Stamp,
  saidOf,
} from './common.ts';
import { inOrderedUnit, pricePerOrderedUnit } from './ordered-unit.ts';
import { destinationsOf, partiesOfAll, type Shares, type WholeLine, wholeLines } from './whole-order.ts';

/** What was changed on lines of an order since the partner ordered them. */
export interface LineChanges {
  readonly orderId: string;
  readonly changed: readonly Pick<ChangedLine, 'lineNumber' | 'quantity' | 'unitPrice'>[];
  readonly added: readonly { readonly lineNumber: number }[];
}

type ChangedLine = NonNullable<OrderEventOf<'OrderAmended'>['data']['lines']>[number];

/**
 * The 855: what became of each line of a purchase order when stock was reserved for it.
 *
 * @param replaces whether it takes the place of an earlier one, since we changed the order
 */
export function acknowledgment(
  shares: Shares,
  partner: Partner,
  stamp: Stamp,
  replaces: LineChanges | null = null,
): string {
  const all = wholeLines(shares);
  // A line of an unknown product, which was replaced by the one that it stands for, is none that was ordered.
  const isReplaced = ({ assignedId, line }: WholeLine) =>
    line.cancelled === line.ordered &&
    all.some((other) => other.line !== line && other.assignedId === assignedId);
  const lines = all
    .filter((line) => !isReplaced(line))
    .map((line) => acknowledgedLine(line, shares, stamp, acceptance(line, replaces)));
  const purpose = replaces === null ? ORIGINAL : REPLACEMENT;
  const document = { ...headerOf(shares, stamp, lines), purpose, lines };
  return writePurchaseOrderAcknowledgment(document, envelopeOf(partner, stamp));
}

/**
 * The 855 that refuses the whole purchase order, since we cancelled it.
 *
 * @param takesBack whether the order was acknowledged before
 */
export function refusal(shares: Shares, partner: Partner, stamp: Stamp, takesBack: boolean): string {
  const lines = wholeLines(shares).map((whole) => ({
    ...acknowledgedLine(whole, shares, stamp),
    statuses: [{ code: 'IR', ...inOrderedUnit(whole.line, whole.line.ordered) }],
  }));
  const purpose = takesBack ? CANCELLATION : ORIGINAL;
  const document = { ...headerOf(shares, stamp, lines), purpose, type: 'RD', lines };
  return writePurchaseOrderAcknowledgment(document, envelopeOf(partner, stamp));
}

/**
 * The 865: how a change that the partner asked for was carried out. An order of which nothing is left was cancelled, as it
 * asked.
 */
export function changeAnswer(shares: Shares, partner: Partner, stamp: Stamp, changes: LineChanges): string {
  const isCancelled = shares.every(({ state }) => state === 'CANCELLED');
  const lines = wholeLines(shares).map((whole): AcknowledgedChangeLine => {
    const { line } = whole;
    const answered = acknowledgedLine(whole, shares, stamp, 'IA', 'ID');
    const left = inOrderedUnit(line, line.ordered - line.shipped - line.cancelled).quantity;
    return { ...answered, change: changeOf(whole, changes), leftToShip: left };
  });
  const [, , , , , sequence = '', , , , , , changedOn = ''] = lastChangeOf(shares[0]) ?? [];
  const document = {
    ...headerOf(shares, stamp, lines),
    purpose: isCancelled ? CANCELLATION : CHANGE,
    type: isCancelled ? 'AT' : acknowledgmentType(lines.filter(({ change }) => change !== 'DI')),
    changeSequence: sequence || null,
    changedOn: changedOn || null,
    lines,
  };
  return writePurchaseOrderChangeAcknowledgment(document, envelopeOf(partner, stamp));
}

/** BCH of the change that was carried out last. */
function lastChangeOf({ channelData = [] }: Order): readonly string[] | undefined {
  return channelData.find(({ raw }) => raw?.[0]?.[0] === 'BCH')?.raw?.[0];
}

/** An 855 has room for so many ITD. */
const MAX_TERMS = 5;

/** Purposes of an 855 and 865 (element 353). */
const ORIGINAL = '00';
const CANCELLATION = '01';
const CHANGE = '04';
const REPLACEMENT = '05';

function headerOf(
  shares: Shares,
  stamp: Stamp,
  lines: readonly AcknowledgedLine[],
): Omit<PurchaseOrderAcknowledgment, 'lines'> {
  const [order] = shares;
  const own = shares.map(({ orderId }) => ['REF', 'VN', fittingId(orderId, 30)]);
  const days = lines.flatMap(({ statuses }) => statuses.map(({ scheduled }) => scheduled));
  const [day] = days;
  const isOneDay = days.every((each) => each?.date === day?.date);
  return {
    type: acknowledgmentType(lines),
    purchaseOrderNumber: order.purchaseOrderNumber ?? '',
    purchaseOrderDate: orderedOn(order),
    orderNumber: fittingId(order.orderId, 30),
    acknowledgedOn: stamp.now,
    releaseNumber: order.releaseNumber ?? null,
    references: [...own, ...saidOf(order, 'REF')],
    freight: saidOf(order, 'FOB'),
    terms: saidOf(order, 'ITD').slice(0, MAX_TERMS),
    scheduled: isOneDay && day ? day : null,
    routing: saidOf(order, 'TD5'),
    parties: partiesOfAll(shares),
  };
}

function acknowledgedLine(
  whole: WholeLine,
  shares: Shares,
  stamp: Stamp,
  accepted = 'IA',
  cancelled = 'IR',
): AcknowledgedLine {
  const { line, assignedId, shares: own } = whole;
  const [{ currency }] = shares;
  const order = own[0]?.order ?? shares[0];
  return {
    assignedId,
    ...inOrderedUnit(line, line.ordered),
    unitPrice: pricePerOrderedUnit(line, line.ordered, currency),
    identifiers: identifiersOf(line),
    statuses: statusesOf(line, accepted, cancelled, scheduled(order, stamp)),
    references: saidOf(line, 'REF'),
    ...destinationsOf(whole, shares.length > 1),
  };
}

/** Accepted as ordered, with another price, or with another quantity. */
function acceptance({ shares }: WholeLine, changes: LineChanges | null): 'IA' | 'IP' | 'IQ' {
  const change = changes === null ? undefined : changes.changed.find(isOf(shares, changes.orderId));
  if (change?.quantity !== undefined) return 'IQ';
  return change?.unitPrice === undefined ? 'IA' : 'IP';
}

/** What was done to a line (element 670). */
function changeOf({ line, shares }: WholeLine, { orderId, changed, added }: LineChanges): string {
  if (line.cancelled === line.ordered) return 'DI';
  if (added.some(isOf(shares, orderId))) return 'AI';
  return changed.some(isOf(shares, orderId)) ? 'CA' : 'NC';
}

function isOf(shares: WholeLine['shares'], orderId: string) {
  return ({ lineNumber }: { readonly lineNumber: number }) =>
    shares.some(({ order, line }) => order.orderId === orderId && line.lineNumber === lineNumber);
}

/**
 * Accepted, backordered and cancelled units of a line; what has shipped was accepted. What nothing was reserved for yet is
 * accepted without a day.
 */
function statusesOf(
  line: Line,
  accepted: string,
  cancelled: string,
  day: LineStatus['scheduled'],
): readonly LineStatus[] {
  const status = (code: string, quantity: number, when: LineStatus['scheduled'] = null) =>
    quantity === 0 ? [] : [{ code, ...inOrderedUnit(line, quantity), scheduled: when }];
  return [
    ...status(accepted, allocated(line) + line.shipped, day),
    ...status('SP', open(line)),
    ...status('IB', line.backordered),
    ...status(cancelled, line.cancelled),
  ];
}

/** The day that the partner asked for and that we keep: reserved goods ship, or arrive, on it. */
function scheduled(order: Order, { now }: Stamp): LineStatus['scheduled'] {
  const { shipNotBefore, shipNotAfter, deliveryWindow } = order;
  const today = dateOf(now);
  const later = (day: string) => (day > today ? day : today);
  if (shipNotBefore !== undefined) return { qualifier: '068', date: later(shipNotBefore) };
  if (shipNotAfter !== undefined && shipNotAfter >= today) return { qualifier: '068', date: shipNotAfter };
  if (deliveryWindow === undefined || deliveryWindow.end < today) return null;
  return { qualifier: '067', date: later(deliveryWindow.start) };
}

function acknowledgmentType(lines: readonly Pick<AcknowledgedLine, 'statuses'>[]): string {
  const codes = lines.flatMap(({ statuses }) => statuses.map(({ code }) => code));
  if (codes.every((code) => code === 'IA')) return 'AD';
  return codes.every((code) => code === 'IR') ? 'RD' : 'AC';
}
