import type { QueryCommandInput } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { ITEM_KIND } from '../../../contract/table.ts';
import { isSameLot, type LotPlace, lotIdentity, recorded } from '../../../domain/inventory/location.ts';
import { evolveLot, type Lot, LotStatus, startsLot } from '../../../domain/inventory/lot.ts';
import type { StockEnvelope } from '../../events/envelope.ts';
import type { BrokenHistory, VerifiedStock } from '../../events/history-seals.ts';
import type { Table } from './client.ts';
import { eventFromItem } from './events.ts';
import { getItem, keyOf, queryAll, queryItems, type StoredItem } from './items.ts';
import { EVENT_PREFIX, lotEventKey, lotOfEventSort, skuPartition } from './keys.ts';
import { BEGINNING, digestOfStored, type Seal, verifySeal } from './sealed-history.ts';

/** The digest of the last event that was sealed. A release that seals nothing leaves it behind the lot's sequence. */
const LastSeal = z.object({ sequence: z.int(), digest: z.string() });
type LastSeal = z.infer<typeof LastSeal>;

const SealedLot = z.object({
  lotNumber: z.string(),
  locationId: z.string().optional(),
  status: LotStatus,
  expiryDate: z.string().nullable(),
  sequence: z.int(),
  lastSeal: LastSeal.optional(),
});
type SealedLot = z.infer<typeof SealedLot>;

/** What lots are sealed with, as they were read last, so that no write reads for it. */
const known = new WeakMap<Lot, LastSeal>();

/** Finds the lots of a SKU, those that expire first first. */
export function lotsQuery(sku: string): Omit<QueryCommandInput, 'TableName'> {
  return {
    ConsistentRead: true,
    KeyConditionExpression: 'pk = :sku AND begins_with(sk, :lot)',
    ExpressionAttributeValues: { ':sku': skuPartition(sku), ':lot': 'LOT#' },
  };
}

/** Notes what seals the history of a lot that was read. */
export function noteLotSeal(lot: Lot, item: StoredItem): void {
  const { data } = LastSeal.safeParse(item.lastSeal);
  if (data !== undefined) known.set(lot, data);
}

/** @returns the digest of the last event of a lot, or of its content where an earlier release wrote it unsealed. */
export async function lotDigestBefore(table: Table, before: Lot | null): Promise<string> {
  if (before === null || before.sequence === 0) return BEGINNING;
  const seal = known.get(before);
  if (seal?.sequence === before.sequence) return seal.digest;
  const item = await getItem(table, lotEventKey(before.sku, before, before.sequence));
  return item === null ? BEGINNING : digestOfStored(item);
}

/** @returns what a lot is sealed with when it is written with events */
export function sealWith({ sequence }: Lot, seals: readonly Seal[]): LastSeal {
  const last = seals.at(-1);
  if (last === undefined) throw new Error('a lot is written with an event');
  return { sequence, digest: last.digest };
}

/** How far the history of a lot was followed. */
interface Followed {
  readonly lot: SealedLot;
  events: number;
  previous: string;
  isSealed: boolean;
  folded: Lot | null;
  fault: { readonly sequence: number; readonly reason: string } | null;
}

/** Verifies the histories of the lots of a SKU. @returns null when it has neither lots nor a history */
export async function verifyStock(table: Table, sku: string): Promise<VerifiedStock | null> {
  // The lots first: what is written meanwhile is behind what they say.
  const followed = new Map((await lotsOf(table, sku)).map((lot) => [lotIdentity(lot), followedFrom(lot)]));
  const withoutLot = new Map<string, LotPlace>();
  let unsealed = 0;
  const items = queryItems(table, {
    ConsistentRead: true,
    KeyConditionExpression: 'pk = :sku AND begins_with(sk, :event)',
    ExpressionAttributeValues: { ':sku': skuPartition(sku), ':event': EVENT_PREFIX },
  });
  for await (const item of items) {
    const place = lotOfEventSort(keyOf(item).sk);
    if (place === null) continue;
    const { sequence, ...at } = place;
    const lot = followed.get(lotIdentity(at));
    if (lot === undefined) withoutLot.set(lotIdentity(at), at);
    else if (lot.fault === null && sequence <= lot.lot.sequence) {
      lot.fault = follow(lot, { sku, ...place }, item);
      if (lot.fault === null && !lot.isSealed) unsealed += 1;
    }
  }
  if (followed.size + withoutLot.size === 0) return null;
  const lots = [...followed.values()];
  const broken = lots.flatMap((each): BrokenHistory[] => {
    const fault = each.fault ?? faultAtEnd(each);
    return fault === null ? [] : [{ sku, ...named(each.lot), ...fault }];
  });
  return {
    lots: lots.length,
    events: lots.reduce((sum, { events }) => sum + events, 0),
    unsealed,
    broken: [...broken, ...(await withoutLots(table, sku, [...withoutLot.values()]))],
  };
}

