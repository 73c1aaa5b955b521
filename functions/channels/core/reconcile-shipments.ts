import type { CommandOf } from '../../../domain/order/commands.ts';
import { isUnshipped } from '../../../domain/order/lifecycle.ts';
import {
  isWithoutGoods,
  leftToLeave,
  lineOf,
  type Order,
  type Shipment,
} from '../../../domain/order/order.ts';
import { type Finding, finding } from './findings.ts';
import type { ChannelOrderSnapshot, SnapshotFulfillment } from './order-snapshot.ts';
import {
  fetchOrder,
  type Instruction,
  ignore,
  type KnownOrder,
  quarantine,
  run,
  type ShopOutcome,
  type Units,
} from './outcome.ts';
import { fulfillmentOfAll, shipmentTerms } from './receive-snapshot.ts';

/** What a channel's fulfillments ask for. */
export interface ShipmentChanges {
  readonly commands: readonly Instruction[];
  readonly findings: readonly Finding[];
}

/**
 * Compares a channel's fulfillments with the shipments of an order. They are known by the channel's own id; one that we
 * reported to the channel has none here, and comes back with our own tracking number. Units count in all: what the
 * channel has sent and we have not is recorded, however its fulfillments were made, taken back and made again.
 */
export function reconcileShipments(
  snapshot: ChannelOrderSnapshot,
  { order, cancelledHere }: KnownOrder,
): ShipmentChanges {
  const commands: Instruction[] = [];
  const findings: Finding[] = [];
  const excess = excessOf(snapshot, order, cancelledHere);
  const left = new Map(order.lines.map((line) => [line.lineNumber, leftToLeave(order, line)]));
  const replaced = new Set<string>();
  for (const fulfillment of sentOf(snapshot, order)) {
    const known = shipmentOf(fulfillment, order) ?? ownShipment(fulfillment, order);
    if (known !== undefined) {
      commands.push(...correction(known, fulfillment, order), ...confirmation(known, fulfillment, order));
      continue;
    }
    const lines = takenFrom(excess, left, fulfillment, order);
    if (lines.length > 0) {
      commands.push(recordingOf(fulfillment, lines, order));
      continue;
    }
    const again = takenBack(snapshot, order).find(
      (shipment) => !replaced.has(shipment.shipmentId) && covers(shipment, goodsOf(fulfillment, order)),
    );
    if (again === undefined) continue;
    replaced.add(again.shipmentId);
    const { carrier, trackingNumber, channelFulfillmentId } = shipmentTerms(fulfillment);
    const { shipmentId } = again;
    commands.push({ type: 'CorrectShipment', shipmentId, carrier, trackingNumber, channelFulfillmentId });
  }
  for (const { shipmentId, channelFulfillmentId } of takenBack(snapshot, order)) {
    if (replaced.has(shipmentId)) continue;
    const detail = `${snapshot.system} took back fulfillment ${channelFulfillmentId}, which is shipment ${shipmentId}: see whether its goods have left.`;
    findings.push(finding('fulfillment_taken_back', detail, null, true));
  }
  findings.push(
    ...beyond(snapshot, excess, order),
    ...fromElsewhere(snapshot, order),
    ...fulfilledUnseen(snapshot, order),
  );
  return { commands, findings };
}

/**
 * Decides what becomes of one fulfillment that was made or changed in the channel: a shipment of ours, since the goods
 * have left. One that we reported to the channel comes back as the same message and changes nothing; so does a repeat.
 *
 * @param system the channel's name, for people to read
 */
