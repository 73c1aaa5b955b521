import { describe, expect, it } from 'vitest';
import { given, lot, ORDER_ID, reception } from '../specification.ts';

const SPRING = { expiryDate: '2026-04-30' };
const SUMMER = { expiryDate: '2026-08-31' };

function lotsOf(line: { allocations: readonly { lotNumber: string; quantity: number }[] }) {
  return line.allocations.map(({ lotNumber, quantity }) => [lotNumber, quantity]);
}

describe('the choice of lots', () => {
  it('takes what expires first, and says why', () => {
    const outcome = given([
      lot('BRS', 'NEVER', 9),
      lot('BRS', 'SUMMER', 9, SUMMER),
      lot('BRS', 'SPRING', 9, SPRING),
    ])
      .when(reception({ lines: [{ quantity: 20 }] }))
      .happened('OrderReceived', 'OrderAllocated');
    expect(lotsOf(outcome.line(1))).toEqual([
      ['SPRING', 9],
      ['SUMMER', 9],
      ['NEVER', 2],
    ]);
    const reasons = outcome.line(1).allocations.map((each) => each.reason);
    expect(reasons).toEqual([
      'Expires first (2026-04-30) among the lots that qualify.',
      'Expires first (2026-08-31) among the lots that qualify. Passed over: SPRING: taken up.',
      'Never expires, so it comes after the lots that do. Passed over: SPRING: taken up; SUMMER: taken up.',
    ]);
    expect(outcome.lot('BRS', 'NEVER')).toMatchObject({ available: 7, reserved: 2 });
  });

  it('passes over lots that may not be sold, are expired or empty', () => {
    const outcome = given([
      lot('BRS', 'HELD', 9, { status: 'HOLD', expiryDate: '2026-03-02' }),
      lot('BRS', 'OLD', 9, { expiryDate: '2026-02-28' }),
      lot('BRS', 'EMPTY', 0, SPRING),
      lot('BRS', 'GOOD', 9, SUMMER),
    ]).received({ lines: [{ quantity: 5 }] });
    expect(lotsOf(outcome.line(1))).toEqual([['GOOD', 5]]);
    const [allocation] = outcome.line(1).allocations;
    for (const reason of [
      /OLD: it expired on 2026-02-28/,
      /HELD: its status is HOLD/,
      /EMPTY: nothing available/,
    ])
      expect(allocation?.reason).toMatch(reason);
  });

  it('takes a lot on its last day, but not one that expires before delivery', () => {
    const lastDay = given([lot('BRS', 'A', 9, { expiryDate: '2026-03-01' })]).received({
      lines: [{ quantity: 5 }],
    });
    expect(lotsOf(lastDay.line(1))).toEqual([['A', 5]]);
    const deliveryWindow = { start: '2026-03-05', end: '2026-03-10' };
    const late = given([
      lot('BRS', 'A', 9, { expiryDate: '2026-03-09' }),
      lot('BRS', 'B', 9, { expiryDate: '2026-03-10' }),
    ]).received({
      lines: [{ quantity: 5 }],
      deliveryWindow,
    });
    expect(lotsOf(late.line(1))).toEqual([['B', 5]]);
    expect(late.line(1).allocations[0]?.reason).toMatch(
      /A: it expires on 2026-03-09, before delivery on 2026-03-10/,
    );
  });

  it('asks for the shelf life on the delivery date', () => {
    const terms = {
      lines: [{ quantity: 5 }],
      deliveryWindow: { start: '2026-03-05', end: '2026-03-10' },
      minimumShelfLifeDays: 30,
    };
    const order = given([
      lot('BRS', 'A', 9, { expiryDate: '2026-04-08' }),
      lot('BRS', 'B', 9, { expiryDate: '2026-04-09' }),
    ]).received(terms);
    expect(lotsOf(order.line(1))).toEqual([['B', 5]]);
    expect(order.line(1).allocations[0]?.reason).toMatch(
      /30 days of shelf life at delivery on 2026-03-10 need 2026-04-09/,
    );
  });

  it('splits no case between lots', () => {
    const order = given([
      lot('BRS', 'A', 17, SPRING),
      lot('BRS', 'B', 5, SUMMER),
      lot('BRS', 'C', 30),
    ]).received({
      orderType: 'B2B',
      lines: [{ quantity: 36, unitsPerCase: 12 }],
    });
    expect(lotsOf(order.line(1))).toEqual([
      ['A', 12],
      ['C', 24],
    ]);
    expect(order.line(1).allocations[1]?.reason).toMatch(/B: 5 left, less than a case of 12/);
  });

  it('lets two lines of one SKU share what is there, in their order', () => {
    const order = given([lot('BRS', 'A', 10)]).received({ lines: [{ quantity: 8 }, { quantity: 8 }] });
    expect([1, 2].map((line) => [lotsOf(order.line(line)), order.line(line).backordered])).toEqual([
      [[['A', 8]], 0],
      [[['A', 2]], 6],
    ]);
    expect(order.lot('BRS', 'A')).toMatchObject({ available: 0, reserved: 10 });
  });

  it('draws on nothing for what needs no shipping, or has no SKU', () => {
    const order = given([lot('BRS', 'A', 10)]).received({
      lines: [{ quantity: 1 }, { quantity: 1, requiresShipping: false }, { quantity: 1, sku: null }],
    });
    expect(order.lot('BRS', 'A').reserved).toBe(1);
    expect(order.order.state).toBe('ALLOCATED');
  });
});

