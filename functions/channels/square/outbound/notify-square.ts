import * as z from 'zod';
import { lineOf, type Order, type Shipment } from '../../../../domain/order/order.ts';
import { Busy } from '../../../write-failures.ts';
import type { Notifier } from '../../core/notify-channel.ts';
import {
  isOwnUpdate,
  notifyShop,
  type OutboundUpdate,
  type ShopNotifierDependencies,
} from '../../core/notify-shop.ts';
import { ShopRefused, type SquareAccount, type SquareOrderChange } from '../../core/shops.ts';
import { wholeShipment } from '../../core/whole-shipment.ts';

/** How often a change is made anew when the order has another version by then. */
const ATTEMPTS = 4;

/** Square takes no longer texts. */
const MAX_CARRIER = 50;
const MAX_NUMBER = 100;
const MAX_REASON = 100;

/** What of an order at Square its fulfillments are changed by. */
const SquareOrder = z.object({
  locationId: z.string(),
  version: z.int(),
  state: z.string().nullish(),
  tenders: z.array(z.unknown()).nullish(),
  fulfillments: z
    .array(
      z.object({
        uid: z.string(),
        type: z.string().nullish(),
        state: z.string().nullish(),
        lineItemApplication: z.string().nullish(),
        entries: z.array(z.object({ lineItemUid: z.string() })).nullish(),
        shipmentDetails: z.object({ trackingNumber: z.string().nullish() }).nullish(),
      }),
    )
    .nullish(),
});
type SquareOrder = z.infer<typeof SquareOrder>;
type Fulfillment = NonNullable<SquareOrder['fulfillments']>[number];

/** A change without what identifies it. */
type Change = Pick<SquareOrderChange, 'fulfillments' | 'state'>;

/**
 * Notifies Square of what became of its orders: carrier and tracking of each shipment, the fulfillment's completion once
 * nothing of it is left to ship, be it that the rest was cancelled, and a cancellation. What Square brought about itself
 * is not sent back to it.
 */
export function squareNotifier(dependencies: ShopNotifierDependencies<SquareAccount>): Notifier {
  return async (event, order) => {
    const { source = '', externalId } = order;
    if (isOwnUpdate(event, order) || externalId === undefined) return;
    const update = channelUpdateOf(event, order);
    if (update === null) return;
    const account = await dependencies.findShop(source);
    if (account === null) return;
    const { documentId, kind, change } = update;
    const send = () => changeOrder(account, externalId, `${event.eventId}`, change);
    await notifyShop(dependencies, order, { documentId, kind, send });
  };
}

interface ChannelUpdate extends Pick<OutboundUpdate, 'documentId' | 'kind'> {
  /** @returns the change that the order needs as it is at Square now; null when it needs none. */
  change(square: SquareOrder): Change | null;
}

function channelUpdateOf(event: Parameters<Notifier>[0], order: Order): ChannelUpdate | null {
  switch (event.type) {
    case 'ShipmentShipped': {
      const shipment = wholeShipment(order, event.data.shipmentId);
      if (shipment === null) return null;
      return {
        documentId: `square-fulfillment-${shipment.shipmentId}`,
        kind: 'square-fulfillment',
        change: (square) => shipped(square, order, shipment),
      };
    }
    case 'LinesCancelled':
      if (event.data.continues === true || order.shipments.length === 0) return null;
      return {
        documentId: `square-fulfillment-${event.sequence}`,
        kind: 'square-fulfillment',
        change: (square) => completed(square, order),
      };
    case 'OrderCancelled': {
      const { reason } = event.data;
      return {
        documentId: 'square-cancellation',
        kind: 'square-cancellation',
        change: (square) => cancelled(square, reason),
      };
    }
    default:
      return null;
  }
}

/** Makes a change on the newest version of the order, as often as another one comes first. */
async function changeOrder(
  account: SquareAccount,
  orderId: string,
  eventId: string,
  changeOf: ChannelUpdate['change'],
): Promise<Change | null> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const found = await account.retrieveOrder(orderId);
    if (found === null) throw new ShopRefused('Square', 404, `there is no order ${orderId}`);
    const square = SquareOrder.parse(found);
    const change = changeOf(square);
    if (change === null) return null;
    const { locationId, version } = square;
    // A change that rests on another version is another request.
    const idempotencyKey = `${eventId}-${version}`;
    const isMade = await account.updateOrder({ orderId, locationId, version, idempotencyKey, ...change });
    if (isMade) return change;
  }
  throw new Busy(`the order ${orderId} kept changing at Square`);
}

