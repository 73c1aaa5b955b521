import type { OrderEventOf } from '../../../../domain/order/events.ts';
import { lineOf, type Order, type Shipment } from '../../../../domain/order/order.ts';
import type { Ports } from '../../../orders/ports.ts';
import { Busy } from '../../../write-failures.ts';
import type { DocumentStore } from '../../core/documents.ts';
import type { Notifier } from '../../core/notify-channel.ts';
import {
  isOwnUpdate,
  notifyShop,
  type OutboundUpdate,
  type ShopNotifierDependencies,
} from '../../core/notify-shop.ts';
import {
  type ShopifyCancellation,
  type ShopifyFulfillmentInput,
  type ShopifyFulfillments,
  type ShopifyHolds,
  type ShopifyShop,
  ShopRefused,
} from '../../core/shops.ts';
import { wholeShipment } from '../../core/whole-shipment.ts';
import { notedHold } from '../inbound/holds.ts';

interface ShopifyNotifierDependencies extends ShopNotifierDependencies<ShopifyShop> {
  readonly ports: Pick<Ports, 'now' | 'orders'>;
}

/**
 * Notifies Shopify of what became of its orders: a fulfillment with tracking for each shipment, its delivery, the
 * lines that were cancelled, the cancellation of a whole order, and the release of what it holds. What the shop brought
 * about itself is not sent back to it.
 */
export function shopifyNotifier(dependencies: ShopifyNotifierDependencies): Notifier {
  return async (event, order) => {
    if (isOwnUpdate(event, order) || order.externalId === undefined) return;
    const update =
      event.type === 'OrderHoldReleased'
        ? await releaseOf(event.data, order, dependencies.ports)
        : channelUpdateOf(event, order, dependencies.documents);
    if (update === null) return;
    const shop = await dependencies.findShop(order.source ?? '');
    if (shop !== null) await notifyShop(dependencies, order, update(shop, order.externalId));
  };
}

type ChannelUpdate = (shop: ShopifyShop, shopifyId: string) => OutboundUpdate;

function channelUpdateOf(
  event: Parameters<Notifier>[0],
  order: Order,
  documents: DocumentStore,
): ChannelUpdate | null {
  switch (event.type) {
    case 'ShipmentShipped': {
      const shipment = wholeShipment(order, event.data.shipmentId);
      return shipment === null ? null : (shop, shopifyId) => shipped(shop, shopifyId, order, shipment);
    }
    case 'ShipmentDelivered': {
      const { shipmentId, deliveredAt } = event.data;
      const shipment = wholeShipment(order, shipmentId);
      if (shipment === null) return null;
      return (shop, shopifyId) => delivered(shop, shopifyId, order, shipment, deliveredAt, documents);
    }
    case 'LinesCancelled': {
      const { lines, reason, continues } = event.data;
      // A whole order that is cancelled in steps is sent when it is done.
      if (continues === true) return null;
      const numbers = new Set(lines.map(({ lineNumber }) => lineNumber));
      return (shop, shopifyId) => reduced(shop, shopifyId, order, numbers, `${event.sequence}`, reason);
    }
    case 'OrderCancelled': {
      const { reason } = event.data;
      return (shop, shopifyId) => cancelled(shop, shopifyId, reason);
    }
    default:
      return null;
  }
}

function shipped(shop: ShopifyShop, shopifyId: string, order: Order, shipment: Shipment): OutboundUpdate {
  return {
    documentId: fulfillmentDocument(shipment.shipmentId),
    kind: 'shopify-fulfillment',
    async send() {
      const known = await shop.findFulfillments(shopifyId, shipment.trackingNumber);
      if (known === null) throw new ShopRefused('Shopify', 404, `there is no order ${shopifyId}`);
      const inputs = fulfillmentsFor(order, shipment, known);
      for (const input of inputs) await shop.createFulfillment(input);
      // What was there already was made by a try that did not hear the answer.
      return { fulfillments: inputs, unitsFoundThere: Object.fromEntries(known.sent) };
    },
  };
}

