import { describe, expect, it } from 'vitest';
import { allocated, open } from '../../../domain/order/order.ts';
import { type Given, given, lot, reception } from '../specification.ts';

const queue = { type: 'QueueFulfillment' } as const;
const ship = (quantity: number) =>
  ({
    type: 'RecordShipment',
    carrier: 'UPS',
    trackingNumber: '1Z',
    lines: [{ lineNumber: 1, quantity }],
  }) as const;

function units({ line }: Given, lineNumber = 1) {
  const { ordered, backordered, cancelled, ...rest } = line(lineNumber);
  return {
    ordered,
    allocated: allocated(line(lineNumber)),
    backordered,
    open: open(line(lineNumber)),
    cancelled,
    shipped: rest.shipped,
  };
}

/** Twelve units ordered, ten of them allocated from two lots. */
function shortOrder(terms: object = {}): Given {
  const stock = [
    lot('BRS', 'A', 6, { expiryDate: '2026-06-30' }),
    lot('BRS', 'B', 4, { expiryDate: '2026-09-30' }),
  ];
  return given(stock).received({ lines: [{ quantity: 12 }], ...terms });
}

describe('a reception', () => {
  it.each([
    [
      'a discount of a line beyond its price',
      { lines: [{ quantity: 1, discount: '20.01' }] },
      /lines\[0\]\.discount/,
    ],
    ['discounts beyond the total', { lines: [{ quantity: 1 }], discount: '20.01' }, /total would be -0\.01/],
    [
      'more decimals than the currency has',
      { lines: [{ quantity: 1 }], tax: '0.001' },
      /tax: 0\.001 has more decimals/,
    ],
    ['decimals in yen', { currency: 'JPY', lines: [{ quantity: 1, tax: '1.5' }] }, /lines\[0\]\.tax: 1\.5/],
    ['pallets without cases', { lines: [{ quantity: 1, casesPerPallet: 2 }] }, /need units per case/],
    [
      'a channel’s order without its id',
      { channel: 'SHOPIFY', source: 'shop', lines: [{ quantity: 1 }] },
      /externalId/,
    ],
  ])('refuses %s', (_, terms, detail) => {
    given().when(reception(terms)).refused('validation_failed', detail);
  });

  it('refuses a split case of a B2B order by name, and says what would do', () => {
    const lines = [{ quantity: 30, unitsPerCase: 12 }];
    const outcome = given().when(reception({ orderType: 'B2B', lines }));
    outcome.refused('case_pack', /30 units are no whole number of cases of 12; 24 or 36 would be/);
    given()
      .when(reception({ orderType: 'DTC', lines }))
      .happened('OrderReceived', 'OrderBackordered');
  });

  it('totals goods, discounts, taxes and shipping, each rounded once, at the line', () => {
    const order = given().received({
      lines: [
        { quantity: 3, unitPrice: '3.075', tax: '0.5' },
        { quantity: 1, unitPrice: '0.005', discount: '0.01' },
      ],
      discount: '1',
      shippingAmount: '7.50',
      tax: '0.7',
    }).order;
    // 9.225 is 9.23, 0.005 is 0.01.
    expect(order).toMatchObject({ total: '16.93', discount: '1.00', tax: '0.70' });
    expect(order.lines[0]?.tax).toBe('0.50');
  });

  it('holds an order whose channel counts otherwise, and takes it all the same', () => {
    const outcome = given([lot('BRS', 'A', 1)]).when(
      reception({ lines: [{ quantity: 1 }], channelTotal: '19.99' }),
    );
    outcome.happened('OrderReceived', 'OrderHeld', 'OrderAllocated');
    expect(outcome.event('OrderHeld')).toMatchObject({
      reason: 'OTHER',
      note: "The channel's total is 19.99 USD, ours is 20.00.",
    });
    given()
      .when(reception({ lines: [{ quantity: 1 }], channelTotal: '20' }))
      .happened('OrderReceived', 'OrderBackordered');
  });
});

