import * as z from 'zod';
import { Instant } from '../../../../domain/text.ts';
import type { AskShopify } from './graphql.ts';
import { legacyId } from './ids.ts';
import { Page } from './pages.ts';

const CHANGED = `query ChangedOrders($query: String!, $after: String) {
  orders(first: 50, after: $after, query: $query, sortKey: UPDATED_AT) {
    nodes { id updatedAt } pageInfo { hasNextPage endCursor }
  }
}`;

const Changed = z.object({
  orders: z.object({ nodes: z.array(z.object({ id: z.string(), updatedAt: Instant })), pageInfo: Page }),
});

/**
 * Lists orders by the instant of their last change. Without the scope read_all_orders Shopify gives those of the last 60
 * days alone.
 *
 * @see https://shopify.dev/docs/api/admin-graphql/2026-01/queries/orders
 */
export async function changedOrders(ask: AskShopify, since: string, cursor: string | null) {
  const variables = { query: `updated_at:>='${since}'`, after: cursor };
  const { orders } = await ask(CHANGED, variables, Changed);
  const { hasNextPage, endCursor } = orders.pageInfo;
  return {
    orders: orders.nodes.map(({ id, updatedAt }) => ({ orderId: legacyId(id), updatedAt })),
    next: hasNextPage ? endCursor : null,
  };
}
