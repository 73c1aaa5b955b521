import * as z from 'zod';
import { Address, Channel, OrderType } from '../order/terms.ts';
import { text } from '../text.ts';

/** The location that exists by itself, and that records without a location are of. */
export const MAIN = 'MAIN';

export const LocationId = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'letters, digits, . _ and -, 64 at most')
  .meta({ id: 'LocationId', description: 'A location of stock, `MAIN` by default.', example: 'EAST' });

/** What is said of a location that holds stock and ships orders. */
export const LocationTerms = z.strictObject({
  name: text(200).refine((name) => name.trim() !== '', 'a name is not blank'),
  address: Address,
  /** Of locations that suit an order alike, the one with the lowest number ships it. */
  priority: z.int().min(0).max(1_000_000),
  timeZone: text(64).refine(isTimeZone, 'a time zone of IANA, such as America/New_York').optional(),
  /** Only orders of these; of all where it is absent. */
  channels: z.array(Channel).min(1).max(20).optional(),
  orderTypes: z.array(OrderType).min(1).max(2).optional(),
});

/** A location of stock. */
export interface Location extends z.infer<typeof LocationTerms> {
  readonly locationId: string;
}

/** MAIN as it is until somebody says more of it. */
export const MAIN_LOCATION: Location = { locationId: MAIN, name: 'Main', address: {}, priority: 0 };

/** Where a day has to stand for lots that never expire, so that they sort behind all others. */
export const NEVER_EXPIRES = '9999-12-31';

/** A lot within its SKU: the same number in two locations is two lots. Without a location it is of MAIN. */
export interface LotPlace {
  readonly lotNumber: string;
  readonly locationId?: string | undefined;
}

/** @returns the location that something without one is of */
export function locationOf({ locationId = MAIN }: { readonly locationId?: string | undefined }): string {
  return locationId;
}

/** @returns a location as events and items have it: MAIN is left out, as in those from before there were others */
export function recorded(locationId: string | undefined): { locationId?: string } {
  return locationId === undefined || locationId === MAIN ? {} : { locationId };
}

/** @returns a text that is the same for the same lot of a SKU, and for no other */
export function lotIdentity(lot: LotPlace): string {
  return JSON.stringify([locationOf(lot), lot.lotNumber]);
}

/** @returns a text that is the same for the same lot, and for no other lot of any SKU */
export function stockIdentity(sku: string, lot: LotPlace): string {
  return JSON.stringify([sku, locationOf(lot), lot.lotNumber]);
}

/** @returns whether both are the same lot of a SKU */
export function isSameLot(one: LotPlace, other: LotPlace): boolean {
  return one.lotNumber === other.lotNumber && locationOf(one) === locationOf(other);
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
