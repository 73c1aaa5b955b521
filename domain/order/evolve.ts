import { unreachable } from '../decider.ts';
import { firstExpiredFirstOut } from '../inventory/allocate.ts';
import { isSameLot, type LotPlace, recorded } from '../inventory/location.ts';
import type { LineUnits, OrderEventOf, RecordedOrderEvent, Reservation } from './events.ts';
import { MOVES, type OrderState } from './lifecycle.ts';
import type { Allocation, Line, LinePin, Order, Shipment } from './order.ts';
import { withoutPersonalData } from './personal-data.ts';

/**
 * The order after an event. Folding a whole history, from `null`, gives the order as it is stored.
 *
 * @throws Error when the history does not start with OrderReceived or makes a move that the lifecycle lacks:
 *   such a history was never written by this program
 */
export function evolve(order: Order | null, event: RecordedOrderEvent, orderId: string): Order {
  if (event.type === 'OrderReceived') return received(event, orderId);
  if (order === null) throw new Error(`the history of ${orderId} starts with ${event.type}`);
  const changed = apply(order, event);
  if (event.type === 'TransitionRejected') return { ...changed, sequence: event.sequence };
  return { ...changed, sequence: event.sequence, version: order.version + 1, updatedAt: event.occurredAt };
}

/** @returns the order that a history makes, or null for an empty history. */
export function fold(events: readonly RecordedOrderEvent[], orderId: string): Order | null {
  return events.reduce<Order | null>((order, event) => evolve(order, event, orderId), null);
}

function received(event: OrderEventOf<'OrderReceived'> & RecordedOrderEvent, orderId: string): Order {
  const { lines, earlierShipments = [], ...terms } = event.data;
  const shipments = earlierShipments.map((shipment) => ({
    ...shipment,
    isEarlier: true,
    lines: shipment.lines.map((line) => ({ ...line, lots: [] })),
  }));
  return {
    ...terms,
    orderId,
    state: 'RECEIVED',
    version: 1,
    sequence: event.sequence,
    holds: [],
    shipments,
    receivedAt: event.occurredAt,
    updatedAt: event.occurredAt,
    allocationReleased: false,
    voided: false,
    lines: lines.map((line) => {
      const left = (of: readonly Shipment[]) =>
        of
          .flatMap((shipment) => shipment.lines)
          .reduce((units, each) => units + (each.lineNumber === line.lineNumber ? each.quantity : 0), 0);
      const delivered = shipments.filter(({ deliveredAt }) => deliveredAt !== undefined);
      return { ...accepted(line), shipped: left(shipments), delivered: left(delivered) };
    }),
  };
}

/** A line as it is before anything has happened to it. */
function accepted({
  quantity,
  lotPin,
  ...line
}: OrderEventOf<'OrderReceived'>['data']['lines'][number]): Line {
  return {
    ...line,
    pins: lotPin === undefined ? [] : [{ lotNumber: lotPin }],
    ordered: quantity,
    backordered: 0,
    shipped: 0,
    delivered: 0,
    cancelled: 0,
    returned: 0,
    allocations: [],
  };
}

