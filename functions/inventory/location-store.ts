import type { Location } from '../../domain/inventory/location.ts';
import type { Origin } from '../events/envelope.ts';

/** What became of the wish to remove a location; one in use holds stock of a SKU, or awaits some. */
export type Removal =
  | { readonly kind: 'removed' }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'in-use'; readonly sku: string };

export interface LocationStore {
  /** @returns all locations by their ids, MAIN among them. */
  list(): Promise<readonly Location[]>;
  get(locationId: string): Promise<Location | null>;
  /** @returns a location that may receive stock; null for one that is being removed */
  find(locationId: string): Promise<Location | null>;
  /** @returns whether the location is new */
  save(location: Location, origin: Origin): Promise<boolean>;
  /**
   * Removes a location that holds nothing; while that is found out nothing comes in.
   *
   * @param until epoch milliseconds after which no further SKU is checked; the location is opened again then
   * @throws Busy when another request changed the location meanwhile, or time was up; it is not removed
   */
  remove(locationId: string, origin: Origin, until: number): Promise<Removal>;
}
