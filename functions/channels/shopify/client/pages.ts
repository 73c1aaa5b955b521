import * as z from 'zod';

export const Page = z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() });

interface Connection<Node> {
  readonly nodes: readonly Node[];
  readonly pageInfo: z.infer<typeof Page>;
}

/** The smallest page holds 20: far more than the largest order needs. */
const MAX_PAGES = 100;

/**
 * Reads a connection of the GraphQL API to its end.
 *
 * @param read gives the page behind a cursor; null where what it belongs to is no more, and has no pages
 * @throws Error when it has no end
 */
export async function pagesOf<Node>(
  read: (after: string | null) => Promise<Connection<Node> | null>,
): Promise<readonly Node[]> {
  const nodes: Node[] = [];
  let after: string | null = null;
  for (let pages = 0; pages < MAX_PAGES; pages++) {
    const page: Connection<Node> | null = await read(after);
    if (page === null) return nodes;
    nodes.push(...page.nodes);
    if (!page.pageInfo.hasNextPage) return nodes;
    after = page.pageInfo.endCursor;
  }
  throw new Error(`a connection has more than ${MAX_PAGES} pages`);
}
