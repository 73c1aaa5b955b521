import { describe, expect, it } from 'vitest';
import { type Given, given, lot, ORDER_ID } from '../specification.ts';
import type { TestLot } from '../warehouse.ts';

const queue = { type: 'QueueFulfillment' } as const;
const CARRIER = { carrier: 'UPS', trackingNumber: '1Z999' };
type Wanted = readonly { lineNumber: number; quantity: number; lotNumber?: string }[];

function ship(...lines: Wanted) {
  return { type: 'RecordShipment', ...CARRIER, ...(lines.length > 0 && { lines }) } as const;
}

function deliver(shipment: number, deliveredAt = '2026-03-04T10:00:00Z', signedBy?: string) {
  return { type: 'ConfirmDelivery', shipmentId: `${ORDER_ID}-S${shipment}`, deliveredAt, signedBy } as const;
}

/** Ten units of each of two SKUs, with the warehouse. */
function queued(
  terms: object = {},
  stock: readonly TestLot[] = [lot('BRS', 'A', 30), lot('NYL', 'N', 30)],
): Given {
  const lines = [{ quantity: 10 }, { sku: 'NYL', quantity: 10 }];
  return given(stock)
    .received({ lines, ...terms })
    .done(queue);
}

describe('queueing', () => {
  it('tells the warehouse what to pick, in units, cases and pallets', () => {
    const outcome = given([lot('BRS', 'A', 100)])
      .received({ orderType: 'B2B', lines: [{ quantity: 96, unitsPerCase: 12, casesPerPallet: 5 }] })
      .when(queue)
      .happened('FulfillmentQueued');
    expect(outcome.event('FulfillmentQueued').pick).toMatchObject([
      { lineNumber: 1, lotNumber: 'A', quantity: 96, cases: 8, pallets: 2 },
    ]);
  });

  it('waits for what is on hold, also on several holds', () => {
    const hold = { type: 'PlaceHold', reason: 'CREDIT_LIMIT' } as const;
    const order = given([lot('BRS', 'A', 10)])
      .received({ lines: [{ quantity: 10 }] })
      .done(hold, hold);
    const [first, second] = order.order.holds.map((each) => each.holdId);
    order.when(queue).refused('illegal_transition', /on hold: CREDIT_LIMIT .*, CREDIT_LIMIT/);
    order
      .done({ type: 'ReleaseHold', holdId: first })
      .when(queue)
      .refused('illegal_transition', /on hold/);
    order.done({ type: 'ReleaseHold', holdId: second }).when(queue).happened('FulfillmentQueued');
    order.when({ type: 'ReleaseHold', holdId: first }).refused('not_found');
  });

  it('waits for the whole of an order that ships complete', () => {
    const order = given([lot('BRS', 'A', 10)])
      .received({ lines: [{ quantity: 10 }], backorderPolicy: 'SHIP_COMPLETE' })
      .done({ type: 'AmendOrder', lines: [{ lineNumber: 1, quantity: 11 }] });
    expect(order.order.state).toBe('RECEIVED');
    order.when(queue).refused('illegal_transition');
  });
});

