import type { Attention } from '../../../contract/requests.ts';
import { firstExpiredFirstOut } from '../../../domain/inventory/allocate.ts';
import type { OrderState } from '../../../domain/order/lifecycle.ts';
import {
  type Allocation,
  allocated,
  holdsNothingInPart,
  type Line,
  type Order,
  open,
  type Shipment,
} from '../../../domain/order/order.ts';
import type { OrderEnvelope } from '../../events/envelope.ts';
import type { OrderHeader, UnitTotals } from '../../orders/queries.ts';
import {
  allocationKey,
  arrival,
  channelDataKey,
  eventKey,
  headerKey,
  type Key,
  lineKey,
  lotIndexKey,
  shardOf,
  shipmentKey,
  shipmentPartKey,
} from './keys.ts';

export type Item = Key & Readonly<Record<string, unknown>>;

/** The header with the attributes by which indexes find it; a voided order is found by its id alone. */
export function headerItem(order: Order): Item {
  const { lines, shipments, channelData: _, ...terms } = order;
  const units = unitTotals(lines);
  return {
    ...headerKey(order.orderId),
    kind: 'ORDER',
    ...terms,
    lineCount: lines.length,
    shipmentCount: shipments.length,
    units,
    ...(order.voided ? {} : headerIndexKeys(order, units)),
  };
}

/** What the channel said, and the number by which it shows the order: the index finds the order by it. */
export function channelDataItem({ orderId, channelData, channelOrderName, receivedAt }: Order): Item {
  return {
    ...channelDataKey(orderId),
    kind: 'CHANNELDATA',
    orderId,
    details: channelData,
    ...(channelOrderName !== undefined && {
      reference: channelOrderNameReference(channelOrderName),
      referenceSort: arrival(receivedAt, orderId),
    }),
  };
}

export function headerFromItem(item: Readonly<Record<string, unknown>>): OrderHeader {
  return without(item, HEADER_KEYS) as unknown as OrderHeader;
}

/** The index partition of all orders in a state, or of all orders. */
export function arrivalShard(shard: number): string {
  return `ORDERS#${shard}`;
}

export function stateShard(state: OrderState, shard: number): string {
  return `STATE#${state}#${shard}`;
}

export function attentionShard(state: OrderState, shard: number): string {
  return `ATTENTION#${state}#${shard}`;
}

/** @returns why someone should look at an order; nothing is to be done about one that has come to its end. */
export function attentionsOf(order: Pick<OrderHeader, 'state' | 'holds' | 'deliveryWindowStatus' | 'units'>) {
  if (order.state === 'CLOSED' || order.state === 'CANCELLED') return [];
  const attentions: Attention[] = [];
  if (order.deliveryWindowStatus !== undefined) attentions.push('AT_RISK');
  if (order.holds.length > 0) attentions.push('HELD');
  if (order.units.backordered > 0) attentions.push('BACKORDERED');
  return attentions;
}

export function customerKey(name: string): string {
  return `CUSTOMER#${name.normalize('NFC').trim().toLowerCase()}`;
}

export function externalReference(externalId: string): string {
  return `EXTERNAL#${externalId}`;
}

export function channelOrderNameReference(name: string): string {
  return `CHANNELORDER#${name.normalize('NFC').toLowerCase()}`;
}

export function purchaseOrderReference(number: string): string {
  return `PURCHASEORDER#${number.normalize('NFC').toLowerCase()}`;
}

export function trackingReference(trackingNumber: string): string {
  return `TRACKING#${trackingNumber}`;
}

export function skuIndexKey(sku: string): string {
  return `SKU#${sku}`;
}

/** One line; units delivered follow from the shipments, so that a delivery does not touch every line. */
export function lineItem(order: Order, line: Line): Item {
  const { allocations: _, delivered: __, ...own } = line;
  const lineArrival = `${arrival(order.receivedAt, order.orderId)}#${String(line.lineNumber).padStart(4, '0')}`;
  return {
    ...lineKey(order.orderId, line.lineNumber),
    kind: 'LINE',
    orderId: order.orderId,
    ...own,
    ...(line.sku !== null && { skuKey: skuIndexKey(line.sku), lineArrival }),
    ...(line.sku !== null &&
      line.backordered > 0 && {
        backorderKey: skuIndexKey(line.sku),
        ...(holdsNothingInPart(order) && { allOrNothing: true }),
      }),
  };
}

export function allocationItem(order: Order, line: Line, allocation: Allocation): Item {
  return {
    ...allocationKey(order.orderId, line.lineNumber, allocation.lotNumber),
    kind: 'ALLOCATION',
    orderId: order.orderId,
    lineNumber: line.lineNumber,
    sku: line.sku,
    ...allocation,
    lotKey: lotIndexKey(line.sku ?? '', allocation.lotNumber),
    allocationSort: `${order.orderId}#${String(line.lineNumber).padStart(4, '0')}`,
  };
}

/** A shipment without its lines, which are written once, a part at a time. */
export function shipmentItem(order: Order, { lines: _, ...shipment }: Shipment): Item {
  return {
    ...shipmentKey(order.orderId, shipment.shipmentId),
    kind: 'SHIPMENT',
    orderId: order.orderId,
    ...shipment,
    reference: trackingReference(shipment.trackingNumber),
    referenceSort: shipment.shipmentId,
  };
}