export function reconcileFulfillment(
  fulfillment: SnapshotFulfillment,
  { order }: KnownOrder,
  system: string,
): ShopOutcome {
  const { fulfillmentId, status } = fulfillment;
  const known = shipmentOf(fulfillment, order);
  if (status === 'FAILED') {
    return known === undefined
      ? ignore('the fulfillment was given up')
      : fetchOrder(`fulfillment ${fulfillmentId} was taken back`);
  }
  // Nothing has left yet, and the channel reports its success by another message.
  if (status === 'UNFINISHED') {
    return quarantine('fulfillment_unfinished', `fulfillment ${fulfillmentId} has not been carried out`);
  }
  const unknown = fulfillment.lines.find(
    ({ channelLineId }) => channelLine(order, channelLineId) === undefined,
  );
  if (unknown !== undefined)
    return fetchOrder(`${system} sent line ${unknown.channelLineId}, which is not known here`);
  const lines = goodsOf(fulfillment, order);
  if (lines.length === 0) return ignore('nothing of the fulfillment is goods');
  const own = known ?? ownShipment(fulfillment, order);
  if (own !== undefined) {
    const commands = [...correction(own, fulfillment, order), ...confirmation(own, fulfillment, order)];
    return commands.length > 0 ? run(commands) : ignore('the shipment is recorded already');
  }
  // Another fulfillment of these lines may have been taken back, and this one made in its place.
  const isOther = order.shipments.some(
    (shipment) =>
      shipment.channelFulfillmentId !== undefined &&
      lines.some(({ lineNumber }) => unitsIn(shipment, lineNumber) > 0),
  );
  if (isOther) return fetchOrder('other fulfillments of the same lines are known');
  const blocker = order.voided ? 'was taken out' : isUnshipped(order.state) ? null : `is ${order.state}`;
  if (blocker === null) return run([recordingOf(fulfillment, lines, order)]);
  const { trackingNumber } = shipmentTerms(fulfillment);
  const detail = `${system} has shipped ${trackingNumber} of ${order.orderId}, but the order ${blocker}`;
  return quarantine('shipment_unexpected', detail);
}

/** @returns fulfillments that hold lines which the order is still to have: they are recorded after those are added. */
export function awaitsLines({ fulfillments, lines }: ChannelOrderSnapshot, order: Order): boolean {
  const added = new Set(
    lines
      .filter(({ channelLineId, current }) => current > 0 && channelLine(order, channelLineId) === undefined)
      .map(({ channelLineId }) => channelLineId),
  );
  return (fulfillments ?? []).some(
    ({ status, lines: sent }) =>
      status === 'SENT' && sent.some(({ channelLineId }) => added.has(channelLineId)),
  );
}

/** Units that the channel has sent and that are no part of a shipment here, by line. */
function excessOf(
  snapshot: ChannelOrderSnapshot,
  order: Order,
  cancelledHere: KnownOrder['cancelledHere'],
): Map<number, number> {
  const there = new Map(snapshot.lines.map((line) => [line.channelLineId, line]));
  const excess = new Map(
    order.lines.map(({ lineNumber, channelLineId = '', ordered, shipped }) => {
      const said = there.get(channelLineId);
      // What had left and was refunded before the order was known here is no part of its lines; what was taken off
      // before it left is in no fulfillment.
      const before =
        said === undefined ? 0 : Math.max(0, Math.min(said.ordered - ordered, said.active - said.current));
      return [lineNumber, -shipped - before];
    }),
  );
  for (const fulfillment of sentOf(snapshot, order)) {
    for (const { lineNumber, quantity } of goodsOf(fulfillment, order)) {
      excess.set(lineNumber, (excess.get(lineNumber) ?? 0) + quantity);
    }
  }
  if (snapshot.hearsCancellations || isUnshipped(order.state)) return excess;
  // A fulfillment that was completed holds what was cancelled here and never taken off there.
  for (const [lineNumber, units] of cancelledHere ?? []) {
    const quantity = excess.get(lineNumber) ?? 0;
    if (quantity > 0) excess.set(lineNumber, Math.max(0, quantity - units));
  }
  return excess;
}

