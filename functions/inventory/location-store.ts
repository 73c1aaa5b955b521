import type { Location } from '../../domain/inventory/location.ts';
import type { Origin } from '../events/envelope.ts';

export interface LocationStore {
  /** @returns all locations by their ids, MAIN among them. */
  list(): Promise<readonly Location[]>;
  get(locationId: string): Promise<Location | null>;
  /** @returns whether the location is new */
  save(location: Location, origin: Origin): Promise<boolean>;
  /** @returns whether there was such a location */
  remove(locationId: string, origin: Origin): Promise<boolean>;
}
