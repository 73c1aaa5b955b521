import { type Demand, type Requirements, type Supply, unfitness } from './allocate.ts';
import { locationOf, lotIdentity, NEVER_EXPIRES } from './location.ts';

/** What each location can give some lines, summed once, so that sets of locations are compared without a plan each. */
export interface LocationSums {
  /** @returns the units of one location that qualify: for each SKU all of them, then those of each lot it is pinned to */
  of(locationId: string): readonly number[];
  /** @returns units that are short at least, where the locations together have these: exact without pins and cases */
  missing(units: readonly number[]): number;
  /** @returns the first expiry date among what the location can give, the end of time where there is none */
  firstExpiry(locationId: string): string;
}

/** One SKU: units asked for, and which sums say what there is of them. */
interface Need {
  readonly wanted: number;
  /** Units that any lot may give. */
  readonly free: number;
  /** The sum of all lots. */
  readonly all: number;
  readonly pins: readonly { readonly wanted: number; readonly at: number }[];
}

/** Sums up the units of each location that the lines may draw on. */
export function locationSums(
  demands: readonly Demand[],
  supplies: ReadonlyMap<string, readonly Supply[]>,
  requirements: Requirements,
): LocationSums {
  const needs: Need[] = [];
  const sums = new Map<string, number[]>();
  const expiries = new Map<string, string>();
  let columns = 0;
  for (const [sku, lines] of Map.groupBy(demands, (demand) => demand.sku)) {
    const pins = pinnedUnits(lines);
    const lotNumbers = [...pins.keys()];
    const all = columns;
    columns += 1 + pins.size;
    needs.push({
      wanted: total(lines.map(({ quantity }) => quantity)),
      free: total(lines.map((line) => Math.max(0, line.quantity - pinnedOf(line)))),
      all,
      pins: [...pins.values()].map((wanted, index) => ({ wanted, at: all + 1 + index })),
    });
    for (const { lot, units } of usable(lines, supplies.get(sku) ?? [], requirements)) {
      const place = locationOf(lot);
      const own = sums.get(place) ?? [];
      sums.set(place, own);
      own[all] = (own[all] ?? 0) + units;
      const pin = lotNumbers.indexOf(lot.lotNumber);
      if (pin >= 0) own[all + 1 + pin] = (own[all + 1 + pin] ?? 0) + units;
      const expiry = lot.expiryDate ?? NEVER_EXPIRES;
      if (expiry < (expiries.get(place) ?? NEVER_EXPIRES)) expiries.set(place, expiry);
    }
  }
  const rows = new Map(
    [...sums].map(([place, own]) => [place, Array.from({ length: columns }, (_, at) => own[at] ?? 0)]),
  );
  const nothing = Array.from({ length: columns }, () => 0);
  return {
    of: (locationId) => rows.get(locationId) ?? nothing,
    missing: (units) =>
      total(
        needs.map(({ wanted, free, all, pins }) => {
          const pinned = total(pins.map((pin) => Math.min(pin.wanted, units[pin.at] ?? 0)));
          return wanted - Math.min(wanted, units[all] ?? 0, free + pinned);
        }),
      ),
    firstExpiry: (locationId) => expiries.get(locationId) ?? NEVER_EXPIRES,
  };
}

/** Units that lines are pinned to, by lot number. */
function pinnedUnits(lines: readonly Demand[]): ReadonlyMap<string, number> {
  const pinned = new Map<string, number>();
  for (const { quantity, pins } of lines) {
    for (const pin of pins) {
      pinned.set(pin.lotNumber, (pinned.get(pin.lotNumber) ?? 0) + Math.min(pin.quantity, quantity));
    }
  }
  return pinned;
}

/** The lots of a SKU that can give its lines anything, and the most that each can give. */
function usable(lines: readonly Demand[], lots: readonly Supply[], requirements: Requirements) {
  const freed = new Map<string, number>();
  for (const lot of lines.flatMap(({ frees }) => frees)) {
    freed.set(lotIdentity(lot), (freed.get(lotIdentity(lot)) ?? 0) + lot.quantity);
  }
  const unitsPerCase = wholeCase(lines);
  return lots.flatMap((lot) => {
    if (unfitness(lot, requirements) !== null) return [];
    const there = lot.available + (freed.get(lotIdentity(lot)) ?? 0);
    const units = there - (there % unitsPerCase);
    return units > 0 ? [{ lot, units }] : [];
  });
}

/** The case that every line takes whole; 1 where some line may take a part of one. */
function wholeCase(lines: readonly Demand[]): number {
  const unitsPerCase = lines[0]?.unitsPerCase ?? 1;
  const isWhole = lines.every(
    (line) =>
      line.unitsPerCase === unitsPerCase &&
      line.keeps.length === 0 &&
      [line, ...line.pins].every(({ quantity }) => quantity % unitsPerCase === 0),
  );
  return isWhole ? unitsPerCase : 1;
}

function pinnedOf({ pins }: Demand): number {
  return total(pins.map(({ quantity }) => quantity));
}

function total(units: readonly number[]): number {
  return units.reduce((sum, each) => sum + each, 0);
}
