import { dateOf } from '../../../domain/calendar.ts';
import { balanceLeases, type LeaseRule } from '../../../domain/inventory/balance.ts';
import { leasedOf, unleasedOf } from '../../../domain/inventory/lease.ts';
import { type Location, locationOf } from '../../../domain/inventory/location.ts';
import type { Lot } from '../../../domain/inventory/lot.ts';
import type { Channel } from '../../../domain/order/terms.ts';
import type { LocationStore } from '../../inventory/location-store.ts';
import type { StockStore } from '../../inventory/ports.ts';
import { mapConcurrently } from '../../map-concurrently.ts';
import type { OrderedUnits, PublishedSku, PublishedStockStore } from './published-stock.ts';
import { MAX_STOCK_AT_ONCE, type StockChangeResult, type StockPublishing } from './stock-publishing.ts';

/** Channels that are asked side by side. */
const AT_ONCE = 4;
/** Milliseconds after which a channel is asked for a number although nothing is to be changed. */
const COMPARED_AFTER = 20 * 3_600_000;
/** Milliseconds in which half of what was sold is forgotten. */
const HALF_LIFE = 7 * 24 * 3_600_000;
/** Milliseconds that an order may be older than the number that it lowered. */
const OVERLAP = 15 * 60_000;
/** Batches in a row in which a sender failed, after which the run asks it no more. */
const MAX_FAILURES = 3;

/** A sender that is shown what it may sell. */
export interface StockSeller {
  readonly connectionId: string;
  /** What the channel calls the sender. */
  readonly source: string;
  /** Whose leases it sells from. */
  readonly owner: string;
  readonly channel: Channel;
  readonly rule: LeaseRule;
  readonly stock: StockPublishing;
  /** All of its sales before this instant are known here. */
  readonly seenUntil: string;
}

export interface PublishDependencies {
  readonly stock: Pick<StockStore, 'lotsOf' | 'lease' | 'endLease' | 'skus'>;
  readonly locations: Pick<LocationStore, 'list'>;
  readonly published: PublishedStockStore;
  readonly now: () => string;
  readonly newId: () => string;
  /** Learns of a sender that could not be asked or changed; the next run retries. */
  readonly report: (connectionId: string, error: unknown) => void;
  /**
   * Reserves units of a SKU that are leased no more for orders that wait: they come before what shops may sell.
   *
   * @returns whether orders wait, which may have drawn on leases as well
   */
  readonly allocate: (sku: string) => Promise<boolean>;
}

/**
 * Leases stock to senders and shows each what it may sell, such that the number of a sender and its sales that are not
 * known here yet are never more than its lease: a lease grows before the number, and shrinks after it. Numbers are lowered
 * before others are raised. What nobody knows the outcome of stays leased until the sales of the sender are known up to
 * a later look at its number.
 *
 * @param leasing owners whose leases stay, among them senders that cannot be asked now; those of all others are given back
 * @param isOver whether nothing further is to be begun; the next run continues behind the last SKU
 * @returns how many numbers were changed
 */
export async function publishStock(
  dependencies: PublishDependencies,
  sellers: readonly StockSeller[],
  leasing: ReadonlySet<string>,
  isOver: () => boolean,
): Promise<number> {
  const { published, stock } = dependencies;
  const start = await published.position();
  if (leasing.size === 0 && !start.isActive) return 0;
  // Should the run fail, what it leased is found again.
  if (!start.isActive) await published.savePosition({ ...start, isActive: true });
  const unserved = unservedLocations(await dependencies.locations.list(), sellers);
  const failures = new Map<string, number>();
  let changed = 0;
  let isLeft = false;
  let after = start.after;
  for (let isWhole = false; !isWhole && !isOver(); ) {
    const skus = await stock.skus(MAX_STOCK_AT_ONCE, after);
    // One that does not answer keeps no other waiting.
    const asked = sellers.filter(({ connectionId }) => (failures.get(connectionId) ?? 0) < MAX_FAILURES);
    const failed = new Set<string>();
    const report = (connectionId: string, error: unknown) => {
      failed.add(connectionId);
      dependencies.report(connectionId, error);
    };
    const batch = await publishBatch({ ...dependencies, report }, asked, leasing, skus, unserved);
    for (const { connectionId } of asked) {
      failures.set(connectionId, failed.has(connectionId) ? (failures.get(connectionId) ?? 0) + 1 : 0);
    }
    changed += batch.changed;
    isLeft ||= batch.isLeft;
    isWhole = skus.length < MAX_STOCK_AT_ONCE;
    after = isWhole ? null : (skus.at(-1) ?? null);
  }
  // Only a walk that began at the first SKU has found everything that was leased.
  const isActive = leasing.size > 0 || after !== null || start.after !== null || isLeft;
  if (after !== start.after || !isActive) await published.savePosition({ after, isActive });
  return changed;
}

