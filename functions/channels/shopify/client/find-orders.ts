import * as z from 'zod';
import { Instant } from '../../../../domain/text.ts';
import type { ShopifyHeld } from '../../core/shops.ts';
import type { AskShopify } from './graphql.ts';
import { legacyId, orderGid } from './ids.ts';

// Holds and risk of an order may change without its updatedAt. So few fulfillment orders of each keep the query below the
// cost that Shopify allows for one; hardly an order has more, and further holds are heard of by their messages.
const FIND = `query FindOrders($ids: [ID!]!) {
  nodes(ids: $ids) {
    ... on Order {
      id updatedAt
      fulfillmentOrders(first: 4) { nodes { id fulfillmentHolds { id reason reasonNotes } } }
      risk { assessments { riskLevel provider { title } } }
    }
  }
  orders(first: 1, sortKey: CREATED_AT) { nodes { id } }
  currentAppInstallation { accessScopes { handle } }
}`;

const Node = z.object({
  id: z.string(),
  updatedAt: Instant,
  fulfillmentOrders: z.object({
    nodes: z.array(
      z.object({
        id: z.string(),
        fulfillmentHolds: z.array(
          z.object({ id: z.string(), reason: z.string(), reasonNotes: z.string().nullish() }),
        ),
      }),
    ),
  }),
  risk: z.object({
    assessments: z.array(
      z.object({ riskLevel: z.string(), provider: z.object({ title: z.string() }).nullish() }),
    ),
  }),
});
const Found = z.object({
  nodes: z.array(Node.nullable()),
  orders: z.object({ nodes: z.array(z.object({ id: z.string() })) }),
  currentAppInstallation: z.object({ accessScopes: z.array(z.object({ handle: z.string() })) }),
});

/**
 * Asks for orders by their ids. Without the scope read_all_orders Shopify hides orders of more than 60 days ago as if there
 * were none: then only those count as missing whose id is above that of the oldest order that it shows.
 *
 * @see https://shopify.dev/docs/api/admin-graphql/2026-10/queries/nodes
 */
export async function findOrders(ask: AskShopify, orderIds: readonly string[]) {
  const { nodes, orders, currentAppInstallation } = await ask(FIND, { ids: orderIds.map(orderGid) }, Found);
  const found = nodes.flatMap((node) => (node === null ? [] : [foundOrder(node)]));
  const seesAll = currentAppInstallation.accessScopes.some(({ handle }) => handle === 'read_all_orders');
  const oldest = orders.nodes[0]?.id;
  const isShown = (orderId: string) =>
    seesAll || (oldest !== undefined && BigInt(orderId) > BigInt(legacyId(oldest)));
  const ids = new Set(found.map(({ orderId }) => orderId));
  return { found, missing: orderIds.filter((orderId) => !ids.has(orderId) && isShown(orderId)) };
}

/** What Shopify holds of a fulfillment order, none where it lists none. */
export interface FoundHolds {
  readonly fulfillmentOrderId: string;
  readonly holds: ShopifyHeld['holds'];
}

function foundOrder({ id, updatedAt, fulfillmentOrders, risk }: z.infer<typeof Node>) {
  return {
    orderId: legacyId(id),
    updatedAt,
    held: fulfillmentOrders.nodes.map(
      (of): FoundHolds => ({
        fulfillmentOrderId: legacyId(of.id),
        holds: of.fulfillmentHolds.map(({ id: holdId, reason, reasonNotes: notes = null }) => ({
          ...{ holdId: legacyId(holdId), reason, notes },
        })),
      }),
    ),
    /** One that is still pending says nothing. */
    risks: risk.assessments
      .filter(({ riskLevel }) => riskLevel !== 'PENDING')
      .map(({ riskLevel, provider }) => ({ risk_level: riskLevel, provider_title: provider?.title ?? null })),
  };
}
