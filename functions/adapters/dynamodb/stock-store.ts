import { QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { INDEXES } from '../../../contract/table.ts';
import type { Expected } from '../../../domain/inventory/expected.ts';
import { leasedOf, unleasedOf } from '../../../domain/inventory/lease.ts';
import { recorded } from '../../../domain/inventory/location.ts';
import { type Lot, LotStatus } from '../../../domain/inventory/lot.ts';
import { type Transfer, type TransferLine, TransferState } from '../../../domain/inventory/transfer.ts';
import type { Origin } from '../../events/envelope.ts';
import type {
  LotUse,
  LotWrite,
  StockStore,
  StockWrite,
  WaitingLine,
  WaitingRange,
} from '../../inventory/ports.ts';
import { writeAudited } from './audit-trail.ts';
import type { Table } from './client.ts';
import {
  type Fields,
  getItem,
  keyOf,
  parseItem,
  queryAll,
  queryItems,
  type StoredItem,
  StoredKey,
  wasWritten,
} from './items.ts';
import {
  arrival,
  EXPECTED_PREFIX,
  expectedKey,
  inTransitKey,
  type Key,
  locationKey,
  locationSkuKey,
  lotEventKey,
  lotIndexKey,
  lotKey,
  lotNumberKey,
  SKUS,
  skuNameKey,
  skuPartition,
  transferKey,
} from './keys.ts';
import { type LeaseChange, leaseAttribute, leasesOf, leaseWrite } from './leases.ts';
import { skuIndexKey } from './order-items.ts';
import { readItems } from './read-items.ts';
import { type Seal, sealsOf } from './sealed-history.ts';
import { lotDigestBefore, lotsQuery, noteLotSeal, sealWith } from './sealed-lots.ts';
import { lowStockWrite } from './threshold-store.ts';
import { isUncertain, type Write, writeAll } from './transaction.ts';
import { beginIdempotency } from './uniqueness-claims.ts';

/** Lines that wait for a SKU and are read together. */
const PAGE = 100;

const StoredLot = z.object({
  sku: z.string(),
  lotNumber: z.string(),
  locationId: z.string().optional(),
  expiryDate: z.string().nullable(),
  location: z.string().optional(),
  status: LotStatus,
  available: z.int(),
  reserved: z.int(),
  sequence: z.int(),
} satisfies Fields<Omit<Lot, 'leases'>>);
const StoredTransfer = z.object({
  transfer: z.object({
    transferId: z.string(),
    fromLocationId: z.string(),
    toLocationId: z.string(),
    state: TransferState,
    lines: z.array(
      z.object({
        sku: z.string(),
        lotNumber: z.string(),
        expiryDate: z.string().nullable(),
        quantity: z.int(),
        received: z.int().optional(),
        reason: z.string().optional(),
      } satisfies Fields<TransferLine>),
    ),
    expectedAt: z.string().optional(),
    sentAt: z.string(),
    receivedAt: z.string().optional(),
  } satisfies Fields<Transfer>),
});
const StoredExpected = z.object({
  sku: z.string(),
  reference: z.string(),
  quantity: z.int(),
  expectedAt: z.string().optional(),
  locationId: z.string().optional(),
  transferId: z.string().optional(),
} satisfies Fields<Expected>);
const StoredSku = z.object({ sku: z.string() });
const WaitingLineItem = z.object({
  lineArrival: z.string(),
  orderId: z.string(),
  backordered: z.int(),
  allOrNothing: z.boolean().default(false),
});
const AllocationItem = z.object({
  orderId: z.string(),
  lineNumber: z.int(),
  locationId: z.string().optional(),
  quantity: z.int(),
  shipped: z.int(),
});

/** Keeps lots, their history, and finds the orders that wait for them or hold them. */
export function stockStore(table: Table): StockStore {
  return {
    async lotsOf(skus) {
      const lots = await Promise.all(skus.map((sku) => lotsOfSku(table, sku)));
      return new Map(skus.map((sku, index) => [sku, lots[index] ?? []]));
    },
    async save(write) {
      try {
        const seals = await Promise.all(
          write.lots.map(async ({ before, events }) => sealsOf(await lotDigestBefore(table, before), events)),
        );
        await writeAll(table, writesOf(table, write, seals));
      } catch (error) {
        if (isUncertain(error) && (await wasRecorded(table, write))) return;
        throw error;
      }
    },
    lease: (lot, owner, units) => lease(table, lot, owner, units),
    endLease: (lot, owner) => endLease(table, lot, owner),
    async transfer(transferId) {
      const item = await getItem(table, transferKey(transferId));
      return item === null ? null : parseItem(StoredTransfer, item).transfer;
    },
    expect: (expected, origin) => expect(table, expected, origin),
    expected: (sku) =>
      queryAll(table, StoredExpected, {
        ConsistentRead: true,
        KeyConditionExpression: 'pk = :sku AND begins_with(sk, :expected)',
        ExpressionAttributeValues: { ':sku': skuPartition(sku), ':expected': EXPECTED_PREFIX },
      }),
    skus: (limit, after) => skus(table, limit, after),
    linesWaitingFor: (sku, range) => linesWaitingFor(table, sku, range),
    usesOfLot: (sku, lotNumber) => usesOfLot(table, sku, lotNumber),
  };
}

async function lotsOfSku(table: Table, sku: string): Promise<readonly Lot[]> {
  const lots: Lot[] = [];
  for await (const item of queryItems(table, lotsQuery(sku))) lots.push(lotOf(item));
  return lots;
}

function lotOf(item: StoredItem): Lot {
  const lot: Lot = { ...parseItem(StoredLot, item), ...leasedIn(item) };
  noteLotSeal(lot, item);
  return lot;
}

async function skus(table: Table, limit: number, after: string | null): Promise<readonly string[]> {
  const { Items = [] } = await table.client.send(
    new QueryCommand({
      TableName: table.name,
      KeyConditionExpression: 'pk = :skus AND sk > :after',
      ExpressionAttributeValues: { ':skus': SKUS, ':after': after ?? ' ' },
      Limit: limit,
    }),
  );
  return Items.map((item) => parseItem(StoredSku, item).sku);
}

function leasedIn(item: StoredItem): Pick<Lot, 'leases'> {
  const leases = leasesOf(item);
  return leases === undefined ? {} : { leases };
}

async function* linesWaitingFor(
  table: Table,
  sku: string,
  range: WaitingRange = { after: undefined },
): AsyncGenerator<WaitingLine> {
  const { indexName, partitionKey, sortKey } = INDEXES.backordersBySku;
  const [relation, bound] =
    'before' in range
      ? ['<', arrival(range.before.receivedAt, range.before.orderId)]
      : ['>', range.after ?? ' '];
  const found = queryItems(table, {
    IndexName: indexName,
    KeyConditionExpression: `#waiting = :sku AND #arrival ${relation} :bound`,
    ExpressionAttributeNames: { '#waiting': partitionKey, '#arrival': sortKey },
    ExpressionAttributeValues: { ':sku': skuIndexKey(sku), ':bound': bound },
    Limit: PAGE,
  });
  const keys: Key[] = [];
  for await (const item of found) {
    keys.push(keyOf(item));
    if (keys.length === PAGE) yield* await waiting(table, keys.splice(0));
  }
  yield* await waiting(table, keys);
}

/** The index lags behind for a moment: the line itself says whether it still waits. */
async function waiting(table: Table, keys: readonly Key[]): Promise<readonly WaitingLine[]> {
  const lines = (await readItems(table, keys)).map((item) => parseItem(WaitingLineItem, item));
  return lines
    .filter(({ backordered }) => backordered > 0)
    .map(({ backordered, lineArrival, ...line }) => ({
      ...line,
      position: lineArrival,
      quantity: backordered,
    }));
}

async function usesOfLot(table: Table, sku: string, lotNumber: string): Promise<readonly LotUse[]> {
  const { indexName, partitionKey } = INDEXES.allocationsByLot;
  const keys = await queryAll(table, StoredKey, {
    IndexName: indexName,
    KeyConditionExpression: '#lot = :lot',
    ExpressionAttributeNames: { '#lot': partitionKey },
    ExpressionAttributeValues: { ':lot': lotIndexKey(sku, lotNumber) },
  });
  const items = await readItems(table, keys);
  return items.map((item) => {
    const { quantity, ...use } = parseItem(AllocationItem, item);
    return { ...use, reserved: quantity };
  });
}

async function wasRecorded(table: Table, { lots }: StockWrite): Promise<boolean> {
  const [first] = lots.flatMap(({ events }) => events);
  if (first === undefined) return false;
  const [item] = await readItems(table, [lotEventKey(first.sku, first, first.sequence)]);
  return item?.eventId === first.eventId;
}

function writesOf(table: Table, write: StockWrite, seals: readonly (readonly Seal[])[]): readonly Write[] {
  const [first] = write.lots;
  return [
    ...write.lots.flatMap((lot, index) => lotWrites(table, lot, seals[index] ?? [])),
    ...(write.arrived === undefined ? [] : [arrivedWrite(table, write.arrived)]),
    ...(write.transfer === undefined ? [] : transferWrites(table, write.transfer)),
    ...(write.lowStockThreshold === undefined || first === undefined
      ? []
      : [lowStockWrite(table, first.after.sku, write.lowStockThreshold)]),
    ...(write.idempotency === undefined ? [] : [beginIdempotency(table, write.idempotency)]),
  ];
}

function lotWrites(table: Table, write: LotWrite, seals: readonly Seal[]): readonly Write[] {
  const { before, after, events, sibling } = write;
  const { locationId } = after;
  const comesIn = events.some(({ type }) => type === 'StockReceived');
  // What a transfer brings was announced with it, and keeps its location from being removed.
  const isAnnounced = events.some(({ type }) => type === 'TransferReceived');
  const isMore = !isAnnounced && after.available > (before?.available ?? 0);
  return [
    lotWrite(table, write, seals),
    ...(comesIn && before === null ? [skuWrite(table, after.sku)] : []),
    ...(comesIn && before === null && sibling === undefined ? [isFirst(table, after)] : []),
    ...(comesIn && before === null && locationId !== undefined
      ? [locationSkuWrite(table, locationId, after.sku)]
      : []),
    ...(isMore && locationId !== undefined ? [isOpen(table, locationId)] : []),
    ...(sibling === undefined ? [] : [hasStatus(table, sibling)]),
    ...events.map(
      (event, index): Write => ({
        item: {
          Put: {
            TableName: table.name,
            Item: {
              ...lotEventKey(event.sku, event, event.sequence),
              kind: 'EVENT',
              ...event,
              ...seals[index],
            },
            ConditionExpression: 'attribute_not_exists(pk)',
          },
        },
        conflict: 'changed-meanwhile',
      }),
    ),
  ];
}

async function expect(table: Table, expected: Expected, origin: Origin): Promise<boolean> {
  const { sku, reference, quantity, locationId } = expected;
  const key = expectedKey(sku, reference);
  const intoLocation =
    locationId === undefined || quantity === 0
      ? []
      : [locationSkuWrite(table, locationId, sku), isOpen(table, locationId)];
  return writeAudited(table, origin, async () => {
    const item = await getItem(table, key);
    const before = item === null ? undefined : parseItem(StoredExpected, item);
    if (before === undefined && quantity === 0) return { writes: [], result: false };
    // Protects what was announced anew, or came, since it was read.
    const unchanged =
      before === undefined
        ? { ConditionExpression: 'attribute_not_exists(pk)' }
        : {
            ConditionExpression: `quantity = :quantity AND ${
              before.expectedAt === undefined ? 'attribute_not_exists(expectedAt)' : 'expectedAt = :at'
            }`,
            ExpressionAttributeValues: {
              ':quantity': before.quantity,
              ...(before.expectedAt !== undefined && { ':at': before.expectedAt }),
            },
          };
    const write: Write = {
      item:
        quantity === 0
          ? { Delete: { TableName: table.name, Key: { ...key }, ...unchanged } }
          : { Put: { TableName: table.name, Item: { ...key, kind: 'EXPECTED', ...expected }, ...unchanged } },
      conflict: 'changed-meanwhile',
    };
    return {
      writes: [write, ...intoLocation],
      result: before === undefined,
      act: {
        action: 'stock.expected',
        subject: JSON.stringify([sku, reference]),
        before,
        after: quantity === 0 ? undefined : expected,
      },
    };
  });
}

/** Takes what came off what was expected. */
function arrivedWrite(table: Table, { expected, quantity }: NonNullable<StockWrite['arrived']>): Write {
  const left = expected.quantity - quantity;
  const key = { TableName: table.name, Key: { ...expectedKey(expected.sku, expected.reference) } };
  // Protects what was announced anew, or came, since it was read.
  const unchanged = {
    ConditionExpression: 'quantity = :before',
    ExpressionAttributeValues: { ':before': expected.quantity },
  };
  const item =
    left <= 0
      ? { Delete: { ...key, ...unchanged } }
      : {
          Update: {
            ...key,
            ...unchanged,
            UpdateExpression: 'SET quantity = :left',
            ExpressionAttributeValues: { ...unchanged.ExpressionAttributeValues, ':left': left },
          },
        };
  return { item, conflict: 'changed-meanwhile' };
}

/** The transfer, and what is expected of it at its target. */
function transferWrites(
  table: Table,
  { before, after }: NonNullable<StockWrite['transfer']>,
): readonly Write[] {
  const { transferId, toLocationId, lines, expectedAt } = after;
  const { locationId } = recorded(toLocationId);
  const Item = { ...transferKey(transferId), kind: 'TRANSFER', transfer: after };
  const inTransit = lines.map((line) => inTransitKey(line.sku, transferId, line.lotNumber));
  if (before !== null) {
    // Protects from a second receipt.
    const isInTransit = {
      ConditionExpression: '#transfer.#state = :inTransit',
      ExpressionAttributeNames: { '#transfer': 'transfer', '#state': 'state' },
      ExpressionAttributeValues: { ':inTransit': TransferState.enum.IN_TRANSIT },
    };
    return [
      { item: { Put: { TableName: table.name, Item, ...isInTransit } }, conflict: 'changed-meanwhile' },
      ...inTransit.map((key): Write => ({ item: { Delete: { TableName: table.name, Key: { ...key } } } })),
    ];
  }
  const announced = lines.map(({ sku, lotNumber, quantity }, index): Write => {
    const reference = `transfer ${transferId} of lot ${lotNumber}`;
    const expected = { sku, reference, quantity, expectedAt, locationId, transferId };
    const Expected = { ...inTransit[index], kind: 'EXPECTED', ...expected };
    return { item: { Put: { TableName: table.name, Item: Expected } } };
  });
  const intoLocation =
    locationId === undefined
      ? []
      : [
          ...[...new Set(lines.map(({ sku }) => sku))].map((sku) => locationSkuWrite(table, locationId, sku)),
          isOpen(table, locationId),
        ];
  return [
    {
      // Protects what is on its way in another transfer, should it ever have the same id.
      item: { Put: { TableName: table.name, Item, ConditionExpression: 'attribute_not_exists(pk)' } },
      conflict: 'changed-meanwhile',
    },
    ...announced,
    ...intoLocation,
  ];
}

/** Protects a location that is being removed: nothing comes into it. */
export function isOpen(table: Table, locationId: string): Write {
  return {
    item: {
      ConditionCheck: {
        TableName: table.name,
        Key: { ...locationKey(locationId) },
        ConditionExpression: 'attribute_exists(pk) AND attribute_not_exists(closing)',
      },
    },
    conflict: 'changed-meanwhile',
  };
}

/** Protects the expiry and status of a lot number: of two first receipts in two locations the second decides anew. */
function isFirst(table: Table, { sku, lotNumber }: Lot): Write {
  const Item = { ...lotNumberKey(sku, lotNumber), kind: 'LOT_NUMBER' };
  return {
    item: { Put: { TableName: table.name, Item, ConditionExpression: 'attribute_not_exists(pk)' } },
    conflict: 'changed-meanwhile',
  };
}

/** Protects a recall: a lot that comes into another location meanwhile has the status of the lot. */
function hasStatus(table: Table, { sku, expiryDate, status, ...lot }: Lot): Write {
  return {
    item: {
      ConditionCheck: {
        TableName: table.name,
        Key: { ...lotKey(sku, lot, expiryDate) },
        ConditionExpression: '#status = :status',
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: { ':status': status },
      },
    },
    conflict: 'changed-meanwhile',
  };
}

/** Names the SKU among those of the location; again for each new lot, which changes nothing. */
function locationSkuWrite(table: Table, locationId: string, sku: string): Write {
  const Item = { ...locationSkuKey(locationId, sku), kind: 'LOCATION_SKU', sku };
  return { item: { Put: { TableName: table.name, Item } } };
}

/** Names the SKU among those that have stock; again for each new lot, which changes nothing. */
function skuWrite(table: Table, sku: string): Write {
  return { item: { Put: { TableName: table.name, Item: { ...skuNameKey(sku), kind: 'SKU', sku } } } };
}

/**
 * Writes what the lot's own commands change. Counters move by differences, so that reservations made meanwhile are
 * kept; the sequence protects the lot's history, and `available` never falls below zero.
 */
function lotWrite(table: Table, { before, after }: LotWrite, seals: readonly Seal[]): Write {
  const lastSeal = sealWith(after, seals);
  const Key = lotKey(after.sku, after, after.expiryDate);
  if (before === null) {
    return {
      item: {
        Put: {
          TableName: table.name,
          Item: { ...Key, kind: 'LOT', ...after, lastSeal },
          ConditionExpression: 'attribute_not_exists(pk)',
        },
      },
      conflict: 'changed-meanwhile',
    };
  }
  const byAvailable = after.available - before.available;
  const leased = leaseWrite(takenFromLeases(before, after), unleasedOf(after) - unleasedOf(before));
  const conditions = [
    '#sequence = :before',
    ...(byAvailable < 0 ? ['available >= :taken'] : []),
    ...leased.conditions,
  ];
  const assignments = [
    ...['available = available + :byAvailable', '#status = :status', '#sequence = :after'],
    ...['lastSeal = :lastSeal', ...(byAvailable === 0 ? [] : leased.assignments())],
    ...(after.location === undefined ? [] : ['#location = :location']),
  ];
  return {
    item: {
      Update: {
        TableName: table.name,
        Key,
        UpdateExpression: `SET ${assignments.join(', ')}`,
        ConditionExpression: conditions.join(' AND '),
        ExpressionAttributeNames: {
          '#sequence': 'sequence',
          '#status': 'status',
          ...(after.location !== undefined && { '#location': 'location' }),
          ...leased.names,
        },
        ExpressionAttributeValues: {
          ':byAvailable': byAvailable,
          ':status': after.status,
          ':before': before.sequence,
          ':after': after.sequence,
          ':lastSeal': lastSeal,
          ...(byAvailable < 0 && { ':taken': -byAvailable }),
          ...(byAvailable !== 0 && leased.values()),
          ...(after.location !== undefined && { ':location': after.location }),
        },
      },
    },
    conflict: 'changed-meanwhile',
  };
}

/** Changes a lease alone: what is available, and the history of the lot, stay as they are. */
function lease(table: Table, lot: Lot, owner: string, units: number): Promise<boolean> {
  const leased = leaseWrite([{ owner, units }], -units);
  // Protects what is held or recalled: it is leased to nobody, and given back by whoever leased it before.
  const isSellable = units > 0 ? ['#status = :status', 'available >= :fromUnleased'] : [];
  return wasWritten(
    table.client.send(
      new UpdateCommand({
        TableName: table.name,
        Key: lotKey(lot.sku, lot, lot.expiryDate),
        UpdateExpression: `SET ${leased.assignments().join(', ')}`,
        ConditionExpression: ['attribute_exists(pk)', ...isSellable, ...leased.conditions].join(' AND '),
        ExpressionAttributeNames: { ...leased.names, ...(units > 0 && { '#status': 'status' }) },
        ExpressionAttributeValues: {
          ...leased.values(),
          ...(units > 0 && { ':status': LotStatus.enum.AVAILABLE }),
        },
      }),
    ),
  );
}

function endLease(table: Table, lot: Lot, owner: string): Promise<boolean> {
  return wasWritten(
    table.client.send(
      new UpdateCommand({
        TableName: table.name,
        Key: lotKey(lot.sku, lot, lot.expiryDate),
        UpdateExpression: 'SET unleased = if_not_exists(unleased, available) + :units REMOVE #lease',
        // Protects what its orders drew on, or gave back, meanwhile.
        ConditionExpression: '#lease = :units',
        ExpressionAttributeNames: { '#lease': leaseAttribute(owner) },
        ExpressionAttributeValues: { ':units': leasedOf(lot, owner) },
      }),
    ),
  );
}

/** What a correction takes of leases, since units are gone that were leased. */
function takenFromLeases(before: Lot, after: Lot): readonly LeaseChange[] {
  return Object.entries(before.leases ?? {}).flatMap(([owner, leased]) => {
    const units = (after.leases?.[owner] ?? 0) - leased;
    return units < 0 ? [{ owner, units }] : [];
  });
}
