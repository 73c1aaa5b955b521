import type { PublishedStock, StockChange, StockChangeResult, StockPublishing } from './stock-publishing.ts';

/** A product as a shop has it. */
export interface StockItem {
  readonly id: string;
  readonly sku: string | null;
  /** Units that can be sold, or why the shop does not count them, for people to read. */
  readonly quantity: number | { readonly reason: string };
}

/** How a shop is asked for products. */
export interface StockItems<Item extends StockItem> {
  /** What the shop is called in its own API: where the ids are valid. */
  readonly shop: string;
  /** @returns those of the products that the shop still has. Absent where a search by SKU costs no more. */
  byId?(ids: readonly string[]): Promise<readonly Item[]>;
  /** @returns products with one of the SKUs, among others; null where there are more of them than one answer holds */
  bySku(skus: readonly string[]): Promise<readonly Item[] | null>;
}

/** What the shop calls the product of a SKU, as it was found: kept for a while, so that not every call searches. */
export interface StockMapping {
  /** @returns undefined where the shop has to be asked */
  get(shop: string, sku: string): string | undefined;
  set(shop: string, sku: string, id: string): void;
  forget(shop: string, sku: string): void;
}

/** Milliseconds after which a SKU is searched anew: only a search shows that it has become ambiguous. */
const LASTS = 3_600_000;

/** SKUs of all shops; beyond it the one that was found first is dropped. */
const MAX_MAPPED = 20_000;

/** A mapping in the memory of one process. */
export function stockMapping(now: () => number = Date.now): StockMapping {
  const found = new Map<string, { readonly id: string; readonly until: number }>();
  const keyOf = (shop: string, sku: string) => JSON.stringify([shop, sku]);
  return {
    get(shop, sku) {
      const entry = found.get(keyOf(shop, sku));
      return entry === undefined || entry.until < now() ? undefined : entry.id;
    },
    set(shop, sku, id) {
      const [first] = found.keys();
      if (found.size >= MAX_MAPPED && first !== undefined) found.delete(first);
      found.set(keyOf(shop, sku), { id, until: now() + LASTS });
    },
    forget: (shop, sku) => void found.delete(keyOf(shop, sku)),
  };
}

/**
 * Finds the products of SKUs: by the ids that they had, and by a search where they have none or the id is of another SKU.
 *
 * @returns each SKU with its product, or why there is none that can be meant
 */
async function findItems<Item extends StockItem>(
  mapping: StockMapping,
  { shop, byId = async () => [], bySku }: StockItems<Item>,
  skus: readonly string[],
): Promise<ReadonlyMap<string, Item | string>> {
  const found = new Map<string, Item | string>();
  // Searches of shops find SKUs in any case.
  const isOf = (item: Item, sku: string) => item.sku?.normalize('NFC') === sku;
  const search = async (wanted: readonly string[]): Promise<void> => {
    if (wanted.length === 0) return;
    const items = await bySku(wanted);
    if (items === null && wanted.length > 1) {
      const half = Math.ceil(wanted.length / 2);
      await search(wanted.slice(0, half));
      await search(wanted.slice(half));
      return;
    }
    for (const sku of wanted) {
      const [item, another] = items?.filter((each) => isOf(each, sku)) ?? [];
      if (items === null) found.set(sku, 'the search of the shop finds too many products for the SKU');
      else if (item === undefined) found.set(sku, 'the shop has no product with the SKU');
      else if (another !== undefined) found.set(sku, 'several products of the shop have the SKU');
      else {
        mapping.set(shop, sku, item.id);
        found.set(sku, item);
      }
    }
  };
  const known = skus.flatMap((sku) => {
    const id = mapping.get(shop, sku);
    return id === undefined ? [] : [{ sku, id }];
  });
  const items = known.length === 0 ? [] : await byId(known.map(({ id }) => id));
  for (const { sku, id } of known) {
    const item = items.find((each) => each.id === id);
    if (item !== undefined && isOf(item, sku)) found.set(sku, item);
    else mapping.forget(shop, sku);
  }
  await search(skus.filter((sku) => !found.has(sku)));
  return found;
}

/** The stock of one shop in one place. */
export interface ShopStock<Item extends StockItem> extends StockItems<Item> {
  /** Makes changes of different products, at least one. @returns what became of each, in any order */
  apply(changes: readonly ItemChange<Item>[]): Promise<readonly StockChangeResult[]>;
}

export interface ItemChange<Item extends StockItem> extends StockChange {
  readonly item: Item;
}

/**
 * Publishes stock in shops that are asked for products by SKU.
 *
 * @param open the stock of a shop; or why it has none in this place, for people to read
 */
export function stockOfShops<Item extends StockItem>(
  open: (source: string) => Promise<ShopStock<Item> | string>,
): StockPublishing {
  const mapping = stockMapping();
  return {
    async read(source, skus): Promise<PublishedStock> {
      const stock = await open(source);
      const found = typeof stock === 'string' ? null : await findItems(mapping, stock, skus);
      const levels: { sku: string; quantity: number }[] = [];
      const unknown: { sku: string; reason: string }[] = [];
      for (const sku of skus) {
        const item = found?.get(sku) ?? String(stock);
        const quantity = typeof item === 'string' ? { reason: item } : item.quantity;
        if (typeof quantity === 'number') levels.push({ sku, quantity });
        else unknown.push({ sku, reason: quantity.reason });
      }
      return { levels, unknown };
    },

    async change(source, changes): Promise<readonly StockChangeResult[]> {
      const stock = await open(source);
      const results = new Map<string, StockChangeResult>();
      const refuse = ({ sku }: StockChange, reason: string) =>
        results.set(sku, { sku, outcome: 'refused', reason });
      if (typeof stock === 'string') for (const change of changes) refuse(change, stock);
      else {
        const skus = changes.map(({ sku }) => sku);
        const found = await findItems(mapping, stock, skus);
        const possible: ItemChange<Item>[] = [];
        for (const change of changes) {
          const item = found.get(change.sku) ?? 'it was not found';
          if (typeof item === 'string') refuse(change, item);
          else if (typeof item.quantity !== 'number') refuse(change, item.quantity.reason);
          else possible.push({ ...change, item });
        }
        const made = possible.length === 0 ? [] : await stock.apply(possible);
        for (const result of made) results.set(result.sku, result);
      }
      return changes.flatMap(({ sku }) => results.get(sku) ?? []);
    },
  };
}

/** @returns the two halves of a list, of which a request has to be made that was refused for some of it. */
export function halves<Each>(list: readonly Each[]): readonly [readonly Each[], readonly Each[]] {
  const half = Math.ceil(list.length / 2);
  return [list.slice(0, half), list.slice(half)];
}
