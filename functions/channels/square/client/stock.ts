import { createHash } from 'node:crypto';
import * as z from 'zod';
import { halves, type ItemChange, type ShopStock, type StockItem } from '../../core/stock-items.ts';
import type { StockChangeResult } from '../../core/stock-publishing.ts';
import { type RequestSquare, SquareRefused } from './rest.ts';

const Locations = z.object({
  locations: z.array(z.object({ id: z.string(), status: z.string().nullish() })).nullish(),
});

const Variation = z.object({
  id: z.string(),
  isDeleted: z.boolean().nullish(),
  itemVariationData: z
    .object({
      sku: z.string().nullish(),
      trackInventory: z.boolean().nullish(),
      stockable: z.boolean().nullish(),
      locationOverrides: z
        .array(z.object({ locationId: z.string().nullish(), trackInventory: z.boolean().nullish() }))
        .nullish(),
    })
    .nullish(),
});
type Variation = z.infer<typeof Variation>;

const cursor = z.string().nullish();
const Objects = z.object({ objects: z.array(Variation).nullish(), cursor });
const Count = z.object({ catalogObjectId: z.string(), state: z.string(), quantity: z.string() });
const Counts = z.object({ counts: z.array(Count).nullish(), cursor });
const Change = z.object({ adjustment: z.object({ referenceId: z.string().nullish() }).nullish() });
const Changes = z.object({ changes: z.array(Change).nullish(), cursor });

/** Changes of a day of so few products do not fill as many pages of a thousand. */
const MAX_PAGES = 10;
const DAY = 86_400_000;

export interface SquareStockAccess {
  readonly request: RequestSquare;
  readonly merchant: string;
  /** Square's id of the location, as the connection names it. @default the only active one */
  readonly locationId: string | undefined;
}

/**
 * Opens the stock of one merchant's account in one of its locations.
 *
 * @returns why it cannot be published, where the account has no such location
 * @see https://developer.squareup.com/docs/inventory-api/how-it-works
 */
export async function squareStock({
  request,
  merchant,
  locationId: named,
}: SquareStockAccess): Promise<ShopStock<StockItem> | string> {
  const { locations } = await request('GET', '/v2/locations', Locations);
  const active = (locations ?? []).filter(({ status }) => status === 'ACTIVE');
  const location = named === undefined ? active[0] : active.find(({ id }) => id === named);
  if (location === undefined) {
    return `the account has no active location ${named ?? ''}: see locationId of the connection`;
  }
  if (named === undefined && active.length > 1) {
    return 'the account has several locations: name one in locationId of the connection';
  }
  const locationId = location.id;
  const counted = async (variations: readonly Variation[]): Promise<readonly StockItem[]> => {
    const there = variations.filter(({ isDeleted }) => isDeleted !== true);
    const counts = await countsOf(request, locationId, there);
    return there.map((variation) => itemOf(variation, locationId, counts));
  };
  return {
    shop: merchant,
    async byId(ids) {
      const answer = await request('POST', '/v2/catalog/batch-retrieve', Objects, { object_ids: ids });
      return counted(answer.objects ?? []);
    },
    async bySku(skus) {
      const body = {
        object_types: ['ITEM_VARIATION'],
        query: { set_query: { attribute_name: 'sku', attribute_values: skus } },
        limit: 1000,
      };
      const answer = await request('POST', '/v2/catalog/search', Objects, body);
      return answer.cursor == null ? counted(answer.objects ?? []) : null;
    },
    apply: (changes) => adjust(request, locationId, changes),
  };
}

/** @returns units in stock, as Square writes them, by the variation; one that never was in stock has none. */
async function countsOf(request: RequestSquare, locationId: string, variations: readonly Variation[]) {
  const ids = variations.map(({ id }) => id);
  const counts = new Map<string, string>();
  const body = { catalog_object_ids: ids, location_ids: [locationId], states: ['IN_STOCK'] };
  if (ids.length === 0) return counts;
  await eachPage(async (page) => {
    const answer = await request('POST', '/v2/inventory/counts/batch-retrieve', Counts, { ...body, ...page });
    for (const { catalogObjectId, quantity } of answer.counts ?? []) counts.set(catalogObjectId, quantity);
    return answer.cursor;
  });
  return counts;
}