/** A SKU of a sender, as far as it has come in this run. */
interface Work {
  readonly seller: StockSeller;
  readonly sku: string;
  state: PublishedSku;
  isChanged: boolean;
  /** Units that are leased to the sender. */
  leased: number;
  /** What its number and the sales not known here are together at most. */
  committed: number;
  /** Units that it should have. */
  target: number;
  /** Whether its number was seen for the first time, and sales before may not be known: it is leased more, and shown later. */
  readonly isUnproven: boolean;
}

async function publishBatch(
  dependencies: PublishDependencies,
  sellers: readonly StockSeller[],
  leasing: ReadonlySet<string>,
  skus: readonly string[],
  unserved: ReadonlySet<string>,
): Promise<{
  readonly changed: number;
  /** Whether a lease is left that is over: something was drawn on it at this moment. */
  readonly isLeft: boolean;
}> {
  const { stock, published } = dependencies;
  const now = dependencies.now();
  const canBePromised: CanBePromised = promising(dateOf(now), unserved);
  const lots = await stock.lotsOf(skus);
  let isLeft = false;
  const freed = new Set<string>();
  for (const lot of [...lots.values()].flat()) {
    for (const owner of Object.keys(lot.leases ?? {})) {
      if (leasing.has(owner)) continue;
      if (await stock.endLease(lot, owner)) freed.add(lot.sku);
      else isLeft = true;
    }
  }
  const known = await Promise.all(
    sellers.map(async (seller) => {
      const [states, rules] = await Promise.all([
        published.find(seller.connectionId, skus),
        published.rules(seller.connectionId, skus),
      ]);
      return { seller, states, rules };
    }),
  );
  const leasedIn = (sku: string, owner: string) =>
    (lots.get(sku) ?? []).reduce((total, lot) => total + leasedOf(lot, owner), 0);
  const availableIn = (sku: string) => (lots.get(sku) ?? []).reduce((total, lot) => total + lot.available, 0);
  const ruleOf = (seller: StockSeller, sku: string) => ({
    ...seller.rule,
    ...known.find((each) => each.seller === seller)?.rules.get(sku),
  });
  const balanced = (sku: string, states: readonly (readonly [StockSeller, PublishedSku | undefined])[]) => {
    const ofSku = (lots.get(sku) ?? []).filter(canBePromised);
    const members = states.flatMap(([seller, state]) =>
      state === undefined || state.published === null || state.correction !== undefined
        ? []
        : [
            {
              ...ruleOf(seller, sku),
              ...{ owner: seller.owner, leased: leasedIn(sku, seller.owner), sold: state.sold },
            },
          ],
    );
    const owners = new Set(members.map(({ owner }) => owner));
    const units = ofSku.reduce((total, lot) => {
      const ofOthers = Object.entries(lot.leases ?? {}).reduce(
        (sum, [owner, leased]) => sum + (owners.has(owner) || !leasing.has(owner) ? 0 : leased),
        0,
      );
      return total + lot.available - ofOthers;
    }, 0);
    return balanceLeases(units, members);
  };

  const due = skus.filter((sku) => {
    const states = known.map(({ seller, states }) => [seller, ofSource(seller, states.get(sku))] as const);
    const targets = balanced(sku, states);
    return states.some(([seller, state]) =>
      isDue(
        state,
        { leased: leasedIn(sku, seller.owner), available: availableIn(sku) },
        targets.get(seller.owner),
        now,
      ),
    );
  });
  if (due.length === 0) {
    for (const sku of freed) await dependencies.allocate(sku);
    return { changed: 0, isLeft };
  }
  const works: Work[] = [];
  await mapConcurrently(known, AT_ONCE, async ({ seller, states }) => {
    try {
      works.push(
        ...(await look(dependencies, seller, due, states, (sku) => ({
          leased: leasedIn(sku, seller.owner),
          available: availableIn(sku),
        }))),
      );
    } catch (error) {
      dependencies.report(seller.connectionId, error);
    }
  });
  for (const sku of due) {
    const ofSku = works.filter((work) => work.sku === sku);
    const targets = balanced(
      sku,
      ofSku.map(({ seller, state }) => [seller, state]),
    );
    for (const work of ofSku) work.target = targets.get(work.seller.owner) ?? work.target;
  }
  const ofSellers = sellers.map((seller) => works.filter((work) => work.seller === seller));
  let changed = 0;
  await mapConcurrently(ofSellers, AT_ONCE, async (own) => {
    changed += await lower(dependencies, own, lots, canBePromised, freed);
  });
  const waiting = new Set<string>();
  for (const sku of freed) if (await dependencies.allocate(sku)) waiting.add(sku);
  const raised = ofSellers.map((own) => own.filter(({ sku }) => !waiting.has(sku)));
  const fresh = await stock.lotsOf(
    due.filter((sku) => works.some((work) => work.sku === sku && isWanting(work))),
  );
  // One after another: of two that want the same units the first has them.
  for (const own of raised) changed += await raise(dependencies, own, fresh, canBePromised);
  for (const work of works) {
    if (work.isChanged) await save(dependencies, work, work.state);
  }
  return { changed, isLeft };
}

