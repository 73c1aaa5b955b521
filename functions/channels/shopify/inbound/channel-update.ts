import { unreachable } from '../../../../domain/decider.ts';
import type { ExternalIdentity } from '../../../orders/ports.ts';
import type { ChannelUpdate } from '../../core/channel-update.ts';
import type { SnapshotResult } from '../../core/order-snapshot.ts';
import { fetchOrder, type KnownOrder, quarantine, type ShopOutcome } from '../../core/outcome.ts';
import { type ChannelHolds, holdNote, reconcileHolds } from '../../core/reconcile-hold.ts';
import { reconcileDeletion, reconcileOrder } from '../../core/reconcile-order.ts';
import { reconcileRefund } from '../../core/reconcile-refund.ts';
import { reconcileFulfillment } from '../../core/reconcile-shipments.ts';
import type { ShopifyShop } from '../../core/shops.ts';
import type { PaymentRule } from '../../payment-rules.ts';
import type { ShopifyMessage } from './message.ts';
import type { ShopifyFulfillment } from './payload.ts';
import { fulfillmentOf, refundOf, SYSTEM, snapshotOf } from './snapshot.ts';

/**
 * What a message of Shopify says, ready to be processed. Only full orders say how new they are; what says less has
 * the full order fetched from the shop.
 */
export function channelUpdateOf(
  message: ShopifyMessage,
  shop: string,
  admin: Pick<ShopifyShop, 'retrieveOrder'>,
  rules: readonly PaymentRule[],
): ChannelUpdate {
  const order = { channel: 'SHOPIFY', source: shop, externalId: message.orderId };
  if (message.topic === 'orders/delete') return deletionOf(order, admin);
  return {
    order,
    version: 'updatedAt' in message ? message.updatedAt : null,
    translate: (known) => translateMessage(message, known, shop, rules),
    async fetch() {
      const fetched = await admin.retrieveOrder(message.orderId);
      if (fetched === null) return null;
      const result =
        'fulfillment' in message
          ? withFulfillment(fetched, message.fulfillment)
          : 'held' in message
            ? withHolds(fetched, message.held)
            : fetched;
      const version = 'snapshot' in result ? result.snapshot.version : null;
      return { order, version, translate: (known) => translateOrder(result, known, rules) };
    },
  };
}

/**
 * A deletion counts when the shop says that it has the order no more: the topic of a message is not signed, and whoever
 * holds a signed message could send it as this one.
 */
function deletionOf(order: ExternalIdentity, admin: Pick<ShopifyShop, 'retrieveOrder'>): ChannelUpdate {
  const { externalId } = order;
  const stillThere = `Shopify still has the order ${externalId}, which its message says was deleted: try the message again, or dismiss it`;
  return {
    order,
    version: null,
    translate: () => fetchOrder('only the shop can say that it has deleted an order'),
    async fetch() {
      const isThere = (await admin.retrieveOrder(externalId)) !== null;
      return {
        order,
        version: null,
        translate: (known) =>
          isThere ? quarantine('operator_needed', stillThere) : reconcileDeletion(known, SYSTEM),
      };
    },
  };
}

/**
 * What a message of Shopify asks for, given what is known of its order. Shopify promises neither order nor delivery:
 * any full order makes an unknown order known, as it is now, and what speaks of an unknown order without saying the
 * order itself asks for it to be fetched.
 *
 * @param known the order of `message.orderId` in this shop, or null when there is none
 * @param shop the shop's domain, which becomes the order's `source`
 * @param rules of the connection, for when goods leave
 */
export function translateMessage(
  message: ShopifyMessage,
  known: KnownOrder | null,
  shop: string,
  rules: readonly PaymentRule[] = [],
): ShopOutcome {
  switch (message.topic) {
    case 'orders/create':
    case 'orders/updated':
    case 'orders/cancelled':
      return translateOrder(snapshotOf(message.order, shop), known, rules);
    case 'orders/edited':
      return fetchOrder('the message says what was edited, and not what the order has become');
    case 'returns':
      return fetchOrder('the message says what became of a return, and not what the order has become');
    case 'hold':
      return known === null
        ? fetchOrder('goods are held back of an order that is not known here')
        : reconcileHolds(message.held, known);
    case 'orders/delete':
      return reconcileDeletion(known, SYSTEM);
    case 'fulfillments/create':
    case 'fulfillments/update':
      return known === null
        ? fetchOrder('a fulfillment of an order that is not known here')
        : reconcileFulfillment(fulfillmentOf(message.fulfillment), known, SYSTEM);
    case 'refunds/create':
      return known === null
        ? fetchOrder('a refund of an order that is not known here')
        : reconcileRefund(refundOf(message.refund), known, SYSTEM);
    default:
      return unreachable(message);
  }
}

/** The copy that was fetched may lag behind the message: the fulfillment that it is about is part of the order. */
function withFulfillment(fetched: SnapshotResult, fulfillment: ShopifyFulfillment): SnapshotResult {
  if ('problem' in fetched) return fetched;
  const { fulfillments } = fetched.snapshot;
  if (fulfillments?.some(({ fulfillmentId }) => fulfillmentId === fulfillment.id)) return fetched;
  return {
    snapshot: { ...fetched.snapshot, fulfillments: [...(fulfillments ?? []), fulfillmentOf(fulfillment)] },
  };
}

/** The order does not say what it is held back for. */
function withHolds(fetched: SnapshotResult, { holds }: ChannelHolds): SnapshotResult {
  if ('problem' in fetched || holds.length === 0) return fetched;
  const requests = holds.map((hold) => ({ reason: hold.reason, note: holdNote(hold) }));
  return { snapshot: { ...fetched.snapshot, holds: requests } };
}

function translateOrder(
  result: SnapshotResult,
  known: KnownOrder | null,
  rules: readonly PaymentRule[],
): ShopOutcome {
  return 'problem' in result
    ? { kind: 'quarantine', problem: result.problem }
    : reconcileOrder(result.snapshot, known, rules);
}
