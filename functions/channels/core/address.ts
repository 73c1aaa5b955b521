import type { Address } from '../../../domain/order/terms.ts';

/** @returns whether a parcel can find the address: a street, a place and a country. */
export function isDeliverable(shipTo: Address | undefined): boolean {
  if (shipTo === undefined) return false;
  const { address1, city, postalCode, country } = shipTo;
  return address1 !== undefined && country !== undefined && (city ?? postalCode) !== undefined;
}

/** @returns whether two addresses, or other flat records, say the same in any order of their fields. */
export function isSame(one: object, other: object | undefined): boolean {
  const fields = (of: object) => JSON.stringify(Object.entries(of).sort(([a], [b]) => (a < b ? -1 : 1)));
  return other !== undefined && fields(one) === fields(other);
}
