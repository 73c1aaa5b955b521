import { describe, expect, it } from 'vitest';
import { given, lot, ORDER_ID } from '../specification.ts';

const shipped = (quantity: number, more: Record<string, unknown> = {}) => ({
  type: 'RecordChannelShipment' as const,
  lines: [{ lineNumber: 1, quantity }],
  carrier: 'UPS',
  trackingNumber: '1Z',
  channelFulfillmentId: '4711',
  ...more,
});
const order = (available: number) =>
  given(available > 0 ? [lot('BRS', 'A', available)] : []).received({ lines: [{ quantity: 5 }] });

describe('a shipment of the channel', () => {
  it('takes what is reserved from our stock, also before the order is queued', () => {
    const outcome = order(8).when(shipped(2));
    outcome.happened('ShipmentShipped');
    expect(outcome.order).toMatchObject({
      state: 'ALLOCATED',
      shipments: [{ channelFulfillmentId: '4711' }],
    });
    expect(outcome.lot('BRS', 'A')).toMatchObject({ available: 3, reserved: 3 });
  });

  it('of all goods ends what is to be shipped', () => {
    order(8).when(shipped(5)).happened('ShipmentShipped', 'FulfillmentQueued', 'OrderShipped');
    order(8)
      .when(shipped(5, { deliveredAt: '2026-03-01T09:00:00Z' }))
      .happened(
        'ShipmentShipped',
        'ShipmentDelivered',
        'FulfillmentQueued',
        'OrderShipped',
        'OrderDelivered',
      );
  });

  it('is recorded whatever holds the order', () => {
    const outcome = order(8).done({ type: 'PlaceHold', reason: 'OTHER' }).when(shipped(5));
    expect(outcome.order.state).toBe('SHIPPED');
  });

  it('of what is not reserved touches no stock, and nothing of it waits for stock any more', () => {
    const outcome = order(0).when(shipped(5));
    outcome.happened('ShipmentShipped', 'OrderAllocated', 'FulfillmentQueued', 'OrderShipped');
    expect(outcome.line(1)).toMatchObject({ shipped: 5, backordered: 0, allocations: [] });
  });

  it('takes what is reserved first, and the rest from elsewhere', () => {
    const outcome = order(3).when(shipped(4));
    outcome.happened('ShipmentShipped', 'AllocationReleased');
    expect(outcome.line(1)).toMatchObject({ shipped: 4, backordered: 1 });
    expect(outcome.lot('BRS', 'A')).toMatchObject({ available: 0, reserved: 0 });
    expect(outcome.event('ShipmentShipped')).toMatchObject({
      lines: [{ quantity: 4, lots: [{ lotNumber: 'A', quantity: 3 }] }],
      recovered: [{ lineNumber: 1, quantity: 1 }],
    });
  });

  it('is never of more than is left to ship', () => {
    order(8)
      .when(shipped(6))
      .refused('validation_failed', /5 units left to ship/);
  });

  it('is confirmed as delivered though the rest of the order is not queued yet', () => {
    const confirm = {
      type: 'ConfirmDelivery',
      shipmentId: `${ORDER_ID}-S1`,
      deliveredAt: '2026-03-02T09:00:00Z',
    };
    order(8)
      .done(shipped(2))
      .when(confirm as never)
      .happened('ShipmentDelivered');
    order(8)
      .when(confirm as never)
      .refused('illegal_transition', /does not take/);
  });

  it('is corrected by what the channel says later, once', () => {
    const correct = { type: 'CorrectShipment', shipmentId: `${ORDER_ID}-S1`, trackingNumber: '1Y' } as const;
    const outcome = order(8).done(shipped(5)).when(correct);
    outcome.happened('ShipmentCorrected');
    expect(outcome.order.shipments).toMatchObject([{ trackingNumber: '1Y', carrier: 'UPS' }]);
    outcome.when(correct).happened();
  });

  it('keeps the order in the books', () => {
    order(0)
      .done(shipped(2))
      .when({ type: 'VoidOrder' })
      .refused('illegal_transition', /have left/);
  });
});

