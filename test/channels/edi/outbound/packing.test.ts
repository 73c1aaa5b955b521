import fc from 'fast-check';
import { expect, test } from 'vitest';
import { countOf, packEvenly } from '../../../../functions/channels/edi/outbound/packing.ts';
import { propertyRuns } from '../../../../testing/property-runs.ts';

const goods = fc.array(
  fc.record({ kind: fc.string({ minLength: 1 }), count: fc.integer({ min: 1, max: 500 }) }),
  {
    minLength: 1,
    maxLength: 20,
  },
);

test('everything is packed once, in order, and no unit is empty or much fuller than another', () => {
  fc.assert(
    fc.property(goods, fc.double({ min: 0, max: 1, noNaN: true }), (all, portion) => {
      const total = countOf(all);
      const units = Math.max(1, Math.round(portion * total));
      const packed = packEvenly(all, units);
      expect(packed).toHaveLength(units);
      const counts = packed.map(countOf);
      expect(Math.min(...counts)).toBeGreaterThan(0);
      expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
      const one = (list: typeof all) => list.flatMap(({ kind, count }) => Array<string>(count).fill(kind));
      expect(one(packed.flat())).toEqual(one(all));
    }),
    propertyRuns(300),
  );
});

test('24 cases in 24 cartons lie in one each; 3 lots in 2 pallets share the middle one', () => {
  expect(packEvenly([{ kind: 'sauce', count: 24 }], 24)).toEqual(
    Array(24).fill([{ kind: 'sauce', count: 1 }]),
  );
  const lots = ['A', 'B', 'C'].map((kind) => ({ kind, count: 10 }));
  expect(packEvenly(lots, 2)).toEqual([
    [
      { kind: 'A', count: 10 },
      { kind: 'B', count: 5 },
    ],
    [
      { kind: 'B', count: 5 },
      { kind: 'C', count: 10 },
    ],
  ]);
});