describe('an amendment', () => {
  const amend = (quantity: number, unitPrice?: string) =>
    ({ type: 'AmendOrder', lines: [{ lineNumber: 1, quantity, unitPrice }] }) as const;

  it('upwards takes more stock, or waits for it', () => {
    const outcome = shortOrder()
      .stock(lot('BRS', 'C', 5))
      .when(amend(20));
    outcome.happened('OrderAmended', 'AllocationChanged', 'OrderBackordered');
    expect(units(outcome)).toEqual({
      ordered: 20,
      allocated: 15,
      backordered: 5,
      open: 0,
      cancelled: 0,
      shipped: 0,
    });
    expect(outcome.event('OrderAmended')).toMatchObject({
      lines: [{ lineNumber: 1, quantity: { before: 12, after: 20 } }],
      total: { before: '240.00', after: '400.00' },
    });
  });

  it('downwards gives up first what waits, then what expires last', () => {
    const outcome = shortOrder().when(amend(7)).happened('OrderAmended');
    expect(outcome.event('OrderAmended')).toMatchObject({
      released: [{ lotNumber: 'B', quantity: 3 }],
      recovered: [{ quantity: 2 }],
    });
    expect(units(outcome)).toMatchObject({ ordered: 7, allocated: 7, backordered: 0 });
    expect(outcome.lot('BRS', 'B')).toMatchObject({ available: 3, reserved: 1 });
  });

  it('of the price alone moves no stock', () => {
    const outcome = shortOrder().when({ type: 'AmendOrder', lines: [{ lineNumber: 1, unitPrice: '3.075' }] });
    outcome.happened('OrderAmended');
    expect(outcome.order.total).toBe('36.90');
  });

  it('shows before and after, and is nothing when nothing changes', () => {
    const change = { type: 'AmendOrder', shipTo: { city: 'Reno' }, customerReference: 'C-88' } as const;
    const outcome = shortOrder().when(change).happened('OrderAmended');
    expect(outcome.event('OrderAmended')).toMatchObject({
      shipTo: { before: null, after: { city: 'Reno' } },
      customerReference: { before: null, after: 'C-88' },
    });
    outcome.when(change).happened();
  });

  it('of the delivery window changes the lots that would expire before it', () => {
    const deliveryWindow = { start: '2026-07-01', end: '2026-07-05' };
    const outcome = shortOrder()
      .stock(lot('BRS', 'C', 5))
      .when({ type: 'AmendOrder', deliveryWindow })
      .happened('OrderAmended', 'AllocationChanged');
    expect(outcome.line(1).allocations.map((each) => [each.lotNumber, each.quantity])).toEqual([
      ['B', 4],
      ['C', 5],
    ]);
    expect(units(outcome)).toMatchObject({ allocated: 9, backordered: 3 });
  });

  it('keeps a line above what is cancelled or pinned, and in whole cases', () => {
    const cancelled = shortOrder().done({
      type: 'CancelOrder',
      reason: 'fewer',
      lines: [{ lineNumber: 1, quantity: 5 }],
    });
    cancelled
      .when(amend(4))
      .refused('validation_failed', /5 units of line 1 are cancelled or shipped already/);
    const pinned = shortOrder().done({
      type: 'AllocateOrder',
      pins: [{ lineNumber: 1, lotNumber: 'A', quantity: 6 }],
    });
    pinned.when(amend(5)).refused('validation_failed', /6 units of line 1 are pinned/);
    const cases = shortOrder({ orderType: 'B2B', lines: [{ quantity: 12, unitsPerCase: 6 }] });
    cases.when(amend(10)).refused('case_pack', /10 units/);
  });

  it('names each line once, and lines that there are', () => {
    const line = { lineNumber: 1, quantity: 3 };
    shortOrder()
      .when({ type: 'AmendOrder', lines: [line, line] })
      .refused('validation_failed', /named twice/);
    shortOrder()
      .when({ type: 'AmendOrder', lines: [{ ...line, lineNumber: 2 }] })
      .refused('validation_failed', /no line 2/);
  });

  it('does not bring the total below zero', () => {
    shortOrder({ discount: '100.00' })
      .when(amend(4))
      .refused('validation_failed', /total would be -20\.00/);
  });
});

