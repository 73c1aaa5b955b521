import type { ShopifyShop } from '../application/shops.ts';
import { cancelOrder } from './shopify/cancellation.ts';
import { tellDelivery } from './shopify/delivery.ts';
import { reduceLines } from './shopify/edit.ts';
import { createFulfillment, findFulfillments } from './shopify/fulfillments.ts';
import { type ShopifyAccess, shopifyGraphql } from './shopify/graphql.ts';
import { retrieveOrder } from './shopify/order.ts';

/** One shop, reached through its GraphQL Admin API. */
export function shopifyShop(access: ShopifyAccess): ShopifyShop {
  const ask = shopifyGraphql(access);
  return {
    retrieveOrder: (orderId) => retrieveOrder(ask, orderId),
    findFulfillments: (orderId, trackingNumber) => findFulfillments(ask, orderId, trackingNumber),
    createFulfillment: (fulfillment) => createFulfillment(ask, fulfillment),
    tellDelivery: (orderId, sent, happenedAt) => tellDelivery(ask, orderId, sent, happenedAt),
    reduceLines: (orderId, wanted, staffNote) => reduceLines(ask, orderId, wanted, staffNote),
    cancelOrder: (orderId, cancellation) => cancelOrder(ask, orderId, cancellation),
  };
}