describe('a shipment', () => {
  it('takes all that is allocated where it names no lines, and the order is SHIPPED', () => {
    const outcome = queued().when(ship()).happened('ShipmentShipped', 'OrderShipped');
    expect(outcome.order.shipments).toMatchObject([
      {
        shipmentId: `${ORDER_ID}-S1`,
        ...CARRIER,
        shippedAt: '2026-03-01T08:00:00.000Z',
        lines: [
          { lineNumber: 1, quantity: 10, lots: [{ lotNumber: 'A', quantity: 10 }] },
          { lineNumber: 2, quantity: 10, lots: [{ lotNumber: 'N', quantity: 10 }] },
        ],
      },
    ]);
    expect(outcome.lot('BRS', 'A')).toMatchObject({ available: 20, reserved: 0 });
  });

  it('of a part leaves the rest with the warehouse', () => {
    const outcome = queued()
      .when(ship({ lineNumber: 1, quantity: 4 }))
      .happened('ShipmentShipped');
    expect(outcome.order.state).toBe('FULFILLMENT_QUEUED');
    expect(outcome.line(1)).toMatchObject({ shipped: 4, allocations: [{ quantity: 6, shipped: 4 }] });
    outcome.when(ship()).happened('ShipmentShipped', 'OrderShipped');
    expect(outcome.order.shipments.map((each) => each.shipmentId)).toEqual([
      `${ORDER_ID}-S1`,
      `${ORDER_ID}-S2`,
    ]);
  });

  it('never takes more than is allocated, also where one line is named twice', () => {
    const outcome = queued().when(ship({ lineNumber: 1, quantity: 11 }));
    outcome.refused('insufficient_stock', /line 1 is to ship 11 of BRS, and 10 are allocated/);
    expect(outcome.rejection).toMatchObject({
      shortages: [{ lineNumber: 1, sku: 'BRS', requested: 11, available: 10 }],
    });
    const twice = ship({ lineNumber: 1, quantity: 6 }, { lineNumber: 1, quantity: 5 });
    queued()
      .when(twice)
      .refused('insufficient_stock', /to ship 5 of BRS, and 4 are allocated/);
  });

  it('leaves what waits for stock open', () => {
    const outcome = queued({}, [lot('BRS', 'A', 30)])
      .when(ship())
      .happened('ShipmentShipped');
    expect(outcome.order.state).toBe('FULFILLMENT_QUEUED');
    outcome.when(ship()).refused('illegal_transition', /nothing reserved/);
    outcome.stock(lot('NYL', 'N', 10)).done({ type: 'CompleteAllocation' });
    outcome.when(ship()).happened('ShipmentShipped', 'OrderShipped');
  });

  it('does not leave while the order is on hold', () => {
    const held = queued().done({ type: 'PlaceHold', reason: 'LOT_QUALITY' });
    held.when(ship()).refused('illegal_transition', /on hold: LOT_QUALITY/);
  });

  it('names lines that are goods of the order', () => {
    const order = queued({ lines: [{ quantity: 10 }, { quantity: 1, requiresShipping: false }] });
    order.when(ship({ lineNumber: 3, quantity: 1 })).refused('validation_failed', /no line 3/);
    order.when(ship({ lineNumber: 2, quantity: 1 })).refused('validation_failed', /needs no shipping/);
  });

  it('does not wait for what needs no shipping', () => {
    const order = queued({ lines: [{ quantity: 10 }, { quantity: 1, requiresShipping: false }] });
    order.when(ship()).happened('ShipmentShipped', 'OrderShipped');
  });
});