/** What is known of another sender, which the connection stood for before, is nothing. */
function ofSource({ source }: StockSeller, state: PublishedSku | undefined): PublishedSku | undefined {
  if (state === undefined || state.source === source) return state;
  const { pending: _, correction: __, ...kept } = state;
  return { ...kept, source, published: null, checkedAt: '', doubt: 0, sold: 0 };
}

function isDue(
  state: PublishedSku | undefined,
  { leased, available }: { leased: number; available: number },
  target: number | undefined,
  now: string,
): boolean {
  if (state === undefined || state.checkedAt < minus(now, COMPARED_AFTER)) return true;
  if (state.published === null) return leased > 0;
  if (state.pending !== undefined || state.correction !== undefined) return true;
  // An order may have drawn on units that were leased to nobody: the number fell, and the lease did not.
  return state.available !== available || state.published !== leased || target !== leased;
}

/** Asks a sender for its numbers, and finds out what they mean. */
async function look(
  dependencies: PublishDependencies,
  seller: StockSeller,
  skus: readonly string[],
  states: ReadonlyMap<string, PublishedSku>,
  unitsOf: (sku: string) => { readonly leased: number; readonly available: number },
): Promise<readonly Work[]> {
  const readAt = dependencies.now();
  const { levels, unknown } = await seller.stock.read(seller.source, skus);
  const works: Work[] = [];
  for (const { sku, reason } of unknown) {
    const before = ofSource(seller, states.get(sku));
    const { leased, available } = unitsOf(sku);
    // What it sold before it had the product no more may not be known yet.
    const isOver = before?.reason !== undefined && before.checkedAt <= seller.seenUntil;
    const { pending: _, correction: __, ...kept } = before ?? begun(seller.source, sku, readAt);
    const isKnown = before?.published === null && before.reason === reason && leased === 0;
    const checkedAt = isKnown || before?.published !== null ? readAt : before.checkedAt;
    const state = { ...kept, published: null, reason, checkedAt, available };
    const rest = isOver || before === undefined ? 0 : leased;
    works.push({
      ...{ seller, sku, state, isChanged: true, isUnproven: false },
      ...{ leased, committed: rest, target: rest },
    });
  }
  for (const { sku, quantity: shown } of levels) {
    const before = ofSource(seller, states.get(sku));
    const { leased, available } = unitsOf(sku);
    const { state, slack } = await judged(dependencies, seller, before, {
      ...{ sku, shown, readAt, leased, available },
    });
    const isChanged = before === undefined || !isSame(before, state);
    works.push({
      ...{ seller, sku, leased, isChanged, target: leased },
      isUnproven: (before?.published ?? null) === null && readAt > seller.seenUntil,
      state: isChanged ? state : before,
      committed: Math.max(leased - slack, shown),
    });
  }
  return works;
}