describe('pins', () => {
  const stock = [lot('BRS', 'A', 10, SPRING), lot('BRS', 'B', 10, SUMMER), lot('BRS', 'C', 10)];

  it('bind a line to its lot, whatever expires first', () => {
    const order = given(stock).received({ lines: [{ quantity: 6, lotPin: 'B' }] });
    expect(lotsOf(order.line(1))).toEqual([['B', 6]]);
    expect(order.line(1).allocations[0]?.reason).toBe('Pinned to this lot by the order.');
  });

  it('that cannot be met refuse the order by name, with what the lot still has', () => {
    const outcome = given(stock).when(reception({ lines: [{ quantity: 12, lotPin: 'B' }] }));
    outcome.refused('insufficient_stock', /line 1 is pinned to lot B for 12, and the lot can give 10/);
    expect(outcome.rejection).toMatchObject({
      shortages: [{ lineNumber: 1, sku: 'BRS', lotNumber: 'B', requested: 12, available: 10 }],
    });
    given(stock)
      .when(reception({ lines: [{ quantity: 1, lotPin: 'NONE' }] }))
      .refused('insufficient_stock', /lot NONE for 1, and the lot can give 0/);
  });

  it('of a channel wait for their lot and take no other', () => {
    const order = given(stock).received({ lines: [{ quantity: 12, lotPin: 'B' }], unmetPins: 'BACKORDER' });
    expect([lotsOf(order.line(1)), order.line(1).backordered]).toEqual([[['B', 10]], 2]);
  });

  it('are served before lines that may take any lot', () => {
    const order = given(stock).received({ lines: [{ quantity: 8 }, { quantity: 10, lotPin: 'A' }] });
    expect([1, 2].map((line) => lotsOf(order.line(line)))).toEqual([[['B', 8]], [['A', 10]]]);
  });

  it('may bind some units only, and the rest goes by expiry', () => {
    const outcome = given(stock)
      .received({ lines: [{ quantity: 8 }] })
      .when({ type: 'AllocateOrder', pins: [{ lineNumber: 1, lotNumber: 'C', quantity: 3 }] })
      .happened('AllocationChanged');
    expect(lotsOf(outcome.line(1))).toEqual([
      ['A', 5],
      ['C', 3],
    ]);
    expect(outcome.line(1).pins).toEqual([{ lotNumber: 'C', quantity: 3 }]);
  });

  it('swap lots in one event, and replace the pins before them', () => {
    const outcome = given(stock)
      .received({ lines: [{ quantity: 8, lotPin: 'A' }] })
      .when({ type: 'AllocateOrder', pins: [{ lineNumber: 1, lotNumber: 'B' }] })
      .happened('AllocationChanged');
    expect(outcome.event('AllocationChanged')).toMatchObject({
      released: [{ lotNumber: 'A', quantity: 8 }],
      reserved: [{ lotNumber: 'B', quantity: 8, pinned: true }],
    });
    expect(outcome.lot('BRS', 'A')).toMatchObject({ available: 10, reserved: 0 });
    expect(outcome.line(1).pins).toEqual([{ lotNumber: 'B' }]);
  });

  it('let two lines exchange their lots at once', () => {
    const outcome = given([lot('BRS', 'A', 4), lot('BRS', 'B', 4)])
      .received({
        lines: [
          { quantity: 4, lotPin: 'A' },
          { quantity: 4, lotPin: 'B' },
        ],
      })
      .when({
        type: 'AllocateOrder',
        pins: [
          { lineNumber: 1, lotNumber: 'B' },
          { lineNumber: 2, lotNumber: 'A' },
        ],
      })
      .happened('AllocationChanged');
    expect([1, 2].map((line) => lotsOf(outcome.line(line)))).toEqual([[['B', 4]], [['A', 4]]]);
  });

  it('that cannot be met later leave the order with what it has', () => {
    given(stock)
      .received({ lines: [{ quantity: 8 }] })
      .stock(lot('BRS', 'B', 7))
      .when({ type: 'AllocateOrder', pins: [{ lineNumber: 1, lotNumber: 'B' }] })
      .refused('insufficient_stock', /the lot can give 7/);
  });

  it('that ask for more than the line has, or for no line, are invalid', () => {
    const order = () => given(stock).received({ lines: [{ quantity: 8 }, { quantity: 1, sku: null }] });
    const pin = (lineNumber: number, quantity?: number) => ({
      type: 'AllocateOrder' as const,
      pins: [{ lineNumber, lotNumber: 'A', quantity }],
    });
    order()
      .when(pin(1, 9))
      .refused('validation_failed', /line 1 has 8 units to pin, not 9/);
    order()
      .when(pin(2))
      .refused('validation_failed', /draws on no lots/);
    order()
      .when(pin(3))
      .refused('validation_failed', /no line 3/);
  });
});

describe('a second allocation', () => {
  it('finds better lots, and nothing to do the time after', () => {
    const outcome = given([lot('BRS', 'B', 10, SUMMER)])
      .received({ lines: [{ quantity: 8 }] })
      .stock(lot('BRS', 'A', 5, SPRING))
      .when({ type: 'AllocateOrder' })
      .happened('AllocationChanged');
    expect(lotsOf(outcome.line(1))).toEqual([
      ['A', 5],
      ['B', 3],
    ]);
    outcome.when({ type: 'AllocateOrder' }).happened();
  });

  it('keeps the lots it has where it only completes', () => {
    given([lot('BRS', 'B', 10, SUMMER)])
      .received({ lines: [{ quantity: 8 }] })
      .stock(lot('BRS', 'A', 5, SPRING))
      .when({ type: 'CompleteAllocation' })
      .happened();
  });
});

it('says on the order which lots it holds', () => {
  const order = given([lot('BRS', 'A', 5)]).received({ lines: [{ quantity: 5 }] }).order;
  expect(order).toMatchObject({ orderId: ORDER_ID, state: 'ALLOCATED', version: 2, sequence: 2 });
});
