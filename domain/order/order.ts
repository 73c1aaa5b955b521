import type { LotPlace } from '../inventory/location.ts';
import type { CashDiscount, ChannelDocument, KeptChannelDetail } from './channel-data.ts';
import type { DeliveryException } from './commands.ts';
import type { OrderState } from './lifecycle.ts';
import type {
  Address,
  BackorderPolicy,
  Channel,
  Customer,
  DeliveryWindow,
  HoldReason,
  OrderedAs,
  OrderType,
} from './terms.ts';

/** What a line holds, and has had, of one lot. */
export interface Allocation extends LotPlace {
  readonly expiryDate: string | null;
  /** Units reserved now. */
  readonly quantity: number;
  readonly reason: string;
  readonly shipped: number;
  readonly returned: number;
}

/** A lot that a line is bound to: for all of its units, or for the quantity given. */
export interface LinePin {
  readonly lotNumber: string;
  readonly quantity?: number | undefined;
}

export interface Line {
  readonly lineNumber: number;
  readonly sku: string | null;
  readonly description?: string | undefined;
  readonly channelLineId?: string | undefined;
  /** Who sends it in place of us. */
  readonly fulfilledBy?: string | undefined;
  /** The customer's own unit and product numbers. */
  readonly orderedAs?: OrderedAs | undefined;
  /** What the channel said of the line beside its terms. */
  readonly channelData?: readonly KeptChannelDetail[] | undefined;
  readonly requiresShipping: boolean;
  readonly unitPrice: string;
  readonly discount?: string | undefined;
  readonly tax?: string | undefined;
  readonly unitsPerCase?: number | undefined;
  readonly casesPerPallet?: number | undefined;
  readonly pins: readonly LinePin[];
  readonly ordered: number;
  readonly backordered: number;
  readonly shipped: number;
  readonly delivered: number;
  readonly cancelled: number;
  readonly returned: number;
  readonly allocations: readonly Allocation[];
}

export interface Hold {
  readonly holdId: string;
  readonly reason: HoldReason;
  readonly note?: string | undefined;
  readonly heldAt: string;
}

export interface ShipmentLine {
  readonly lineNumber: number;
  readonly sku: string;
  readonly quantity: number;
  readonly cases?: number | undefined;
  readonly pallets?: number | undefined;
  readonly lots: readonly (LotPlace & { readonly expiryDate: string | null; readonly quantity: number })[];
}

/** What is in a package of a shipment, as the warehouse reported it. */
export interface PackageContents {
  readonly sscc?: string | undefined;
  readonly trackingNumber?: string | undefined;
  readonly lines: readonly LineQuantity[];
}

export interface Shipment {
  readonly shipmentId: string;
  /** Where it leaves from; from MAIN where it is absent. */
  readonly locationId?: string | undefined;
  readonly carrier: string;
  readonly service?: string | undefined;
  readonly trackingNumber: string;
  readonly packages?: number | undefined;
  readonly packageContents?: readonly PackageContents[] | undefined;
  /** The channel's own id of the fulfillment that it is. */
  readonly channelFulfillmentId?: string | undefined;
  /** It had left before the order was received, and took nothing from our stock. */
  readonly isEarlier?: boolean | undefined;
  readonly lines: readonly ShipmentLine[];
  readonly shippedAt: string;
  readonly deliveredAt?: string | undefined;
  /** The last delivery exception that the carrier reported. */
  readonly trouble?: { readonly news: DeliveryException; readonly occurredAt: string } | undefined;
  readonly signedBy?: string | undefined;
}

/** A quantity of a line, of one lot where that is named. */
export interface LineQuantity {
  readonly lineNumber: number;
  readonly quantity: number;
  readonly lotNumber?: string | undefined;
}

