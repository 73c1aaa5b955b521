import { leftToShip, lineOf, type Order, type Shipment } from '../../../../domain/order/order.ts';
import type { Notifier } from '../../core/notify-channel.ts';
import {
  isOwnUpdate,
  notifyShop,
  type OutboundUpdate,
  type ShopNotifierDependencies,
} from '../../core/notify-shop.ts';
import { ShopRefused } from '../../core/shops.ts';
import { wholeShipment } from '../../core/whole-shipment.ts';
import type { WooStore } from '../client/woocommerce-store.ts';

/**
 * Notifies a store of what became of its orders: tracking and a note to the customer for each shipment, `completed` once
 * nothing is left to ship, a note of lines that were cancelled, and `cancelled`. What the store brought about itself is
 * not sent back to it.
 */
export function wooCommerceNotifier(dependencies: ShopNotifierDependencies<WooStore>): Notifier {
  return async (event, order) => {
    if (isOwnUpdate(event, order) || order.externalId === undefined) return;
    const update = updateOf(event, order);
    if (update === null) return;
    const store = await dependencies.findShop(order.source ?? '');
    if (store !== null) await notifyShop(dependencies, order, update(store, order.externalId));
  };
}

type Update = (store: WooStore, wooId: string) => OutboundUpdate;

function updateOf(event: Parameters<Notifier>[0], order: Order): Update | null {
  switch (event.type) {
    case 'ShipmentShipped': {
      const shipment = wholeShipment(order, event.data.shipmentId);
      return shipment === null ? null : (store, wooId) => shipped(store, wooId, order, shipment);
    }
    case 'LinesCancelled': {
      const { lines, reason, continues } = event.data;
      // A whole order that is cancelled in steps is reported when it is done.
      if (continues === true) return null;
      const note = `Cancelled: ${unitsOf(order, lines)}. ${reason}`;
      return (store, wooId) => cancelledLines(store, wooId, order, `${event.sequence}`, note);
    }
    case 'OrderCancelled':
      return (store, wooId) => cancelled(store, wooId, event.data.reason);
    default:
      return null;
  }
}

function shipped(store: WooStore, wooId: string, order: Order, shipment: Shipment): OutboundUpdate {
  const { shipmentId, carrier, trackingNumber, shippedAt } = shipment;
  const note = `Shipped: ${unitsOf(order, shipment.lines)}. ${carrier} ${trackingNumber} (${shipmentId})`;
  return {
    documentId: `woocommerce-shipment-${shipmentId}`,
    kind: 'woocommerce-shipment',
    async send() {
      const dateShipped = shippedAt.slice(0, 10);
      const isNoted = (await store.listNotes(wooId)).some((each) => each.includes(`(${shipmentId})`));
      // The note comes last: where it stands, all before it was done by an attempt that did not hear the answer.
      const hasTracking =
        isNoted || (await store.addTracking(wooId, { carrier, trackingNumber, dateShipped }));
      if (!isNoted) await store.addNote(wooId, note, true);
      const isCompleted = isDone(order) && (await complete(store, wooId));
      return isNoted && !isCompleted ? null : { note, hasTracking, isCompleted };
    },
  };
}

function cancelledLines(
  store: WooStore,
  wooId: string,
  order: Order,
  name: string,
  note: string,
): OutboundUpdate {
  return {
    documentId: `woocommerce-note-${name}`,
    kind: 'woocommerce-note',
    async send() {
      if (!(await store.listNotes(wooId)).includes(note)) await store.addNote(wooId, note, false);
      // What was left of an order that had been shipped in part is not wanted any more.
      const isCompleted = isDone(order) && order.shipments.length > 0 && (await complete(store, wooId));
      return { note, isCompleted };
    },
  };
}

function cancelled(store: WooStore, wooId: string, reason: string): OutboundUpdate {
  return {
    documentId: 'woocommerce-cancellation',
    kind: 'woocommerce-cancellation',
    async send() {
      if (await isOver(store, wooId)) return null;
      const note = `Cancelled in the order loop: ${reason}`;
      // Money goes back by the hand of a person, who knows what was agreed.
      await store.setStatus(wooId, 'cancelled');
      await store.addNote(wooId, note, false);
      return { status: 'cancelled', note };
    },
  };
}

/** @returns false where the store has the order as finished already */
async function complete(store: WooStore, wooId: string): Promise<boolean> {
  if (await isOver(store, wooId)) return false;
  await store.setStatus(wooId, 'completed');
  return true;
}

const OVER: readonly string[] = ['completed', 'cancelled', 'refunded', 'trash'];

async function isOver(store: WooStore, wooId: string): Promise<boolean> {
  const order = await store.retrieveOrder(wooId);
  if (order === null) throw new ShopRefused('WooCommerce', 404, `there is no order ${wooId}`);
  return OVER.includes(order.status);
}

function isDone(order: Order): boolean {
  return order.lines.every((line) => !line.requiresShipping || leftToShip(line) === 0);
}

/** Units as a person reads them: `2 × Tomato Sauce, 1 × Mug`. */
function unitsOf(
  order: Order,
  lines: readonly { readonly lineNumber: number; readonly quantity: number }[],
): string {
  return lines
    .map(({ lineNumber, quantity }) => {
      const line = lineOf(order, lineNumber);
      return `${quantity} × ${line?.description ?? line?.sku ?? `line ${lineNumber}`}`;
    })
    .join(', ');
}