/**
 * The fulfillments that make up a shipment: one for each place that the shop sends from. What is there already, made
 * by a try that did not hear the answer, is left out; so is what the shop has nothing left of.
 */
export function fulfillmentsFor(
  order: Order,
  shipment: Shipment,
  known: ShopifyFulfillments,
): readonly ShopifyFulfillmentInput[] {
  const { carrier: company, trackingNumber: number } = shipment;
  const left = unitsByLineItem(order, [shipment]);
  // Several shipments may travel under one number; what was sent under it is first of all of the earlier ones.
  const index = order.shipments.findIndex(({ shipmentId }) => shipmentId === shipment.shipmentId);
  const earlier = order.shipments.slice(0, index).filter((each) => each.trackingNumber === number);
  const sentBefore = unitsByLineItem(order, earlier);
  for (const [id, units] of known.sent) {
    const sent = Math.max(0, units - (sentBefore.get(id) ?? 0));
    left.set(id, Math.max(0, (left.get(id) ?? 0) - sent));
  }
  const byPlace = new Map<string | null, ShopifyFulfillmentInput['lineItemsByFulfillmentOrder'][number][]>();
  for (const { id: fulfillmentOrderId, locationId, lines } of known.fulfillmentOrders) {
    const taken: { readonly id: string; readonly quantity: number }[] = [];
    for (const { id, lineItemId, remaining } of lines) {
      const quantity = Math.min(remaining, left.get(lineItemId) ?? 0);
      if (quantity === 0) continue;
      left.set(lineItemId, (left.get(lineItemId) ?? 0) - quantity);
      taken.push({ id, quantity });
    }
    if (taken.length === 0) continue;
    const of = byPlace.get(locationId) ?? [];
    byPlace.set(locationId, [...of, { fulfillmentOrderId, fulfillmentOrderLineItems: taken }]);
  }
  return [...byPlace.values()].map((lineItemsByFulfillmentOrder) => ({
    lineItemsByFulfillmentOrder,
    trackingInfo: { company, number },
    // The shop is the one that the customer knows; its message has the tracking in it.
    notifyCustomer: true,
  }));
}

function unitsByLineItem(order: Order, shipments: readonly Shipment[]): Map<string, number> {
  const units = new Map<string, number>();
  for (const { lineNumber, quantity } of shipments.flatMap(({ lines }) => lines)) {
    const id = lineOf(order, lineNumber)?.channelLineId;
    if (id !== undefined) units.set(id, (units.get(id) ?? 0) + quantity);
  }
  return units;
}

/** A shipment that the shop recorded without tracking goes by the shop's own id of it. */
const OWN_FULFILLMENT = /^Shopify fulfillment ([0-9]+)$/;

function delivered(
  shop: ShopifyShop,
  shopifyId: string,
  order: Order,
  { shipmentId, trackingNumber }: Shipment,
  deliveredAt: string,
  documents: DocumentStore,
): OutboundUpdate {
  const fulfillmentId = OWN_FULFILLMENT.exec(trackingNumber)?.[1] ?? null;
  return {
    documentId: `shopify-delivery-${shipmentId}`,
    kind: 'shopify-delivery',
    async send() {
      // Looked at first: a shipment that is sent while the shop is asked would seem to have been taken back.
      const wasTold = (await documents.get(order.orderId, fulfillmentDocument(shipmentId))) !== null;
      const known = await shop.reportDelivery(shopifyId, { trackingNumber, fulfillmentId }, deliveredAt);
      if (known !== null) return { deliveredAt, fulfillments: known };
      // The update of the shipment may still be on its way; one that the shop has taken back since needs no delivery.
      if (!wasTold && fulfillmentId === null) throw new Busy(`${shipmentId} is not known at Shopify yet`);
      return null;
    },
  };
}

function fulfillmentDocument(shipmentId: string): string {
  return `shopify-fulfillment-${shipmentId}`;
}

