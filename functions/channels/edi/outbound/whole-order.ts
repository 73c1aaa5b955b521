import { isGoods, type Line, type Order } from '../../../../domain/order/order.ts';
import type { Ports } from '../../../orders/ports.ts';
import type { OutgoingParty } from '../x12/index.ts';
import { assignedId, partiesOf } from './common.ts';
import { inOrderedUnit } from './ordered-unit.ts';

/** The orders that one purchase order was divided into, by their part; one alone where it was not. */
export type Shares = readonly [Order, ...Order[]];

/** A line of a purchase order: what its shares come to, and those shares. */
export interface WholeLine {
  readonly line: Line;
  readonly assignedId: string;
  readonly shares: readonly { readonly order: Order; readonly line: Line }[];
}

/**
 * @returns every share of the purchase order that an order belongs to; null while some of them are not booked yet
 */
export async function sharesOf(ports: Pick<Ports, 'orders'>, order: Order): Promise<Shares | null> {
  const { channelDocument, channel, source = '' } = order;
  if (channelDocument === undefined || channelDocument.parts === 1) return [order];
  const { key, issuer, parts } = channelDocument;
  const orderIds = await ports.orders.findDocument(channel, source, key);
  const others = orderIds.filter((orderId) => orderId !== order.orderId);
  const loaded = await Promise.all(others.map((orderId) => ports.orders.load(orderId)));
  const shares = [order, ...loaded]
    .filter((each) => each !== null && each.channelDocument?.issuer === issuer)
    .filter((each): each is Order => each !== null)
    .toSorted((one, other) => (one.channelDocument?.part ?? 1) - (other.channelDocument?.part ?? 1));
  const [first, ...rest] = shares;
  return first === undefined || shares.length < parts ? null : [first, ...rest];
}

/** The lines of a purchase order as the partner numbered them. */
export function wholeLines(shares: Shares): readonly WholeLine[] {
  if (shares.length === 1) {
    const [order] = shares;
    return order.lines
      .filter(isGoods)
      .map((line) => ({ line, assignedId: assignedId(line), shares: [{ order, line }] }));
  }
  const groups = new Map<string, { order: Order; line: Line }[]>();
  for (const order of shares)
    for (const line of order.lines.filter(isGoods)) {
      // Of a line without a number nobody knows whether it is the same as that of another share.
      const key = line.channelLineId ?? JSON.stringify([order.orderId, line.lineNumber]);
      groups.set(key, [...(groups.get(key) ?? []), { order, line }]);
    }
  return [...groups.values()]
    .map((members, index) => {
      const line = members.map((member) => member.line).reduce(together);
      return { line, assignedId: line.channelLineId ?? String(index + 1), shares: members };
    })
    .toSorted((one, other) => Number(one.assignedId) - Number(other.assignedId) || 0);
}

/** Parties that are the same for all shares; where the goods go is said of each line then. */
export function partiesOfAll(shares: Shares): readonly OutgoingParty[] {
  const parties = partiesOf(shares[0]);
  return shares.length === 1 ? parties : parties.filter(({ role }) => role !== 'ST');
}

/** Where a line of a divided purchase order goes: to one place, or by SDQ to several. */
export function destinationsOf({ shares }: WholeLine, isDivided: boolean) {
  const places = shares.map(({ order, line }) => ({ place: shipToOf(order), line }));
  const [only] = places;
  if (!isDivided || only === undefined) return {};
  if (places.length === 1) return { shipTo: only.place };
  const rows = new Map<string, string[]>();
  for (const { place, line } of places) {
    const { quantity, unit } = inOrderedUnit(line, line.ordered);
    if (!place?.id) continue;
    const head = JSON.stringify([unit, place.idQualifier ?? '']);
    rows.set(head, [...(rows.get(head) ?? []), place.id, quantity]);
  }
  return {
    distribution: [...rows].flatMap(([head, pairs]) =>
      Array.from({ length: Math.ceil(pairs.length / MAX_PAIRS) }, (_, row) => [
        ...['SDQ', ...(JSON.parse(head) as string[])],
        ...pairs.slice(row * MAX_PAIRS, (row + 1) * MAX_PAIRS),
      ]),
    ),
  };
}

/** An SDQ has room for ten destinations with their quantities. */
const MAX_PAIRS = 20;

function shipToOf(order: Order): OutgoingParty | undefined {
  return partiesOf(order).find(({ role }) => role === 'ST');
}

function together(one: Line, other: Line): Line {
  return {
    ...one,
    ordered: one.ordered + other.ordered,
    backordered: one.backordered + other.backordered,
    shipped: one.shipped + other.shipped,
    cancelled: one.cancelled + other.cancelled,
    allocations: [...one.allocations, ...other.allocations],
  };
}