/** Takes units of a fulfillment that can be recorded: an order that has shipped, or was cancelled, takes none. */
function takenFrom(
  excess: Map<number, number>,
  left: Map<number, number>,
  fulfillment: SnapshotFulfillment,
  order: Order,
): readonly Units[] {
  if (!isUnshipped(order.state)) return [];
  return goodsOf(fulfillment, order).flatMap(({ lineNumber, quantity }) => {
    const units = Math.min(quantity, left.get(lineNumber) ?? 0, excess.get(lineNumber) ?? 0);
    if (units <= 0) return [];
    left.set(lineNumber, (left.get(lineNumber) ?? 0) - units);
    excess.set(lineNumber, (excess.get(lineNumber) ?? 0) - units);
    return [{ lineNumber, quantity: units }];
  });
}

/** What the channel has sent beyond what is left to ship here: the order has shipped, or was cancelled in part. */
function beyond(
  { system, hearsCancellations }: ChannelOrderSnapshot,
  excess: ReadonlyMap<number, number>,
  order: Order,
): readonly Finding[] {
  const units = [...excess].flatMap(([lineNumber, quantity]) =>
    quantity > 0 ? [{ lineNumber, quantity }] : [],
  );
  // What was cancelled here and never taken off there has not left.
  if (units.length === 0 || (!hearsCancellations && isUnshipped(order.state))) return [];
  const detail = `${system} has shipped what is not left to ship: ${unitsText(units)}. ${order.orderId} is ${order.state}.`;
  return [finding('shipment_unexpected', detail, 'OTHER', true)];
}

function recordingOf(
  fulfillment: SnapshotFulfillment,
  lines: readonly Units[],
  order: Order,
): CommandOf<'RecordChannelShipment'> {
  const { deliveredAt } = fulfillment;
  // A voucher or a download is with the customer when it has been sent.
  const isDelivered = fulfillment.isDelivered || isWithoutGoods(order);
  return {
    type: 'RecordChannelShipment',
    lines: [...lines],
    ...shipmentTerms(fulfillment),
    ...(isDelivered && { deliveredAt: deliveredAt ?? fulfillment.shippedAt ?? order.receivedAt }),
  };
}

/** Goods that left from elsewhere than the stock that they should have come from: a person corrects the stock. */
function fromElsewhere({ system }: ChannelOrderSnapshot, order: Order): readonly Finding[] {
  return order.shipments
    .filter(({ channelFulfillmentId, isEarlier }) => channelFulfillmentId !== undefined && !isEarlier)
    .flatMap((shipment) => {
      const units = shipment.lines.flatMap(({ lineNumber, quantity, lots }) => {
        const fromLots = lots.reduce((total, lot) => total + lot.quantity, 0);
        const { requiresShipping = false, fulfilledBy } = lineOf(order, lineNumber) ?? {};
        const isOurs = requiresShipping && fulfilledBy === undefined;
        return isOurs && quantity > fromLots ? [{ lineNumber, quantity: quantity - fromLots }] : [];
      });
      if (units.length === 0) return [];
      const detail = `${system} has shipped what was not reserved here (${shipment.shipmentId}): ${unitsText(units)}. Correct the stock if they left from it.`;
      return [finding('shipment_unexpected', detail, null, true)];
    });
}

/** A channel may say that all has left, and not by what: of an order that waits here a person says what left with it. */
function fulfilledUnseen(
  { system, identity, fulfillments, isFulfilled }: ChannelOrderSnapshot,
  order: Order,
): readonly Finding[] {
  const { orderId, state } = order;
  if (fulfillments !== null || !isFulfilled || !isUnshipped(state) || isWithoutGoods(order)) return [];
  const detail = `${system} has order ${identity.externalId} as completed, and not all of ${orderId} has shipped: record its shipment, or release the hold. See that it is not shipped twice.`;
  return [finding('shipment_unexpected', detail, 'OTHER', true)];
}

/** Shipments whose fulfillment the channel has taken back. */
function takenBack(snapshot: ChannelOrderSnapshot, { shipments }: Order): readonly Shipment[] {
  const ids = new Set(withStatus(snapshot, 'FAILED').map(({ fulfillmentId }) => fulfillmentId));
  return shipments.filter(({ channelFulfillmentId = '' }) => ids.has(channelFulfillmentId));
}

