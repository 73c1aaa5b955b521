import { dateOf } from '../../calendar.ts';
import { accept, type Decision, type FieldError, refuse, unreachable } from '../../decider.ts';
import { locationOf, lotIdentity, MAIN, recorded } from '../../inventory/location.ts';
import { lotNamed, MAX_IDENTIFIER } from '../../text.ts';
import { billFor } from '../bill.ts';
import type { CommandOf } from '../commands.ts';
import type { OrderEvent, OrderEventOf } from '../events.ts';
import { isGoods, type Line, lineOf, type Order } from '../order.ts';
import { after, type Facts, mostNamed } from './context.ts';

type ReturnedLine = OrderEventOf<'ReturnReceived'>['data']['lines'][number];

/** Locations of one return: each takes one more of the 100 items of its transaction. */
const MAX_LOCATIONS = 10;

/** Records returned goods, at most the delivered quantity, and credits invoiced units. */
export function receiveReturn(
  order: Order,
  command: CommandOf<'ReceiveReturn'>,
  facts: Facts,
): Decision<OrderEvent> {
  const returnId = `${order.orderId}-R${order.sequence + 1}`;
  const given = new Map<string, number>();
  const lines: ReturnedLine[] = [];
  const errors: FieldError[] = [];
  command.lines.forEach((request, index) => {
    const line = lineOf(order, request.lineNumber);
    const path = `lines[${index}]`;
    if (line === undefined || !isGoods(line)) {
      errors.push({
        path: `${path}.lineNumber`,
        message: `the order delivered nothing of a line ${request.lineNumber}`,
      });
      return;
    }
    const asked = command.lines
      .filter((each) => each.lineNumber === request.lineNumber)
      .reduce((total, each) => total + each.quantity, 0);
    const [gone, verb] = command.mayPrecedeDelivery
      ? [line.shipped, 'have shipped']
      : [line.delivered, 'were delivered'];
    if (asked > gone - line.returned) {
      const message = `${gone} units of line ${line.lineNumber} ${verb} and ${line.returned} came back, so ${asked} cannot`;
      errors.push({ path: `${path}.quantity`, message });
      return;
    }
    const taken = takeBack(line, request, returnId, given, facts);
    if (typeof taken === 'string') errors.push({ path: `${path}.lotNumber`, message: taken });
    else lines.push(...taken);
  });
  if (errors.length === 0 && lines.length > mostNamed(facts)) {
    errors.push({
      path: 'lines',
      message: `at most ${mostNamed(facts)} lines and lots are returned at a time`,
    });
  }
  const places = new Set(lines.map(locationOf));
  if (errors.length === 0 && places.size > MAX_LOCATIONS) {
    const message = `goods of at most ${MAX_LOCATIONS} locations are returned at a time`;
    errors.push({ path: 'lines', message });
  }
  if (errors.length > 0)
    return refuse({ code: 'validation_failed', detail: errors[0]?.message ?? '', errors });
  const returned: OrderEvent = {
    type: 'ReturnReceived',
    data: { returnId, lines, channelReturnId: command.channelReturnId },
  };
  if (order.orderType !== 'B2B') return accept(returned);
  return accept<OrderEvent>(returned, creditFor(after(order, [returned], facts), returnId, lines, facts));
}

/** Says which lots the goods are of: the one named, or those shipped, in the order in which they were shipped. */
function takeBack(
  line: Line & { readonly sku: string },
  request: CommandOf<'ReceiveReturn'>['lines'][number],
  returnId: string,
  given: Map<string, number>,
  { closedLocations }: Facts,
): ReturnedLine[] | string {
  const taken: ReturnedLine[] = [];
  let missing = request.quantity;
  for (const [index, lot] of line.allocations.entries()) {
    if (request.lotNumber !== undefined && request.lotNumber !== lot.lotNumber) continue;
    const key = JSON.stringify([line.lineNumber, lotIdentity(lot)]);
    const quantity = Math.min(missing, lot.shipped - lot.returned - (given.get(key) ?? 0));
    if (quantity <= 0) continue;
    given.set(key, (given.get(key) ?? 0) + quantity);
    missing -= quantity;
    const isClosed = closedLocations?.has(locationOf(lot)) === true;
    const place = `${line.lineNumber}.${index + 1}`;
    taken.push({
      lineNumber: line.lineNumber,
      sku: line.sku,
      quantity,
      disposition: request.disposition,
      lotNumber: lot.lotNumber,
      ...recorded(lot.locationId),
      expiryDate: lot.expiryDate,
      ...destination(request.disposition, isClosed, lot.lotNumber, returnId, place),
    });
  }
  if (missing === 0) return taken;
  const ofLot = request.lotNumber === undefined ? '' : ` of ${lotNamed(request.lotNumber)}`;
  return `line ${line.lineNumber} shipped ${request.quantity - missing} units${ofLot} that have not come back, not ${request.quantity}`;
}

/**
 * Goods that wait for inspection must not mix with their lot, which may be on sale: they become a lot of their own. So
 * do all whose location is no more: MAIN, where they come then, may have no such lot.
 */
function destination(
  disposition: ReturnedLine['disposition'],
  isClosed: boolean,
  lotNumber: string,
  returnId: string,
  place: string,
): Pick<ReturnedLine, 'intoLot' | 'intoLocationId'> {
  switch (disposition) {
    case 'WRITE_OFF':
      return {};
    case 'RESTOCK':
    case 'QUARANTINE': {
      const restocks = disposition === 'RESTOCK' && !isClosed;
      const intoLot = restocks ? lotNumber : inspectionLot(lotNumber, returnId, place);
      return { intoLot, ...(isClosed && { intoLocationId: MAIN }) };
    }
    default:
      return unreachable(disposition);
  }
}

/** @param place distinguishes two lots of a return whose numbers are too long to differ after cutting */
function inspectionLot(lotNumber: string, returnId: string, place: string): string {
  const whole = `${lotNumber} ${returnId}`;
  if (Array.from(whole).length <= MAX_IDENTIFIER) return whole;
  const end = ` ${returnId} ${place}`;
  return (
    Array.from(lotNumber)
      .slice(0, MAX_IDENTIFIER - end.length)
      .join('') + end
  );
}

function creditFor(
  order: Order,
  returnId: string,
  lines: readonly ReturnedLine[],
  facts: Facts,
): OrderEventOf<'CreditRequested'> {
  const now = new Map<number, number>();
  for (const line of lines) now.set(line.lineNumber, (now.get(line.lineNumber) ?? 0) + line.quantity);
  const units = order.lines
    .filter((line) => line.returned > 0)
    .map((line) => {
      const quantity = now.get(line.lineNumber) ?? 0;
      return { line, before: line.returned - quantity, quantity };
    });
  return {
    type: 'CreditRequested',
    data: {
      creditNoteId: `${returnId}-C`,
      returnId,
      creditDate: dateOf(facts.now),
      ...billFor(order, units, false),
    },
  };
}
