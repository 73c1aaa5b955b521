import * as z from 'zod';
import type { Attention } from '../../../contract/requests.ts';
import { firstExpiredFirstOut } from '../../../domain/inventory/allocate.ts';
import { KeptChannelDetail } from '../../../domain/order/channel-data.ts';
import { DeliveryException } from '../../../domain/order/commands.ts';
import { ORDER_EVENT_DATA } from '../../../domain/order/events.ts';
import { isFinal, ORDER_STATES, type OrderState } from '../../../domain/order/lifecycle.ts';
import {
  type Allocation,
  allocated,
  type Hold,
  holdsNothingInPart,
  type Line,
  type LinePin,
  type LineQuantity,
  type Order,
  open,
  type PackageContents,
  type Shipment,
  type ShipmentLine,
} from '../../../domain/order/order.ts';
import { withoutPersonalData } from '../../../domain/order/personal-data.ts';
import { searchableIn } from '../../../domain/order/search.ts';
import { HoldReason, OrderedAs } from '../../../domain/order/terms.ts';
import type { OrderEnvelope } from '../../events/envelope.ts';
import type { OrderHeader, UnitTotals } from '../../orders/queries.ts';
import { type Fields, parseItem, type StoredItem } from './items.ts';
import {
  allocationKey,
  arrival,
  channelDataKey,
  eventKey,
  headerKey,
  type Key,
  lineKey,
  lotIndexKey,
  searchKey,
  shardOf,
  shipmentKey,
  shipmentPartKey,
} from './keys.ts';
import type { Seal } from './sealed-history.ts';

const { lines: _, channelData: __, ...terms } = ORDER_EVENT_DATA.OrderReceived.shape;
const StoredHeader = z.object({
  ...terms,
  orderId: z.string(),
  state: z.enum(ORDER_STATES),
  version: z.int(),
  sequence: z.int(),
  deliveryWindowStatus: z.enum(['AT_RISK', 'MISSED']).optional(),
  holds: z.array(
    z.object({
      holdId: z.string(),
      reason: HoldReason,
      note: z.string().optional(),
      heldAt: z.string(),
    } satisfies Fields<Hold>),
  ),
  creditedRefunds: z.array(z.string()).optional(),
  receivedAt: z.string(),
  updatedAt: z.string(),
  allocationReleased: z.boolean(),
  cancelling: z.object({ reason: z.string(), note: z.string().optional() }).optional(),
  shipping: z
    .object({
      shipmentId: z.string(),
      remaining: z.array(
        z.object({
          lineNumber: z.int(),
          quantity: z.int(),
          lotNumber: z.string().optional(),
        } satisfies Fields<LineQuantity>),
      ),
      isOfOneLocation: z.boolean().optional(),
    })
    .optional(),
  voided: z.boolean(),
  personalDataErasedAt: z.string().optional(),
  lineCount: z.int(),
  shipmentCount: z.int(),
  units: z.object({
    ordered: z.int(),
    allocated: z.int(),
    backordered: z.int(),
    shipped: z.int(),
    delivered: z.int(),
    cancelled: z.int(),
    open: z.int(),
  } satisfies Fields<UnitTotals>),
} satisfies Fields<OrderHeader>);

const StoredChannelData = z.object({ details: z.array(KeptChannelDetail).optional() });

const StoredLine = z.object({
  lineNumber: z.int(),
  sku: z.string().nullable(),
  description: z.string().optional(),
  channelLineId: z.string().optional(),
  fulfilledBy: z.string().optional(),
  orderedAs: OrderedAs.optional(),
  channelData: z.array(KeptChannelDetail).optional(),
  requiresShipping: z.boolean(),
  unitPrice: z.string(),
  discount: z.string().optional(),
  tax: z.string().optional(),
  unitsPerCase: z.int().optional(),
  casesPerPallet: z.int().optional(),
  pins: z.array(z.object({ lotNumber: z.string(), quantity: z.int().optional() } satisfies Fields<LinePin>)),
  ordered: z.int(),
  backordered: z.int(),
  shipped: z.int(),
  cancelled: z.int(),
  returned: z.int(),
} satisfies Fields<Omit<Line, 'delivered' | 'allocations'>>);

const StoredAllocation = z.object({
  lineNumber: z.int(),
  lotNumber: z.string(),
  locationId: z.string().optional(),
  expiryDate: z.string().nullable(),
  quantity: z.int(),
  reason: z.string(),
  shipped: z.int(),
  returned: z.int(),
} satisfies Fields<Allocation & Pick<Line, 'lineNumber'>>);

const StoredShipment = z.object({
  shipmentId: z.string(),
  locationId: z.string().optional(),
  carrier: z.string(),
  service: z.string().optional(),
  trackingNumber: z.string(),
  packages: z.int().optional(),
  packageContents: z
    .array(
      z.object({
        sscc: z.string().optional(),
        trackingNumber: z.string().optional(),
        lines: z.array(
          z.object({ lineNumber: z.int(), quantity: z.int(), lotNumber: z.string().optional() }),
        ),
      } satisfies Fields<PackageContents>),
    )
    .optional(),
  shippedAt: z.string(),
  deliveredAt: z.string().optional(),
  channelFulfillmentId: z.string().optional(),
  isEarlier: z.boolean().optional(),
  trouble: z.object({ news: DeliveryException, occurredAt: z.string() }).optional(),
  signedBy: z.string().optional(),
} satisfies Fields<Omit<Shipment, 'lines'>>);

