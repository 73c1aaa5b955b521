import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { LocationId, LocationTerms, MAIN, MAIN_LOCATION } from '../../../domain/inventory/location.ts';
import type { Origin } from '../../events/envelope.ts';
import type { LocationStore, Removal } from '../../inventory/location-store.ts';
import { Busy } from '../../write-failures.ts';
import { writeAudited } from './audit-trail.ts';
import type { Table } from './client.ts';
import { batchesOf, getItem, parseItem, queryAll, queryItems, wasWritten } from './items.ts';
import { LOCATIONS, locationKey, locationSkuPartition } from './keys.ts';
import { stockStore } from './stock-store.ts';

/** SKUs whose stock is read together. */
const BATCH = 25;

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
  const removeClosed = (locationId: string, closed: number, origin: Origin) =>
    writeAudited<Removal>(table, origin, async () => {
      const before = await read(locationId);
      if (before === null) return { writes: [], result: { kind: 'unknown' } };
      if (before.revision !== closed || !before.closing) {
        throw new Busy(`${locationId} was changed by another request; it was not removed, send it again`);
      }
      const Delete = {
        TableName: table.name,
        Key: { ...locationKey(locationId) },
        // Protects what came into the location since it was opened again.
        ConditionExpression: 'revision = :closed AND closing = :yes',
        ExpressionAttributeValues: { ':closed': closed, ':yes': true },
      };
      return {
        writes: [{ item: { Delete }, conflict: 'changed-meanwhile' }],
        result: { kind: 'removed' },
        act: { action: 'location.removed', subject: locationId, before: before.location },
      };
    });
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
    async remove(locationId, origin, until) {
      const closed = await close(table, locationId);
      if (closed === null) return { kind: 'unknown' };
      let isRemoved = false;
      try {
        const sku = await skuThatHolds(table, locationId, until);
        if (sku !== null) return { kind: 'in-use', sku };
        const removal = await removeClosed(locationId, closed, origin);
        isRemoved = true;
        return removal;
      } finally {
        if (!isRemoved) await open(table, locationId, closed);
      }
    },
  };
}

/**
 * From here on nothing comes into the location.
 *
 * @returns the revision that it is closed at, or null where there is no such location
 */
async function close(table: Table, locationId: string): Promise<number | null> {
  const closing = table.client.send(
    new UpdateCommand({
      TableName: table.name,
      Key: { ...locationKey(locationId) },
      UpdateExpression: 'SET closing = :yes, revision = revision + :one',
      // Protects from making a location that there is not.
      ConditionExpression: 'attribute_exists(pk)',
      ExpressionAttributeValues: { ':yes': true, ':one': 1 },
      ReturnValues: 'ALL_NEW',
    }),
  );
  if (!(await wasWritten(closing))) return null;
  return parseItem(StoredLocation, (await closing).Attributes ?? {}).revision;
}

async function open(table: Table, locationId: string, closed: number): Promise<void> {
  await wasWritten(
    table.client.send(
      new UpdateCommand({
        TableName: table.name,
        Key: { ...locationKey(locationId) },
        UpdateExpression: 'REMOVE closing',
        // Protects from opening a location that another request closed since, or removed.
        ConditionExpression: 'revision = :closed',
        ExpressionAttributeValues: { ':closed': closed },
      }),
    ),
  );
}

/**
 * @param until epoch milliseconds after which no further SKU is read
 * @returns a SKU that has units in a location, or null
 * @throws Busy when the time ends before every SKU was read
 */
async function skuThatHolds(table: Table, locationId: string, until: number): Promise<string | null> {
  const stock = stockStore(table);
  const items = queryItems(table, {
    ConsistentRead: true,
    KeyConditionExpression: 'pk = :location',
    ExpressionAttributeValues: { ':location': locationSkuPartition(locationId) },
  });
  for await (const batch of batchesOf(items, BATCH)) {
    if (Date.now() >= until) {
      throw new Busy(`${locationId} has too many SKUs to check in time; it was not removed, send it again`);
    }
    const skus = batch.map((item) => parseItem(SkuHere, item).sku);
    // First what is to come: a receipt between the two reads moves it into a lot.
    const expected = await Promise.all(skus.map((sku) => stock.expected(sku)));
    const lots = await stock.lotsOf(skus);
    const found = skus.find((sku, index) => {
      const isAwaited = (expected[index] ?? []).some((each) => each.locationId === locationId);
      const isHeld = (lots.get(sku) ?? []).some(
        (lot) => lot.locationId === locationId && lot.available + lot.reserved > 0,
      );
      return isHeld || isAwaited;
    });
    if (found !== undefined) return found;
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
