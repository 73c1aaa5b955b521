import { type GraphQLResolveInfo, getDirectiveValues } from 'graphql';
import type { Keeper } from '../aws/secrets.ts';
import { gid, idOf, ONLY_PLACE, page } from './shopify-view.ts';
import type { FakeItem, FakeStock } from './stock.ts';

interface SetQuantities {
  readonly input: {
    readonly name: string;
    readonly reason: string;
    readonly quantities: readonly {
      readonly inventoryItemId: string;
      readonly locationId: string;
      readonly quantity: number;
      readonly changeFromQuantity?: number | null;
    }[];
  };
}

/** What the API passes to each resolver. */
export interface AskedVersion {
  readonly version: string;
}

/** Shopify's own. */
const MAX_QUANTITIES = 250;
const MAX_QUANTITY = 1_000_000_000;

/**
 * The part of the API that reads and sets stock: a set that names another quantity than there is changes nothing, and one
 * that was made under the same key is answered as it was.
 *
 * @see https://shopify.dev/docs/api/admin-graphql/2026-10/mutations/inventorySetQuantities
 */
export function shopifyStockRoots(kept: Keeper, stock: FakeStock) {
  const locations = () => {
    const ids = new Set(stock.list().flatMap(({ levels }) => Object.keys(levels)));
    return ids.size === 0 ? [ONLY_PLACE] : [...ids].sort();
  };
  const location = (id: string) => ({ id: gid('Location', id), isActive: true });

  const setQuantities = ({ input }: SetQuantities, version: string) => {
    const { name, quantities } = input;
    const refused = (index: number, field: string, code: string, message: string) => ({
      field: ['input', 'quantities', String(index), field],
      code,
      message,
    });
    if (name !== 'available')
      return [{ field: ['input', 'name'], code: 'INVALID_NAME', message: 'Invalid name.' }];
    if (quantities.length > MAX_QUANTITIES) throw new Error(`at most ${MAX_QUANTITIES} quantities`);
    return quantities.flatMap((each, index) => {
      const { inventoryItemId, locationId, quantity, changeFromQuantity } = each;
      const item = stock.find(idOf(inventoryItemId));
      if (item === null) {
        return refused(
          index,
          'inventoryItemId',
          'INVALID_INVENTORY_ITEM',
          'The specified inventory item could not be found.',
        );
      }
      if (!locations().includes(idOf(locationId))) {
        return refused(index, 'locationId', 'INVALID_LOCATION', 'The specified location could not be found.');
      }
      if (quantity < 0) {
        return refused(index, 'quantity', 'INVALID_QUANTITY_NEGATIVE', "The quantity can't be negative.");
      }
      if (quantity > MAX_QUANTITY) {
        return refused(
          index,
          'quantity',
          'INVALID_QUANTITY_TOO_HIGH',
          "The quantity can't be higher than 1,000,000,000.",
        );
      }
      if (changeFromQuantity === undefined && version >= '2026-04') {
        throw new Error('the changeFromQuantity argument is required');
      }
      const isStale = changeFromQuantity != null && changeFromQuantity !== item.levels[idOf(locationId)];
      return isStale
        ? refused(
            index,
            'changeFromQuantity',
            'CHANGE_FROM_QUANTITY_STALE',
            'The changeFromQuantity value does not match the persisted quantity.',
          )
        : [];
    });
  };

  return {
    location: ({ id = ONLY_PLACE }: { id?: string }) =>
      locations().includes(idOf(id)) ? location(idOf(id)) : null,
    locations: (given: { first?: number; after?: string | null }) => page(locations().map(location), given),
    inventoryItems({ query = '', ...given }: { query?: string; first?: number; after?: string | null }) {
      const wanted = skusOf(query);
      const found = stock.list().filter(({ sku }) => wanted.some((text) => isFound(sku, text)));
      return page(found.map(itemView), given);
    },
    inventorySetQuantities(given: SetQuantities, { version }: AskedVersion, info: GraphQLResolveInfo) {
      const [node] = info.fieldNodes;
      const directive = info.schema.getDirective('idempotent');
      const values =
        node === undefined || directive == null
          ? undefined
          : getDirectiveValues(directive, node, info.variableValues);
      if (values === undefined && version >= '2026-04') {
        throw new Error('The @idempotent directive is required for this mutation but was not provided.');
      }
      const name = `stand-in shopify key ${String(values?.key)}`;
      const before = values === undefined ? null : kept.read(name);
      const failed = (code: string, message: string) => ({
        inventoryAdjustmentGroup: null,
        userErrors: [{ field: null, code, message }],
      });
      if (before !== null) {
        const { input, isMade } = JSON.parse(before);
        if (input !== JSON.stringify(given.input)) {
          return failed(
            'IDEMPOTENCY_KEY_PARAMETER_MISMATCH',
            'The same idempotency key cannot be used with different operation parameters.',
          );
        }
        return isMade
          ? { inventoryAdjustmentGroup: { id: gid('InventoryAdjustmentGroup', '1') }, userErrors: [] }
          : failed(
              'IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED',
              'A previous request with this idempotency key failed.',
            );
      }
      const userErrors = setQuantities(given, version);
      const isMade = userErrors.length === 0;
      if (values !== undefined)
        kept.write(name, JSON.stringify({ input: JSON.stringify(given.input), isMade }));
      if (!isMade) return { inventoryAdjustmentGroup: null, userErrors };
      for (const { inventoryItemId, locationId, quantity } of given.input.quantities) {
        const item = stock.find(idOf(inventoryItemId));
        if (item !== null) stock.set(item, idOf(locationId), quantity);
      }
      return { inventoryAdjustmentGroup: { id: gid('InventoryAdjustmentGroup', '1') }, userErrors: [] };
    },
  };
}

/** @returns an inventory item as the API shows it. */
export function itemView({ itemId, sku, isTracked, levels }: FakeItem) {
  return {
    __typename: 'InventoryItem',
    id: gid('InventoryItem', itemId),
    sku,
    tracked: isTracked,
    inventoryLevel({ locationId }: { locationId: string }) {
      const quantity = levels[idOf(locationId)];
      if (quantity === undefined) return null;
      return {
        id: gid('InventoryLevel', itemId),
        quantities: ({ names }: { names: readonly string[] }) =>
          names.map((name) => ({ id: gid('InventoryQuantity', itemId), name, quantity })),
      };
    },
  };
}

/** `sku:"…"` and others of them with OR between; a backslash escapes what follows it. */
const TERM = /^sku:"((?:[^"\\]|\\.)*)"(?: OR |$)/s;

/** @returns the phrases that a search asks for. */
function skusOf(query: string): readonly string[] {
  const phrases: string[] = [];
  for (let rest = query; rest !== ''; ) {
    const term = TERM.exec(rest);
    if (term === null) throw new Error(`the stand-in knows no search for ${rest}`);
    phrases.push((term[1] ?? '').replace(/\\(.)/gs, '$1'));
    rest = rest.slice(term[0].length);
  }
  return phrases;
}

/** Shopify searches words, whatever stands between them, in any case: more is found than was meant. */
function isFound(sku: string, phrase: string): boolean {
  const words = (text: string) => ` ${(text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []).join(' ')} `;
  return words(sku).includes(words(phrase).trimEnd());
}
