import * as z from 'zod';
import { Busy } from '../../../write-failures.ts';
import { ShopRefused } from '../../core/shops.ts';
import type { ItemChange, ShopStock, StockItem } from '../../core/stock-items.ts';
import type { StockChangeResult } from '../../core/stock-publishing.ts';
import { type RequestWoo, read } from './woocommerce-store.ts';

/** Holds the key of the change of ours that a product was saved with last; a leading underscore hides it from customers. */
const KEY = '_order_loop_stock_change';

/** A page of products, the most that a list of the API holds. */
const PAGE = 100;
/** Characters of a list of SKUs; servers of sites refuse addresses from 8,000 on. */
const MAX_QUERY = 4000;
/** Products that are saved by one request; a site saves some ten a second. */
const AT_ONCE = 10;

const Product = z.object({
  id: z.int(),
  parent_id: z.int().nullish(),
  sku: z.string().nullish(),
  /** `parent`: a variation shares the stock of its product. */
  manage_stock: z.union([z.boolean(), z.literal('parent')]),
  stock_quantity: z.number().nullish(),
  meta_data: z.array(z.object({ key: z.string(), value: z.unknown() })).default([]),
});

const Saved = z.object({
  update: z.array(
    z.object({
      id: z.int(),
      manage_stock: z.unknown().optional(),
      error: z.object({ code: z.string().max(100) }).optional(),
    }),
  ),
});

interface WooItem extends StockItem {
  /** Of the product that it is a variation of; 0 where it is none. */
  readonly parentId: number;
  /** The key of the change of ours that it was saved with last. */
  readonly lastKey: string | null;
}

/**
 * The stock of one store; it has no locations.
 *
 * @see https://woocommerce.github.io/woocommerce-rest-api-docs/#products
 */
export function wooStock(request: RequestWoo, store: string): ShopStock<WooItem> {
  return {
    shop: store,
    async bySku(skus) {
      const query = new URLSearchParams({
        sku: skus.join(','),
        per_page: String(PAGE),
        _fields: 'id,parent_id,sku,manage_stock,stock_quantity,meta_data',
      });
      // The list is divided at commas.
      const isPlain = skus.length === 1 || skus.every((sku) => !sku.includes(','));
      if (!isPlain || (skus.length > 1 && query.toString().length > MAX_QUERY)) return null;
      const products = read(z.array(Product), await request('GET', `/products?${query}`));
      return products.length < PAGE ? products.map(itemOf) : null;
    },
    async apply(changes) {
      const results: StockChangeResult[] = [];
      const open: ItemChange<WooItem>[] = [];
      for (const change of changes) {
        const { sku, item, from, key } = change;
        if (item.lastKey === key) results.push({ sku, outcome: 'applied' });
        else if (item.quantity === from) open.push(change);
        else results.push({ sku, outcome: 'changed', reason: `the store shows ${item.quantity}` });
      }
      for (const [parentId, ofParent] of Map.groupBy(open, ({ item }) => item.parentId)) {
        for (let start = 0; start < ofParent.length; start += AT_ONCE) {
          results.push(...(await save(request, parentId, ofParent.slice(start, start + AT_ONCE))));
        }
      }
      return results;
    },
  };
}

function itemOf({
  id,
  parent_id,
  sku,
  manage_stock,
  stock_quantity,
  meta_data,
}: z.infer<typeof Product>): WooItem {
  const lastKey = meta_data.find(({ key }) => key === KEY)?.value;
  return {
    id: String(id),
    sku: sku ?? null,
    quantity: quantityOf(manage_stock, stock_quantity),
    parentId: parent_id ?? 0,
    lastKey: typeof lastKey === 'string' ? lastKey : null,
  };
}

function quantityOf(
  isManaged: boolean | 'parent',
  quantity: number | null | undefined,
): StockItem['quantity'] {
  if (isManaged === 'parent')
    return { reason: 'it shares the stock of the product that it is a variation of' };
  if (!isManaged) return { reason: 'the store does not manage its stock' };
  const units = quantity ?? 0;
  return Number.isSafeInteger(units) ? units : { reason: 'it is counted in fractions' };
}

/**
 * Adds to what the store has when it saves a product: WooCommerce compares nothing. The key is saved with it, so that a
 * repeat of the whole change finds it; a request whose answer was lost is not made again before that.
 */
async function save(
  request: RequestWoo,
  parentId: number,
  changes: readonly ItemChange<WooItem>[],
): Promise<readonly StockChangeResult[]> {
  const path = parentId === 0 ? '/products/batch' : `/products/${parentId}/variations/batch`;
  const update = changes.map(({ item, from, to, key }) => ({
    id: Number(item.id),
    inventory_delta: to - from,
    meta_data: [{ key: KEY, value: key }],
  }));
  const answer = await request('POST', path, { update }, false).catch((error: unknown) => {
    if (error instanceof Busy || error instanceof ShopRefused) throw error;
    throw new Busy('WooCommerce did not say whether stock was changed');
  });
  const saved = Saved.safeParse(answer).data?.update ?? [];
  return changes.map(({ sku, item }): StockChangeResult => {
    const product = saved.find(({ id }) => String(id) === item.id);
    if (product === undefined) throw new Busy('WooCommerce did not say what became of a product');
    const { error, manage_stock } = product;
    if (error !== undefined) return { sku, outcome: 'refused', reason: error.code };
    return manage_stock === true
      ? { sku, outcome: 'applied' }
      : { sku, outcome: 'refused', reason: 'the store does not manage its stock' };
  });
}
