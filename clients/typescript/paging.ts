import { dataOf } from './problems.ts';

interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextCursor?: string | undefined;
}

/** The result of a request for one page of a list. */
type PageResult<Item> =
  | { readonly data: Page<Item>; readonly error?: undefined; readonly response: Response }
  | { readonly data?: undefined; readonly error: unknown; readonly response: Response };

/**
 * Yields the items of a list, page after page.
 *
 * @param read reads the page at a cursor, the first one without: `(cursor) => loop.GET('/v1/orders', { params: { query:
 *   { cursor } } })`
 * @throws OrderLoopError when a page is refused
 */
export async function* itemsOf<Item>(
  read: (cursor: string | undefined) => Promise<PageResult<Item>>,
): AsyncGenerator<Item, void, undefined> {
  let cursor: string | undefined;
  do {
    const page: Page<Item> = await dataOf(read(cursor));
    yield* page.items;
    if (page.nextCursor !== undefined && page.nextCursor === cursor) {
      throw new Error('the list does not end: a page names its own cursor as the next');
    }
    cursor = page.nextCursor;
  } while (cursor !== undefined);
}
