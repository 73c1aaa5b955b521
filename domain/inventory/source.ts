import type { Address, Channel, OrderType } from '../order/terms.ts';
import { type Demand, type LinePlan, planAllocation, type Requirements, type Supply } from './allocate.ts';
import { type Location, locationOf, NEVER_EXPIRES } from './location.ts';
import { type LocationSums, locationSums } from './location-sums.ts';

/** Sets of locations whose sums are compared at most: up to then the fewest locations are found exactly. */
const MAX_SETS = 5_000;

/** Sets that are planned lot by lot at most, of those whose sums suffice. */
const MAX_FINALISTS = 20;

/** Locations of which it is said why they were passed over; the others are only counted. */
const MAX_EXPLAINED = 5;

/** What an order asks of the locations that ship it. */
export interface Destination {
  readonly channel: Channel;
  readonly orderType: OrderType;
  readonly shipTo?: Address | undefined;
}

/** Locations that an order may ship from together, and what they give it. */
interface Candidate {
  readonly chosen: readonly Location[];
  readonly plans: readonly LinePlan[];
  readonly short: number;
}

/** Locations, and what they have together. */
interface LocationSet {
  readonly chosen: readonly Location[];
  readonly units: readonly number[];
}

/**
 * Plans the lots of each line from as few locations as have the most: one, where one has everything. Of those alike the
 * nearest to the ship-to, then those whose lots expire first, then those of the lowest priority number. Sets of
 * locations are compared by the sums of what they have; at most 27 plans are made, whatever the order and the stock.
 *
 * @param locations those that there are; only those that serve the order are drawn on
 * @param held locations that the order ships from in any case
 */
export function planSourced(
  demands: readonly Demand[],
  supplies: ReadonlyMap<string, readonly Supply[]>,
  requirements: Requirements,
  order: Destination,
  locations: readonly Location[],
  held: ReadonlySet<string>,
): readonly LinePlan[] {
  const stocked = new Set([...supplies.values()].flatMap((lots) => lots.map(locationOf)));
  const known = locations.filter(({ locationId }) => stocked.has(locationId));
  const free = known.filter((each) => !held.has(each.locationId) && isServed(order, each));
  const candidate = (chosen: readonly Location[]): Candidate => {
    const names = new Set([...held, ...chosen.map(({ locationId }) => locationId)]);
    const here = [...supplies].map(
      ([sku, lots]) => [sku, lots.filter((lot) => names.has(locationOf(lot)))] as const,
    );
    const plans = planAllocation(demands, new Map(here), requirements);
    return { chosen, plans, short: plans.reduce((total, { short }) => total + short, 0) };
  };
  const most = candidate(free);
  const sums = locationSums(demands, supplies, requirements);
  const search = { free, held, sums, most, candidate, order };
  const best = fewest(search) ?? stepByStep(search);
  if (known.length < 2) return best.plans;
  const why = explanation(best, known, (each) => {
    if (!isServed(order, each)) return 'does not serve such orders';
    const alone = candidate([each]);
    if (alone.short > best.short) return `lacks ${alone.short - best.short} units`;
    if (distance(order, each) > distanceOf(order, best)) return 'is farther from the ship-to';
    return expiries(alone) > expiries(best) ? 'has lots that expire later' : 'has a lower priority';
  });
  return best.plans.map((plan) => ({
    ...plan,
    draws: plan.draws.map((draw) => ({ ...draw, reason: `${draw.reason} ${why}` })),
  }));
}

interface Search {
  /** Locations that may be chosen. */
  readonly free: readonly Location[];
  readonly held: ReadonlySet<string>;
  readonly sums: LocationSums;
  /** The plan of all of them: no set gives more. */
  readonly most: Candidate;
  readonly candidate: (chosen: readonly Location[]) => Candidate;
  readonly order: Destination;
}

/** The best of the smallest sets of locations that give the most; null where there are too many to compare. */
function fewest(search: Search): Candidate | null {
  const { sums, most, candidate, order } = search;
  const { needed, others } = neededAndOthers(search);
  let sets: readonly (LocationSet & { readonly next: number })[] = [{ ...needed, next: 0 }];
  let compared = 0;
  let plans = 0;
  while (sets.length > 0 && plans < MAX_FINALISTS) {
    const finalists = sets
      .filter(({ units }) => sums.missing(units) <= most.short)
      .sort((one, other) => compareSets(search, one, other))
      .slice(0, MAX_FINALISTS - plans);
    plans += finalists.length;
    const [best] = finalists
      .map(({ chosen }) => candidate(inOrder(search, chosen)))
      .filter((each) => each.short <= most.short)
      .sort((one, other) => compare(order, one, other));
    if (best !== undefined) return best;
    compared += sets.length;
    const larger = sets.reduce((total, { next }) => total + others.length - next, 0);
    if (compared + larger > MAX_SETS) return null;
    // Each set grows by the locations behind its last one, so that none comes twice.
    sets = sets.flatMap((set) =>
      others
        .slice(set.next)
        .map((each, index) => ({ ...add(search, set, each), next: set.next + index + 1 })),
    );
  }
  return null;
}

