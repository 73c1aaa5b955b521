import { setTimeout as pause } from 'node:timers/promises';
import type { Drift } from '../../../contract/responses.ts';
import { isSameLot, locationOf } from '../../../domain/inventory/location.ts';
import type { Lot } from '../../../domain/inventory/lot.ts';
import type { Table } from './client.ts';
import { stockStore } from './stock-store.ts';

/** How many SKUs are looked at side by side. */
const AT_ONCE = 12;
/** Milliseconds between two looks at a lot that seems to drift: the index lags behind, and orders move on. */
const SETTLING = 100;

/** A piece of the walk through all lots. */
export interface DriftPage {
  readonly items: readonly Drift[];
  /** The SKU to continue after, or null when every lot was looked at. */
  readonly next: string | null;
}

/**
 * Recomputes from the orders what each lot should have reserved, and lists the lots whose counters say otherwise. It
 * walks through the SKUs, so that its work grows with the stock and what orders take of it, and not with the history
 * of everything.
 *
 * @param after the SKU behind which the walk begins, or null for all of them
 * @param until epoch milliseconds after which no further SKUs are begun; those begun are finished
 */
export async function findDrift(table: Table, after: string | null, until: number): Promise<DriftPage> {
  const stock = stockStore(table);
  const items: Drift[] = [];
  let position = after;
  do {
    const skus = await stock.skus(AT_ONCE, position);
    const found = await Promise.all(skus.map((sku) => driftOf(table, sku)));
    items.push(...found.flat());
    const last = skus.at(-1);
    if (last === undefined || skus.length < AT_ONCE) return { items, next: null };
    position = last;
  } while (Date.now() < until);
  return { items, next: position };
}

async function driftOf(table: Table, sku: string): Promise<readonly Drift[]> {
  const lots = (await stockStore(table).lotsOf([sku])).get(sku) ?? [];
  const looked = await Promise.all(lots.map((lot) => look(table, lot)));
  return looked.filter((lot) => lot.reserved !== lot.reservedByOrders);
}

/** Reads lot and orders again until the lot held still meanwhile; a lot that never does is reported as it was seen. */
async function look(table: Table, lot: Lot): Promise<Drift> {
  const { sku, lotNumber, reserved } = lot;
  const named = { sku, lotNumber, locationId: locationOf(lot) };
  const stock = stockStore(table);
  const reservedNow = async () =>
    (await stock.lotsOf([sku])).get(sku)?.find((each) => isSameLot(each, lot))?.reserved ?? 0;
  let seen: Drift = { ...named, reserved, reservedByOrders: reserved };
  for (let attempt = 0; attempt < 5; attempt++) {
    if (attempt > 0) await pause(SETTLING * attempt);
    const before = attempt === 0 ? reserved : await reservedNow();
    const uses = (await stock.usesOfLot(sku, lotNumber)).filter(
      (use) => locationOf(use) === named.locationId,
    );
    const reservedByOrders = uses.reduce((total, use) => total + use.reserved, 0);
    seen = { ...named, reserved: before, reservedByOrders };
    if (before === reservedByOrders) return seen;
    if (attempt >= 2 && before === (await reservedNow())) return seen;
  }
  return seen;
}
