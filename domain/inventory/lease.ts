/** Units of a lot that only one sender may sell, by {@link leaseOwner}. */
export type Leases = Readonly<Record<string, number>>;

/** What a lot has. */
interface Units {
  readonly available: number;
  readonly leases?: Leases | undefined;
}

/** @returns who may sell leased units: a channel, and what it calls the sender */
export function leaseOwner(channel: string, source: string): string {
  return `${channel}#${source}`;
}

/** @returns the leases that an order may draw on; undefined where it came from no sender */
export function ownerOf({
  channel,
  source,
}: {
  readonly channel: string;
  readonly source?: string | undefined;
}): string | undefined {
  return source === undefined ? undefined : leaseOwner(channel, source);
}

/** @returns what is leased of a lot, to all of its owners or to one */
export function leasedOf({ leases }: Pick<Units, 'leases'>, owner?: string): number {
  if (leases === undefined) return 0;
  if (owner !== undefined) return leases[owner] ?? 0;
  return Object.values(leases).reduce((total, units) => total + units, 0);
}

/** @returns what is available of a lot and leased to nobody */
export function unleasedOf(lot: Units): number {
  return lot.available - leasedOf(lot);
}

/** @returns the lots as an order of this owner may draw on them: never on what others lease */
export function suppliesFor<Lot extends Units>(
  lots: readonly Lot[],
  owner: string | undefined,
): readonly (Lot & { readonly leased?: number; readonly leasedToOthers?: number })[] {
  return lots.map((lot) => {
    if (lot.leases === undefined) return lot;
    const leased = owner === undefined ? undefined : lot.leases[owner];
    const leasedToOthers = leasedOf(lot) - (leased ?? 0);
    const available = lot.available - leasedToOthers;
    return { ...lot, available, leasedToOthers, ...(leased !== undefined && { leased }) };
  });
}

/**
 * Takes units that are no longer there: what is leased to nobody first, then of the largest lease.
 *
 * @returns the leases that are left
 */
export function withoutUnits(lot: Units, units: number): Leases | undefined {
  let missing = units - unleasedOf(lot);
  if (lot.leases === undefined || missing <= 0) return lot.leases;
  const left = { ...lot.leases };
  const largestFirst = Object.entries(lot.leases).sort(
    ([one, ofOne], [other, ofOther]) => ofOther - ofOne || (one < other ? -1 : 1),
  );
  for (const [owner, leased] of largestFirst) {
    const taken = Math.min(leased, missing);
    left[owner] = leased - taken;
    missing -= taken;
  }
  return left;
}
