import * as z from 'zod';
import type { AskShopify } from './graphql.ts';
import { legacyId } from './ids.ts';
import { Page, pagesOf } from './pages.ts';

const LINES = `query FulfilledLines($id: ID!, $after: String) {
  fulfillment(id: $id) {
    fulfillmentLineItems(first: 100, after: $after) {
      nodes { quantity lineItem { id } } pageInfo { hasNextPage endCursor }
    }
  }
}`;

const Lines = z.object({
  fulfillment: z
    .object({
      fulfillmentLineItems: z.object({
        nodes: z.array(z.object({ quantity: z.int(), lineItem: z.object({ id: z.string() }) })),
        pageInfo: Page,
      }),
    })
    .nullable(),
});

/** What a fulfillment holds, by the lines' own ids. */
export async function fulfilledLines(
  ask: AskShopify,
  id: string,
): Promise<readonly { readonly lineItemId: string; readonly quantity: number }[]> {
  const lines = await pagesOf(async (after) => {
    const page = await ask(LINES, { id, after }, Lines);
    return page.fulfillment?.fulfillmentLineItems ?? null;
  });
  return lines.map(({ quantity, lineItem }) => ({ lineItemId: legacyId(lineItem.id), quantity }));
}
