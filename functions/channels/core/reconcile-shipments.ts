import type { CommandOf } from '../../../domain/order/commands.ts';
import { isGoods, leftToShip, type Order } from '../../../domain/order/order.ts';
import type { ChannelOrderSnapshot, SnapshotFulfillment } from './order-snapshot.ts';
import {
  type Instruction,
  ignore,
  type KnownOrder,
  quarantine,
  run,
  type ShopOutcome,
  type Units,
} from './outcome.ts';
import { type Problem, problem } from './problem.ts';
import { unreserved } from './reservations.ts';

/**
 * The shipments that a channel's whole order has and ours has not, though the channel's message of a fulfillment never
 * came. One that we reported to the channel comes back with our own tracking number; it is recorded already.
 *
 * @returns the commands that record them, why they cannot be recorded now, or null where there is none
 */
export function reconcileShipments(
  snapshot: ChannelOrderSnapshot,
  order: Order,
): { readonly commands: readonly Instruction[] } | { readonly problem: Problem } | null {
  const shipments = unrecorded(snapshot, order);
  const [first] = shipments;
  if (first === undefined) return null;
  const blocker = blockerOf(
    order,
    shipments.flatMap(({ lines }) => lines),
  );
  if (blocker === null) return { commands: recording(order, shipments) };
  const number = trackingNumberOf(first.fulfillment);
  return problem(
    'shipment_unexpected',
    `${snapshot.system} has shipped ${number} of ${order.orderId}, but ${blocker}; see that it is not shipped twice.`,
  );
}

/**
 * Decides what becomes of one fulfillment that was made in the channel: a shipment of ours, since the goods have left.
 * One that we reported to the channel comes back as the same message and changes nothing; so does a repeat.
 *
 * @param system the channel's name, for people to read
 */
export function reconcileFulfillment(
  fulfillment: SnapshotFulfillment,
  { order }: KnownOrder,
  system: string,
): ShopOutcome {
  const { fulfillmentId, status } = fulfillment;
  if (status === 'FAILED') return ignore('the fulfillment was given up');
  // Nothing has left yet, and the channel reports its success by another message.
  if (status === 'UNFINISHED') {
    return quarantine('fulfillment_unfinished', `fulfillment ${fulfillmentId} has not been carried out`);
  }
  const unknown = fulfillment.lines.find(({ channelLineId }) => lineOf(order, channelLineId) === undefined);
  if (unknown !== undefined) {
    const detail = `${order.orderId} has no line for ${system}'s line ${unknown.channelLineId}`;
    return quarantine('unknown_line', detail);
  }
  const lines = goodsOf(fulfillment, order);
  if (lines.length === 0) return ignore('nothing of the fulfillment is goods');
  if (isRecorded(fulfillment, lines, order)) return ignore('the shipment is recorded already');
  const blocker = order.voided ? 'the order was taken out' : stateBlocker(order);
  if (blocker === null) return run(recording(order, [{ fulfillment, lines }]));
  const detail = `${system} shipped ${trackingNumberOf(fulfillment)} of ${order.orderId}, but ${blocker}`;
  return quarantine('shipment_unexpected', detail);
}

interface Unrecorded {
  readonly fulfillment: SnapshotFulfillment;
  readonly lines: readonly Units[];
}

/** Fulfillments that are not recorded, with as many units as the channel has sent and we have not. */
function unrecorded({ fulfillments, hearsCancellations }: ChannelOrderSnapshot, order: Order): Unrecorded[] {
  const sent = (fulfillments ?? []).filter(({ status }) => status === 'SENT');
  const excess = new Map(order.lines.map(({ lineNumber, shipped }) => [lineNumber, -shipped]));
  for (const { lineNumber, quantity } of sent.flatMap((fulfillment) => goodsOf(fulfillment, order))) {
    excess.set(lineNumber, (excess.get(lineNumber) ?? 0) + quantity);
  }
  return sent.flatMap((fulfillment) => {
    const isKnown = ({ channelLineId }: { channelLineId: string }) =>
      lineOf(order, channelLineId) !== undefined;
    const goods = goodsOf(fulfillment, order);
    if (!fulfillment.lines.every(isKnown) || isRecorded(fulfillment, goods, order)) return [];
    const lines = goods.flatMap(({ lineNumber, quantity }) => {
      const line = order.lines.find((each) => each.lineNumber === lineNumber);
      // What was cancelled here and never taken off there has not left.
      const most = hearsCancellations || line === undefined ? quantity : leftToShip(line);
      const units = Math.min(quantity, most, excess.get(lineNumber) ?? 0);
      excess.set(lineNumber, (excess.get(lineNumber) ?? 0) - units);
      return units > 0 ? [{ lineNumber, quantity: units }] : [];
    });
    return lines.length === 0 ? [] : [{ fulfillment, lines }];
  });
}

