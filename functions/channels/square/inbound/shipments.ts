import type { CommandOf } from '../../../../domain/order/commands.ts';
import { isGoods, type Line, leftToShip, type Order } from '../../../../domain/order/order.ts';
import { identifier, oneLine } from '../../core/clean.ts';
import type { Instruction } from '../../core/outcome.ts';
import { unreserved } from '../../core/reservations.ts';
import type { SquareFulfillment, SquareOrder } from './payload.ts';
import { isCounterSale, unitsOf } from './quantities.ts';

/** Goods that have left as Square tells it, and where that stands in our order. */
export interface Departure {
  readonly shipment: CommandOf<'RecordShipment'>;
  /** When the customer had the goods; null while they are on their way. */
  readonly handedOverAt: string | null;
}

/**
 * What has left according to Square and not according to us: fulfillments that are completed, and a sale at the
 * counter. One that we told Square of comes back with our own tracking number and is no news; nor is one whose units
 * are all recorded.
 */
export function departuresOf(square: SquareOrder, order: Order): readonly Departure[] {
  if (isCounterSale(square)) {
    const lines = remaining(
      order,
      new Map(square.lineItems.map(({ uid }) => [uid, Number.POSITIVE_INFINITY])),
    );
    if (lines.length === 0) return [];
    const shipment = shipmentOf(lines, 'Counter', `Square sale ${square.id}`);
    return [{ shipment, handedOverAt: square.closedAt ?? order.receivedAt }];
  }
  const recorded = new Set(order.shipments.map(({ trackingNumber }) => trackingNumber));
  return square.fulfillments.flatMap((fulfillment) => {
    if (fulfillment.state !== 'COMPLETED') return [];
    const number = trackingNumberOf(fulfillment, square);
    if (recorded.has(number)) return [];
    const lines = remaining(order, unitsOf(fulfillment, square));
    if (lines.length === 0) return [];
    const shipment = shipmentOf(lines, carrierOf(fulfillment), number);
    return [{ shipment, handedOverAt: handedOverAt(fulfillment) }];
  });
}

/** The commands that record departures, one after another; the order is queued first where our workflow was slower. */
export function recording(order: Order, departures: readonly Departure[]): readonly Instruction[] {
  const queue: readonly Instruction[] = order.state === 'ALLOCATED' ? [{ type: 'QueueFulfillment' }] : [];
  return [
    ...queue,
    ...departures.flatMap(({ shipment, handedOverAt: deliveredAt }, index): readonly Instruction[] => {
      const shipmentId = `${order.orderId}-S${order.shipments.length + index + 1}`;
      return deliveredAt === null
        ? [shipment]
        : [shipment, { type: 'ConfirmDelivery', shipmentId, deliveredAt }];
    }),
  ];
}

/** @returns why the departures cannot be recorded now, or null. */
export function blockerOf(order: Order, departures: readonly Departure[]): string | null {
  if (order.state !== 'ALLOCATED' && order.state !== 'FULFILLMENT_QUEUED')
    return `the order is ${order.state}`;
  const [missing] = unreserved(
    order,
    departures.flatMap(({ shipment }) => shipment.lines ?? []),
  );
  if (missing !== undefined)
    return `${missing.quantity} units of line ${missing.lineNumber} are not reserved`;
  return null;
}

function shipmentOf(
  lines: readonly { lineNumber: number; quantity: number }[],
  carrier: string,
  trackingNumber: string,
): CommandOf<'RecordShipment'> {
  return { type: 'RecordShipment', lines: [...lines], carrier, trackingNumber };
}

/** Units of goods that are left to ship, as many as the fulfillment is for. */
function remaining(order: Order, units: ReadonlyMap<string, number>) {
  const wanted = (line: Line) => Math.min(leftToShip(line), units.get(line.channelLineId ?? '') ?? 0);
  return order.lines
    .filter(isGoods)
    .map((line) => ({ lineNumber: line.lineNumber, quantity: wanted(line) }))
    .filter(({ quantity }) => quantity > 0);
}

/** A fulfillment without tracking is known by its own id, so that a repeat is recognised. */
function trackingNumberOf({ uid, shipmentDetails }: SquareFulfillment, { id }: SquareOrder): string {
  return identifier(shipmentDetails?.trackingNumber) ?? `Square ${id.slice(0, 60)} ${uid.slice(0, 50)}`;
}

function carrierOf({ type, shipmentDetails }: SquareFulfillment): string {
  if (type === 'PICKUP') return 'Pickup';
  return oneLine(shipmentDetails?.carrier, 100) ?? 'Other';
}

function handedOverAt({ pickupDetails, deliveryDetails }: SquareFulfillment): string | null {
  return pickupDetails?.pickedUpAt ?? deliveryDetails?.deliveredAt ?? null;
}
