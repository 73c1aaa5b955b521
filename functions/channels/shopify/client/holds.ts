import * as z from 'zod';
import {
  type ShopifyHeld,
  type ShopifyHoldRelease,
  type ShopifyHolds,
  ShopRefused,
} from '../../core/shops.ts';
import type { AskShopify } from './graphql.ts';
import { legacyId, orderGid, UserErrors } from './ids.ts';
import { Page, pagesOf } from './pages.ts';

const HOLDS = `query OrderHolds($orderId: ID!, $after: String) {
  order(id: $orderId) {
    fulfillmentOrders(first: 20, after: $after) {
      nodes { id fulfillmentHolds { id reason } }
      pageInfo { hasNextPage endCursor }
    }
  }
}`;

const Holds = z.object({
  order: z
    .object({
      fulfillmentOrders: z.object({
        nodes: z.array(
          z.object({
            id: z.string(),
            fulfillmentHolds: z.array(z.object({ id: z.string(), reason: z.string() })),
          }),
        ),
        pageInfo: Page,
      }),
    })
    .nullable(),
});

const HELD = `query FulfillmentOrderHolds($id: ID!) {
  fulfillmentOrder(id: $id) { order { id } fulfillmentHolds { id reason reasonNotes } }
}`;

const Held = z.object({
  fulfillmentOrder: z
    .object({
      order: z.object({ id: z.string() }),
      fulfillmentHolds: z.array(
        z.object({ id: z.string(), reason: z.string(), reasonNotes: z.string().nullish() }),
      ),
    })
    .nullable(),
});

const RELEASE = `mutation ReleaseHolds($id: ID!, $holdIds: [ID!]) {
  fulfillmentOrderReleaseHold(id: $id, holdIds: $holdIds) {
    userErrors { field message }
  }
}`;

const Released = z.object({ fulfillmentOrderReleaseHold: z.object({ userErrors: UserErrors }) });

/** @returns what a fulfillment order is held for; null when there is none. */
export async function holdsOf(ask: AskShopify, fulfillmentOrderId: string): Promise<ShopifyHeld | null> {
  const id = `gid://shopify/FulfillmentOrder/${fulfillmentOrderId}`;
  const { fulfillmentOrder } = await ask(HELD, { id }, Held);
  if (fulfillmentOrder === null) return null;
  const { order, fulfillmentHolds } = fulfillmentOrder;
  return {
    orderId: legacyId(order.id),
    holds: fulfillmentHolds.map(({ id: holdId, reason, reasonNotes: notes = null }) => ({
      ...{ holdId: legacyId(holdId), reason, notes },
    })),
  };
}

/**
 * Releases holds of an order's fulfillment orders, by their ids: without them Shopify would release those, too, that are
 * placed meanwhile.
 *
 * @returns what was released, nothing where nothing is held any more; null when there is no such order
 * @throws ShopRefused with Shopify's own words for holds that it keeps
 */
export async function releaseHolds(
  ask: AskShopify,
  orderId: string,
  which: ShopifyHolds,
): Promise<readonly ShopifyHoldRelease[] | null> {
  const held = await heldFor(ask, orderId, which);
  for (const release of held ?? []) {
    const { fulfillmentOrderReleaseHold } = await ask(RELEASE, { ...release }, Released);
    const [error] = fulfillmentOrderReleaseHold.userErrors;
    if (error === undefined) continue;
    // A hold that another released meanwhile is refused, and is no fault.
    const left = (await heldFor(ask, orderId, which)) ?? [];
    if (left.some(({ id }) => id === release.id)) throw new ShopRefused('Shopify', 200, error.message);
  }
  return held;
}

async function heldFor(
  ask: AskShopify,
  orderId: string,
  which: ShopifyHolds,
): Promise<readonly ShopifyHoldRelease[] | null> {
  let isKnown = false;
  const all = await pagesOf(async (after) => {
    const { order } = await ask(HOLDS, { orderId: orderGid(orderId), after }, Holds);
    isKnown ||= order !== null;
    return order?.fulfillmentOrders ?? null;
  });
  if (!isKnown) return null;
  return all
    .filter(({ id }) => !('fulfillmentOrderId' in which) || legacyId(id) === which.fulfillmentOrderId)
    .map(({ id, fulfillmentHolds }) => ({
      id,
      holdIds: fulfillmentHolds
        .filter((hold) =>
          'reason' in which
            ? hold.reason === which.reason
            : which.holdId === undefined || legacyId(hold.id) === which.holdId,
        )
        .map((hold) => hold.id),
    }))
    .filter(({ holdIds }) => holdIds.length > 0);
}