function itemOf(
  { id, itemVariationData: data }: Variation,
  locationId: string,
  counts: ReadonlyMap<string, string>,
): StockItem {
  const sku = data?.sku ?? null;
  const here = data?.locationOverrides?.find((each) => each.locationId === locationId)?.trackInventory;
  const count = Number(counts.get(id) ?? '0');
  if ((here ?? data?.trackInventory) !== true) {
    return { id, sku, quantity: { reason: 'the account does not track its quantity in the location' } };
  }
  if (data?.stockable === false) {
    return { id, sku, quantity: { reason: 'the account counts it as a part of another product' } };
  }
  return {
    id,
    sku,
    quantity: Number.isSafeInteger(count) ? count : { reason: 'it is counted in fractions' },
  };
}

/**
 * Adds or takes away what a change differs by: a sale in between stays counted, also one that a till without a network
 * reports later. Square does not say that it makes all changes of a request or none: after a refusal it is looked up what
 * was made, and what was not is made by halves.
 */
async function adjust(
  request: RequestSquare,
  locationId: string,
  changes: readonly ItemChange<StockItem>[],
): Promise<readonly StockChangeResult[]> {
  const different = changes.filter(({ from, to }) => from !== to);
  const all = (of: typeof changes, outcome: StockChangeResult['outcome'], reason?: string) =>
    of.map(({ sku }): StockChangeResult => ({ sku, outcome, reason }));
  const same = all(
    changes.filter((change) => !different.includes(change)),
    'applied',
  );
  if (different.length === 0) return same;
  const keys = JSON.stringify(different.map(({ key }) => key));
  const occurred_at = new Date().toISOString();
  const body = {
    idempotency_key: createHash('sha256').update(keys).digest('hex'),
    changes: different.map(({ item, from, to, key }) => ({
      type: 'ADJUSTMENT',
      adjustment: {
        ...{ catalog_object_id: item.id, from_location_id: locationId, to_location_id: locationId },
        from_state: to > from ? 'NONE' : 'IN_STOCK',
        to_state: to > from ? 'IN_STOCK' : 'WASTE',
        quantity: String(Math.abs(to - from)),
        ...{ occurred_at, reference_id: referenceOf(key) },
      },
    })),
  };
  try {
    await request('POST', '/v2/inventory/changes/batch-create', z.unknown(), body);
    return [...same, ...all(different, 'applied')];
  } catch (error) {
    if (!(error instanceof SquareRefused) || ![400, 404].includes(error.status)) throw error;
    const made = await madeReferences(request, locationId, different);
    const left = different.filter(({ key }) => !made.has(referenceOf(key)));
    const done = [
      ...same,
      ...all(
        different.filter((change) => !left.includes(change)),
        'applied',
      ),
    ];
    // The time of the change is another one with each repeat.
    if (error.codes.includes('IDEMPOTENCY_KEY_REUSED')) {
      return [...done, ...all(left, 'changed', 'it was sent before')];
    }
    if (left.length <= 1) return [...done, ...all(left, 'refused', error.message)];
    const [one, other] = halves(left);
    return [
      ...done,
      ...(await adjust(request, locationId, one)),
      ...(await adjust(request, locationId, other)),
    ];
  }
}

/** @returns references of adjustments that Square made since yesterday. */
async function madeReferences(
  request: RequestSquare,
  locationId: string,
  changes: readonly ItemChange<StockItem>[],
): Promise<ReadonlySet<string>> {
  const references = new Set<string>();
  const body = {
    ...{ catalog_object_ids: changes.map(({ item }) => item.id), location_ids: [locationId] },
    ...{ types: ['ADJUSTMENT'], updated_after: new Date(Date.now() - DAY).toISOString(), limit: 1000 },
  };
  await eachPage(async (page) => {
    const answer = await request('POST', '/v2/inventory/changes/batch-retrieve', Changes, {
      ...body,
      ...page,
    });
    for (const { adjustment } of answer.changes ?? []) {
      if (adjustment?.referenceId != null) references.add(adjustment.referenceId);
    }
    return answer.cursor;
  });
  return references;
}

/** @param read reads a page; @returns where the next one begins, if any */
async function eachPage(
  read: (page: { readonly cursor?: string }) => Promise<string | null | undefined>,
): Promise<void> {
  let next = await read({});
  for (let pages = 1; next != null && pages < MAX_PAGES; pages++) next = await read({ cursor: next });
}

/** Square keeps 255 characters. */
function referenceOf(key: string): string {
  return `order-loop ${key}`.slice(0, 255);
}
