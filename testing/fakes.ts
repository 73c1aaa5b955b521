import { afterAll, beforeAll } from 'vitest';
import { FAKES } from '../local/fakes/fakes.ts';
import { openFakes } from '../local/fakes/open.ts';
import { type ListeningServer, listen } from '../local/gateway/server.ts';

/** The fakes of the shops on a server of their own. */
export interface TestShops {
  /** Where a shop's API is reached. */
  url(shop: string): string;
  /** Puts an order into a shop. */
  put(shop: string, order: Uint8Array | string): Promise<void>;
  /** Types quantities of products in a shop, as its merchant does. */
  stock(shop: string, ...entries: readonly object[]): Promise<void>;
  /** @returns what a shop has of each SKU, in all of its locations */
  stockOf(shop: string): Promise<Readonly<Record<string, number>>>;
  /** Takes an order out of a shop, which sends no message of it. */
  lose(shop: string, orderId: string): Promise<void>;
  /** Takes all orders out of the shops. */
  clear(): void;
  /** Makes the next answers fail. */
  fail(...faults: readonly object[]): Promise<void>;
  /** What was asked so far, by operation. */
  asked(): Promise<readonly { readonly operation: string; readonly status: number }[]>;
}

export function useShops(): TestShops {
  let server: ListeningServer | undefined;
  const kept = new Map<string, string>();
  const fakes = openFakes(
    {
      read: (name) => kept.get(name) ?? null,
      write: (name, value) => kept.set(name, value),
      list: (beginning) => [...kept].flatMap(([name, value]) => (name.startsWith(beginning) ? [value] : [])),
    },
    'local-shopify-secret',
  );
  const address = () => `${server?.url}${FAKES}`;
  const put = async (path: string, body: Uint8Array | string) => {
    const sent = typeof body === 'string' ? body : new Uint8Array(body);
    const response = await fetch(`${address()}${path}`, { method: 'PUT', body: sent });
    if (!response.ok) throw new Error(await response.text());
  };
  beforeAll(async () => {
    server = await listen('127.0.0.1', 0, (error) => console.error(error));
    server.serve(async (request, response) => {
      if (!(await fakes.answer(request, response))) response.writeHead(404).end();
    });
  });
  afterAll(() => server?.stop(0));
  return {
    url: (shop) => `${address()}/${shop}`,
    clear: () => kept.clear(),
    put: (shop, order) => put(`/${shop}/orders`, order),
    stock: (shop, ...entries) => put(`/${shop}/stock`, JSON.stringify(entries)),
    async stockOf(shop) {
      const { stock } = (await (await fetch(address())).json()) as {
        stock: Record<string, { sku: string; levels: Record<string, number> }[]>;
      };
      const units = ({ levels }: { levels: Record<string, number> }) =>
        Object.values(levels).reduce((sum, each) => sum + each, 0);
      return Object.fromEntries((stock[shop] ?? []).map((item) => [item.sku, units(item)]));
    },
    async lose(shop, orderId) {
      const response = await fetch(`${address()}/${shop}/orders/${orderId}`, { method: 'DELETE' });
      if (!response.ok) throw new Error(await response.text());
    },
    fail: (...faults) => put('/faults', JSON.stringify(faults)),
    async asked() {
      const { items } = (await (await fetch(address())).json()) as {
        items: { operation: string; status: number }[];
      };
      return items;
    },
  };
}
