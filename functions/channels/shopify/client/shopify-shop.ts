import type { ShopifyShop } from '../../core/shops.ts';
import { cancelOrder } from './cancellation.ts';
import { reportDelivery } from './delivery.ts';
import { reduceLines } from './edit.ts';
import { createFulfillment, findFulfillments } from './fulfillments.ts';
import { type ShopifyAccess, shopifyGraphql } from './graphql.ts';
import { holdsOf, releaseHolds } from './holds.ts';
import { retrieveOrder } from './order.ts';

/** One shop, reached through its GraphQL Admin API. */
export function shopifyShop(access: ShopifyAccess): ShopifyShop {
  const ask = shopifyGraphql(access);
  return {
    retrieveOrder: (orderId) => retrieveOrder(ask, access.shop, orderId),
    holdsOf: (fulfillmentOrderId) => holdsOf(ask, fulfillmentOrderId),
    findFulfillments: (orderId, trackingNumber) => findFulfillments(ask, orderId, trackingNumber),
    createFulfillment: (fulfillment) => createFulfillment(ask, fulfillment),
    reportDelivery: (orderId, sent, happenedAt) => reportDelivery(ask, orderId, sent, happenedAt),
    reduceLines: (orderId, wanted, staffNote) => reduceLines(ask, orderId, wanted, staffNote),
    releaseHolds: (orderId, which) => releaseHolds(ask, orderId, which),
    cancelOrder: (orderId, cancellation) => cancelOrder(ask, orderId, cancellation),
  };
}