/** @returns what is known of a number before its channel was asked */
export function begun(source: string, sku: string, at: string): PublishedSku {
  return {
    ...{ sku, version: 0, source, published: null, publishedAt: at, checkedAt: at },
    ...{ available: 0, doubt: 0, agreedAt: at, sold: 0 },
  };
}

/** A number as it was read, and our units by then. */
interface Seen {
  readonly sku: string;
  readonly shown: number;
  readonly readAt: string;
  readonly leased: number;
  readonly available: number;
}

/** Compares a number with what it was, and with orders where they have to explain it. */
async function judged(
  { published }: PublishDependencies,
  seller: StockSeller,
  before: PublishedSku | undefined,
  { sku, shown, readAt, leased, available }: Seen,
): Promise<{ readonly state: PublishedSku; readonly slack: number }> {
  const { pending, correction, reason: _, ...kept } = before ?? begun(seller.source, sku, readAt);
  const was = before?.published ?? null;
  const highest = was === null ? shown : Math.max(was, pending?.to ?? was);
  const rise = Math.max(0, shown - highest);
  const isSeen = was !== null && pending === undefined && kept.publishedAt <= seller.seenUntil;
  const slack = isSeen && was !== null ? Math.max(0, leased - was) : 0;
  const isOdd = rise > 0 || slack > 0 || correction !== undefined;
  const explained: OrderedUnits = isOdd
    ? await published.orderedSince(sku, seller.owner, minus(kept.agreedAt, OVERLAP))
    : { ordered: 0, givenBack: 0, waiting: 0 };
  // What came back is leased again, whether the channel shows it again or not.
  const isLowered = (units: number) => units > kept.doubt + explained.ordered + explained.givenBack;
  const noticed =
    rise > explained.givenBack
      ? { shown, expected: highest, noticedAt: readAt }
      : isLowered(slack)
        ? { shown, expected: leased, noticedAt: readAt }
        : undefined;
  const isOpen =
    correction !== undefined &&
    (correction.shown > correction.expected
      ? shown > correction.expected + explained.givenBack
      : isLowered(leased - shown));
  const open = noticed ?? (isOpen ? { ...correction, shown } : undefined);
  const sold = was === null || pending !== undefined ? 0 : Math.max(0, was - shown);
  const agrees = leased === shown;
  const state: PublishedSku = {
    ...kept,
    ...{ published: shown, publishedAt: readAt, checkedAt: readAt, available },
    doubt: agrees ? 0 : kept.doubt + (pending === undefined ? 0 : Math.abs(pending.to - pending.from)),
    agreedAt: agrees ? readAt : kept.agreedAt,
    sold: sold === 0 ? kept.sold : decayed(kept.sold, kept.publishedAt, readAt) + sold,
    ...(open !== undefined && { correction: open }),
  };
  // Units of orders that wait are on no lot yet, and nobody else may have them.
  return { state, slack: open === undefined ? Math.max(0, slack - explained.waiting) : 0 };
}