describe('a cancellation', () => {
  const cancel = (...lines: { lineNumber: number; quantity: number }[]) =>
    ({ type: 'CancelOrder', reason: 'changed their mind', ...(lines.length > 0 && { lines }) }) as const;

  it('gives back exactly what was held', () => {
    const outcome = shortOrder().when(cancel()).happened('OrderCancelled');
    expect(outcome.event('OrderCancelled')).toMatchObject({
      reason: 'changed their mind',
      lines: [{ lineNumber: 1, quantity: 12 }],
      recovered: [{ quantity: 2 }],
    });
    expect([outcome.lot('BRS', 'A'), outcome.lot('BRS', 'B')]).toMatchObject([
      { available: 6, reserved: 0 },
      { available: 4, reserved: 0 },
    ]);
    expect(units(outcome)).toEqual({
      ordered: 12,
      allocated: 0,
      backordered: 0,
      open: 0,
      cancelled: 12,
      shipped: 0,
    });
  });

  it('of some units takes those that wait first', () => {
    const outcome = shortOrder()
      .when(cancel({ lineNumber: 1, quantity: 3 }))
      .happened('LinesCancelled');
    expect(units(outcome)).toMatchObject({ allocated: 9, backordered: 0, cancelled: 3 });
    expect(outcome.order.state).toBe('ALLOCATED');
  });

  it('of some units takes those that nobody has looked at before those that wait', () => {
    const outcome = shortOrder()
      .done({ type: 'ReleaseAllocation' })
      .when(cancel({ lineNumber: 1, quantity: 7 }))
      .happened('LinesCancelled');
    expect(units(outcome)).toMatchObject({ open: 3, backordered: 2, cancelled: 7 });
    outcome.when(cancel({ lineNumber: 1, quantity: 4 })).happened('LinesCancelled');
    expect(units(outcome)).toMatchObject({ open: 0, backordered: 1, cancelled: 11 });
  });

  it('of every unit, line by line, cancels the order', () => {
    shortOrder()
      .when(cancel({ lineNumber: 1, quantity: 12 }))
      .happened('OrderCancelled');
  });

  it('of all that is reserved leaves the rest waiting in RECEIVED', () => {
    const order = given([lot('BRS', 'A', 5)]).received({
      lines: [{ quantity: 5 }, { sku: 'NYL', quantity: 5 }],
    });
    const outcome = order
      .when(cancel({ lineNumber: 1, quantity: 5 }))
      .happened('LinesCancelled', 'AllocationReleased');
    expect(outcome.order).toMatchObject({ state: 'RECEIVED', allocationReleased: false });
  });

  it('keeps the pinned lot to the last', () => {
    const outcome = shortOrder()
      .done({ type: 'AllocateOrder', pins: [{ lineNumber: 1, lotNumber: 'B', quantity: 4 }] })
      .when(cancel({ lineNumber: 1, quantity: 6 }));
    expect(outcome.event('LinesCancelled').released).toMatchObject([{ lotNumber: 'A', quantity: 4 }]);
  });

  it('takes no more than is left, each line once, in whole cases', () => {
    const line = { lineNumber: 1, quantity: 3 };
    shortOrder()
      .when(cancel({ ...line, quantity: 13 }))
      .refused('validation_failed', /12 units left to cancel, not 13/);
    shortOrder()
      .when(cancel(line, line))
      .refused('validation_failed', /named twice/);
    const cases = () => shortOrder({ orderType: 'B2B', lines: [{ quantity: 12, unitsPerCase: 4 }] });
    cases()
      .when(cancel(line))
      .refused('case_pack', /3 units/);
    cases()
      .when(cancel({ ...line, quantity: 12 }))
      .happened('OrderCancelled');
  });

  it('of shipped units is refused', () => {
    const order = shortOrder().done(queue, ship(8));
    order.when(cancel({ lineNumber: 1, quantity: 5 })).refused('validation_failed', /4 units left to cancel/);
  });
});

describe('a void', () => {
  const voids = { type: 'VoidOrder' } as const;

  it('hides what was entered by mistake, and gives its purchase order number back', () => {
    const outcome = given()
      .received({ orderType: 'B2B', purchaseOrderNumber: 'PO-1', lines: [{ quantity: 1 }] })
      .when(voids)
      .happened('OrderVoided');
    expect(outcome.event('OrderVoided')).toEqual({ purchaseOrderNumber: 'PO-1' });
    expect(outcome.order.voided).toBe(true);
  });

  it('is refused while the order holds stock, of a large order too', () => {
    shortOrder().when(voids).refused('illegal_transition');
    const steps = given([lot('BRS', 'A', 9)], 2).received({
      lines: [1, 1, 1].map((quantity) => ({ quantity })),
    });
    steps
      .done({ type: 'CompleteAllocation' })
      .when(voids)
      .refused('illegal_transition', /holds stock/);
  });

  it('may follow a cancellation', () => {
    shortOrder().done({ type: 'CancelOrder', reason: 'mistake' }).when(voids).happened('OrderVoided');
  });
});

describe('a delivery window', () => {
  const check = (today: string) => ({ type: 'CheckDeliveryWindow', today, atRiskDays: 2 }) as const;
  const windowed = () => shortOrder({ deliveryWindow: { start: '2026-03-10', end: '2026-03-14' } });

  it('is at risk so many days before its end, once', () => {
    const order = windowed();
    order.when(check('2026-03-11')).happened();
    order.when(check('2026-03-12')).happened('DeliveryWindowAtRisk');
    expect(order.order.deliveryWindowStatus).toBe('AT_RISK');
    order.when(check('2026-03-14')).happened();
  });

  it('is missed after its last day, once', () => {
    const order = windowed();
    order.when(check('2026-03-15')).happened('DeliveryWindowMissed');
    order.when(check('2026-03-16')).happened();
  });

  it('that is amended is looked at again', () => {
    const order = windowed().done(check('2026-03-12'));
    order.done({ type: 'AmendOrder', deliveryWindow: { start: '2026-03-10', end: '2026-03-20' } });
    expect(order.order.deliveryWindowStatus).toBeUndefined();
    order.when(check('2026-03-15')).happened();
    order.when(check('2026-03-18')).happened('DeliveryWindowAtRisk');
  });

  it('is only missed, never at risk, by goods on their way', () => {
    const order = windowed().done(queue, ship(10), { type: 'CancelOrder', reason: 'enough' });
    expect(order.order.state).toBe('SHIPPED');
    order.when(check('2026-03-13')).happened();
    order.when(check('2026-03-15')).happened('DeliveryWindowMissed');
  });

  it('is nothing to an order without one', () => {
    shortOrder().when(check('2026-12-31')).happened();
  });
});
