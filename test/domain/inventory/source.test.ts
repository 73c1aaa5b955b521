import { describe, expect, it } from 'vitest';
import type { Demand, Supply } from '../../../domain/inventory/allocate.ts';
import { type Location, MAIN, recorded } from '../../../domain/inventory/location.ts';
import { type Destination, planSourced } from '../../../domain/inventory/source.ts';
import fc from '../../../testing/fast-check.ts';
import { propertyRuns } from '../../../testing/property-runs.ts';

const REQUIREMENTS = { today: '2026-03-01', deliveryDate: '2026-03-01', minimumShelfLifeDays: 0 };
const ORDER: Destination = {
  channel: 'SHOPIFY',
  orderType: 'DTC',
  shipTo: { country: 'US', region: 'NJ', postalCode: '07102' },
};

const location = (locationId: string, terms: Partial<Location> = {}): Location => ({
  locationId,
  name: locationId,
  address: {},
  priority: 1,
  ...terms,
});
const lot = (locationId: string, available: number, terms: Partial<Supply> = {}): Supply => ({
  lotNumber: 'L1',
  ...recorded(locationId),
  expiryDate: null,
  status: 'AVAILABLE',
  available,
  ...terms,
});
const demand = (sku: string, quantity: number, lineNumber = 1): Demand => ({
  ...{ lineNumber, sku, quantity, pins: [], unitsPerCase: 1, keeps: [], frees: [] },
});

function plan(
  demands: readonly Demand[],
  stock: Record<string, readonly Supply[]>,
  locations: readonly Location[],
  order = ORDER,
  held: readonly string[] = [],
) {
  const supplies = new Map(Object.entries(stock));
  return planSourced(demands, supplies, REQUIREMENTS, order, locations, new Set(held));
}
const used = (plans: ReturnType<typeof plan>) =>
  [...new Set(plans.flatMap(({ draws }) => draws.map(({ locationId = MAIN }) => locationId)))].sort();

describe('an order', () => {
  it('is not split where one location has everything, though others have lots that expire first', () => {
    const stock = {
      A: [lot('EAST', 5, { expiryDate: '2026-06-01' }), lot('WEST', 5, { expiryDate: '2026-09-01' })],
      B: [lot('WEST', 5)],
    };
    const plans = plan([demand('A', 5), demand('B', 5, 2)], stock, [location('EAST'), location('WEST')]);
    expect(used(plans)).toEqual(['WEST']);
    expect(plans[0]?.draws[0]?.reason).toContain('Passed over: EAST lacks 5 units');
  });

  it('ships from the fewest locations that have the most', () => {
    const stock = { A: [lot('EAST', 3), lot('WEST', 4), lot('NORTH', 6)] };
    const locations = ['EAST', 'NORTH', 'WEST'].map((name) => location(name));
    expect(used(plan([demand('A', 10)], stock, locations))).toEqual(['NORTH', 'WEST']);
    expect(used(plan([demand('A', 99)], stock, locations))).toEqual(['EAST', 'NORTH', 'WEST']);
  });

  it('ships from near its customer, then what expires first, then by priority', () => {
    const near = location('NEAR', { address: { country: 'US', region: 'NJ' }, priority: 9 });
    const far = location('FAR', { address: { country: 'DE' }, priority: 1 });
    const stock = { A: [lot('NEAR', 5), lot('FAR', 5)] };
    expect(used(plan([demand('A', 5)], stock, [far, near]))).toEqual(['NEAR']);
    const unknown = { ...ORDER, shipTo: undefined };
    expect(used(plan([demand('A', 5)], stock, [far, near], unknown))).toEqual(['FAR']);
    const dated = { A: [lot('NEAR', 5, { expiryDate: '2026-06-01' }), lot('FAR', 5)] };
    expect(used(plan([demand('A', 5)], dated, [far, near], unknown))).toEqual(['NEAR']);
  });

  it('ships from no location that does not serve it', () => {
    const stock = { A: [lot('EDI', 5), lot('SHOP', 2)] };
    const locations = [location('EDI', { channels: ['EDI'] }), location('SHOP', { orderTypes: ['DTC'] })];
    const [line] = plan([demand('A', 5)], stock, locations);
    expect(line?.short).toBe(3);
    expect(line?.draws[0]?.reason).toContain('EDI does not serve such orders');
  });

  it('ships more from where it ships already', () => {
    const stock = { A: [lot('EAST', 5), lot('WEST', 5)] };
    const locations = [location('EAST'), location('WEST', { priority: 9 })];
    expect(used(plan([demand('A', 5)], stock, locations, ORDER, ['WEST']))).toEqual(['WEST']);
  });
});

it('gives as much as all locations together, from as few as any search finds', () => {
  const places = ['P1', 'P2', 'P3', 'P4', 'P5'];
  const Units = fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 5, maxLength: 5 });
  const Case = fc.record({
    stock: fc.array(Units, { minLength: 1, maxLength: 3 }),
    wanted: fc.integer({ min: 1, max: 12 }),
  });
  fc.assert(
    fc.property(Case, ({ stock, wanted }) => {
      const supplies = Object.fromEntries(
        stock.map((units, sku) => [`S${sku}`, units.map((each, place) => lot(places[place] ?? '', each))]),
      );
      const demands = stock.map((_, sku) => demand(`S${sku}`, wanted, sku + 1));
      const plans = plan(
        demands,
        supplies,
        places.map((name) => location(name)),
      );
      const given = (mask: number) =>
        stock.map((units) =>
          Math.min(
            wanted,
            units.reduce((total, each, place) => total + ((mask >> place) & 1 ? each : 0), 0),
          ),
        );
      const total = (units: readonly number[]) => units.reduce((sum, each) => sum + each, 0);
      const most = total(given(31));
      const sizes = Array.from({ length: 32 }, (_, mask) => mask)
        .filter((mask) => total(given(mask)) === most)
        .map((mask) => places.filter((_, place) => (mask >> place) & 1).length);
      expect(total(plans.map(({ short }) => wanted - short))).toBe(most);
      expect(used(plans).length).toBe(Math.min(...sizes));
    }),
    propertyRuns(300),
  );
});