/** The lines of a shipment from a place on, as one step recorded them. */
export function shipmentPartItem(order: Order, { shipmentId, lines }: Shipment, firstLine: number): Item {
  return {
    ...shipmentPartKey(order.orderId, shipmentId, firstLine),
    kind: 'SHIPMENT_PART',
    orderId: order.orderId,
    shipmentId,
    lines: lines.slice(firstLine),
  };
}

export function eventItem(event: OrderEnvelope): Item {
  return { ...eventKey(event.orderId, event.sequence), kind: 'EVENT', ...event };
}

/** Puts an order together from the items of its partition; `received` gives the lines that have no item yet. */
export function orderFromItems(
  items: readonly Readonly<Record<string, unknown>>[],
  received: readonly Line[],
): Order {
  const header = items.find((item) => item.kind === 'ORDER');
  if (header === undefined) throw new Error('an order without a header');
  const { lineCount: _, shipmentCount: __, units: ___, ...terms } = headerFromItem(header);
  // The items come in the order of their keys, and so do the parts of a shipment.
  const parts = Map.groupBy(
    items.filter((item) => item.kind === 'SHIPMENT_PART'),
    (part) => part.shipmentId,
  );
  const shipments = items
    .filter((item) => item.kind === 'SHIPMENT')
    .map((item) => {
      const lines = (parts.get(item.shipmentId) ?? []).flatMap((part) => part.lines as Shipment['lines']);
      return { ...without(item, SHIPMENT_KEYS), lines } as unknown as Shipment;
    })
    .sort((one, other) => shipmentNumber(one) - shipmentNumber(other));
  const delivered = new Map<number, number>();
  for (const shipment of shipments) {
    if (shipment.deliveredAt === undefined) continue;
    for (const line of shipment.lines) {
      delivered.set(line.lineNumber, (delivered.get(line.lineNumber) ?? 0) + line.quantity);
    }
  }
  const allocations = new Map<number, Allocation[]>();
  for (const item of items) {
    if (item.kind !== 'ALLOCATION') continue;
    const lineNumber = item.lineNumber as number;
    const allocation = without(item, ALLOCATION_KEYS) as unknown as Allocation;
    allocations.set(lineNumber, [...(allocations.get(lineNumber) ?? []), allocation]);
  }
  const lines = new Map<number, Line>(received.map((line) => [line.lineNumber, line]));
  for (const item of items) {
    if (item.kind !== 'LINE') continue;
    const line = without(item, LINE_KEYS) as unknown as Line;
    lines.set(line.lineNumber, line);
  }
  const whole = [...lines.values()].map((line) => ({
    ...line,
    delivered: delivered.get(line.lineNumber) ?? 0,
    allocations: firstExpiredFirstOut(allocations.get(line.lineNumber) ?? []),
  }));
  const said = items.find((item) => item.kind === 'CHANNELDATA');
  return {
    ...terms,
    ...(said?.details !== undefined && { channelData: said.details as Order['channelData'] }),
    shipments,
    lines: whole.sort((one, other) => one.lineNumber - other.lineNumber),
  };
}

const HEADER_KEYS: ReadonlySet<string> = new Set([
  'pk',
  'sk',
  'kind',
  'arrivalShard',
  'stateShard',
  'attentionShard',
  'arrival',
  'customerKey',
  'customerReferenceKey',
  'reference',
  'referenceSort',
]);
const LINE_KEYS: ReadonlySet<string> = new Set([
  'pk',
  'sk',
  'kind',
  'orderId',
  'skuKey',
  'lineArrival',
  'backorderKey',
  'allOrNothing',
]);
const ALLOCATION_KEYS: ReadonlySet<string> = new Set([
  'pk',
  'sk',
  'kind',
  'orderId',
  'lineNumber',
  'sku',
  'lotKey',
  'allocationSort',
]);
const SHIPMENT_KEYS: ReadonlySet<string> = new Set([
  'pk',
  'sk',
  'kind',
  'orderId',
  'reference',
  'referenceSort',
]);

function headerIndexKeys(order: Order, units: UnitTotals) {
  const shard = shardOf(order.orderId);
  const { externalId, customer } = order;
  const needsALook = attentionsOf({ ...order, units }).length > 0;
  return {
    arrivalShard: arrivalShard(shard),
    stateShard: stateShard(order.state, shard),
    ...(needsALook && { attentionShard: attentionShard(order.state, shard) }),
    arrival: arrival(order.receivedAt, order.orderId),
    customerKey: customerKey(customer.name),
    ...(customer.reference !== undefined && { customerReferenceKey: customerKey(customer.reference) }),
    ...(externalId !== undefined && {
      reference: externalReference(externalId),
      referenceSort: arrival(order.receivedAt, order.orderId),
    }),
  };
}

function unitTotals(lines: readonly Line[]): UnitTotals {
  const total = (units: (line: Line) => number) => lines.reduce((sum, line) => sum + units(line), 0);
  return {
    ordered: total((line) => line.ordered),
    allocated: total(allocated),
    backordered: total((line) => line.backordered),
    shipped: total((line) => line.shipped),
    delivered: total((line) => line.delivered),
    cancelled: total((line) => line.cancelled),
    open: total(open),
  };
}

function shipmentNumber(shipment: Shipment): number {
  return Number(/-S(\d+)$/.exec(shipment.shipmentId)?.[1] ?? 0);
}

function without(item: Readonly<Record<string, unknown>>, attributes: ReadonlySet<string>) {
  const rest: Record<string, unknown> = {};
  for (const name of Object.keys(item)) if (!attributes.has(name)) rest[name] = item[name];
  return rest;
}