const StoredShipmentPart = z.object({
  shipmentId: z.string(),
  lines: z.array(
    z.object({
      lineNumber: z.int(),
      sku: z.string(),
      quantity: z.int(),
      cases: z.int().optional(),
      pallets: z.int().optional(),
      lots: z.array(
        z.object({
          lotNumber: z.string(),
          locationId: z.string().optional(),
          expiryDate: z.string().nullable(),
          quantity: z.int(),
        }),
      ),
    } satisfies Fields<ShipmentLine>),
  ),
});

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

/** What a search finds the order by: beside the order, since a search reads it of thousands of orders. */
export function searchItem(order: Order): Item {
  return { ...searchKey(order.orderId, order.receivedAt), kind: 'SEARCH', ...searchableIn(order) };
}

export function headerFromItem(item: StoredItem): OrderHeader {
  return parseItem(StoredHeader, item);
}

/** The index partition of all orders in a state, or of all orders. */
export function arrivalShard(shard: number): string {
  return `ORDERS#${shard}`;
}

/** The index partition of test orders, which are in none by state. */
export function testShard(shard: number): string {
  return `TESTORDERS#${shard}`;
}

export function stateShard(state: OrderState, shard: number): string {
  return `STATE#${state}#${shard}`;
}

export function attentionShard(state: OrderState, shard: number): string {
  return `ATTENTION#${state}#${shard}`;
}

/** @returns why someone should look at an order; nothing is to be done about one that has come to its end. */
export function attentionsOf(order: Pick<OrderHeader, 'state' | 'holds' | 'deliveryWindowStatus' | 'units'>) {
  if (isFinal(order.state)) return [];
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
    ...allocationKey(order.orderId, line.lineNumber, allocation),
    kind: 'ALLOCATION',
    orderId: order.orderId,
    lineNumber: line.lineNumber,
    sku: line.sku,
    ...allocation,
    ...(!order.isTest && {
      lotKey: lotIndexKey(line.sku ?? '', allocation.lotNumber),
      allocationSort: `${order.orderId}#${String(line.lineNumber).padStart(4, '0')}`,
    }),
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

export function eventItem(event: OrderEnvelope, seal: Seal): Item {
  return { ...eventKey(event.orderId, event.sequence), kind: 'EVENT', ...event, ...seal };
}

/** Puts an order together from the items of its partition; `received` gives the lines that have no item yet. */
export function orderFromItems(items: readonly StoredItem[], received: readonly Line[]): Order {
  const ofKind = Map.groupBy(items, (item) => item.kind);
  const read = <Output>(kind: string, schema: z.ZodType<Output>) =>
    (ofKind.get(kind) ?? []).map((item) => parseItem(schema, item));
  const [header] = read('ORDER', StoredHeader);
  if (header === undefined) throw new Error('an order without a header');
  const { lineCount: _, shipmentCount: __, units: ___, ...terms } = header;
  // The items come in the order of their keys, and so do the parts of a shipment.
  const parts = Map.groupBy(read('SHIPMENT_PART', StoredShipmentPart), (part) => part.shipmentId);
  const shipments = read('SHIPMENT', StoredShipment)
    .map((shipment): Shipment => {
      const lines = (parts.get(shipment.shipmentId) ?? []).flatMap((part) => part.lines);
      return { ...shipment, lines };
    })
    .sort((one, other) => shipmentNumber(one) - shipmentNumber(other));
  const delivered = new Map<number, number>();
  for (const shipment of shipments) {
    if (shipment.deliveredAt === undefined) continue;
    for (const line of shipment.lines) {
      delivered.set(line.lineNumber, (delivered.get(line.lineNumber) ?? 0) + line.quantity);
    }
  }
  const allocations = Map.groupBy(read('ALLOCATION', StoredAllocation), ({ lineNumber }) => lineNumber);
  const stored = read('LINE', StoredLine).map((line): Line => ({ ...line, delivered: 0, allocations: [] }));
  const lines = new Map<number, Line>([...received, ...stored].map((line) => [line.lineNumber, line]));
  const whole = [...lines.values()].map((line) => ({
    ...line,
    delivered: delivered.get(line.lineNumber) ?? 0,
    allocations: firstExpiredFirstOut(
      (allocations.get(line.lineNumber) ?? []).map(
        ({ lineNumber: _, ...allocation }): Allocation => allocation,
      ),
    ),
  }));
  const [said] = read('CHANNELDATA', StoredChannelData);
  const order = {
    ...terms,
    ...(said?.details !== undefined && { channelData: said.details }),
    shipments,
    lines: whole.sort((one, other) => one.lineNumber - other.lineNumber),
  };
  // Items beside the header are erased one by one after it.
  return order.personalDataErasedAt === undefined ? order : withoutPersonalData(order);
}

function headerIndexKeys(order: Order, units: UnitTotals) {
  const shard = shardOf(order.orderId);
  const { externalId, customer } = order;
  const needsALook = attentionsOf({ ...order, units }).length > 0;
  return {
    ...(order.isTest
      ? { arrivalShard: testShard(shard) }
      : {
          arrivalShard: arrivalShard(shard),
          stateShard: stateShard(order.state, shard),
          ...(needsALook && { attentionShard: attentionShard(order.state, shard) }),
        }),
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
