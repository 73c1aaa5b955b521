import { unreachable } from '../../../../domain/decider.ts';
import type { CommandOf } from '../../../../domain/order/commands.ts';
import { isGoods, type Order } from '../../../../domain/order/order.ts';
import { identifier, oneLine } from '../../core/clean.ts';
import { ignore, type KnownOrder, quarantine, run, type ShopOutcome } from '../../core/outcome.ts';
import type { ShopifyFulfillment } from './payload.ts';
import { isFailed } from './quantities.ts';

/** What Shopify calls the parcels of a carrier that nobody named. */
const UNNAMED_CARRIER = 'Other';

/**
 * A fulfillment that was made in Shopify becomes a shipment of ours: the goods have left. One that we told Shopify of
 * comes back as the same message and changes nothing; so does a repeat.
 */
export function changeByFulfillment(fulfillment: ShopifyFulfillment, { order }: KnownOrder): ShopOutcome {
  if (isFailed(fulfillment)) return ignore(`the fulfillment is ${fulfillment.status}`);
  if (['pending', 'open'].includes(fulfillment.status ?? '')) {
    // Nothing has left yet, and Shopify tells its success under another topic.
    return quarantine('fulfillment_unfinished', `fulfillment ${fulfillment.id} is ${fulfillment.status}`);
  }
  const unknown = fulfillment.line_items.find((item) => lineOf(order, item.id) === undefined);
  if (unknown !== undefined) {
    return quarantine('unknown_line', `${order.orderId} has no line for Shopify's line ${unknown.id}`);
  }
  const lines = shippedLines(fulfillment, order);
  if (lines.length === 0) return ignore('nothing of the fulfillment is goods');
  const trackingNumbers = trackingNumbersOf(fulfillment);
  if (isRecorded(order, trackingNumbers, lines)) return ignore('the shipment is recorded already');

  const shipment: CommandOf<'RecordShipment'> = {
    type: 'RecordShipment',
    lines,
    carrier: oneLine(fulfillment.tracking_company, 100) ?? UNNAMED_CARRIER,
    trackingNumber: trackingNumbers[0],
    // A tracking number is given for each parcel; a shipment of ours goes by the first.
    ...(trackingNumbers.length > 1 && { packages: trackingNumbers.length }),
  };
  switch (order.state) {
    case 'ALLOCATED':
      // Shopify was quicker than our workflow.
      return unless(order, () => run([{ type: 'QueueFulfillment' }, shipment]));
    case 'FULFILLMENT_QUEUED':
      return unless(order, () => run([shipment]));
    case 'RECEIVED':
    case 'SHIPPED':
    case 'DELIVERED':
    case 'CLOSED':
    case 'CANCELLED':
      return unexpected(order, `the order is ${order.state}`);
    default:
      return unreachable(order.state);
  }

  function unless(held: Order, commands: () => ShopOutcome): ShopOutcome {
    if (held.voided) return unexpected(held, 'the order was taken out');
    return held.holds.length === 0 ? commands() : unexpected(held, 'the order is on hold');
  }

  function unexpected({ orderId }: Order, why: string): ShopOutcome {
    return quarantine(
      'shipment_unexpected',
      `Shopify shipped ${trackingNumbers[0]} of ${orderId}, but ${why}`,
    );
  }
}

type ShippedLine = { readonly lineNumber: number; readonly quantity: number };

/** Vouchers and downloads are fulfilled by Shopify, but no goods leave. */
function shippedLines(fulfillment: ShopifyFulfillment, order: Order): ShippedLine[] {
  const units = new Map<number, number>();
  for (const item of fulfillment.line_items) {
    const line = lineOf(order, item.id);
    if (line === undefined || !isGoods(line) || item.quantity === 0) continue;
    units.set(line.lineNumber, (units.get(line.lineNumber) ?? 0) + item.quantity);
  }
  return [...units].map(([lineNumber, quantity]) => ({ lineNumber, quantity }));
}

/** At least one: a fulfillment without tracking is known by its own id, so that a repeat is recognised. */
function trackingNumbersOf(fulfillment: ShopifyFulfillment): readonly [string, ...string[]] {
  const sent = [...fulfillment.tracking_numbers, fulfillment.tracking_number].map(identifier);
  const [first, ...more] = new Set(sent.filter((number) => number !== undefined));
  return first === undefined ? [`Shopify fulfillment ${fulfillment.id}`] : [first, ...more];
}

/** Several fulfillments may travel in one parcel, so the units count besides the tracking number. */
function isRecorded(
  order: Order,
  trackingNumbers: readonly string[],
  lines: readonly ShippedLine[],
): boolean {
  const recorded = order.shipments
    .filter((shipment) => trackingNumbers.includes(shipment.trackingNumber))
    .flatMap((shipment) => shipment.lines);
  const units = (lineNumber: number) =>
    recorded.reduce((total, line) => total + (line.lineNumber === lineNumber ? line.quantity : 0), 0);
  return lines.every(({ lineNumber, quantity }) => units(lineNumber) >= quantity);
}

function lineOf(order: Order, channelLineId: string) {
  return order.lines.find((line) => line.channelLineId === channelLineId);
}
