import { createHash } from 'node:crypto';
import * as z from 'zod';
import { Busy } from '../../../write-failures.ts';
import { halves, type ItemChange, type ShopStock, type StockItem } from '../../core/stock-items.ts';
import type { StockChangeResult } from '../../core/stock-publishing.ts';
import type { ApiVersion } from '../descriptor.ts';
import type { AskShopify } from './graphql.ts';
import { Page } from './pages.ts';

/** Before it, a change could neither name the quantity that it rests on nor be recognized when repeated. */
const FIRST_VERSION: ApiVersion = '2026-01';

const LOCATION = 'query StockLocation($id: ID!) { location(id: $id) { id isActive } }';
const LOCATIONS = 'query StockLocations { locations(first: 2) { nodes { id isActive } } }';

const Location = z.object({ id: z.string(), isActive: z.boolean() });
const OneLocation = z.object({ location: Location.nullable() });
const Locations = z.object({ locations: z.object({ nodes: z.array(Location) }) });

const ITEM =
  'id sku tracked inventoryLevel(locationId: $locationId) { quantities(names: ["available"]) { quantity } }';

const BY_ID = `query StockById($ids: [ID!]!, $locationId: ID!) {
  nodes(ids: $ids) { ... on InventoryItem { ${ITEM} } }
}`;

/** Characters of one search; Shopify names no limit. Fifty SKUs of usual length have fewer. */
const MAX_SEARCH = 4000;

const BY_SKU = `query StockBySku($query: String!, $locationId: ID!) {
  inventoryItems(first: 100, query: $query) { nodes { ${ITEM} } pageInfo { hasNextPage endCursor } }
}`;

const Item = z.object({
  id: z.string(),
  sku: z.string().nullable(),
  tracked: z.boolean(),
  inventoryLevel: z.object({ quantities: z.array(z.object({ quantity: z.int() })) }).nullable(),
});

const ById = z.object({ nodes: z.array(Item.nullable()) });
const BySku = z.object({ inventoryItems: z.object({ nodes: z.array(Item), pageInfo: Page }) });

const SET = `mutation SetStock($input: InventorySetQuantitiesInput!, $key: String!) {
  inventorySetQuantities(input: $input) @idempotent(key: $key) { userErrors { code message } }
}`;

const SetAnswer = z.object({
  inventorySetQuantities: z.object({
    userErrors: z.array(z.object({ code: z.string().nullable(), message: z.string() })),
  }),
});

/** The quantity is another one by now; or it was when the same change was first tried. */
const NOT_MADE: readonly (string | null)[] = [
  'CHANGE_FROM_QUANTITY_STALE',
  'IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED',
];

export interface ShopifyStockAccess {
  readonly ask: AskShopify;
  readonly shop: string;
  readonly apiVersion: ApiVersion;
  /** Shopify's id of the location, as the connection names it. @default the only active one */
  readonly locationId: string | undefined;
}

/**
 * Opens the stock of one shop in one of its locations.
 *
 * @returns why it cannot be published, where the shop has no such location
 * @see https://shopify.dev/docs/apps/build/orders-fulfillment/inventory-management-apps/manage-quantities-states
 */
export async function shopifyStock(access: ShopifyStockAccess): Promise<ShopStock<StockItem> | string> {
  const { ask, shop, apiVersion } = access;
  if (apiVersion < FIRST_VERSION) {
    return `stock needs apiVersion ${FIRST_VERSION} or newer, and the connection names ${apiVersion}`;
  }
  const location = await findLocation(access);
  if (typeof location === 'string') return location;
  const locationId = location.id;
  return {
    shop,
    async byId(ids) {
      const { nodes } = await ask(BY_ID, { ids, locationId }, ById);
      return nodes.flatMap((item) => (item === null ? [] : itemOf(item)));
    },
    async bySku(skus) {
      const query = skus.map((sku) => `sku:"${sku.replace(/["\\]/g, '\\$&')}"`).join(' OR ');
      if (query.length > MAX_SEARCH && skus.length > 1) return null;
      const { inventoryItems } = await ask(BY_SKU, { query, locationId }, BySku);
      return inventoryItems.pageInfo.hasNextPage ? null : inventoryItems.nodes.map(itemOf);
    },
    apply: (changes) => setQuantities(ask, locationId, changes),
  };
}

async function findLocation({ ask, locationId }: ShopifyStockAccess) {
  if (locationId !== undefined) {
    const { location } = await ask(LOCATION, { id: `gid://shopify/Location/${locationId}` }, OneLocation);
    return location?.isActive === true
      ? location
      : `the shop has no active location ${locationId}: see locationId of the connection`;
  }
  const { locations } = await ask(LOCATIONS, {}, Locations);
  const [only, another] = locations.nodes.filter(({ isActive }) => isActive);
  if (only === undefined) return 'the shop has no active location';
  return another === undefined
    ? only
    : 'the shop has several locations: name one in locationId of the connection';
}

function itemOf({ id, sku, tracked, inventoryLevel }: z.infer<typeof Item>): StockItem {
  const quantity = inventoryLevel?.quantities[0]?.quantity;
  if (!tracked) return { id, sku, quantity: { reason: 'the shop does not track its quantity' } };
  return { id, sku, quantity: quantity ?? { reason: 'it is not stocked at the location' } };
}

/**
 * Shopify makes all changes of a request or none, and does not always say which of them it does not take. So what is refused
 * is made again by halves, each under a key of its own: a repeat goes the same way, and learns what came of each.
 */
async function setQuantities(
  ask: AskShopify,
  locationId: string,
  changes: readonly ItemChange<StockItem>[],
): Promise<readonly StockChangeResult[]> {
  const keys = JSON.stringify(changes.map(({ key }) => key));
  const key = createHash('sha256').update(keys).digest('hex');
  const input = {
    name: 'available',
    reason: 'correction',
    referenceDocumentUri: `gid://order-loop/StockChange/${key}`,
    quantities: changes.map(({ item, from, to }) => ({
      ...{ inventoryItemId: item.id, locationId, quantity: to, changeFromQuantity: from },
    })),
  };
  const { inventorySetQuantities } = await ask(SET, { input, key }, SetAnswer);
  const [error] = inventorySetQuantities.userErrors;
  const all = (outcome: StockChangeResult['outcome'], reason?: string) =>
    changes.map(({ sku }): StockChangeResult => ({ sku, outcome, reason }));
  if (error === undefined) return all('applied');
  if (error.code === 'IDEMPOTENCY_CONCURRENT_REQUEST') throw new Busy('Shopify is at the same change');
  // What was sent under the key before may have been applied: none of it is made again.
  if (error.code === 'IDEMPOTENCY_KEY_PARAMETER_MISMATCH') return all('changed', error.message);
  if (changes.length === 1) {
    return all(NOT_MADE.includes(error.code) ? 'changed' : 'refused', error.message.slice(0, 200));
  }
  const [one, other] = halves(changes);
  return [...(await setQuantities(ask, locationId, one)), ...(await setQuantities(ask, locationId, other))];
}
