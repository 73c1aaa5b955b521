import * as z from 'zod';
import {
  type ShopifyFulfillmentInput,
  type ShopifyFulfillmentOrder,
  type ShopifyFulfillments,
  ShopRefused,
} from '../../core/shops.ts';
import { fulfilledLines } from './fulfilled-lines.ts';
import type { AskShopify } from './graphql.ts';
import { legacyId, orderGid, UserErrors } from './ids.ts';
import { Page, pagesOf } from './pages.ts';

/** States in which nothing can be sent from a fulfillment order any more. */
const ENDED: readonly string[] = ['CLOSED', 'CANCELLED', 'INCOMPLETE'];
/** States of a fulfillment that never came about, or was taken back. */
const FAILED: readonly string[] = ['CANCELLED', 'ERROR', 'FAILURE'];

const FULFILLMENTS = `query OrderFulfillments($orderId: ID!) {
  order(id: $orderId) {
    cancelledAt
    fulfillments(first: 200) { id status trackingInfo(first: 20) { number } }
  }
}`;

const Fulfillments = z.object({
  order: z
    .object({
      cancelledAt: z.string().nullable(),
      fulfillments: z.array(
        z.object({
          id: z.string(),
          status: z.string(),
          trackingInfo: z.array(z.object({ number: z.string().nullable() })),
        }),
      ),
    })
    .nullable(),
});

const FULFILLMENT_ORDERS = `query FulfillmentOrders($orderId: ID!, $after: String) {
  order(id: $orderId) {
    fulfillmentOrders(first: 20, after: $after) {
      nodes { id status assignedLocation { location { id } } }
      pageInfo { hasNextPage endCursor }
    }
  }
}`;

const FulfillmentOrders = z.object({
  order: z
    .object({
      fulfillmentOrders: z.object({
        nodes: z.array(
          z.object({
            id: z.string(),
            status: z.string(),
            assignedLocation: z.object({ location: z.object({ id: z.string() }).nullable() }),
          }),
        ),
        pageInfo: Page,
      }),
    })
    .nullable(),
});

const LINES = `query FulfillmentOrderLines($id: ID!, $after: String) {
  fulfillmentOrder(id: $id) {
    lineItems(first: 100, after: $after) {
      nodes { id remainingQuantity lineItem { id } }
      pageInfo { hasNextPage endCursor }
    }
  }
}`;

const Lines = z.object({
  fulfillmentOrder: z
    .object({
      lineItems: z.object({
        nodes: z.array(
          z.object({
            id: z.string(),
            remainingQuantity: z.int(),
            lineItem: z.object({ id: z.string() }),
          }),
        ),
        pageInfo: Page,
      }),
    })
    .nullable(),
});

const CREATE = `mutation CreateFulfillment($fulfillment: FulfillmentInput!) {
  fulfillmentCreate(fulfillment: $fulfillment) {
    fulfillment { id }
    userErrors { field message }
  }
}`;

const Created = z.object({
  fulfillmentCreate: z.object({
    fulfillment: z.object({ id: z.string() }).nullable(),
    userErrors: UserErrors,
  }),
});

/** What the shop has sent of an order, and what it can still send from where. */
export async function findFulfillments(
  ask: AskShopify,
  orderId: string,
  trackingNumber: string | null,
): Promise<ShopifyFulfillments | null> {
  const variables = { orderId: orderGid(orderId) };
  const { order } = await ask(FULFILLMENTS, variables, Fulfillments);
  if (order === null) return null;
  const all = await pagesOf(async (after) => {
    const page = await ask(FULFILLMENT_ORDERS, { ...variables, after }, FulfillmentOrders);
    return page.order?.fulfillmentOrders ?? null;
  });
  const fulfillmentOrders: ShopifyFulfillmentOrder[] = [];
  for (const { id, status, assignedLocation } of all) {
    if (ENDED.includes(status)) continue;
    const locationId = assignedLocation.location?.id ?? null;
    fulfillmentOrders.push({ id, locationId, lines: await linesOf(ask, id) });
  }
  const sent = new Map<string, number>();
  for (const { id, status, trackingInfo } of order.fulfillments) {
    const isMeant = trackingInfo.some(({ number }) => number !== null && number === trackingNumber);
    if (!isMeant || FAILED.includes(status)) continue;
    for (const { lineItemId, quantity } of await fulfilledLines(ask, id)) {
      sent.set(lineItemId, (sent.get(lineItemId) ?? 0) + quantity);
    }
  }
  return { isCancelled: order.cancelledAt !== null, fulfillmentOrders, sent };
}

async function linesOf(ask: AskShopify, id: string): Promise<ShopifyFulfillmentOrder['lines']> {
  const lines = await pagesOf(async (after) => {
    const page = await ask(LINES, { id, after }, Lines);
    return page.fulfillmentOrder?.lineItems ?? null;
  });
  return lines
    .filter(({ remainingQuantity }) => remainingQuantity > 0)
    .map(({ id: lineId, remainingQuantity: remaining, lineItem }) => ({
      id: lineId,
      lineItemId: legacyId(lineItem.id),
      remaining,
    }));
}

/** @throws ShopRefused with Shopify's own words for the input that it does not take */
export async function createFulfillment(
  ask: AskShopify,
  fulfillment: ShopifyFulfillmentInput,
): Promise<void> {
  const { fulfillmentCreate } = await ask(CREATE, { fulfillment }, Created, false);
  const [error] = fulfillmentCreate.userErrors;
  if (error !== undefined) throw new ShopRefused('Shopify', 200, error.message);
}