/** Tracking that came later; the number of another shipment is that one's. */
function correction(
  shipment: Shipment,
  fulfillment: SnapshotFulfillment,
  order: Order,
): readonly Instruction[] {
  const { carrier, trackingNumber } = shipmentTerms(fulfillment);
  const { trackingNumbers } = fulfillment;
  if (trackingNumbers.length === 0 || trackingNumbers.includes(shipment.trackingNumber)) return [];
  if (order.shipments.some((other) => other.trackingNumber === trackingNumber)) return [];
  return [{ type: 'CorrectShipment', shipmentId: shipment.shipmentId, carrier, trackingNumber }];
}

function confirmation(
  shipment: Shipment,
  fulfillment: SnapshotFulfillment,
  order: Order,
): readonly Instruction[] {
  const { shipmentId } = shipment;
  const { isDelivered, deliveredAt, shippedAt } = fulfillment;
  const isOpen = shipment.deliveredAt === undefined && order.shipping?.shipmentId !== shipmentId;
  if (!isDelivered || !isOpen) return [];
  return [
    {
      type: 'ConfirmDelivery',
      shipmentId,
      deliveredAt: deliveredAt ?? shippedAt ?? shipment.shippedAt,
      mayPrecedeShipment: true,
    },
  ];
}

function shipmentOf({ fulfillmentId }: SnapshotFulfillment, { shipments }: Order): Shipment | undefined {
  return shipments.find(({ channelFulfillmentId }) => channelFulfillmentId === fulfillmentId);
}

/** A shipment that we reported to the channel: it bears our tracking number, and has no id of the channel here. */
function ownShipment(fulfillment: SnapshotFulfillment, order: Order): Shipment | undefined {
  const numbers = [...fulfillment.trackingNumbers, fulfillment.reference];
  return order.shipments.find(
    (shipment) =>
      shipment.channelFulfillmentId === undefined &&
      numbers.includes(shipment.trackingNumber) &&
      covers(shipment, goodsOf(fulfillment, order)),
  );
}

function covers(shipment: Shipment, lines: readonly Units[]): boolean {
  return lines.every(({ lineNumber, quantity }) => unitsIn(shipment, lineNumber) >= quantity);
}

function unitsIn({ lines }: Shipment, lineNumber: number): number {
  return lines.reduce((total, line) => total + (line.lineNumber === lineNumber ? line.quantity : 0), 0);
}

/** Vouchers and downloads are fulfilled by the channel itself: they count where the order has nothing else. */
function goodsOf(fulfillment: SnapshotFulfillment, order: Order): readonly Units[] {
  const units = new Map<number, number>();
  const countsAll = isWithoutGoods(order);
  for (const { channelLineId, quantity } of fulfillment.lines) {
    const line = channelLine(order, channelLineId);
    if (line === undefined || quantity === 0 || !(countsAll || line.requiresShipping)) continue;
    units.set(line.lineNumber, (units.get(line.lineNumber) ?? 0) + quantity);
  }
  return [...units].map(([lineNumber, quantity]) => ({ lineNumber, quantity }));
}

/** What was sent; of an order that ships nothing its channel may say only that all was handed over. */
function sentOf(snapshot: ChannelOrderSnapshot, order: Order): readonly SnapshotFulfillment[] {
  const sent = withStatus(snapshot, 'SENT');
  const isAllOfIt = sent.length === 0 && snapshot.isFulfilled && isWithoutGoods(order);
  return isAllOfIt ? [fulfillmentOfAll(snapshot, snapshot.lines)] : sent;
}

function withStatus({ fulfillments }: ChannelOrderSnapshot, status: SnapshotFulfillment['status']) {
  return (fulfillments ?? []).filter((each) => each.status === status);
}

function unitsText(units: readonly Units[]): string {
  return units.map(({ lineNumber, quantity }) => `${quantity} of line ${lineNumber}`).join(', ');
}

function channelLine(order: Order, channelLineId: string) {
  return order.lines.find((line) => line.channelLineId === channelLineId);
}
