import { addDays } from '../../calendar.ts';
import { accept, type Decision, type Rejection, refuse, unreachable } from '../../decider.ts';
import type { CommandOf, OrderCommand } from '../commands.ts';
import type { OrderEvent } from '../events.ts';
import { illegal, isTaken, type OrderState } from '../lifecycle.ts';
import { hasShipped, type Line, nothingLeftToShip, type Order, windowToKeep } from '../order.ts';
import {
  allocateOrder,
  becomesAllocated,
  completeAllocation,
  linesToAllocate,
  linesToComplete,
  releaseAllocation,
  replaceLot,
} from './allocate.ts';
import { amendOrder, recordChannelData } from './amend.ts';
import { cancelBackordered, cancelOrder, continueCancellation } from './cancel.ts';
import { after, type Facts } from './context.ts';
import {
  confirmDelivery,
  continueShipment,
  correctShipment,
  queueFulfillment,
  recordChannelShipment,
  recordDeliveryException,
  recordShipment,
} from './fulfill.ts';
import { holdsStock } from './reallocation.ts';
import { holdId, receiveOrder } from './receive.ts';
import { creditRefund } from './refund.ts';
import { receiveReturn } from './return.ts';
import { bytesOf, MAX_BYTES } from './size.ts';

/**
 * Decides what a command does to an order: the events that happen, or the named reason why nothing does. An
 * accepted command without events is a repeat, or finds its work done.
 *
 * @param order the order as its history makes it, or null when there is none yet
 */
export function decide(command: OrderCommand, order: Order | null, facts: Facts): Decision<OrderEvent> {
  if (command.type === 'ReceiveOrder') {
    if (order !== null) return illegal(order.state, 'ReceiveOrder');
    return withConsequences(null, receiveOrder(command, facts), facts);
  }
  if (order?.voided && command.type === 'ErasePersonalData') return erasePersonalData(order, command);
  if (order === null || order.voided) {
    return refuse({ code: 'not_found', detail: `there is no order ${facts.orderId}` });
  }
  // A channel may ship before an order is queued; what concerns its shipments is then taken as of a queued one.
  const state =
    hasShipped(order) && OF_SHIPMENTS.has(command.type) ? QUEUED_OR_LATER[order.state] : order.state;
  if (!isTaken(state, command.type)) return illegal(order.state, command.type);
  const unfinished = busyWith(order, command);
  if (unfinished !== null) return illegal(order.state, command.type, unfinished);
  return withConsequences(order, decideTaken(command, order, facts), facts);
}

const OF_SHIPMENTS: ReadonlySet<OrderCommand['type']> = new Set([
  'ConfirmDelivery',
  'RecordDeliveryException',
  'ReceiveReturn',
]);

const QUEUED_OR_LATER: Readonly<Record<OrderState, OrderState>> = {
  RECEIVED: 'FULFILLMENT_QUEUED',
  ALLOCATED: 'FULFILLMENT_QUEUED',
  FULFILLMENT_QUEUED: 'FULFILLMENT_QUEUED',
  SHIPPED: 'SHIPPED',
  DELIVERED: 'DELIVERED',
  CLOSED: 'CLOSED',
  CANCELLED: 'CANCELLED',
};

/** Adds what follows from a decision by the order's terms and its lines alone. */
function withConsequences(
  order: Order | null,
  decision: Decision<OrderEvent>,
  facts: Facts,
): Decision<OrderEvent> {
  if ('rejection' in decision || decision.events.length === 0) return decision;
  const decided = after(order, decision.events, facts);
  const cancelled = cancelBackordered(decided);
  // What a reception leads to is in its own events, where nothing had to be cancelled and nothing had left before.
  if (order === null && cancelled.length === 0 && !hasShipped(decided)) return decision;
  const settled = settle(after(decided, cancelled, facts));
  const next = after(decided, [...cancelled, ...settled], facts);
  // An order that was over before it was received is history: nothing of its loop is left to be driven.
  const closed: readonly OrderEvent[] =
    order === null && next.state === 'DELIVERED' ? [{ type: 'OrderClosed', data: {} }] : [];
  return accept(...decision.events, ...cancelled, ...settled, ...closed);
}

/**
 * @param mostReservations how many reservations one step may make; only so many lines are looked at
 * @returns the SKUs whose lots a command must know to be decided
 */
export function stockNeeded(
  command: OrderCommand,
  order: Order | null,
  mostReservations: number,
): readonly string[] {
  switch (command.type) {
    case 'ReceiveOrder':
      return skusAtReception(command, mostReservations);
    case 'AllocateOrder':
      return order === null ? [] : skusOf(linesToAllocate(order, command, mostReservations));
    case 'AmendOrder':
      return skusOf([...(order?.lines ?? []), ...(command.addedLines ?? [])]);
    case 'CompleteAllocation':
      return order === null ? [] : skusOf(linesToComplete(order, command, mostReservations));
    case 'ReplaceLot':
      return [command.sku];
    case 'RecordShipment':
      return skusOfNamedLots(order, command.lines ?? []);
    case 'ContinueSteps':
      return skusOfNamedLots(order, order?.shipping?.remaining ?? []);
    case 'ReleaseAllocation':
    case 'QueueFulfillment':
    case 'RecordChannelData':
    case 'RecordChannelShipment':
    case 'CorrectShipment':
    case 'ConfirmDelivery':
    case 'RecordDeliveryException':
    case 'CloseOrder':
    case 'CancelOrder':
    case 'PlaceHold':
    case 'ReleaseHold':
    case 'ReceiveReturn':
    case 'CreditRefund':
    case 'VoidOrder':
    case 'ErasePersonalData':
    case 'CheckDeliveryWindow':
      return [];
    default:
      return unreachable(command);
  }
}

