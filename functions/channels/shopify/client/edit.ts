import * as z from 'zod';
import { ShopRefused } from '../../core/shops.ts';
import type { AskShopify } from './graphql.ts';
import { legacyId, orderGid, UserErrors } from './ids.ts';
import { Page, pagesOf } from './pages.ts';

const LINES = `query CurrentLines($orderId: ID!, $after: String) {
  order(id: $orderId) {
    lineItems(first: 100, after: $after) { nodes { id currentQuantity } pageInfo { hasNextPage endCursor } }
  }
}`;

const Lines = z.object({
  order: z
    .object({
      lineItems: z.object({
        nodes: z.array(z.object({ id: z.string(), currentQuantity: z.int() })),
        pageInfo: Page,
      }),
    })
    .nullable(),
});

const BEGIN = `mutation BeginEdit($id: ID!) {
  orderEditBegin(id: $id) { calculatedOrder { id } userErrors { field message } }
}`;

const Begun = z.object({
  orderEditBegin: z.object({
    calculatedOrder: z.object({ id: z.string() }).nullable(),
    userErrors: UserErrors,
  }),
});

const SET = `mutation SetQuantity($id: ID!, $lineItemId: ID!, $quantity: Int!, $restock: Boolean) {
  orderEditSetQuantity(id: $id, lineItemId: $lineItemId, quantity: $quantity, restock: $restock) {
    calculatedOrder { id } userErrors { field message }
  }
}`;

const QuantitySet = z.object({ orderEditSetQuantity: z.object({ userErrors: UserErrors }) });

const COMMIT = `mutation CommitEdit($id: ID!, $notifyCustomer: Boolean, $staffNote: String) {
  orderEditCommit(id: $id, notifyCustomer: $notifyCustomer, staffNote: $staffNote) {
    order { id } userErrors { field message }
  }
}`;

const Committed = z.object({ orderEditCommit: z.object({ userErrors: UserErrors }) });

/**
 * Takes lines of an order down to the quantities given. Nothing counts before the edit is committed, so one that was
 * broken off leaves the order as it was; and one that was committed finds nothing to take down when it is made again.
 *
 * @param wanted quantities by the lines' own ids; a line is never raised, and one that is not named stays
 * @returns the quantities that were set; null when the shop has no such order
 * @throws ShopRefused with Shopify's own words for what it does not take
 */
export async function reduceLines(
  ask: AskShopify,
  orderId: string,
  wanted: ReadonlyMap<string, number>,
  staffNote: string,
): Promise<ReadonlyMap<string, number> | null> {
  const order = orderGid(orderId);
  let isKnown = true;
  const lines = await pagesOf(async (after) => {
    const page = await ask(LINES, { orderId: order, after }, Lines);
    isKnown = page.order !== null;
    return page.order?.lineItems ?? null;
  });
  if (!isKnown) return null;
  const set = new Map<string, number>();
  for (const { id, currentQuantity } of lines) {
    const quantity = wanted.get(legacyId(id));
    if (quantity !== undefined && quantity < currentQuantity) set.set(legacyId(id), quantity);
  }
  if (set.size === 0) return set;
  const { orderEditBegin } = await ask(BEGIN, { id: order }, Begun);
  const id = orderEditBegin.calculatedOrder?.id;
  if (id === undefined) throw refused(orderEditBegin.userErrors);
  for (const [lineId, quantity] of set) {
    const lineItemId = `gid://shopify/CalculatedLineItem/${lineId}`;
    const { orderEditSetQuantity } = await ask(SET, { id, lineItemId, quantity, restock: true }, QuantitySet);
    if (orderEditSetQuantity.userErrors.length > 0) throw refused(orderEditSetQuantity.userErrors);
  }
  const { orderEditCommit } = await ask(COMMIT, { id, notifyCustomer: true, staffNote }, Committed, false);
  if (orderEditCommit.userErrors.length > 0) throw refused(orderEditCommit.userErrors);
  return set;
}

function refused([error]: z.infer<typeof UserErrors>): ShopRefused {
  return new ShopRefused('Shopify', 200, error?.message ?? 'the order cannot be edited');
}
