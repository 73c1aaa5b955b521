import type { Address, Channel, OrderType } from '../order/terms.ts';
import { type Demand, type LinePlan, planAllocation, type Requirements, type Supply } from './allocate.ts';
import { type Location, locationOf } from './location.ts';

/** Plans that are compared at most: up to then the fewest locations are found exactly, beyond it step by step. */
const MAX_PLANS = 500;

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

/**
 * Plans the lots of each line from as few locations as have the most: one, where one has everything. Of those alike the
 * nearest to the ship-to, then those whose lots expire first, then those of the lowest priority number.
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
  const best = fewest(free, candidate, most.short, order) ?? stepByStep(free, candidate, most);
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

/** The best of the smallest sets of locations that give the most; null where there are too many to compare. */
function fewest(
  free: readonly Location[],
  candidate: (chosen: readonly Location[]) => Candidate,
  short: number,
  order: Destination,
): Candidate | null {
  let plans = 0;
  let sets: readonly (readonly Location[])[] = [[]];
  for (let size = 0; size <= free.length; size++) {
    plans += sets.length;
    if (plans > MAX_PLANS) return null;
    const [best] = sets
      .map(candidate)
      .filter((each) => each.short <= short)
      .sort((one, other) => compare(order, one, other));
    if (best !== undefined) return best;
    // Each set grows by the locations behind its last one, so that none comes twice.
    sets = sets.flatMap((set) =>
      free.slice(free.indexOf(set.at(-1) as Location) + 1).map((next) => [...set, next]),
    );
  }
  return null;
}

/** Adds the location that leaves the least short, until nothing is better. */
function stepByStep(
  free: readonly Location[],
  candidate: (chosen: readonly Location[]) => Candidate,
  most: Candidate,
): Candidate {
  let best = candidate([]);
  while (best.short > most.short && best.chosen.length < free.length) {
    const [next] = free
      .filter((each) => !best.chosen.includes(each))
      .map((each) => candidate([...best.chosen, each]))
      .sort((one, other) => one.short - other.short);
    if (next === undefined) return most;
    best = next;
  }
  return best;
}

function compare(order: Destination, one: Candidate, other: Candidate): number {
  const priority = ({ chosen }: Candidate) => chosen.reduce((total, each) => total + each.priority, 0);
  return (
    distanceOf(order, one) - distanceOf(order, other) ||
    textOrder(expiries(one), expiries(other)) ||
    priority(one) - priority(other) ||
    textOrder(names(one), names(other))
  );
}

function distanceOf(order: Destination, { chosen }: Candidate): number {
  return chosen.reduce((total, each) => total + distance(order, each), 0);
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
  const dates = plans.flatMap(({ draws }) => draws.map(({ expiryDate }) => expiryDate ?? '9999-12-31'));
  return dates.sort().join();
}

function names({ chosen }: Candidate): string {
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
  const others = known
    .filter(({ locationId }) => !used.has(locationId))
    .map((each) => `${each.locationId} ${fault(each)}`);
  const from = `Ships from ${[...used].join(' and ')}.`;
  if (others.length === 0) return from;
  const more = others.length > 5 ? `; and ${others.length - 5} more` : '';
  return `${from} Passed over: ${others.slice(0, 5).join('; ')}${more}.`;
}

function textOrder(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
