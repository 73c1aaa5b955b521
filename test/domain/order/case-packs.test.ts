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

describe('a case that was broken by a shipment', () => {
  /** Two cases of twelve, of which fourteen units have left: ten of lot A are held. */
  const broken = () =>
    given([lot('BRS', 'A', 24)])
      .received({ orderType: 'B2B', lines: [{ quantity: 24, unitsPerCase: 12 }] })
      .done(
        { type: 'QueueFulfillment' },
        {
          type: 'RecordShipment',
          carrier: 'UPS',
          trackingNumber: '1Z',
          lines: [{ lineNumber: 1, quantity: 14 }],
        },
      );

  it.each([
    ['chosen anew', { type: 'AllocateOrder' }],
    ['pinned to the lot they are of', { type: 'AllocateOrder', pins: [{ lineNumber: 1, lotNumber: 'A' }] }],
  ] as const)('keeps its units when lots are %s', (_, command) => {
    const outcome = broken().done(command);
    expect(outcome.line(1)).toMatchObject({ backordered: 0, allocations: [{ quantity: 10 }] });
  });

  it('keeps its units when other units of the line lose their lot', () => {
    const order = given([
      lot('BRS', 'A', 12, { expiryDate: '2026-06-30' }),
      lot('BRS', 'B', 24, { expiryDate: '2026-09-30' }),
    ])
      .received({ orderType: 'B2B', lines: [{ quantity: 36, unitsPerCase: 12 }] })
      .done(
        { type: 'QueueFulfillment' },
        {
          type: 'RecordShipment',
          carrier: 'UPS',
          trackingNumber: '1Z',
          lines: [{ lineNumber: 1, quantity: 2, lotNumber: 'A' }],
        },
      )
      .stock({ ...lot('BRS', 'B', 0), reserved: 24, status: 'RECALLED' })
      .done({ type: 'ReplaceLot', sku: 'BRS', lotNumber: 'B', reason: 'recalled' });
    expect(order.line(1).backordered).toBe(24);
    expect(order.lot('BRS', 'A').reserved).toBe(10);
  });

  it('is made up from a lot that has as many units left as the case lacks', () => {
    const order = broken()
      .stock({ ...lot('BRS', 'A', 0), reserved: 10, status: 'RECALLED' })
      .stock(lot('BRS', 'C', 11))
      .done({ type: 'ReplaceLot', sku: 'BRS', lotNumber: 'A', reason: 'recalled' });
    expect(order.line(1).backordered).toBe(0);
    expect(order.lot('BRS', 'C').reserved).toBe(10);
  });
});
