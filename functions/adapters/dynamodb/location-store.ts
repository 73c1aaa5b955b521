import * as z from 'zod';
import { LocationId, LocationTerms, MAIN, MAIN_LOCATION } from '../../../domain/inventory/location.ts';
import type { LocationStore } from '../../inventory/location-store.ts';
import { writeAudited } from './audit-trail.ts';
import type { Table } from './client.ts';
import { getItem, parseItem, queryAll } from './items.ts';
import { LOCATIONS, locationKey } from './keys.ts';

const StoredLocation = z.object({
  location: LocationTerms.extend({ locationId: LocationId }).strip(),
  /** Counts the saves: another number means that the location changed since it was read. */
  revision: z.int(),
});
type StoredLocation = z.infer<typeof StoredLocation>;

/** Locations are few: all are in one partition, which is read as a whole. MAIN has an item once somebody changed it. */
export function locationStore(table: Table): LocationStore {
  const read = async (locationId: string) => {
    const item = await getItem(table, locationKey(locationId));
    return item === null ? null : parseItem(StoredLocation, item);
  };
  return {
    async list() {
      const stored = await queryAll(table, StoredLocation, {
        ConsistentRead: true,
        KeyConditionExpression: 'pk = :locations',
        ExpressionAttributeValues: { ':locations': LOCATIONS },
      });
      const locations = stored.map(({ location }) => location);
      return locations.some(({ locationId }) => locationId === MAIN)
        ? locations
        : [MAIN_LOCATION, ...locations];
    },
    async get(locationId) {
      const stored = await read(locationId);
      return stored?.location ?? (locationId === MAIN ? MAIN_LOCATION : null);
    },
    save: (location, origin) =>
      writeAudited(table, origin, async () => {
        const { locationId } = location;
        const before = await read(locationId);
        const revision = (before?.revision ?? 0) + 1;
        const Item = { ...locationKey(locationId), kind: 'LOCATION', location, revision };
        return {
          writes: [
            {
              item: { Put: { TableName: table.name, Item, ...unchanged(before) } },
              conflict: 'changed-meanwhile',
            },
          ],
          result: before === null && locationId !== MAIN,
          act: {
            action: 'location.saved',
            subject: locationId,
            before: before?.location,
            after: location,
          },
        };
      }),
    remove: (locationId, origin) =>
      writeAudited<boolean>(table, origin, async () => {
        const before = await read(locationId);
        if (before === null) return { writes: [], result: false };
        const Key = { ...locationKey(locationId) };
        return {
          writes: [
            {
              item: { Delete: { TableName: table.name, Key, ...unchanged(before) } },
              conflict: 'changed-meanwhile',
            },
          ],
          result: true,
          act: { action: 'location.removed', subject: locationId, before: before.location },
        };
      }),
  };
}

/** Protects what another saved since the location was read. */
function unchanged(before: StoredLocation | null) {
  if (before === null) return { ConditionExpression: 'attribute_not_exists(pk)' };
  return {
    ConditionExpression: 'revision = :seen',
    ExpressionAttributeValues: { ':seen': before.revision },
  };
}