function apply(order: Order, event: Exclude<RecordedOrderEvent, { type: 'OrderReceived' }>): Order {
  switch (event.type) {
    case 'OrderAllocated':
      return moveTo('ALLOCATED', { ...reserve(order, event.data.reserved), allocationReleased: false });
    case 'OrderBackordered':
      return { ...backorder(order, event.data.backordered, +1), allocationReleased: false };
    case 'BackorderAllocated':
      return backorder(reserve(order, event.data.reserved), event.data.reserved, -1);
    case 'AllocationReleased':
      return moveTo('RECEIVED', {
        ...release(order, event.data.released),
        allocationReleased: event.data.onRequest,
      });
    case 'AllocationChanged': {
      const { released, reserved, backordered, recovered, pins } = event.data;
      const swapped = reserve(release(pins === undefined ? order : pin(order, pins), released), reserved);
      return { ...backorder(backorder(swapped, backordered, +1), recovered, -1), allocationReleased: false };
    }
    case 'OrderHeld':
      return { ...order, holds: [...order.holds, { ...event.data, heldAt: event.occurredAt }] };
    case 'OrderHoldReleased':
      return { ...order, holds: order.holds.filter((hold) => hold.holdId !== event.data.holdId) };
    case 'FulfillmentQueued':
      return moveTo('FULFILLMENT_QUEUED', order);
    case 'ShipmentShipped':
      return ship(order, event);
    case 'ShipmentCorrected': {
      const { shipmentId, ...corrections } = event.data;
      const shipments = order.shipments.map((shipment) =>
        shipment.shipmentId === shipmentId ? { ...shipment, ...corrections } : shipment,
      );
      return { ...order, shipments };
    }
    case 'OrderShipped':
      return moveTo('SHIPPED', order);
    case 'ShipmentDelivered':
      return deliver(order, event);
    case 'DeliveryTroubled': {
      const { shipmentId, ...trouble } = event.data;
      const shipments = order.shipments.map((shipment) =>
        shipment.shipmentId === shipmentId ? { ...shipment, trouble } : shipment,
      );
      return { ...order, shipments };
    }
    case 'OrderDelivered':
      return moveTo('DELIVERED', order);
    case 'OrderClosed':
      return moveTo('CLOSED', order);
    case 'OrderAmended':
      return amend(order, event);
    case 'LinesCancelled': {
      const { continues, reason, note } = event.data;
      return { ...cancel(order, event.data), cancelling: continues ? { reason, note } : undefined };
    }
    case 'OrderCancelled':
      return moveTo('CANCELLED', { ...cancel(order, event.data), cancelling: undefined });
    case 'ReturnReceived':
      return giveBack(order, event);
    case 'DeliveryWindowAtRisk':
      return { ...order, deliveryWindowStatus: 'AT_RISK' };
    case 'DeliveryWindowMissed':
      return { ...order, deliveryWindowStatus: 'MISSED' };
    case 'OrderVoided':
      return { ...order, voided: true };
    case 'PersonalDataErased':
      return { ...withoutPersonalData(order), personalDataErasedAt: event.occurredAt };
    case 'RefundCredited':
      return { ...order, creditedRefunds: [...(order.creditedRefunds ?? []), event.data.refundId] };
    case 'InvoiceRequested':
    case 'CreditRequested':
    case 'TransitionRejected':
      return order; // For finance and the history only; the order itself does not change.
    default:
      return unreachable(event);
  }
}

function moveTo(state: OrderState, order: Order): Order {
  if (!MOVES[order.state].includes(state)) {
    throw new Error(`${order.orderId}: the lifecycle has no move from ${order.state} to ${state}`);
  }
  return { ...order, state };
}

function changeLines<Change extends { readonly lineNumber: number }>(
  order: Order,
  changes: readonly Change[],
  change: (line: Line, by: Change) => Line,
): Order {
  if (changes.length === 0) return order;
  const lines = [...order.lines];
  for (const by of changes) {
    const index = by.lineNumber - 1;
    const line = lines[index];
    if (line === undefined) throw new Error(`${order.orderId} has no line ${by.lineNumber}`);
    lines[index] = change(line, by);
  }
  return { ...order, lines };
}

function reserve(order: Order, reservations: readonly Reservation[]): Order {
  return changeLines(order, reservations, (line, reservation) => ({
    ...line,
    allocations: withAllocation(line.allocations, reservation, (allocation) => ({
      ...allocation,
      quantity: allocation.quantity + reservation.quantity,
      reason: reservation.reason ?? allocation.reason,
    })),
  }));
}

function release(order: Order, reservations: readonly Reservation[]): Order {
  return changeLines(order, reservations, (line, reservation) => ({
    ...line,
    allocations: withAllocation(line.allocations, reservation, (allocation) => ({
      ...allocation,
      quantity: allocation.quantity - reservation.quantity,
    })),
  }));
}

function withAllocation(
  allocations: readonly Allocation[],
  lot: LotPlace & { readonly expiryDate: string | null },
  change: (allocation: Allocation) => Allocation,
): readonly Allocation[] {
  const none: Allocation = {
    lotNumber: lot.lotNumber,
    ...recorded(lot.locationId),
    expiryDate: lot.expiryDate,
    quantity: 0,
    reason: '',
    shipped: 0,
    returned: 0,
  };
  const known = allocations.some((each) => isSameLot(each, lot));
  return firstExpiredFirstOut(known ? allocations : [...allocations, none])
    .map((each) => (isSameLot(each, lot) ? change(each) : each))
    .filter((each) => each.quantity > 0 || each.shipped > 0);
}

function backorder(
  order: Order,
  units: readonly { lineNumber: number; quantity: number }[],
  sign: 1 | -1,
): Order {
  return changeLines(order, units, (line, { quantity }) => ({
    ...line,
    backordered: line.backordered + sign * quantity,
  }));
}

/** Pins given for a line replace the ones it had; lines that are not named keep theirs. */
function pin(order: Order, pins: readonly ({ lineNumber: number } & LinePin)[]): Order {
  const byLine = new Map<number, LinePin[]>();
  for (const { lineNumber, ...linePin } of pins)
    byLine.set(lineNumber, [...(byLine.get(lineNumber) ?? []), linePin]);
  const named = [...byLine].map(([lineNumber, linePins]) => ({ lineNumber, linePins }));
  return changeLines(order, named, (line, { linePins }) => ({ ...line, pins: linePins }));
}

