import { addDays } from '../calendar.ts';
import {
  type LotPlace,
  locationOf,
  lotIdentity,
  MAIN,
  NEVER_EXPIRES,
  recorded,
  stockIdentity,
} from './location.ts';
import type { LotStatus } from './lot.ts';

/** A quantity of one SKU that a plan may use, independent of how it is stored. */
export interface Supply extends LotPlace {
  readonly expiryDate: string | null;
  readonly status: LotStatus;
  readonly available: number;
  /** Units of `available` that are leased to the sender of the order, which a reservation takes first; absent without a lease. */
  readonly leased?: number | undefined;
  /** Units beside `available` that are leased to other senders. */
  readonly leasedToOthers?: number | undefined;
}

/** A quantity that must come from one named lot, wherever it is. */
export interface Pin {
  readonly lotNumber: string;
  readonly quantity: number;
}

/** A quantity that is reserved of a lot. */
export interface Held extends LotPlace {
  readonly quantity: number;
}

/** The demand of one order line. */
export interface Demand {
  readonly lineNumber: number;
  readonly sku: string;
  readonly quantity: number;
  readonly pins: readonly Pin[];
  /** Units in a case, 1 when sold by the unit. A case is never split between lots. */
  readonly unitsPerCase: number;
  /** Reservations that the line keeps while their lots qualify. */
  readonly keeps: readonly Held[];
  /** Reservations that the line releases at its turn, available to itself and the lines after it. */
  readonly frees: readonly Held[];
}

/** A quantity of one lot for a line, and why this lot. */
export interface Draw extends LotPlace {
  readonly expiryDate: string | null;
  readonly quantity: number;
  readonly pinned: boolean;
  readonly reason: string;
}

export interface LinePlan {
  readonly lineNumber: number;
  readonly sku: string;
  readonly draws: readonly Draw[];
  /** The quantity that no lot covers. */
  readonly short: number;
  readonly unmetPins: readonly UnmetPin[];
}

/** A pin that its lot cannot meet: requested and available quantity, and the reason. */
export interface UnmetPin {
  readonly lotNumber: string;
  readonly requested: number;
  readonly available: number;
  readonly reason: string;
}

/** The requirements of an order on its lots. */
export interface Requirements {
  readonly today: string;
  /** The day on which the customer has the goods at the latest. */
  readonly deliveryDate: string;
  readonly minimumShelfLifeDays: number;
}

/**
 * Plans the lots of each line: pinned lots first, then first expired, first out among lots that are AVAILABLE, not
 * expired, and have the required shelf life on the delivery date.
 *
 * @param supplies by SKU; lines of one SKU share them, in the order of the demands
 */
export function planAllocation(
  demands: readonly Demand[],
  supplies: ReadonlyMap<string, readonly Supply[]>,
  requirements: Requirements,
): readonly LinePlan[] {
  const left = new Map<string, number>();
  for (const [sku, lots] of supplies)
    for (const lot of lots) left.set(stockIdentity(sku, lot), lot.available);

  return demands.map((demand) => {
    const lots = firstExpiredFirstOut(supplies.get(demand.sku) ?? []);
    const draws: Draw[] = [];
    const unmetPins: UnmetPin[] = [];
    const leftOf = (lot: LotPlace) => left.get(stockIdentity(demand.sku, lot)) ?? 0;
    const draw = (lot: Supply, quantity: number, pinned: boolean, reason: string) => {
      if (quantity <= 0) return;
      const { lotNumber, locationId, expiryDate } = lot;
      draws.push({ lotNumber, ...recorded(locationId), expiryDate, quantity, pinned, reason });
      left.set(stockIdentity(demand.sku, lot), leftOf(lot) - quantity);
    };
    for (const { quantity, ...lot } of demand.frees)
      left.set(stockIdentity(demand.sku, lot), leftOf(lot) + quantity);
    const rest = () => demand.quantity - draws.reduce((total, each) => total + each.quantity, 0);

    for (const pin of demand.pins) {
      const wanted = Math.min(pin.quantity, rest());
      if (wanted <= 0) continue;
      // The lot may be in several locations.
      let blocker: string | null = 'there is no such lot';
      let [given, available] = [0, 0];
      for (const lot of lots.filter((each) => each.lotNumber === pin.lotNumber)) {
        const unfit = unfitness(lot, requirements);
        if (available === 0) blocker = unfit;
        if (unfit !== null) continue;
        const taken = withoutSplitting(wanted - given, leftOf(lot), demand.unitsPerCase);
        available += leftOf(lot);
        draw(lot, taken, true, 'Pinned to this lot by the order.');
        given += taken;
      }
      if (given < wanted) {
        unmetPins.push({
          lotNumber: pin.lotNumber,
          requested: wanted,
          available,
          reason: blocker ?? `it has ${available} left${leasedNote(lots, pin.lotNumber)}`,
        });
      }
    }

    const pinned = demand.pins.reduce((total, pin) => total + pin.quantity, 0);
    let free = Math.min(rest(), Math.max(0, demand.quantity - pinned));
    const passedOver: string[] = [];
    for (const keep of demand.keeps) {
      const lot = lots.find((each) => lotIdentity(each) === lotIdentity(keep));
      if (lot === undefined || unfitness(lot, requirements) !== null) continue;
      const taken = Math.max(0, Math.min(free, keep.quantity, leftOf(lot)));
      draw(lot, taken, false, 'Already held for the order and still good.');
      free -= taken;
    }
    for (const lot of lots) {
      if (free <= 0) break;
      const available = leftOf(lot);
      const taken = withoutSplitting(free, available, demand.unitsPerCase);
      const blocker =
        unfitness(lot, requirements) ?? (taken > 0 ? null : scarcity(lot, available, demand.unitsPerCase));
      if (blocker !== null) {
        passedOver.push(`${withPlace(lot)}: ${blocker}`);
        continue;
      }
      draw(lot, taken, false, whyChosen(lot, passedOver));
      passedOver.push(`${withPlace(lot)}: taken up`);
      free -= taken;
    }
    return {
      lineNumber: demand.lineNumber,
      sku: demand.sku,
      draws: mergeByLot(draws),
      short: rest(),
      unmetPins,
    };
  });
}