function decideTaken(
  command: Exclude<OrderCommand, { type: 'ReceiveOrder' }>,
  order: Order,
  facts: Facts,
): Decision<OrderEvent> {
  switch (command.type) {
    case 'AllocateOrder':
      return allocateOrder(order, command, facts);
    case 'CompleteAllocation':
      return completeAllocation(order, command, facts);
    case 'ReplaceLot':
      return replaceLot(order, command, facts);
    case 'ReleaseAllocation':
      return releaseAllocation(order, facts);
    case 'QueueFulfillment':
      return queueFulfillment(order, facts);
    case 'RecordShipment':
      return recordShipment(order, command, facts);
    case 'RecordChannelShipment':
      return recordChannelShipment(order, command, facts);
    case 'CorrectShipment':
      return correctShipment(order, command);
    case 'ContinueSteps':
      return order.shipping === undefined
        ? continueCancellation(order, facts)
        : continueShipment(order, facts);
    case 'ConfirmDelivery':
      return confirmDelivery(order, command);
    case 'RecordDeliveryException':
      return recordDeliveryException(order, command);
    case 'CloseOrder':
      return accept({ type: 'OrderClosed', data: {} });
    case 'CancelOrder':
      return cancelOrder(order, command, facts);
    case 'PlaceHold':
      return placeHold(order, command);
    case 'ReleaseHold':
      return releaseHold(order, command);
    case 'AmendOrder':
      return amendOrder(order, command, facts);
    case 'RecordChannelData':
      return recordChannelData(order, command);
    case 'ReceiveReturn':
      return receiveReturn(order, command, facts);
    case 'CreditRefund':
      return creditRefund(order, command, facts);
    case 'VoidOrder':
      return voidOrder(order);
    case 'ErasePersonalData':
      return erasePersonalData(order, command);
    case 'CheckDeliveryWindow':
      return checkDeliveryWindow(order, command);
    default:
      return unreachable(command);
  }
}

/** The moves that follow from the lines alone, by guard and never by a caller's word. */
function settle(order: Order): readonly OrderEvent[] {
  switch (order.state) {
    case 'RECEIVED': {
      if (isAllShipped(order)) return shippedAtOnce(order);
      const idle = order.cancelling === undefined && !order.allocationReleased;
      return idle && becomesAllocated(order) ? [{ type: 'OrderAllocated', data: { reserved: [] } }] : [];
    }
    case 'ALLOCATED': {
      if (isAllShipped(order)) return shippedAtOnce(order);
      if (holdsStock(order) || order.cancelling !== undefined || order.shipping !== undefined) return [];
      const data = { released: [], reason: 'Nothing that was reserved is left.', onRequest: false };
      return [{ type: 'AllocationReleased', data }];
    }
    case 'FULFILLMENT_QUEUED': {
      return isAllShipped(order) ? shipped(order) : [];
    }
    case 'SHIPPED':
      return delivered(order);
    case 'DELIVERED':
    case 'CLOSED':
    case 'CANCELLED':
      return [];
    default:
      return unreachable(order.state);
  }
}

/** Nothing is left to ship, and something has left. */
function isAllShipped(order: Order): boolean {
  const isFinished = order.shipping === undefined && order.cancelling === undefined;
  return isFinished && nothingLeftToShip(order) && hasShipped(order);
}

/** An order that its channel shipped before it was queued here passes through the states in between. */
function shippedAtOnce(order: Order): readonly OrderEvent[] {
  const allocated: readonly OrderEvent[] =
    order.state === 'RECEIVED' ? [{ type: 'OrderAllocated', data: { reserved: [] } }] : [];
  return [...allocated, { type: 'FulfillmentQueued', data: { pick: [] } }, ...shipped(order)];
}

function shipped(order: Order): readonly OrderEvent[] {
  const shipmentIds = order.shipments.map((shipment) => shipment.shipmentId);
  return [{ type: 'OrderShipped', data: { shipmentIds } }, ...delivered(order)];
}

/** An order is delivered when each of its shipments is. */
function delivered(order: Order): readonly OrderEvent[] {
  const arrivals = order.shipments.map((shipment) => shipment.deliveredAt);
  if (arrivals.some((arrival) => arrival === undefined)) return [];
  const deliveredAt = arrivals.reduce((latest = '', each = '') => (each > latest ? each : latest), '') ?? '';
  return [{ type: 'OrderDelivered', data: { deliveredAt } }];
}