/** An order as its history makes it. */
export interface Order {
  readonly orderId: string;
  readonly state: OrderState;
  /** How many events have changed the order; refused attempts do not count. */
  readonly version: number;
  /** The number of the last event in the history. */
  readonly sequence: number;
  readonly channel: Channel;
  readonly source?: string | undefined;
  readonly orderType: OrderType;
  readonly currency: string;
  readonly externalId?: string | undefined;
  readonly customer: Customer;
  readonly shipTo?: Address | undefined;
  readonly purchaseOrderNumber?: string | undefined;
  readonly purchaseOrderDate?: string | undefined;
  readonly paymentTerms?: string | undefined;
  /** What the customer may deduct when it pays early. */
  readonly cashDiscount?: CashDiscount | undefined;
  readonly deliveryWindow?: DeliveryWindow | undefined;
  readonly deliveryWindowStatus?: 'AT_RISK' | 'MISSED' | undefined;
  readonly backorderPolicy: BackorderPolicy;
  readonly minimumShelfLifeDays?: number | undefined;
  readonly discount?: string | undefined;
  readonly shippingAmount?: string | undefined;
  readonly tax?: string | undefined;
  /** The part of `tax` that is on shipping. */
  readonly shippingTax?: string | undefined;
  readonly note?: string | undefined;
  readonly total: string;
  readonly channelTotal?: string | undefined;
  /** The number by which the channel shows the order to people. */
  readonly channelOrderName?: string | undefined;
  /** What the channel said of the order beside its terms. */
  readonly channelData?: readonly KeptChannelDetail[] | undefined;
  readonly channelDocument?: ChannelDocument | undefined;
  /** A release against a blanket purchase order. */
  readonly releaseNumber?: string | undefined;
  /** Days, both included, between which the order is to ship. */
  readonly shipNotBefore?: string | undefined;
  readonly shipNotAfter?: string | undefined;
  /** The customer takes nothing that ships after this day. */
  readonly cancelAfter?: string | undefined;
  /** What stock does not cover is cancelled in place of being backordered. */
  readonly cancelBackorders?: boolean | undefined;
  /** It takes no real stock, nobody is charged for it, and lists hide it. */
  readonly isTest?: true | undefined;
  readonly holds: readonly Hold[];
  readonly lines: readonly Line[];
  readonly shipments: readonly Shipment[];
  /** Refunds of the channel, by its own ids, that are credited beyond what came back. */
  readonly creditedRefunds?: readonly string[] | undefined;
  readonly receivedAt: string;
  readonly updatedAt: string;
  /** Someone released the reservation on purpose: nothing reserves stock for the order until asked to. */
  readonly allocationReleased: boolean;
  /** The order is being cancelled, in steps; nothing else happens to it until that is done. */
  readonly cancelling?: { readonly reason: string; readonly note?: string | undefined } | undefined;
  /** A shipment is being recorded, in steps; nothing else leaves or changes lots until that is done. */
  readonly shipping?:
    | {
        readonly shipmentId: string;
        readonly remaining: readonly LineQuantity[];
        /** Everything leaves from the location of the shipment. */
        readonly isOfOneLocation?: boolean | undefined;
      }
    | undefined;
  readonly voided: boolean;
  /** Since when nothing of a person is kept with the order, whatever its channel still says. */
  readonly personalDataErasedAt?: string | undefined;
}

/** @returns units of the line that are reserved now. */
export function allocated(line: Line): number {
  return line.allocations.reduce((total, allocation) => total + allocation.quantity, 0);
}

/** @returns units of the line that allocation has not looked at yet. */
export function open(line: Line): number {
  return line.ordered - allocated(line) - line.backordered - line.shipped - line.cancelled;
}

/** @returns whether we can reserve and ship the line: goods with a stock-keeping unit that nobody else sends. */
export function isGoods(line: Line): line is Line & { readonly sku: string } {
  return line.requiresShipping && line.sku !== null && line.fulfilledBy === undefined;
}

/** @returns whether the order binds the line to this lot. */
export function isPinned(line: Line, lotNumber: string): boolean {
  return line.pins.some((pin) => pin.lotNumber === lotNumber);
}

