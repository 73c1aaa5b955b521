import { expect, test } from 'vitest';
import { guardedFetch } from '../../../functions/adapters/guarded-fetch.ts';
import { stockOfShops } from '../../../functions/channels/core/stock-items.ts';
import type { StockPublishing } from '../../../functions/channels/core/stock-publishing.ts';
import { shopifyGraphql } from '../../../functions/channels/shopify/client/graphql.ts';
import { shopifyStock } from '../../../functions/channels/shopify/client/stock.ts';
import { squareRest } from '../../../functions/channels/square/client/rest.ts';
import { squareStock } from '../../../functions/channels/square/client/stock.ts';
import { wooStock } from '../../../functions/channels/woocommerce/client/stock.ts';
import { wooRest } from '../../../functions/channels/woocommerce/client/woocommerce-store.ts';
import { Busy } from '../../../functions/write-failures.ts';
import { LOCAL_ACCESS_TOKEN as accessToken } from '../../../local/aws/credentials.ts';
import { useShops } from '../../../testing/fakes.ts';
import fc from '../../../testing/fast-check.ts';
import { propertyRuns } from '../../../testing/property-runs.ts';
import { type PolledKind, SHOP_KINDS } from '../../../testing/shops.ts';

/**
 * Sales, changes, lost requests and lost answers in any order: what a shop has in the end is what it had, less its sales, and
 * each change that was applied once.
 */
const shops = useShops();

const access = (fake: string) => ({
  ...{ accessToken, apiBaseUrl: shops.url(fake), fetch: guardedFetch({ allowPrivate: true }) },
  deadlines: { inAll: 20_000, forOne: 20_000 },
});

const OPEN: Readonly<
  Record<PolledKind, { readonly changing: string; readonly stock: () => StockPublishing }>
> = {
  SHOPIFY: {
    changing: 'SetStock',
    stock: () => {
      const ask = shopifyGraphql({ ...access('shopify'), shop: 'shop' });
      return stockOfShops(() =>
        shopifyStock({ ask, shop: 'shop', apiVersion: '2026-10', locationId: undefined }),
      );
    },
  },
  SQUARE: {
    changing: 'BatchChangeInventory',
    stock: () => {
      const request = squareRest(access('square'));
      return stockOfShops(() => squareStock({ request, merchant: 'M', locationId: undefined }));
    },
  },
  WOOCOMMERCE: {
    changing: 'BatchUpdateProducts',
    stock: () => stockOfShops(async () => wooStock(wooRest({ ...access('woocommerce'), store: 'S' }), 'S')),
  },
};

const SKUS = ['A', 'B', 'C'];
/** Given up at once: the shop asks for a longer pause than there is time. */
const REFUSES = { status: 503, retryAfter: 60 };

const sku = fc.constantFrom(...SKUS);
const step = fc.oneof(
  fc.record({ kind: fc.constant('sale' as const), sku, quantity: fc.integer({ min: 1, max: 5 }) }),
  fc.record({
    kind: fc.constant('change' as const),
    // What is read before it; the sales of the steps since then are not in it.
    isFresh: fc.boolean(),
    to: fc.uniqueArray(fc.tuple(sku, fc.integer({ min: 0, max: 30 })), {
      minLength: 1,
      maxLength: 3,
      selector: ([of]) => of,
    }),
    fault: fc.constantFrom('none', 'request lost', 'answer lost', 'sold before the repeat'),
  }),
);

test.each(Object.keys(OPEN) as PolledKind[])(
  '%s loses no unit and finds none',
  async (kind) => {
    const { fake } = SHOP_KINDS[kind];
    const { changing, stock: open } = OPEN[kind];
    const locationId = kind === 'SQUARE' ? 'L1' : undefined;
    let orders = 1000;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
        shops.clear();
        await shops.fail();
        await shops.stock(fake, ...SKUS.map((each) => ({ sku: each, quantity: 20, locationId })));
        const stock = open();
        const expected = new Map(SKUS.map((each) => [each, 20]));
        const add = (of: string, units: number) => expected.set(of, (expected.get(of) ?? 0) + units);
        const sell = async (of: string, quantity: number) => {
          const order = {
            ...{ id: ++orders, sku: of, quantity, most: quantity, isCancelled: false, sent: 0, version: 1 },
            updatedAt: new Date().toISOString(),
          };
          await shops.put(fake, JSON.stringify(SHOP_KINDS[kind].json(order)));
          add(of, -quantity);
        };
        let known = new Map(expected);
        for (const [index, each] of steps.entries()) {
          if (each.kind === 'sale') {
            await sell(each.sku, each.quantity);
            continue;
          }
          if (each.isFresh) {
            const { levels } = await stock.read('', SKUS);
            known = new Map(levels.map(({ sku: of, quantity }) => [of, quantity]));
            expect([...known]).toEqual([...expected]);
          }
          const changes = each.to.map(([of, to]) => ({
            ...{ sku: of, from: known.get(of) ?? 0, to, key: `${index} ${of}` },
          }));
          const faults =
            each.fault === 'none'
              ? []
              : each.fault === 'request lost'
                ? [{ operation: changing, ...REFUSES }]
                : [
                    { operation: changing, loseAnswer: true },
                    { operation: changing, ...REFUSES },
                  ];
          await shops.fail(...faults);
          let results = await stock.change('', changes).catch((error: unknown) => {
            if (error instanceof Busy) return null;
            throw error;
          });
          await shops.fail();
          if (each.fault === 'sold before the repeat') await sell('A', 2);
          results ??= await stock.change('', changes);
          expect(results.map((result) => result.sku)).toEqual(changes.map((change) => change.sku));
          for (const [at, { sku: of, from, to }] of changes.entries()) {
            if (results[at]?.outcome === 'applied') add(of, to - from);
          }
          expect(await shops.stockOf(fake)).toEqual(Object.fromEntries(expected));
        }
      }),
      propertyRuns(100, 12),
    );
  },
  240_000,
);