/** Adds the location that leaves the least short, the nearest of those alike, then leaves out what can be spared. */
function stepByStep(search: Search): Candidate {
  const { sums, most, candidate, order } = search;
  const { needed, others } = neededAndOthers(search);
  let set = needed;
  let left = others;
  while (sums.missing(set.units) > most.short && left.length > 0) {
    const [best] = left
      .map((each) => ({ each, missing: sums.missing(add(search, set, each).units) }))
      .sort(
        (one, other) =>
          one.missing - other.missing || distance(order, one.each) - distance(order, other.each),
      );
    if (best === undefined) break;
    set = add(search, set, best.each);
    left = left.filter((each) => each !== best.each);
  }
  for (const each of set.chosen) {
    const without = remove(search, set, each);
    if (sums.missing(without.units) <= most.short) set = without;
  }
  const planned = candidate(inOrder(search, set.chosen));
  // Sums promise more than cases and pins can keep: then all locations are drawn on.
  return planned.short <= most.short ? planned : most;
}

/** The locations without which more is short, whatever else is chosen; and the others that have anything. */
function neededAndOthers(search: Search): { needed: LocationSet; others: readonly Location[] } {
  const { free, held, sums, most } = search;
  const units = [...held].map(sums.of).reduce(plus, sums.of(''));
  const nothing: LocationSet = { chosen: [], units };
  const everything = free.reduce<LocationSet>((set, each) => add(search, set, each), nothing);
  const isNeeded = (each: Location) => sums.missing(remove(search, everything, each).units) > most.short;
  const { needed = [], others = [] } = Object.groupBy(free, (each) => (isNeeded(each) ? 'needed' : 'others'));
  return {
    needed: needed.reduce<LocationSet>((set, each) => add(search, set, each), nothing),
    others: others.filter(({ locationId }) => sums.of(locationId).some((each) => each > 0)),
  };
}

function add({ sums }: Search, { chosen, units }: LocationSet, location: Location): LocationSet {
  return { chosen: [...chosen, location], units: plus(units, sums.of(location.locationId)) };
}

function remove({ sums }: Search, { chosen, units }: LocationSet, location: Location): LocationSet {
  const own = sums.of(location.locationId);
  return {
    chosen: chosen.filter((each) => each !== location),
    units: units.map((each, column) => each - (own[column] ?? 0)),
  };
}

function plus(one: readonly number[], other: readonly number[]): readonly number[] {
  return one.map((each, column) => each + (other[column] ?? 0));
}

function inOrder({ free }: Search, chosen: readonly Location[]): readonly Location[] {
  return free.filter((each) => chosen.includes(each));
}

function compare(order: Destination, one: Candidate, other: Candidate): number {
  return (
    distanceOf(order, one) - distanceOf(order, other) ||
    textOrder(expiries(one), expiries(other)) ||
    priorityOf(one) - priorityOf(other) ||
    textOrder(names(one), names(other))
  );
}

/** As plans are compared, as far as can be said without them: by the first expiry date instead of all. */
function compareSets({ order, sums }: Search, one: LocationSet, other: LocationSet): number {
  const expiry = ({ chosen }: LocationSet) =>
    chosen.map(({ locationId }) => sums.firstExpiry(locationId)).sort()[0] ?? '';
  return (
    distanceOf(order, one) - distanceOf(order, other) ||
    textOrder(expiry(one), expiry(other)) ||
    priorityOf(one) - priorityOf(other) ||
    textOrder(names(one), names(other))
  );
}

function distanceOf(order: Destination, { chosen }: Pick<Candidate, 'chosen'>): number {
  return chosen.reduce((total, each) => total + distance(order, each), 0);
}

function priorityOf({ chosen }: Pick<Candidate, 'chosen'>): number {
  return chosen.reduce((total, each) => total + each.priority, 0);
}

/**
 * How far a location is from the ship-to, by country, region and the beginning of the postal code: 0 is the same
 * neighbourhood, 4 another country or an unknown one.
 */
function distance({ shipTo }: Destination, { address }: Location): number {
  const alike = (one = '', other = '', length = 100) =>
    one !== '' && one.slice(0, length).toUpperCase() === other.slice(0, length).toUpperCase();
  if (!alike(shipTo?.country, address.country)) return 4;
  if (alike(shipTo?.postalCode, address.postalCode, 3)) return 0;
  if (alike(shipTo?.region, address.region)) return 1;
  return alike(shipTo?.postalCode, address.postalCode, 1) ? 2 : 3;
}

/** The expiry dates of what is drawn on, the earliest first: the smaller text is of the lots that expire first. */
function expiries({ plans }: Candidate): string {
  const dates = plans.flatMap(({ draws }) => draws.map(({ expiryDate }) => expiryDate ?? NEVER_EXPIRES));
  return dates.sort().join();
}

function names({ chosen }: Pick<Candidate, 'chosen'>): string {
  return chosen.map(({ locationId }) => locationId).join();
}

function isServed({ channel, orderType }: Destination, { channels, orderTypes }: Location): boolean {
  return (channels?.includes(channel) ?? true) && (orderTypes?.includes(orderType) ?? true);
}

/** Why these locations, and why each of the others was passed over. */
function explanation(
  best: Candidate,
  known: readonly Location[],
  fault: (location: Location) => string,
): string {
  const used = new Set(best.plans.flatMap(({ draws }) => draws.map(locationOf)));
  const others = known.filter(({ locationId }) => !used.has(locationId));
  const from = `Ships from ${[...used].join(' and ')}.`;
  if (others.length === 0) return from;
  const shown = others.slice(0, MAX_EXPLAINED).map((each) => `${each.locationId} ${fault(each)}`);
  const more = others.length > MAX_EXPLAINED ? `; and ${others.length - MAX_EXPLAINED} more` : '';
  return `${from} Passed over: ${shown.join('; ')}${more}.`;
}

function textOrder(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