describe('goods that had left before the order was received', () => {
  const earlier = (quantity: number, deliveredAt?: string) => ({
    lines: [{ lineNumber: 1, quantity }],
    carrier: 'UPS',
    trackingNumber: '1Z',
    shippedAt: '2026-01-01T08:00:00Z',
    deliveredAt,
  });
  const received = (shipment: ReturnType<typeof earlier>) =>
    given([lot('BRS', 'A', 10)]).received({ lines: [{ quantity: 5 }], earlierShipments: [shipment] });

  it('take nothing from our stock; only the rest is reserved', () => {
    const history = received(earlier(3));
    expect(history.order).toMatchObject({
      state: 'ALLOCATED',
      shipments: [{ shipmentId: `${ORDER_ID}-S1` }],
    });
    expect(history.lot('BRS', 'A')).toMatchObject({ available: 8, reserved: 2 });
  });

  it('make an order of which all has left history', () => {
    const history = received(earlier(5, '2026-01-03T08:00:00Z'));
    expect(history.order.state).toBe('CLOSED');
    expect(history.line(1)).toMatchObject({ shipped: 5, delivered: 5 });
    expect(received(earlier(5)).order.state).toBe('SHIPPED');
    expect(history.lot('BRS', 'A')).toMatchObject({ available: 10, reserved: 0 });
  });

  it('are never more than what was ordered', () => {
    expect(() => received(earlier(6))).toThrow(/could have left/);
  });
});

describe('a line that another service sends', () => {
  const lines = [{ quantity: 2 }, { quantity: 3, fulfilledBy: 'shipwire' }];
  const mixed = () => given([lot('BRS', 'A', 10)]).received({ lines });

  it('is not reserved, and the order waits for its channel to say that it left', () => {
    const order = mixed();
    expect(order.lot('BRS', 'A')).toMatchObject({ available: 8, reserved: 2 });
    order.done(
      { type: 'QueueFulfillment' },
      { type: 'RecordShipment', carrier: 'UPS', trackingNumber: '1Z' },
    );
    expect(order.order.state).toBe('FULFILLMENT_QUEUED');
    order
      .when({ ...shipped(3), lines: [{ lineNumber: 2, quantity: 3 }] })
      .happened('ShipmentShipped', 'OrderShipped');
    expect(order.lot('BRS', 'A')).toMatchObject({ available: 8, reserved: 0 });
  });

  it('is not shipped by us', () => {
    const ship = { type: 'RecordShipment', carrier: 'UPS', trackingNumber: '1Z' } as const;
    mixed()
      .done({ type: 'QueueFulfillment' })
      .when({ ...ship, lines: [{ lineNumber: 2, quantity: 1 }] })
      .refused('validation_failed', /sent by somebody else/);
  });
});

describe('an order of vouchers and downloads alone', () => {
  const voucher = { quantity: 1, requiresShipping: false };

  it('is over when its channel has handed them over', () => {
    const outcome = given()
      .received({ lines: [voucher] })
      .when(shipped(1, { deliveredAt: '2026-03-01T09:00:00Z' }));
    expect(outcome.order.state).toBe('DELIVERED');
    expect(outcome.line(1)).toMatchObject({ shipped: 1, delivered: 1 });
  });

  it('hands nothing over twice', () => {
    given()
      .received({ lines: [voucher] })
      .done(shipped(1))
      .when(shipped(1))
      .refused('illegal_transition');
  });

  it('takes no part in the shipments of an order with goods', () => {
    given([lot('BRS', 'A', 8)])
      .received({ lines: [{ quantity: 5 }, voucher] })
      .when(shipped(1, { lines: [{ lineNumber: 2, quantity: 1 }] }))
      .refused('validation_failed');
  });
});