function followedFrom(lot: SealedLot): Followed {
  return { lot, events: 0, previous: BEGINNING, isSealed: false, folded: null, fault: null };
}

/** Follows the history of a lot by one event. @returns what is at fault with it */
function follow(
  followed: Followed,
  { sku, sequence, ...lot }: LotPlace & { readonly sku: string; readonly sequence: number },
  item: StoredItem,
): Followed['fault'] {
  const expected = followed.events + 1;
  if (sequence !== expected || item.kind !== ITEM_KIND.event) {
    return { sequence: expected, reason: 'the event is missing' };
  }
  const event = readEvent(item);
  if (event === null || event.sku !== sku || !isSameLot(event, lot) || event.sequence !== sequence) {
    return { sequence, reason: 'the event cannot be read, or is another one' };
  }
  if (item.commitment !== undefined) {
    return { sequence, reason: 'the event was erased, though no event of a lot is' };
  }
  const seal = verifySeal(item, followed.previous);
  if ('reason' in seal) return { sequence, reason: seal.reason };
  followed.events = sequence;
  followed.previous = seal.digest;
  followed.isSealed = seal.isSealed;
  // Returned goods make a lot without an event.
  const isReceived = followed.folded !== null || startsLot(event);
  const before = isReceived ? followed.folded : { ...followed.lot, sku, available: 0, reserved: 0 };
  followed.folded = evolveLot(before, event, { sku, ...lot });
  return null;
}

function faultAtEnd({ lot, events, previous, isSealed, folded }: Followed): Followed['fault'] {
  if (events < lot.sequence) return { sequence: events + 1, reason: 'the event is missing' };
  const isLast = isSealed
    ? lot.lastSeal?.sequence === events && lot.lastSeal.digest === previous
    : (lot.lastSeal?.sequence ?? 0) < Math.max(1, events);
  if (!isLast) return { sequence: events, reason: 'the last event is not the one that the lot has' };
  if (folded !== null && (folded.status !== lot.status || folded.expiryDate !== lot.expiryDate)) {
    return { sequence: events, reason: 'the history does not lead to the lot' };
  }
  return null;
}

/** Lots that have a history alone: unless they were received meanwhile, somebody removed them. */
async function withoutLots(
  table: Table,
  sku: string,
  lots: readonly LotPlace[],
): Promise<readonly BrokenHistory[]> {
  if (lots.length === 0) return [];
  const now = new Set((await lotsOf(table, sku)).map(lotIdentity));
  return lots
    .filter((lot) => !now.has(lotIdentity(lot)))
    .map((lot) => ({ sku, ...named(lot), sequence: 1, reason: 'the lot is missing' }));
}

function named({ lotNumber, locationId }: LotPlace) {
  return { lotNumber, ...recorded(locationId) };
}

async function lotsOf(table: Table, sku: string): Promise<readonly SealedLot[]> {
  return queryAll(table, SealedLot, lotsQuery(sku));
}

function readEvent(item: StoredItem): StockEnvelope | null {
  try {
    const event = eventFromItem(item);
    return 'lotNumber' in event ? event : null;
  } catch {
    // What cannot be read any more was altered, and is reported as that.
    return null;
  }
}