/** Whether nothing is to be written: an earlier look at the same number says as much. */
function isSame(before: PublishedSku, state: PublishedSku): boolean {
  return (
    before.published === state.published &&
    before.doubt === state.doubt &&
    before.available === state.available &&
    before.pending === undefined &&
    before.reason === undefined &&
    JSON.stringify(before.correction) === JSON.stringify(state.correction) &&
    before.checkedAt >= minus(state.checkedAt, COMPARED_AFTER)
  );
}

/**
 * Lowers numbers that are too high, and gives back what is leased beyond them once that is confirmed.
 *
 * @param freed receives the SKUs of which something was given back
 */
async function lower(
  dependencies: PublishDependencies,
  works: readonly Work[],
  lots: ReadonlyMap<string, readonly Lot[]>,
  canBePromised: CanBePromised,
  freed: Set<string>,
): Promise<number> {
  const changing = works.filter(
    ({ state, target, committed }) =>
      state.correction === undefined && target < committed && (state.published ?? 0) > 0,
  );
  const changed = await change(dependencies, changing, ({ state, target, committed }) =>
    Math.max(0, (state.published ?? 0) - (committed - target)),
  );
  for (const work of works) {
    const excess = work.leased - Math.max(work.target, work.committed);
    if (excess <= 0 || work.state.correction !== undefined || work.state.pending !== undefined) continue;
    // Of two runs one gives back.
    if (!changed.has(work) && !(await save(dependencies, work, work.state))) continue;
    const given = await giveBack(
      dependencies,
      lots.get(work.sku) ?? [],
      work.seller.owner,
      excess,
      canBePromised,
    );
    if (given > 0) freed.add(work.sku);
    settle(work, work.leased - given, excess - given);
  }
  return changed.size;
}

/** Leases what a sender should have more, and raises its number to it. */
async function raise(
  dependencies: PublishDependencies,
  works: readonly Work[],
  lots: ReadonlyMap<string, readonly Lot[]>,
  canBePromised: CanBePromised,
): Promise<number> {
  const free = works.filter(isWanting);
  for (const work of free) {
    const wanted = work.target - work.leased;
    if (wanted <= 0) continue;
    // Should the run end here, these units are known to be leased and not published.
    const doubtful = { ...work.state, doubt: work.state.doubt + wanted };
    if (!(await save(dependencies, work, doubtful))) continue;
    const ofSku = (lots.get(work.sku) ?? []).filter(canBePromised);
    const taken = await take(dependencies, ofSku, work.seller.owner, wanted);
    settle(work, work.leased + taken, taken - wanted);
  }
  const reachable = (work: Work) => Math.min(work.target, work.leased) - work.committed;
  const changing = free.filter((work) => !work.isUnproven && reachable(work) > 0);
  return (await change(dependencies, changing, (work) => (work.state.published ?? 0) + reachable(work))).size;
}

function isWanting({ state, target, leased, committed }: Work): boolean {
  const isOpen = state.published !== null && state.pending === undefined && state.correction === undefined;
  return isOpen && target > Math.min(leased, committed);
}

/**
 * Changes the numbers of one sender, each noted before it is begun.
 *
 * @returns those that were changed; one of which nobody knows keeps its note
 */
async function change(
  dependencies: PublishDependencies,
  works: readonly Work[],
  numberOf: (work: Work) => number,
): Promise<ReadonlySet<Work>> {
  const claimed: Work[] = [];
  for (const work of works) {
    const pending = { from: work.state.published ?? 0, to: numberOf(work) };
    if (await save(dependencies, work, { ...work.state, pending })) claimed.push(work);
  }
  const [first] = claimed;
  if (first === undefined) return new Set();
  const { stock, source, connectionId } = first.seller;
  const changes = claimed.map(({ sku, state }) => {
    const { from, to } = state.pending ?? { from: 0, to: 0 };
    return { sku, from, to, key: dependencies.newId() };
  });
  let results: readonly StockChangeResult[];
  try {
    results = await stock.change(source, changes);
  } catch (error) {
    dependencies.report(connectionId, error);
    return new Set();
  }
  const done = new Set<Work>();
  for (const [index, work] of claimed.entries()) {
    const result = results[index];
    const { pending, reason: _, ...kept } = work.state;
    if (result === undefined || pending === undefined) continue;
    const isApplied = result.outcome === 'applied';
    work.state = {
      ...kept,
      ...(isApplied && { published: pending.to }),
      ...(result.outcome === 'refused' && { reason: result.reason ?? 'the channel refused the number' }),
    };
    work.isChanged = true;
    if (isApplied) {
      work.committed += pending.to - pending.from;
      done.add(work);
    }
    settle(work, work.leased, isApplied ? Math.min(0, pending.from - pending.to) : 0);
  }
  return done;
}

