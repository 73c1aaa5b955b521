import * as z from 'zod';
import { Instant } from '../../../../domain/text.ts';
import type { AskShopify } from './graphql.ts';
import { legacyId, orderGid } from './ids.ts';

const FIND = `query FindOrders($ids: [ID!]!) {
  nodes(ids: $ids) { ... on Order { id updatedAt } }
  orders(first: 1, sortKey: CREATED_AT) { nodes { id } }
  currentAppInstallation { accessScopes { handle } }
}`;

const Found = z.object({
  nodes: z.array(z.object({ id: z.string(), updatedAt: Instant }).nullable()),
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
  const found = nodes.flatMap((node) =>
    node === null ? [] : [{ orderId: legacyId(node.id), updatedAt: node.updatedAt }],
  );
  const seesAll = currentAppInstallation.accessScopes.some(({ handle }) => handle === 'read_all_orders');
  const oldest = orders.nodes[0]?.id;
  const isShown = (orderId: string) =>
    seesAll || (oldest !== undefined && BigInt(orderId) > BigInt(legacyId(oldest)));
  const ids = new Set(found.map(({ orderId }) => orderId));
  return { found, missing: orderIds.filter((orderId) => !ids.has(orderId) && isShown(orderId)) };
}