describe('the lot that really left', () => {
  const stock = [
    lot('BRS', 'A', 10, { expiryDate: '2026-06-30' }),
    lot('BRS', 'B', 8, { expiryDate: '2026-09-30' }),
  ];
  const brushes = (terms: object = {}) => queued({ lines: [{ quantity: 10, ...terms }] }, stock);

  it('takes the place of the reserved one, and both are corrected at once', () => {
    const outcome = brushes()
      .when(ship({ lineNumber: 1, quantity: 4, lotNumber: 'B' }))
      .happened('ShipmentShipped');
    expect(outcome.event('ShipmentShipped').lines[0]?.lots).toEqual([
      {
        lotNumber: 'B',
        expiryDate: '2026-09-30',
        quantity: 4,
        insteadOf: { lotNumber: 'A', expiryDate: '2026-06-30' },
      },
    ]);
    expect(outcome.lot('BRS', 'A')).toMatchObject({ available: 4, reserved: 6 });
    expect(outcome.lot('BRS', 'B')).toMatchObject({ available: 4, reserved: 0 });
    expect(outcome.line(1).allocations).toMatchObject([
      { lotNumber: 'A', quantity: 6, shipped: 0 },
      { lotNumber: 'B', quantity: 0, shipped: 4, reason: 'Shipped in place of lot A.' },
    ]);
  });

  it('must have what is said to have left', () => {
    brushes()
      .when(ship({ lineNumber: 1, quantity: 9, lotNumber: 'B' }))
      .refused('insufficient_stock', /to ship 9 of BRS, and 8 can be had of lot B/);
    brushes()
      .when(ship({ lineNumber: 1, quantity: 1, lotNumber: 'NONE' }))
      .refused('insufficient_stock', /0 can be had of lot NONE/);
  });

  it('must be one that may be shipped', () => {
    brushes()
      .stock(lot('BRS', 'B', 8, { status: 'QUARANTINE' }))
      .when(ship({ lineNumber: 1, quantity: 1, lotNumber: 'B' }))
      .refused('insufficient_stock', /0 can be had of lot B/);
  });

  it('is the pinned one where the line is pinned', () => {
    const order = brushes({ lotPin: 'A' });
    const other = ship({ lineNumber: 1, quantity: 1, lotNumber: 'B' });
    order.when(other).refused('illegal_transition', /pinned to lot A; lot B cannot be shipped in its place/);
    order
      .when(ship({ lineNumber: 1, quantity: 10, lotNumber: 'A' }))
      .happened('ShipmentShipped', 'OrderShipped');
  });

  it('must have enough for all the lines that it is shipped for', () => {
    const order = queued({ lines: [{ quantity: 5 }, { quantity: 5 }] }, stock);
    order
      .when(
        ship({ lineNumber: 1, quantity: 5, lotNumber: 'B' }, { lineNumber: 2, quantity: 5, lotNumber: 'B' }),
      )
      .refused('insufficient_stock', /line 2 is to ship 5 of BRS, and 3 can be had of lot B/);
  });

  it('may be named among several that are reserved', () => {
    const order = queued({ lines: [{ quantity: 15 }] }, stock);
    const outcome = order
      .when(ship({ lineNumber: 1, quantity: 5, lotNumber: 'B' }))
      .happened('ShipmentShipped');
    expect(outcome.line(1).allocations).toMatchObject([
      { lotNumber: 'A', quantity: 10 },
      { lotNumber: 'B', quantity: 0 },
    ]);
  });
});

describe('cancelling what is left', () => {
  const shortClose = { type: 'CancelOrder', reason: 'the customer takes what came' } as const;

  it('after a partial shipment sends the order on to SHIPPED', () => {
    const outcome = queued()
      .done(ship({ lineNumber: 1, quantity: 4 }))
      .when(shortClose)
      .happened('LinesCancelled', 'OrderShipped');
    expect([outcome.line(1).cancelled, outcome.line(2).cancelled]).toEqual([6, 10]);
    expect(outcome.lot('BRS', 'A')).toMatchObject({ available: 26, reserved: 0 });
  });

  it('after all that left was delivered sends it on to DELIVERED', () => {
    queued()
      .done(ship({ lineNumber: 1, quantity: 4 }), deliver(1))
      .when(shortClose)
      .happened('LinesCancelled', 'OrderShipped', 'OrderDelivered');
  });
});

describe('delivery', () => {
  it('is confirmed for each shipment, and the last one delivers the order', () => {
    const order = queued().done(ship({ lineNumber: 1, quantity: 10 }), ship());
    const late = order.when(deliver(2, '2026-03-06T10:00:00Z', 'M. Ironridge')).happened('ShipmentDelivered');
    expect(late.order.state).toBe('SHIPPED');
    const last = order
      .when(deliver(1, '2026-03-05T12:00:00+02:00'))
      .happened('ShipmentDelivered', 'OrderDelivered');
    expect(last.event('OrderDelivered').deliveredAt).toBe('2026-03-06T10:00:00.000Z');
    expect(last.order.shipments.map((each) => [each.deliveredAt, each.signedBy])).toEqual([
      ['2026-03-05T10:00:00.000Z', undefined],
      ['2026-03-06T10:00:00.000Z', 'M. Ironridge'],
    ]);
    last.when({ type: 'CloseOrder' }).happened('OrderClosed');
  });

  it('is not long before the shipment, but for who has a clock of its own', () => {
    const order = queued().done(ship());
    const early = deliver(1, '2025-12-01T10:00:00Z');
    order.when(early).refused('validation_failed', /deliveredAt: is long before the shipment/);
    order.when({ ...early, mayPrecedeShipment: true }).happened('ShipmentDelivered', 'OrderDelivered');
  });

  it('happens once, and to shipments that there are', () => {
    const order = queued().done(ship({ lineNumber: 1, quantity: 10 }), deliver(1));
    order.when(deliver(1)).refused('illegal_transition', /was delivered at 2026-03-04T10:00:00.000Z/);
    order.when(deliver(2)).refused('not_found', /no shipment/);
  });
});