/** Notes what is leased now; where number and lease are the same, nothing has to be explained any more. */
function settle(work: Work, leased: number, doubt: number): void {
  work.leased = leased;
  work.isChanged = true;
  const agrees = work.state.published === leased && work.state.pending === undefined;
  work.state = {
    ...work.state,
    doubt: agrees ? 0 : Math.max(0, work.state.doubt + doubt),
    ...(agrees && { agreedAt: work.state.publishedAt }),
  };
}

async function save({ published }: PublishDependencies, work: Work, state: PublishedSku): Promise<boolean> {
  const next = { ...state, version: state.version + 1 };
  if (!(await published.save(work.seller.connectionId, next))) {
    work.isChanged = false;
    // Another run works on it: this one does nothing more.
    work.target = work.leased;
    work.committed = work.leased;
    return false;
  }
  work.state = next;
  work.isChanged = false;
  return true;
}

/** Leases what is free, of the lots first that expire first. @returns how many units */
async function take(
  { stock }: PublishDependencies,
  lots: readonly Lot[],
  owner: string,
  wanted: number,
): Promise<number> {
  let taken = 0;
  for (const lot of lots) {
    const units = Math.min(unleasedOf(lot), wanted - taken);
    if (units > 0 && (await stock.lease(lot, owner, units))) taken += units;
  }
  return taken;
}

/** Gives back what is leased: first of lots that cannot be promised, then of those that expire last. */
async function giveBack(
  { stock }: PublishDependencies,
  lots: readonly Lot[],
  owner: string,
  excess: number,
  canBePromised: CanBePromised,
): Promise<number> {
  const lastFirst = lots.toReversed();
  const inOrder = [...lastFirst.filter((lot) => !canBePromised(lot)), ...lastFirst.filter(canBePromised)];
  let given = 0;
  for (const lot of inOrder) {
    const units = Math.min(leasedOf(lot, owner), excess - given);
    if (units > 0 && (await stock.lease(lot, owner, -units))) given += units;
  }
  return given;
}

/** Whether units of a lot can be shown to shops. */
type CanBePromised = (lot: Lot) => boolean;

function promising(today: string, unserved: ReadonlySet<string>): CanBePromised {
  return (lot) =>
    lot.status === 'AVAILABLE' &&
    (lot.expiryDate === null || lot.expiryDate >= today) &&
    !unserved.has(locationOf(lot));
}

/** @returns locations that do not ship what every one of the shops sells: their stock is shown to none */
function unservedLocations(
  locations: readonly Location[],
  sellers: readonly StockSeller[],
): ReadonlySet<string> {
  const isServed = ({ channels, orderTypes }: Location) =>
    (orderTypes?.includes('DTC') ?? true) &&
    sellers.every(({ channel }) => channels?.includes(channel) ?? true);
  return new Set(locations.filter((each) => !isServed(each)).map(({ locationId }) => locationId));
}

function decayed(sold: number, since: string, now: string): number {
  const age = Math.max(0, Date.parse(now) - Date.parse(since));
  return Math.round(sold * 0.5 ** (age / HALF_LIFE) * 100) / 100;
}

function minus(instant: string, milliseconds: number): string {
  return new Date(Date.parse(instant) - milliseconds).toISOString();
}
