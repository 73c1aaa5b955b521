import type { Leases } from '../../../domain/inventory/lease.ts';
import type { StoredItem } from './items.ts';

/** Begins the names of a lot's attributes that hold what is leased of it, one for each owner. */
const PREFIX = 'lease#';

/** @returns the name of the attribute that holds a lease */
export function leaseAttribute(owner: string): string {
  return `${PREFIX}${owner}`;
}

/** @returns what is leased of a lot, nothing to those who sold all that they had; undefined where nobody leases of it */
export function leasesOf(item: StoredItem): Leases | undefined {
  const leases = Object.entries(item).flatMap(([name, units]): [string, number][] =>
    name.startsWith(PREFIX) && typeof units === 'number' ? [[name.slice(PREFIX.length), units]] : [],
  );
  return leases.length === 0 ? undefined : Object.fromEntries(leases);
}

/** A change of a lease: units that it grows by. */
export interface LeaseChange {
  readonly owner: string;
  readonly units: number;
}

/**
 * The expressions that change what is leased of a lot. `unleased` is what is available and leased to nobody, and is
 * there from the first change on: until then all that is available is.
 *
 * @param byUnleased units that `unleased` grows by
 */
export function leaseWrite(changes: readonly LeaseChange[], byUnleased: number) {
  const name = (index: number) => `#lease${index}`;
  const value = (index: number) => `:lease${index}`;
  const isMore = changes.some(({ units }) => units > 0);
  return {
    conditions: [
      ...(byUnleased < 0 ? ['(attribute_not_exists(unleased) OR unleased >= :fromUnleased)'] : []),
      ...changes.flatMap(({ units }, index) => (units < 0 ? [`${name(index)} >= ${value(index)}`] : [])),
    ],
    /** @param isNew whether the lot may not be there yet */
    assignments: (isNew = false) => [
      `unleased = if_not_exists(unleased, ${isNew ? 'if_not_exists(available, :none)' : 'available'}) + :byUnleased`,
      ...changes.map(({ units }, index) =>
        units < 0
          ? `${name(index)} = ${name(index)} - ${value(index)}`
          : `${name(index)} = if_not_exists(${name(index)}, :none) + ${value(index)}`,
      ),
    ],
    names: Object.fromEntries(changes.map(({ owner }, index) => [name(index), leaseAttribute(owner)])),
    values: (isNew = false) => ({
      ':byUnleased': byUnleased,
      ...(byUnleased < 0 && { ':fromUnleased': -byUnleased }),
      ...((isNew || isMore) && { ':none': 0 }),
      ...Object.fromEntries(changes.map(({ units }, index) => [value(index), Math.abs(units)])),
    }),
  };
}