/** Vouchers and downloads are fulfilled by the channel itself, but no goods leave. */
function goodsOf(fulfillment: SnapshotFulfillment, order: Order): readonly Units[] {
  const units = new Map<number, number>();
  for (const { channelLineId, quantity } of fulfillment.lines) {
    const line = lineOf(order, channelLineId);
    if (line === undefined || !isGoods(line) || quantity === 0) continue;
    units.set(line.lineNumber, (units.get(line.lineNumber) ?? 0) + quantity);
  }
  return [...units].map(([lineNumber, quantity]) => ({ lineNumber, quantity }));
}

/** Several fulfillments may travel in one parcel, so the units count besides the tracking number. */
function isRecorded(fulfillment: SnapshotFulfillment, lines: readonly Units[], order: Order): boolean {
  const numbers = [...fulfillment.trackingNumbers, trackingNumberOf(fulfillment)];
  const recorded = order.shipments
    .filter((shipment) => numbers.includes(shipment.trackingNumber))
    .flatMap((shipment) => shipment.lines);
  const units = (lineNumber: number) =>
    recorded.reduce((total, line) => total + (line.lineNumber === lineNumber ? line.quantity : 0), 0);
  return lines.every(({ lineNumber, quantity }) => units(lineNumber) >= quantity);
}

/** The commands that record shipments, one after another; the order is queued first where our workflow was slower. */
function recording(order: Order, shipments: readonly Unrecorded[]): readonly Instruction[] {
  const queue: readonly Instruction[] = order.state === 'ALLOCATED' ? [{ type: 'QueueFulfillment' }] : [];
  return [
    ...queue,
    ...shipments.flatMap(({ fulfillment, lines }, index): readonly Instruction[] => {
      const { carrier, trackingNumbers, isDelivered, deliveredAt } = fulfillment;
      const shipment: CommandOf<'RecordShipment'> = {
        type: 'RecordShipment',
        lines: [...lines],
        carrier,
        trackingNumber: trackingNumberOf(fulfillment),
        // A tracking number is given for each parcel; a shipment of ours goes by the first.
        ...(trackingNumbers.length > 1 && { packages: trackingNumbers.length }),
      };
      if (!isDelivered) return [shipment];
      const shipmentId = `${order.orderId}-S${order.shipments.length + index + 1}`;
      return [
        shipment,
        { type: 'ConfirmDelivery', shipmentId, deliveredAt: deliveredAt ?? order.receivedAt },
      ];
    }),
  ];
}

/** @returns why the units cannot be recorded as shipped now, or null. */
function blockerOf(order: Order, lines: readonly Units[]): string | null {
  const blocker = stateBlocker(order);
  if (blocker !== null) return blocker;
  const missing = unreserved(order, lines);
  if (missing.length === 0) return null;
  const list = missing.map(({ lineNumber, quantity }) => `${quantity} of line ${lineNumber}`).join(', ');
  return `${list} are not reserved`;
}

function stateBlocker({ state, holds }: Order): string | null {
  if (state !== 'ALLOCATED' && state !== 'FULFILLMENT_QUEUED') return `the order is ${state}`;
  return holds.length > 0 ? 'the order is on hold' : null;
}

function trackingNumberOf({ trackingNumbers, reference }: SnapshotFulfillment): string {
  return trackingNumbers[0] ?? reference;
}

function lineOf(order: Order, channelLineId: string) {
  return order.lines.find((line) => line.channelLineId === channelLineId);
}