/** An order that is being cancelled or shipped in steps takes nothing that would change its lots meanwhile. */
function busyWith(order: Order, command: OrderCommand): string | null {
  const harmless: readonly OrderCommand['type'][] = [
    'ContinueSteps',
    'CompleteAllocation',
    'ReplaceLot',
    'CheckDeliveryWindow',
    'PlaceHold',
    'ReleaseHold',
    'RecordChannelData',
    'CorrectShipment',
    'ConfirmDelivery',
    'CreditRefund',
  ];
  if (harmless.includes(command.type)) return null;
  const hasMore = command.type === 'CancelOrder' && command.lines === undefined;
  if (order.cancelling !== undefined && !hasMore) return `${order.orderId} is being cancelled`;
  if (order.shipping !== undefined) return `shipment ${order.shipping.shipmentId} is still being recorded`;
  return null;
}

function placeHold(order: Order, command: CommandOf<'PlaceHold'>): Decision<OrderEvent> {
  const { reason, note } = command;
  const hold = { holdId: holdId(order.orderId, order.sequence + 1), reason, note };
  if (bytesOf([...order.holds, hold]) > MAX_BYTES / 2) {
    return illegal(
      order.state,
      'PlaceHold',
      `${order.orderId} has ${order.holds.length} holds; release some first`,
    );
  }
  return accept({ type: 'OrderHeld', data: hold });
}

function releaseHold(order: Order, command: CommandOf<'ReleaseHold'>): Decision<OrderEvent> {
  const hold = order.holds.find((each) => each.holdId === command.holdId);
  if (hold === undefined) {
    const rejection: Rejection = {
      code: 'not_found',
      detail: `${order.orderId} has no hold ${command.holdId}`,
    };
    return refuse(rejection);
  }
  return accept({ type: 'OrderHoldReleased', data: { holdId: hold.holdId, reason: hold.reason } });
}

/** Only an order that holds nothing can have been entered by mistake; its history stays. */
function voidOrder(order: Order): Decision<OrderEvent> {
  if (order.state !== 'CANCELLED' && hasShipped(order)) {
    return illegal(order.state, 'VoidOrder', `goods of ${order.orderId} have left; it stays in the books`);
  }
  if (holdsStock(order)) {
    return illegal(
      order.state,
      'VoidOrder',
      `${order.orderId} holds stock; release it or cancel the order first`,
    );
  }
  return accept({ type: 'OrderVoided', data: { purchaseOrderNumber: order.purchaseOrderNumber } });
}

function erasePersonalData(
  order: Order,
  { erasureId }: CommandOf<'ErasePersonalData'>,
): Decision<OrderEvent> {
  return order.personalDataErasedAt === undefined
    ? accept({ type: 'PersonalDataErased', data: { erasureId } })
    : accept();
}

function checkDeliveryWindow(order: Order, command: CommandOf<'CheckDeliveryWindow'>): Decision<OrderEvent> {
  const { deliveryWindowStatus } = order;
  const { today, atRiskDays } = command;
  const deliveryWindow = windowToKeep(order);
  if (deliveryWindow === undefined || deliveryWindowStatus === 'MISSED') return accept();
  if (today > deliveryWindow.end)
    return accept({ type: 'DeliveryWindowMissed', data: { deliveryWindow, today } });
  // Goods on their way are no longer at risk of being forgotten, only of coming late.
  const leaving = order.state === 'SHIPPED' || deliveryWindowStatus === 'AT_RISK';
  if (leaving || today < addDays(deliveryWindow.end, -atRiskDays)) return accept();
  return accept({ type: 'DeliveryWindowAtRisk', data: { deliveryWindow, today } });
}

function skusOf(lines: readonly Pick<Line, 'sku' | 'requiresShipping' | 'fulfilledBy'>[]): readonly string[] {
  return distinct(
    lines.flatMap(({ sku, requiresShipping, fulfilledBy }) =>
      requiresShipping && sku !== null && fulfilledBy === undefined ? [sku] : [],
    ),
  );
}

/** The same lines that `allocateForReception` looks at, before there is an order. */
function skusAtReception(command: CommandOf<'ReceiveOrder'>, most: number): readonly string[] {
  const { lines, backorderPolicy, unmetPins } = command;
  const all = lines.length <= most || backorderPolicy === 'REJECT';
  const looked = lines.filter((line) => all || (unmetPins === 'REFUSE' && line.lotPin !== undefined));
  return skusOf(looked);
}

function distinct(skus: readonly string[]): readonly string[] {
  return [...new Set(skus)];
}

/** A lot that is shipped in place of the reserved one must be looked at first. */
function skusOfNamedLots(
  order: Order | null,
  lines: readonly { lineNumber: number; lotNumber?: string | undefined }[],
) {
  return distinct(
    lines.flatMap(({ lineNumber, lotNumber }) => {
      const line = order?.lines.find((each) => each.lineNumber === lineNumber);
      return lotNumber !== undefined && line?.sku ? [line.sku] : [];
    }),
  );
}
