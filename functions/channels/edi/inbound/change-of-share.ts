import type { Line, Order } from '../../../../domain/order/order.ts';
import { inOrderedUnit } from '../outbound/ordered-unit.ts';
import { type OrderProblem, type PurchaseOrderChangeDocument, toEaches } from '../x12/index.ts';
import { compare, formatDecimal, parseDecimal } from '../x12/order/decimal.ts';
import { sum } from '../x12/order/lines.ts';

type ChangeLine = PurchaseOrderChangeDocument['lines'][number];

/**
 * What an 860 says of one of the orders that its purchase order was divided into: lines that only this order has, or that
 * are changed alike in all that have them. Where it leaves open which of them is meant, a problem says so.
 *
 * @param orders all of them
 */
export function changeOfShare(
  document: PurchaseOrderChangeDocument,
  order: Order,
  orders: readonly Order[],
): PurchaseOrderChangeDocument {
  if (orders.length === 1 && document.lines.every(({ distribution }) => distribution.length === 0))
    return document;
  const problems: OrderProblem[] = [];
  const open = (lineNumber: number | null, message: string) =>
    problems.push({ code: 'share_unclear', message, ...(lineNumber !== null && { lineNumber }) });
  const lines = document.lines.flatMap((line): ChangeLine[] => {
    const name = `line ${line.assignedId ?? line.lineNumber}`;
    if (line.distribution.length > 0 && !KEEPS_QUANTITY.has(line.change.kind)) {
      const elsewhere = line.distribution.filter(({ id }) => !orders.some((each) => isPlaceOf(each, id)));
      if (elsewhere.length === 0) return shareOf(line, order);
      const ids = elsewhere.map(({ id }) => id).join(', ');
      open(line.lineNumber, `SDQ ${ids}: ${name} is to go to a place that the purchase order did not name`);
      return [];
    }
    if (orders.length === 1) return [line];
    const meant = orders.filter((each) => line.shipTo !== null && isPlaceOf(each, line.shipTo.id));
    if (line.shipTo !== null && meant.length === 1)
      return meant[0] === order ? [{ ...line, shipTo: null }] : [];
    const own = lineIn(order, line);
    const holders = orders.flatMap((each) => lineIn(each, line) ?? []);
    if (holders.length === 1) return own === undefined ? [] : [line];
    if (holders.length === 0) {
      // One of them says that the line is not there.
      if (line.change.kind === 'ADD')
        open(line.lineNumber, `N1 ST: where ${name}, which is to be added, goes`);
      return order === orders[0] ? [line] : [];
    }
    if (own === undefined) return [];
    if (KEEPS_QUANTITY.has(line.change.kind)) return [line];
    const { quantity, unit } = line.ordered;
    const counted = holders.map((each) => inOrderedUnit(each, each.ordered));
    const total = quantity === null ? null : parseDecimal(quantity);
    const isAsBefore =
      total !== null &&
      counted.every((each) => each.unit === unit) &&
      compare(sum(counted.map((each) => each.quantity)), total) === 0;
    if (isAsBefore)
      return [{ ...line, ordered: { ...line.ordered, quantity: inOrderedUnit(own, own.ordered).quantity } }];
    open(line.lineNumber, `SDQ: which places get more or less of ${name}`);
    return [];
  });
  if (orders.length === 1) return { ...document, lines, problems: [...document.problems, ...problems] };
  const place = document.shipTo;
  const isKnown = place !== null && orders.some((each) => isPlaceOf(each, place.id));
  if (place !== null && !isKnown) open(null, 'N1 ST: which of the places of the order is to be another');
  const shipTo = place !== null && isPlaceOf(order, place.id) ? place : null;
  return { ...document, lines, shipTo, problems: [...document.problems, ...problems] };
}

/** Changes that say nothing of quantities. */
const KEEPS_QUANTITY: ReadonlySet<ChangeLine['change']['kind']> = new Set(['DELETE', 'NONE', 'DATES']);

/** Changes of quantity alone. One place may get less of what becomes more in all. */
const OF_QUANTITY: ReadonlySet<string> = new Set(['QC', 'QD', 'QI']);

/**
 * What an SDQ says of a line in one of the orders. It divides the new total, so that a place that it leaves out gets nothing
 * of the line any more, and one that had nothing of it gets a line.
 */
function shareOf(line: ChangeLine, order: Order): ChangeLine[] {
  const quantities = line.distribution.filter(({ id }) => isPlaceOf(order, id)).map((each) => each.quantity);
  const quantity = formatDecimal(sum(quantities));
  const isThere = lineIn(order, line) !== undefined;
  if (quantity === '0') return isThere ? [{ ...line, change: { code: 'DI', kind: 'DELETE' } }] : [];
  const { code } = line.change;
  const change = OF_QUANTITY.has(code) ? { ...line.change, code: 'QC' } : line.change;
  const share = { ...line, shipTo: null, ordered: { ...line.ordered, quantity } };
  // What it comes to in single units is that of the whole line.
  const { eaches, amount } = toEaches(share.ordered, line.pack, null);
  return [{ ...share, eaches, amount, change: isThere ? change : { code: 'AI', kind: 'ADD' } }];
}

/** The line that is still wanted under the partner's number. */
function lineIn({ lines }: Order, { assignedId }: ChangeLine): Line | undefined {
  return lines.find(
    (line) => assignedId !== null && line.channelLineId === assignedId && line.cancelled < line.ordered,
  );
}

/** Whether goods of the order go to the place of this number. */
function isPlaceOf({ channelData = [] }: Order, id: string | null): boolean {
  return (
    id !== null &&
    channelData.some(({ kind, code, raw }) => kind === 'PARTY' && code === 'ST' && raw?.[0]?.[4] === id)
  );
}