/**
 * Carrier and tracking of a shipment, on the fulfillments that its lines belong to. One of which goods are left to
 * ship is being prepared; Square has one tracking number for each, so that it shows the newest.
 */
function shipped(square: SquareOrder, order: Order, shipment: Shipment): Change | null {
  if (square.state !== 'OPEN') return null;
  const uids = uidsOf(order, shipment);
  return changed(
    (square.fulfillments ?? [])
      .filter((fulfillment) => isUnderway(fulfillment) && concerns(fulfillment, uids))
      .flatMap((fulfillment) =>
        moved(fulfillment, isDone(fulfillment, order) ? 'COMPLETED' : 'PREPARED', shipment),
      ),
  );
}

/** What was left of a fulfillment that was sent in part is not wanted any more: it is complete with what was sent. */
function completed(square: SquareOrder, order: Order): Change | null {
  if (square.state !== 'OPEN') return null;
  return changed(
    (square.fulfillments ?? [])
      .filter((fulfillment) => isUnderway(fulfillment) && isDone(fulfillment, order))
      .flatMap((fulfillment) => {
        const last = order.shipments.findLast((shipment) => concerns(fulfillment, uidsOf(order, shipment)));
        return last === undefined ? [] : moved(fulfillment, 'COMPLETED', last);
      }),
  );
}

function changed(fulfillments: Change['fulfillments']): Change | null {
  return fulfillments.length === 0 ? null : { fulfillments };
}

/** A fulfillment in another state, with the tracking of a shipment; nothing where Square has it so already. */
function moved(
  { uid, type, state: before, shipmentDetails }: Fulfillment,
  state: 'PREPARED' | 'COMPLETED',
  shipment: Shipment,
): Change['fulfillments'] {
  const carrier = shipment.carrier.slice(0, MAX_CARRIER);
  const trackingNumber = shipment.trackingNumber.slice(0, MAX_NUMBER);
  const isShipment = type === 'SHIPMENT';
  if (before === state && (!isShipment || shipmentDetails?.trackingNumber === trackingNumber)) return [];
  return [{ uid, state, ...(isShipment && { shipmentDetails: { carrier, trackingNumber } }) }];
}

/** Square's own ids of the lines that a shipment holds goods of. */
function uidsOf(order: Order, { lines }: Shipment): ReadonlySet<string | undefined> {
  return new Set(lines.map(({ lineNumber }) => lineOf(order, lineNumber)?.channelLineId));
}

/** The fulfillments end, and the order with them unless it has been paid: then a person gives the money back first. */
function cancelled(square: SquareOrder, reason: string): Change | null {
  if (square.state !== 'OPEN') return null;
  const cancelReason = reason.slice(0, MAX_REASON);
  const fulfillments = (square.fulfillments ?? []).filter(isUnderway).map(({ uid, type }) => ({
    uid,
    state: 'CANCELED' as const,
    ...(type === 'SHIPMENT' && { shipmentDetails: { cancelReason } }),
  }));
  const isPaid = (square.tenders ?? []).length > 0;
  if (fulfillments.length === 0 && isPaid) return null;
  return { fulfillments, ...(!isPaid && { state: 'CANCELED' as const }) };
}

function isUnderway({ state }: Fulfillment): boolean {
  return state !== 'COMPLETED' && state !== 'CANCELED' && state !== 'FAILED';
}

function concerns({ entries }: Fulfillment, uids: ReadonlySet<string | undefined>): boolean {
  return entries == null || entries.length === 0 || entries.some(({ lineItemUid }) => uids.has(lineItemUid));
}

/** Whether nothing of the fulfillment's lines is left to ship. */
function isDone({ entries }: Fulfillment, order: Order): boolean {
  const uids = new Set((entries ?? []).map(({ lineItemUid }) => lineItemUid));
  return order.lines
    .filter(({ channelLineId = '' }) => uids.size === 0 || uids.has(channelLineId))
    .every((line) => !line.requiresShipping || line.ordered - line.cancelled <= line.shipped);
}