describe('returns', () => {
  const back = (quantity: number, disposition = 'RESTOCK', lotNumber?: string) =>
    ({ type: 'ReceiveReturn', lines: [{ lineNumber: 1, quantity, disposition, lotNumber }] }) as const;
  const delivered = () => queued({ lines: [{ quantity: 10 }] }).done(ship(), deliver(1));

  it('go back into their lot, into a lot that waits for inspection, or nowhere', () => {
    const order = delivered();
    order.done(back(2), back(3, 'QUARANTINE'), back(1, 'WRITE_OFF'));
    const returned = order.order.sequence - 1;
    expect(order.lot('BRS', 'A')).toMatchObject({ available: 22, reserved: 0, status: 'AVAILABLE' });
    expect(order.lot('BRS', `A ${ORDER_ID}-R${returned}`)).toMatchObject({
      available: 3,
      status: 'QUARANTINE',
    });
    expect(order.line(1)).toMatchObject({ returned: 6, allocations: [{ shipped: 10, returned: 6 }] });
  });

  it('never exceed what was delivered, all together', () => {
    const order = delivered().done(back(6));
    order
      .when(back(5))
      .refused('validation_failed', /10 units of line 1 were delivered and 6 came back, so 5 cannot/);
    const [line] = back(3).lines;
    order.when({ type: 'ReceiveReturn', lines: [line, line] }).refused('validation_failed', /so 6 cannot/);
    order.when(back(4)).happened('ReturnReceived');
  });

  it('are of the lots that were shipped', () => {
    delivered()
      .when(back(1, 'RESTOCK', 'B'))
      .refused('validation_failed', /shipped 0 units of lot B/);
  });

  it('need a delivery, not just a shipment', () => {
    queued()
      .done(ship())
      .when(back(1))
      .refused('validation_failed', /0 units of line 1 were delivered/);
    // Unless a channel says so.
    queued()
      .done(ship())
      .when({ ...back(1), mayPrecedeDelivery: true })
      .happened('ReturnReceived');
  });

  it('come back to a closed order too, which stays closed', () => {
    const outcome = delivered().done({ type: 'CloseOrder' }).when(back(1)).happened('ReturnReceived');
    expect(outcome.order.state).toBe('CLOSED');
  });
});

describe('trouble on the way', () => {
  const news = (kind: 'failed_attempt' | 'returned_to_sender', occurredAt: string) =>
    ({ type: 'RecordDeliveryException', shipmentId: `${ORDER_ID}-S1`, news: kind, occurredAt }) as const;
  const shipped = () => queued().done(ship());

  it('is on the shipment and in the history, and the order stays where it is', () => {
    const outcome = shipped().when(news('failed_attempt', '2026-03-05T10:00:00.000Z'));
    outcome.happened('DeliveryTroubled');
    expect(outcome.order.state).toBe('SHIPPED');
    expect(outcome.order.shipments[0]?.trouble).toEqual({
      news: 'failed_attempt',
      occurredAt: '2026-03-05T10:00:00.000Z',
    });
  });

  it('that is older than what is known, the same again, or of a parcel that has arrived, changes nothing', () => {
    const later = '2026-03-06T10:00:00.000Z';
    const known = shipped().done(news('returned_to_sender', later));
    known.when(news('returned_to_sender', later)).happened();
    known.when(news('failed_attempt', '2026-03-05T10:00:00.000Z')).happened();
    shipped().done(deliver(1)).when(news('failed_attempt', later)).happened();
  });

  it('of a shipment that is not there is refused', () => {
    queued().when(news('failed_attempt', '2026-03-05T10:00:00.000Z')).refused('not_found');
  });
});