/** @returns the lots with the earliest expiry first, those that never expire last. */
export function firstExpiredFirstOut<Lot extends LotPlace & { readonly expiryDate: string | null }>(
  lots: readonly Lot[],
): readonly Lot[] {
  return [...lots].sort(
    (one, other) =>
      compare(one.expiryDate ?? NEVER_EXPIRES, other.expiryDate ?? NEVER_EXPIRES) ||
      compare(one.lotNumber, other.lotNumber) ||
      compare(locationOf(one), locationOf(other)),
  );
}

/** @returns why the lot does not meet these requirements, or null when it does. */
export function unfitness(lot: Supply, requirements: Requirements): string | null {
  if (lot.status !== 'AVAILABLE') return `its status is ${lot.status}`;
  if (lot.expiryDate === null) return null;
  if (lot.expiryDate < requirements.today) return `it expired on ${lot.expiryDate}`;
  const needed = addDays(requirements.deliveryDate, requirements.minimumShelfLifeDays);
  if (lot.expiryDate < needed) {
    return requirements.minimumShelfLifeDays > 0
      ? `it expires on ${lot.expiryDate}, and ${requirements.minimumShelfLifeDays} days of shelf life at delivery on ${requirements.deliveryDate} need ${needed}`
      : `it expires on ${lot.expiryDate}, before delivery on ${requirements.deliveryDate}`;
  }
  return null;
}

/** The lot, and its location where that is another than the one that exists by itself. */
function withPlace(lot: LotPlace): string {
  return locationOf(lot) === MAIN ? lot.lotNumber : `${lot.lotNumber} at ${locationOf(lot)}`;
}

function leasedNote(lots: readonly Supply[], lotNumber: string): string {
  const leased = lots.reduce(
    (total, lot) => total + (lot.lotNumber === lotNumber ? (lot.leasedToOthers ?? 0) : 0),
    0,
  );
  return leased > 0 ? `, and ${leased} leased to other channels` : '';
}

function scarcity({ leasedToOthers = 0 }: Supply, available: number, unitsPerCase: number): string {
  const leased = leasedToOthers > 0 ? `, and ${leasedToOthers} leased to other channels` : '';
  return available <= 0
    ? `nothing available${leased}`
    : `${available} left, less than a case of ${unitsPerCase}${leased}`;
}

function whyChosen(lot: Supply, passedOver: readonly string[]): string {
  const choice =
    lot.expiryDate === null
      ? 'Never expires, so it comes after the lots that do.'
      : `Expires first (${lot.expiryDate}) among the lots that qualify.`;
  if (passedOver.length === 0) return choice;
  const shown = passedOver.slice(0, 5).join('; ');
  const more = passedOver.length > 5 ? `; and ${passedOver.length - 5} more` : '';
  return `${choice} Passed over: ${shown}${more}.`;
}

/**
 * How much of a lot can be used without splitting a case: whole cases, plus the rest of a case that was split before,
 * for example by a shipment of some of its units.
 */
function withoutSplitting(wanted: number, available: number, unitsPerCase: number): number {
  if (available >= wanted) return Math.max(0, wanted);
  const wholeCases = (quantity: number) => quantity - (quantity % unitsPerCase);
  const broken = wanted % unitsPerCase;
  return Math.max(0, wholeCases(available), available < broken ? 0 : broken + wholeCases(available - broken));
}

/** Merges to one draw for each lot: a lot that is both pinned and chosen freely counts as pinned. */
function mergeByLot(draws: readonly Draw[]): readonly Draw[] {
  const merged = new Map<string, Draw>();
  for (const draw of draws) {
    const before = merged.get(lotIdentity(draw));
    merged.set(
      lotIdentity(draw),
      before === undefined
        ? draw
        : { ...before, quantity: before.quantity + draw.quantity, pinned: before.pinned || draw.pinned },
    );
  }
  return [...merged.values()];
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
