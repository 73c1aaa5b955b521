import type { Address } from '../../../domain/order/terms.ts';

/** @returns whether a parcel can find the address: a street, a place and a country. */
export function isDeliverable(shipTo: Address | undefined): boolean {
  if (shipTo === undefined) return false;
  const { address1, city, postalCode, country } = shipTo;
  return address1 !== undefined && country !== undefined && (city ?? postalCode) !== undefined;
}
