import type { Line, Order } from '../../../../domain/order/order.ts';
import { inOrderedUnit } from '../outbound/ordered-unit.ts';
import type { OrderProblem, PurchaseOrderChangeDocument } from '../x12/index.ts';
import { compare, parseDecimal } from '../x12/order/decimal.ts';
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
  if (orders.length === 1) return document;
  const problems: OrderProblem[] = [];
  const open = (lineNumber: number | null, message: string) =>
    problems.push({ code: 'share_unclear', message, ...(lineNumber !== null && { lineNumber }) });
  const lines = document.lines.flatMap((line): ChangeLine[] => {
    const name = `line ${line.assignedId ?? line.lineNumber}`;
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
    if (line.change.kind === 'DELETE' || line.change.kind === 'NONE' || line.change.kind === 'DATES')
      return [line];
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
  const place = document.shipTo;
  const isKnown = place !== null && orders.some((each) => isPlaceOf(each, place.id));
  if (place !== null && !isKnown) open(null, 'N1 ST: which of the places of the order is to be another');
  const shipTo = place !== null && isPlaceOf(order, place.id) ? place : null;
  return { ...document, lines, shipTo, problems: [...document.problems, ...problems] };
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
