import { beforeEach, expect, test, vi } from 'vitest';
import { planAllocation, type Supply } from '../../../domain/inventory/allocate.ts';
import { type Location, recorded } from '../../../domain/inventory/location.ts';
import { planSourced } from '../../../domain/inventory/source.ts';

// The real one, counted.
vi.mock('../../../domain/inventory/allocate.ts', { spy: true });

const REQUIREMENTS = { today: '2026-03-01', deliveryDate: '2026-03-01', minimumShelfLifeDays: 0 };
const LOCATIONS = Array.from({ length: 50 }, (_, index): Location => {
  const locationId = `P${String(index).padStart(2, '0')}`;
  return { locationId, name: locationId, address: {}, priority: index };
});
const SKUS = Array.from({ length: 20 }, (_, index) => `S${index}`);

/** Plans an order of 20 lines over 50 locations with five lots of each SKU. */
function plan(quantity: number, availableAt: (location: number, sku: number) => number, unitsPerCase = 1) {
  const demands = SKUS.map((sku, index) => ({
    ...{ lineNumber: index + 1, sku, quantity, pins: [], unitsPerCase, keeps: [], frees: [] },
  }));
  const supplies = SKUS.map((sku, index) => {
    const lots = LOCATIONS.flatMap(({ locationId }, place) =>
      ['A', 'B', 'C', 'D', 'E'].map(
        (lotNumber): Supply => ({
          ...{ lotNumber, ...recorded(locationId), expiryDate: null, status: 'AVAILABLE' },
          available: availableAt(place, index),
        }),
      ),
    );
    return [sku, lots] as const;
  });
  const order = { channel: 'SHOPIFY', orderType: 'DTC' } as const;
  const plans = planSourced(demands, new Map(supplies), REQUIREMENTS, order, LOCATIONS, new Set());
  const short = plans.reduce((total, line) => total + line.short, 0);
  return { short, used: new Set(plans.flatMap(({ draws }) => draws.map((draw) => draw.locationId))).size };
}

beforeEach(() => {
  vi.mocked(planAllocation).mockClear();
});

test('an order that all locations together leave short takes all of them, in two plans', () => {
  expect(plan(300, () => 1)).toEqual({ short: 20 * 50, used: 50 });
  expect(planAllocation).toHaveBeenCalledTimes(2);
});

test('locations that have nothing of what is short are found by sums', () => {
  expect(plan(300, (place) => (place % 2 === 0 ? 1 : 0))).toEqual({ short: 20 * 175, used: 25 });
  expect(vi.mocked(planAllocation).mock.calls.length).toBeLessThanOrEqual(7);
});

test.each([
  ['every location has everything', 5, () => 1, 1, 1],
  ['half of the locations do together', 125, () => 1, 1, 25],
  ['each SKU is somewhere else', 5, (place: number, sku: number) => (place === sku ? 1 : 0), 1, 20],
  ['cases are broken everywhere', 24, () => 13, 12, 1],
])('no order is planned more than 27 times: %s', (_, quantity, availableAt, unitsPerCase, locations) => {
  expect(plan(quantity, availableAt, unitsPerCase)).toEqual({ short: 0, used: locations });
  expect(vi.mocked(planAllocation).mock.calls.length).toBeLessThanOrEqual(27);
});
