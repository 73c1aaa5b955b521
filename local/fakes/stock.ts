import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { Keeper } from '../aws/secrets.ts';

/** What a merchant types of a product: units of a SKU in one location. */
const Entry = z.strictObject({
  sku: z.string().max(255),
  quantity: z.int(),
  /** @default the shop's only one */
  locationId: z.string().max(100).optional(),
  /** The shop's own id of what it counts; the same SKU under another one makes the SKU ambiguous. @default made of the SKU */
  itemId: z.string().max(100).optional(),
  /** The product of a variation, at WooCommerce. */
  parentId: z.string().max(100).optional(),
  isTracked: z.boolean().default(true),
});

/** A product whose units a shop counts, by location; below zero where it sold more than it had. */
export interface FakeItem {
  readonly itemId: string;
  readonly sku: string;
  readonly parentId?: string | undefined;
  readonly isTracked: boolean;
  readonly levels: Readonly<Record<string, number>>;
}

/** Units that an order takes, by SKU and location. */
export interface Taken {
  readonly sku: string;
  readonly locationId: string;
  readonly quantity: number;
}

/** The stock of a shop, kept beyond the end of the process. */
export interface FakeStock {
  list(): readonly FakeItem[];
  find(itemId: string): FakeItem | null;
  /**
   * Plays the merchant: types quantities.
   *
   * @throws ZodError for what is no list of entries
   */
  put(entries: unknown): void;
  set(item: FakeItem, locationId: string, quantity: number): void;
  /** Takes what an order wants beyond what it wanted before; gives back what it wants no more. */
  sell(before: readonly Taken[], after: readonly Taken[]): void;
}

/**
 * @param onlyLocation of a shop that names none
 * @param idOf the id of a product that was typed without one
 */
export function fakeStock(
  kept: Keeper,
  shop: string,
  onlyLocation: string,
  idOf: (sku: string) => string = numberOf,
): FakeStock {
  const nameOf = (itemId: string) => `stand-in ${shop} stock ${itemId}`;
  const find = (itemId: string): FakeItem | null => {
    const text = kept.read(nameOf(itemId));
    return text === null ? null : JSON.parse(text);
  };
  const keep = (item: FakeItem) => kept.write(nameOf(item.itemId), JSON.stringify(item));
  const list = () => kept.list(nameOf('')).map((text): FakeItem => JSON.parse(text));
  const set: FakeStock['set'] = (item, locationId, quantity) =>
    keep({ ...item, levels: { ...item.levels, [locationId]: quantity } });
  const move = ({ sku, locationId }: Taken, units: number) => {
    const item = list().find((each) => each.sku === sku && each.levels[locationId] !== undefined);
    if (item?.isTracked === true) set(item, locationId, (item.levels[locationId] ?? 0) + units);
  };
  return {
    list,
    find,
    set,
    put(entries) {
      for (const entry of z.array(Entry).max(1000).parse(entries)) {
        const { sku, quantity, parentId, isTracked, locationId = onlyLocation } = entry;
        const itemId = entry.itemId ?? idOf(sku);
        const levels = { ...find(itemId)?.levels, [locationId]: quantity };
        keep({ itemId, sku, isTracked, levels, ...(parentId !== undefined && { parentId }) });
      }
    },
    sell(before, after) {
      for (const taken of before) move(taken, taken.quantity);
      for (const taken of after) move(taken, -taken.quantity);
    },
  };
}

/** @returns a number of nine digits for a SKU, always the same. */
function numberOf(sku: string): string {
  return String(100_000_000 + (createHash('sha256').update(sku).digest().readUInt32BE(0) % 900_000_000));
}