/** Lines are taken down to what is left of them now, so that an update that is late or repeated says the same. */
function reduced(
  shop: ShopifyShop,
  shopifyId: string,
  order: Order,
  lineNumbers: ReadonlySet<number>,
  name: string,
  reason: string,
): OutboundUpdate {
  return {
    documentId: `shopify-edit-${name}`,
    kind: 'shopify-edit',
    async send() {
      const wanted = new Map<string, number>();
      for (const { lineNumber, channelLineId, ordered, cancelled: gone } of order.lines) {
        if (channelLineId !== undefined && lineNumbers.has(lineNumber)) {
          wanted.set(channelLineId, (wanted.get(channelLineId) ?? 0) + ordered - gone);
        }
      }
      const set = await shop.reduceLines(shopifyId, wanted, `Cancelled in the order loop: ${reason}`);
      if (set === null) throw new ShopRefused('Shopify', 404, `there is no order ${shopifyId}`);
      return set.size === 0 ? null : { quantities: Object.fromEntries(set), reason };
    },
  };
}

function cancelled(shop: ShopifyShop, shopifyId: string, reason: string): OutboundUpdate {
  return {
    documentId: 'shopify-cancellation',
    kind: 'shopify-cancellation',
    async send() {
      const known = await shop.findFulfillments(shopifyId, null);
      if (known === null) throw new ShopRefused('Shopify', 404, `there is no order ${shopifyId}`);
      if (known.isCancelled) return null;
      const cancellation: ShopifyCancellation = {
        reason: shopifyReason(reason),
        staffNote: `Cancelled in the order loop: ${reason}`,
        notifyCustomer: true,
        restock: true,
        // Money goes back by the hand of a person, who knows what was agreed.
        refundMethod: { originalPaymentMethodsRefund: false },
      };
      await shop.cancelOrder(shopifyId, cancellation);
      return cancellation;
    },
  };
}

/** @returns what releases at the shop what was released here; null where the shop holds nothing by that. */
async function releaseOf(
  { holdId, reason }: OrderEventOf<'OrderHoldReleased'>['data'],
  order: Order,
  { orders }: Pick<Ports, 'orders'>,
): Promise<ChannelUpdate | null> {
  const history = await orders.history(order.orderId, 0, order.sequence);
  const placed = history.find((event) => event.type === 'OrderHeld' && event.data.holdId === holdId);
  const noted = notedHold(placed?.type === 'OrderHeld' ? placed.data.note : undefined);
  const which = noted ?? heldFor(reason);
  // Held again, or for the same reason by another, whose release follows.
  const isHeld = order.holds.some((hold) => {
    const other = notedHold(hold.note);
    return noted === null
      ? other === null && hold.reason === reason
      : other?.fulfillmentOrderId === noted.fulfillmentOrderId && other.holdId === noted.holdId;
  });
  if (which === null || isHeld) return null;
  return (shop, shopifyId) => ({
    documentId: `shopify-hold-release-${holdId}`,
    kind: 'shopify-hold-release',
    async send() {
      const released = await shop.releaseHolds(shopifyId, which);
      if (released === null) throw new ShopRefused('Shopify', 404, `there is no order ${shopifyId}`);
      return released.length === 0 ? null : { released };
    },
  });
}

/** Holds of Shopify's that go with the release of one that came of the order itself: its payment, its risk. */
function heldFor(reason: string): ShopifyHolds | null {
  return reason === 'AWAITING_PAYMENT' || reason === 'HIGH_RISK_OF_FRAUD' ? { reason } : null;
}

/** The nearest of the reasons that Shopify knows. */
function shopifyReason(reason: string): ShopifyCancellation['reason'] {
  if (/fraud/i.test(reason)) return 'FRAUD';
  if (/declin|payment|unpaid/i.test(reason)) return 'DECLINED';
  if (/stock|inventory/i.test(reason)) return 'INVENTORY';
  if (/customer|buyer/i.test(reason)) return 'CUSTOMER';
  if (/mistake|staff|entered/i.test(reason)) return 'STAFF';
  return 'OTHER';
}
