import { createHash } from 'node:crypto';
import { isGoods, type Order } from '../../../../domain/order/order.ts';
import { type OrderedItem, readInterchanges, type ShippingOrder, writeShippingOrder } from '../x12/index.ts';
import {
  envelopeOf,
  fittingId,
  identifiersOf,
  type Partner,
  partiesOf,
  type Stamp,
  saidOf,
} from './common.ts';

/** An order number has so much room in a 940 (element 285). */
const NUMBER_CHARACTERS = 22;
/** The same for a reference; the customer's own of 005010 may be longer, and no shipment waits for those. */
const REFERENCE_CHARACTERS = 30;
/** Product numbers of a line, ours among them. */
const MAX_PRODUCTS = 3;

/** What a warehouse is to ship of an order now, as a 940 says it. */
export type WantedShipment = Omit<ShippingOrder, 'status' | 'number'>;

/**
 * The number of a shipping order. What is left when the warehouse has closed one is ordered under the next.
 *
 * @param round from 1
 */
export function shippingOrderNumber({ orderId }: Pick<Order, 'orderId'>, round: number): string {
  return fittingId(round === 1 ? orderId : `${orderId}-${round}`, NUMBER_CHARACTERS);
}

/** The name of a 940: of a shipping order, or of a revision of it, counted from 2. */
export function shippingOrderName(number: string, revision: number): string {
  return revision === 1 ? `940-${number}` : `940-${number}.${revision}`;
}

/** @returns what is reserved, by line and lot, and where and when it goes */
export function wantedShipment(order: Order): WantedShipment {
  const [[, payment = ''] = []] = saidOf(order, 'FOB');
  const [[, , qualifier, code, method = '', routing = ''] = []] = saidOf(order, 'TD5');
  const { shipNotBefore, shipNotAfter, cancelAfter, deliveryWindow, channelOrderName } = order;
  const dates = [
    ['37', shipNotBefore],
    ['38', shipNotAfter],
    ['53', deliveryWindow?.start],
    ['54', deliveryWindow?.end],
    ['01', cancelAfter],
  ] as const;
  return {
    purchaseOrderNumber: order.purchaseOrderNumber?.slice(0, NUMBER_CHARACTERS) ?? null,
    parties: partiesOf(order),
    references: [
      ...(channelOrderName === undefined
        ? []
        : [{ qualifier: 'CO', value: fittingId(channelOrderName, REFERENCE_CHARACTERS) }]),
      ...saidOf(order, 'REF').flatMap(([, kind = '', value = '']) =>
        kind !== '' && value !== '' && value.length <= REFERENCE_CHARACTERS
          ? [{ qualifier: kind, value }]
          : [],
      ),
    ],
    dates: dates.flatMap(([kind, date]) => (date === undefined ? [] : [{ qualifier: kind, date }])),
    note: order.note ?? null,
    carrier: {
      payment: payment || PREPAID,
      method: method || BEST_WAY,
      routing: routing || null,
      code: qualifier === '2' && code ? code : null,
    },
    items: itemsOf(order),
  };
}

/** Nobody asked for another way, and the freight is ours. */
const PREPAID = 'PP';
const BEST_WAY = 'T';

function itemsOf(order: Order): readonly OrderedItem[] {
  return order.lines.filter(isGoods).flatMap((line) => {
    const own = { qualifier: 'VN', value: line.sku };
    const others = identifiersOf(line).filter(({ qualifier }) => qualifier !== 'VN');
    return line.allocations
      .filter(({ quantity }) => quantity > 0)
      .map(({ lotNumber, quantity }) => ({
        lineNumber: String(line.lineNumber),
        quantity: String(quantity),
        identifiers: [own, ...others].slice(0, MAX_PRODUCTS),
        description: line.description ?? null,
        lotNumber,
        pack: line.unitsPerCase ?? null,
      }));
  });
}

/** The 940 that orders, changes or cancels a shipment. */
export function shippingOrder(
  wanted: WantedShipment,
  status: ShippingOrder['status'],
  number: string,
  partner: Partner,
  stamp: Stamp,
): string {
  // What is cancelled has no lines.
  const items = status === 'F' ? [] : wanted.items;
  return writeShippingOrder({ ...wanted, status, number, items }, envelopeOf(partner, stamp));
}

/** @returns a digest that differs where the warehouse has to hear of it */
export function digestOfShipment(wanted: WantedShipment): string {
  return createHash('sha256').update(JSON.stringify(wanted)).digest('base64url');
}

/** Units by line number. */
export type UnitsByLine = ReadonlyMap<string, number>;

export function unitsOf(items: readonly Pick<OrderedItem, 'lineNumber' | 'quantity'>[]): UnitsByLine {
  const units = new Map<string, number>();
  for (const { lineNumber, quantity } of items)
    units.set(lineNumber, (units.get(lineNumber) ?? 0) + Number(quantity));
  return units;
}

/** @returns the units that a 940 of ours, as it was sent, ordered of each line */
export function unitsOrderedBy(content: string): UnitsByLine {
  const segments = readInterchanges(Buffer.from(content))
    .flatMap((each) => (each.kind === 'interchange' ? each.groups : []))
    .flatMap(({ sets }) => sets)
    .flatMap((set) => set.segments);
  const items: { lineNumber: string; quantity: string }[] = [];
  for (const { id, elements } of segments) {
    const item = items.at(-1);
    if (id === 'W01') items.push({ lineNumber: '', quantity: elements[0] ?? '0' });
    else if (id === 'N9' && elements[0] === 'LI' && item !== undefined) item.lineNumber = elements[1] ?? '';
  }
  return unitsOf(items);
}