/** @returns units that still have to be shipped: reserved, backordered or not looked at. */
export function leftToShip(line: Line): number {
  return line.requiresShipping ? line.ordered - line.shipped - line.cancelled : 0;
}

/** @returns whether none of the lines is ever shipped: fees, vouchers and downloads alone. */
export function shipsNothing(lines: readonly Pick<Line, 'requiresShipping'>[]): boolean {
  return lines.every((line) => !line.requiresShipping);
}

/** @returns whether an order ships nothing as it is now: goods that were all cancelled do not count beside what is left. */
export function isWithoutGoods({ lines }: Pick<Order, 'lines'>): boolean {
  const left = lines.filter(({ ordered, cancelled }) => ordered > cancelled);
  return shipsNothing(left.length > 0 ? left : lines);
}

/**
 * @returns units of the line that its channel may still say have left. An order that ships nothing is over when its
 *   channel says that it has handed its vouchers or downloads over.
 */
export function leftToLeave(order: Pick<Order, 'lines'>, line: Line): number {
  return isWithoutGoods(order) ? line.ordered - line.shipped - line.cancelled : leftToShip(line);
}

/** @returns whether no unit of the order is left to ship. */
export function nothingLeftToShip(order: Order): boolean {
  return order.lines.every((line) => leftToShip(line) === 0);
}

/** @returns whether any unit of the order has shipped. */
export function hasShipped(order: Order): boolean {
  return order.shipments.length > 0;
}

/** @returns whether the order reserves nothing until everything it lacks can be had. */
export function holdsNothingInPart(order: Order): boolean {
  return (
    order.backorderPolicy !== 'SHIP_PARTIAL' && order.state !== 'FULFILLMENT_QUEUED' && !hasShipped(order)
  );
}

/** @returns the day on which the customer has the goods at the latest, as far as the order says. */
export function deliveryDate(order: { deliveryWindow?: DeliveryWindow | undefined }, today: string): string {
  const end = order.deliveryWindow?.end;
  return end !== undefined && end > today ? end : today;
}

/** The dates of an order that decide when it is late. */
export type DueTerms = Pick<
  Order,
  'state' | 'deliveryWindow' | 'shipNotBefore' | 'shipNotAfter' | 'cancelAfter'
>;

/** @returns the days in which the order has to be done with: until it ships, also those by which it is to ship. */
export function windowToKeep(order: DueTerms): DeliveryWindow | undefined {
  const { state, deliveryWindow, shipNotBefore, shipNotAfter, cancelAfter } = order;
  if (state === 'SHIPPED') return deliveryWindow;
  const [end] = [deliveryWindow?.end, shipNotAfter, cancelAfter].filter((day) => day !== undefined).sort();
  if (end === undefined) return undefined;
  const start = deliveryWindow?.start ?? shipNotBefore ?? end;
  return { start: start < end ? start : end, end };
}

/** @returns the line of this number, if the order has one. */
export function lineOf(order: Order, lineNumber: number): Line | undefined {
  const line = order.lines[lineNumber - 1];
  return line?.lineNumber === lineNumber ? line : order.lines.find((each) => each.lineNumber === lineNumber);
}

/** Whole cases and pallets that a quantity of a line makes; empty for goods that are not sold by the case. */
export function casesAndPallets(
  line: Pick<Line, 'unitsPerCase' | 'casesPerPallet'>,
  quantity: number,
): { cases?: number; pallets?: number } {
  if (line.unitsPerCase === undefined) return {};
  const cases = Math.floor(quantity / line.unitsPerCase);
  return line.casesPerPallet === undefined
    ? { cases }
    : { cases, pallets: Math.ceil(cases / line.casesPerPallet) };
}

/** The customer whom purchase order numbers must be unique for. */
export function customerIdentity(customer: Customer): string {
  return (customer.reference ?? customer.name).normalize('NFC').trim().toLowerCase();
}
