import { describe, expect, test } from 'vitest';
import { balanceLeases, type Seller } from '../../../domain/inventory/balance.ts';
import fc from '../../../testing/fast-check.ts';
import { propertyRuns } from '../../../testing/property-runs.ts';

const seller = (owner: string, terms: Partial<Seller> = {}): Seller => ({
  ...{ owner, leased: 0, sold: 0 },
  ...terms,
});
const divided = (units: number, ...sellers: Seller[]) => Object.fromEntries(balanceLeases(units, sellers));

const optional = (arbitrary: fc.Arbitrary<number>) => fc.option(arbitrary, { nil: undefined });
const sellers = fc
  .array(
    fc.record({
      leased: fc.nat(40),
      sold: fc.double({ min: 0, max: 500, noNaN: true }),
      share: optional(fc.integer({ min: 0, max: 100 })),
      minimum: optional(fc.nat(30)),
      maximum: optional(fc.nat(30)),
      buffer: optional(fc.nat(10)),
      excluded: fc.boolean(),
    }),
    { maxLength: 5 },
  )
  .map((all) => all.map((each, index): Seller => ({ ...each, owner: `SHOP#${index}` })));

describe('leases are divided', () => {
  test('by what sells, and whoever sold nothing yet has something', () => {
    expect(divided(100, seller('A', { sold: 79 }), seller('B', { sold: 19 }))).toEqual({ A: 80, B: 20 });
    expect(divided(10, seller('A'), seller('B'))).toEqual({ A: 5, B: 5 });
  });

  test('by share, minimum and buffer', () => {
    expect(divided(100, seller('A', { share: 25 }), seller('B'))).toEqual({ A: 25, B: 75 });
    expect(divided(10, seller('A', { minimum: 8 }), seller('B', { minimum: 8 }))).toEqual({ A: 5, B: 5 });
    expect(divided(10, seller('A', { buffer: 4 }), seller('B', { buffer: 2 }))).toEqual({ A: 3, B: 3 });
    expect(divided(10, seller('A', { maximum: 2 }), seller('B'))).toEqual({ A: 2, B: 8 });
    expect(divided(10, seller('A', { excluded: true, leased: 4 }), seller('B'))).toEqual({ B: 10 });
  });

  test('and stay where they are while they are good enough', () => {
    const well = [seller('A', { leased: 30, sold: 50 }), seller('B', { leased: 70, sold: 50 })] as const;
    expect(divided(100, ...well)).toEqual({ A: 30, B: 70 });
    // Free units go to whoever lacks most, and nobody gives any up.
    expect(divided(110, ...well)).toEqual({ A: 40, B: 70 });
    // Whoever has less than half of its part gets it.
    expect(
      divided(100, seller('A', { leased: 20, sold: 50 }), seller('B', { leased: 80, sold: 50 })),
    ).toEqual({ A: 50, B: 50 });
  });

  test('never beyond what is there less the buffer, in any order alike, and a second time not at all', () => {
    fc.assert(
      fc.property(fc.nat(120), sellers, (units, all) => {
        const leases = balanceLeases(units, all);
        const sum = [...leases.values()].reduce((total, each) => total + each, 0);
        const buffer = Math.max(0, ...all.map((each) => each.buffer ?? 0));
        expect(sum).toBeLessThanOrEqual(Math.max(0, units - buffer));
        for (const { owner, maximum } of all)
          expect(leases.get(owner) ?? 0).toBeLessThanOrEqual(maximum ?? units);
        for (const each of leases.values()) expect(Number.isSafeInteger(each) && each >= 0).toBe(true);
        expect(balanceLeases(units, all.toReversed())).toEqual(leases);
        const settled = all.map((each) => ({ ...each, leased: leases.get(each.owner) ?? 0 }));
        const again = balanceLeases(units, settled);
        for (const { owner, leased } of settled) expect(again.get(owner) ?? 0).toBe(leased);
      }),
      propertyRuns(2_000),
    );
  });
});
