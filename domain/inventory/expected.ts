import * as z from 'zod';
import { Reference } from '../text.ts';
import { LocationId } from './location.ts';
import { ExpectedAt } from './transfer.ts';

/** Announce units of a SKU that are to come; the same reference again replaces what it said. */
export const ExpectStock = z.strictObject({
  reference: Reference,
  /** 0 where nothing is to come any more. */
  quantity: z.int().min(0).max(1_000_000),
  expectedAt: ExpectedAt,
  locationId: LocationId.optional(),
});

/** Units of a SKU that are to come into a location. */
export interface Expected {
  readonly sku: string;
  /** Names it: a reference of whoever announced it, or a transfer and its lot. */
  readonly reference: string;
  readonly quantity: number;
  /** A day or an instant; absent where nobody knows. */
  readonly expectedAt?: string | undefined;
  readonly locationId?: string | undefined;
  readonly transferId?: string | undefined;
}

/**
 * @param ahead units that others wait for who are served first
 * @returns when the last of some units is to come; undefined where so many are not announced with a date
 */
export function promisedAt(
  expected: readonly Expected[],
  ahead: number,
  quantity: number,
): string | undefined {
  let missing = ahead + quantity;
  const dated = expected.flatMap(({ expectedAt, quantity: units }) =>
    expectedAt === undefined ? [] : [{ expectedAt, units }],
  );
  dated.sort((one, other) => (one.expectedAt < other.expectedAt ? -1 : 1));
  for (const { expectedAt, units } of dated) {
    missing -= units;
    if (missing <= 0) return expectedAt;
  }
  return undefined;
}