function ship(order: Order, event: OrderEventOf<'ShipmentShipped'>): Order {
  const { lines, remaining, isOfOneLocation, recovered = [], ...shipment } = event.data;
  const shipped = changeLines(backorder(order, recovered, -1), lines, (line, shippedLine) => ({
    ...line,
    shipped: line.shipped + shippedLine.quantity,
    allocations: shippedLine.lots.reduce((allocations, lot) => {
      const taken = withAllocation(allocations, lot.insteadOf ?? lot, (allocation) => ({
        ...allocation,
        quantity: allocation.quantity - lot.quantity,
        shipped: allocation.shipped + (lot.insteadOf === undefined ? lot.quantity : 0),
      }));
      if (lot.insteadOf === undefined) return taken;
      return withAllocation(taken, lot, (allocation) => ({
        ...allocation,
        shipped: allocation.shipped + lot.quantity,
        reason: allocation.reason || `Shipped in place of lot ${lot.insteadOf?.lotNumber}.`,
      }));
    }, line.allocations),
  }));
  const begun = order.shipments.find((each) => each.shipmentId === shipment.shipmentId);
  const record: Shipment = {
    ...begun,
    ...shipment,
    lines: [
      ...(begun?.lines ?? []),
      ...lines.map((line) => ({
        ...line,
        lots: line.lots.map(({ insteadOf: _, ...lot }) => lot),
      })),
    ],
  };
  return {
    ...shipped,
    shipments: [...order.shipments.filter((each) => each !== begun), record],
    shipping: remaining && { shipmentId: shipment.shipmentId, remaining, isOfOneLocation },
  };
}

function deliver(order: Order, event: OrderEventOf<'ShipmentDelivered'>): Order {
  const { shipmentId, deliveredAt, signedBy, lines } = event.data;
  const delivered = changeLines(order, lines, (line, { quantity }: LineUnits) => ({
    ...line,
    delivered: line.delivered + quantity,
  }));
  return {
    ...delivered,
    shipments: order.shipments.map((shipment) =>
      shipment.shipmentId === shipmentId ? { ...shipment, deliveredAt, signedBy } : shipment,
    ),
  };
}

function amend(order: Order, event: OrderEventOf<'OrderAmended'>): Order {
  const { customerReference, lines, addedLines = [], total, released, recovered, ...terms } = event.data;
  const reduced = backorder(release(order, released), recovered, -1);
  const repriced = changeLines(reduced, lines ?? [], (line, { lineNumber: _, quantity, ...changes }) => ({
    ...line,
    ...afterOf(changes),
    ordered: quantity?.after ?? line.ordered,
  }));
  const { deliveryWindow, shipNotAfter, cancelAfter } = terms;
  return {
    ...repriced,
    ...afterOf(terms),
    ...(addedLines.length > 0 && { lines: [...repriced.lines, ...addedLines.map(accepted)] }),
    ...((deliveryWindow || shipNotAfter || cancelAfter) && { deliveryWindowStatus: undefined }),
    ...(customerReference && {
      customer: { ...order.customer, reference: customerReference.after ?? undefined },
    }),
    ...(total && { total: total.after }),
  };
}

type Changes = Readonly<Record<string, { readonly after: unknown } | undefined>>;

/** What terms are after their changes; a term that is gone is undefined, and one that did not change is left out. */
export function afterOf<Terms extends Changes>(changes: Terms) {
  const changed = Object.entries(changes).flatMap(([term, change]) =>
    change === undefined ? [] : [[term, change.after ?? undefined]],
  );
  return Object.fromEntries(changed) as {
    [Term in keyof Terms]?: Exclude<NonNullable<Terms[Term]>['after'], null> | undefined;
  };
}

function cancel(
  order: Order,
  { lines, released, recovered }: OrderEventOf<'LinesCancelled' | 'OrderCancelled'>['data'],
): Order {
  return changeLines(backorder(release(order, released), recovered, -1), lines, (line, { quantity }) => ({
    ...line,
    cancelled: line.cancelled + quantity,
  }));
}

function giveBack(order: Order, event: OrderEventOf<'ReturnReceived'>): Order {
  return changeLines(order, event.data.lines, (line, back) => ({
    ...line,
    returned: line.returned + back.quantity,
    allocations: withAllocation(line.allocations, back, (allocation) => ({
      ...allocation,
      returned: allocation.returned + back.quantity,
    })),
  }));
}
