import type { InventoryResponse, LotResponse } from '../../contract/responses.ts';
import type { Expected } from '../../domain/inventory/expected.ts';
import { locationOf } from '../../domain/inventory/location.ts';
import type { Lot } from '../../domain/inventory/lot.ts';

/** A lot as the API shows it. */
export function lotView(lot: Lot): LotResponse {
  const { sku, lotNumber, expiryDate, location, status, available, reserved } = lot;
  return {
    sku,
    lotNumber,
    locationId: locationOf(lot),
    expiryDate,
    location,
    status,
    onHand: available + reserved,
    reserved,
    available,
  };
}

/** All lots of a SKU, their sums, and what is to come. */
export function inventoryView(
  sku: string,
  lots: readonly Lot[],
  today: string,
  expected: readonly Expected[],
): InventoryResponse {
  const byLocation = [...Map.groupBy(lots, locationOf)].sort(([one], [other]) => (one < other ? -1 : 1));
  return {
    sku,
    ...stockSums(lots, today),
    locations: byLocation.map(([locationId, own]) => ({ locationId, ...stockSums(own, today) })),
    lots: lots.map(lotView),
    expected: expected.map((each) => ({ ...each, locationId: locationOf(each) })),
  };
}

/** Sums of lots, in units; what is expired or not AVAILABLE can be promised to nobody. */
export function stockSums(lots: readonly Lot[], today: string) {
  const sum = (units: (lot: Lot) => number) => lots.reduce((total, lot) => total + units(lot), 0);
  const canBePromised = (lot: Lot) =>
    lot.status === 'AVAILABLE' && (lot.expiryDate === null || lot.expiryDate >= today);
  return {
    onHand: sum((lot) => lot.available + lot.reserved),
    reserved: sum((lot) => lot.reserved),
    available: sum((lot) => (canBePromised(lot) ? lot.available : 0)),
    unavailable: sum((lot) => (canBePromised(lot) ? 0 : lot.available)),
  };
}
