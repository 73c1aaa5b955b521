import type { OrderEventOf } from '../../../../domain/order/events.ts';
import { allocated, isGoods, type Line, type Order } from '../../../../domain/order/order.ts';
import { type AcknowledgedLine, type LineStatus, writePurchaseOrderAcknowledgment } from '../x12/index.ts';
import {
  assignedId,
  envelopeOf,
  fittingId,
  identifiersOf,
  orderedOn,
  type Partner,
  partiesOf,
  type Stamp,
  saidOf,
} from './common.ts';
import { inOrderedUnit, pricePerOrderedUnit } from './ordered-unit.ts';

/** What was changed on lines since the partner ordered them, by an amendment of ours. */
export type LineChanges = NonNullable<OrderEventOf<'OrderAmended'>['data']['lines']>;

/**
 * The 855: what became of each line when stock was reserved for it.
 *
 * @param replaces whether it takes the place of an earlier one, since we changed the order
 */
export function acknowledgment(
  order: Order,
  partner: Partner,
  stamp: Stamp,
  replaces: { readonly changes: LineChanges } | null = null,
): string {
  const lines = order.lines.filter(isGoods).map((line) => {
    const change = replaces?.changes.find(({ lineNumber }) => lineNumber === line.lineNumber);
    return acknowledgedLine(line, order.currency, acceptance(change));
  });
  const statuses = lines.flatMap((line) => line.statuses.map(({ code }) => code));
  return write(order, partner, stamp, {
    purpose: replaces === null ? ORIGINAL : REPLACEMENT,
    type: acknowledgmentType(statuses),
    lines,
  });
}

/**
 * The 855 that refuses the whole order, since we cancelled it.
 *
 * @param takesBack whether the order was acknowledged before
 */
export function refusal(order: Order, partner: Partner, stamp: Stamp, takesBack: boolean): string {
  return write(order, partner, stamp, {
    purpose: takesBack ? CANCELLATION : ORIGINAL,
    type: 'RD',
    lines: order.lines.filter(isGoods).map((line) => ({
      ...acknowledgedLine(line, order.currency),
      statuses: [{ code: 'IR', ...inOrderedUnit(line, line.ordered) }],
    })),
  });
}

/** An 855 has room for so many ITD. */
const MAX_TERMS = 5;

/** Purposes of an 855 (element 353). */
const ORIGINAL = '00';
const CANCELLATION = '01';
const REPLACEMENT = '05';

function write(
  order: Order,
  partner: Partner,
  stamp: Stamp,
  said: { readonly purpose: string; readonly type: string; readonly lines: readonly AcknowledgedLine[] },
): string {
  return writePurchaseOrderAcknowledgment(
    {
      ...said,
      purchaseOrderNumber: order.purchaseOrderNumber ?? '',
      purchaseOrderDate: orderedOn(order),
      orderNumber: fittingId(order.orderId, 30),
      acknowledgedOn: stamp.now,
      releaseNumber: order.releaseNumber ?? null,
      references: [['REF', 'VN', fittingId(order.orderId, 30)], ...saidOf(order, 'REF')],
      freight: saidOf(order, 'FOB'),
      terms: saidOf(order, 'ITD').slice(0, MAX_TERMS),
      routing: saidOf(order, 'TD5'),
      parties: partiesOf(order),
    },
    envelopeOf(partner, stamp),
  );
}

function acknowledgedLine(line: Line, currency: string, accepted = 'IA'): AcknowledgedLine {
  return {
    assignedId: assignedId(line),
    ...inOrderedUnit(line, line.ordered),
    unitPrice: pricePerOrderedUnit(line, line.ordered, currency),
    identifiers: identifiersOf(line),
    statuses: statusesOf(line, accepted),
    references: saidOf(line, 'REF'),
  };
}

/** Accepted as ordered, with another price, or with another quantity. */
function acceptance(change: LineChanges[number] | undefined): 'IA' | 'IP' | 'IQ' {
  if (change?.quantity !== undefined) return 'IQ';
  return change?.unitPrice === undefined ? 'IA' : 'IP';
}

/** Accepted, backordered and cancelled units of a line; what has shipped was accepted. */
function statusesOf(line: Line, accepted: string): readonly LineStatus[] {
  const status = (code: string, quantity: number) =>
    quantity === 0 ? [] : [{ code, ...inOrderedUnit(line, quantity) }];
  return [
    ...status(accepted, allocated(line) + line.shipped),
    ...status('IB', line.backordered),
    ...status('IR', line.cancelled),
  ];
}

function acknowledgmentType(codes: readonly string[]): string {
  if (codes.every((code) => code === 'IA')) return 'AD';
  return codes.every((code) => code === 'IR') ? 'RD' : 'AC';
}
