import { describe, expect, it } from 'vitest';
import { given, lot } from '../specification.ts';

const order = (orderType: 'B2B' | 'DTC') =>
  given([lot('BRS', 'A', 30), lot('BRS', 'B', 24)]).received({
    orderType,
    lines: [{ quantity: 36, unitsPerCase: 12 }],
  });
const pin = (quantity: number) =>
  ({ type: 'AllocateOrder', pins: [{ lineNumber: 1, lotNumber: 'B', quantity }] }) as const;

describe('a pin of a B2B line', () => {
  it('never splits a case', () => {
    order('B2B')
      .when(pin(10))
      .refused('case_pack', /10 units are no whole number of cases of 12; 12 would be/);
  });

  it('binds whole cases', () => {
    const outcome = order('B2B').when(pin(12)).happened('AllocationChanged');
    expect(outcome.line(1).allocations.map((each) => [each.lotNumber, each.quantity])).toEqual([
      ['A', 24],
      ['B', 12],
    ]);
  });

  it('may bind any units of a DTC line', () => {
    order('DTC').when(pin(10)).happened('AllocationChanged');
  });
});
