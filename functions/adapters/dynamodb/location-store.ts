import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { LocationId, LocationTerms, MAIN, MAIN_LOCATION } from '../../../domain/inventory/location.ts';
import type { LocationStore, Removal } from '../../inventory/location-store.ts';
import { writeAudited } from './audit-trail.ts';
import type { Table } from './client.ts';
import { getItem, parseItem, queryAll, queryItems, wasWritten } from './items.ts';
import { LOCATIONS, locationKey, locationSkuPartition } from './keys.ts';
import { stockStore } from './stock-store.ts';

const StoredLocation = z.object({
  location: LocationTerms.extend({ locationId: LocationId }).strip(),
  /** Counts the saves: another number means that the location changed since it was read. */
  revision: z.int(),
  /** It is being removed. */
  closing: z.boolean().optional(),
});
const SkuHere = z.object({ sku: z.string() });
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
    async find(locationId) {
      const stored = await read(locationId);
      if (stored === null) return locationId === MAIN ? MAIN_LOCATION : null;
      return stored.closing ? null : stored.location;
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
    async remove(locationId, origin) {
      if (!(await close(table, locationId))) return { kind: 'unknown' };
      const sku = await skuThatHolds(table, locationId);
      if (sku !== null) {
        await open(table, locationId);
        return { kind: 'in-use', sku };
      }
      return writeAudited<Removal>(table, origin, async () => {
        const before = await read(locationId);
        if (before === null) return { writes: [], result: { kind: 'unknown' } };
        const Key = { ...locationKey(locationId) };
        return {
          writes: [
            {
              item: { Delete: { TableName: table.name, Key, ...unchanged(before) } },
              conflict: 'changed-meanwhile',
            },
          ],
          result: { kind: 'removed' },
          act: { action: 'location.removed', subject: locationId, before: before.location },
        };
      });
    },
  };
}

/** From here on nothing comes into the location. @returns whether there is one */
function close(table: Table, locationId: string): Promise<boolean> {
  return wasWritten(
    table.client.send(
      new UpdateCommand({
        TableName: table.name,
        Key: { ...locationKey(locationId) },
        UpdateExpression: 'SET closing = :yes, revision = revision + :one',
        // Protects from making a location that there is not.
        ConditionExpression: 'attribute_exists(pk)',
        ExpressionAttributeValues: { ':yes': true, ':one': 1 },
      }),
    ),
  );
}

async function open(table: Table, locationId: string): Promise<void> {
  await wasWritten(
    table.client.send(
      new UpdateCommand({
        TableName: table.name,
        Key: { ...locationKey(locationId) },
        UpdateExpression: 'REMOVE closing',
        // Protects from making a location that another removed meanwhile.
        ConditionExpression: 'attribute_exists(pk)',
      }),
    ),
  );
}

/** @returns a SKU that has units in a location, or null */
async function skuThatHolds(table: Table, locationId: string): Promise<string | null> {
  const stock = stockStore(table);
  const items = queryItems(table, {
    ConsistentRead: true,
    KeyConditionExpression: 'pk = :location',
    ExpressionAttributeValues: { ':location': locationSkuPartition(locationId) },
  });
  for await (const item of items) {
    const { sku } = parseItem(SkuHere, item);
    const lots = (await stock.lotsOf([sku])).get(sku) ?? [];
    const isHeld = lots.some((lot) => lot.locationId === locationId && lot.available + lot.reserved > 0);
    const isAwaited = (await stock.expected(sku)).some((each) => each.locationId === locationId);
    if (isHeld || isAwaited) return sku;
  }
  return null;
}

/** Protects what another saved since the location was read. */
function unchanged(before: StoredLocation | null) {
  if (before === null) return { ConditionExpression: 'attribute_not_exists(pk)' };
  return {
    ConditionExpression: 'revision = :seen',
    ExpressionAttributeValues: { ':seen': before.revision },
  };
}
