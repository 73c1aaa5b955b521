import { describe, expect, it } from 'vitest';
import { type Given, given, lot, ORDER_ID } from '../specification.ts';

const queue = { type: 'QueueFulfillment' } as const;
const shipping = { type: 'RecordShipment', carrier: 'UPS', trackingNumber: '1Z' } as const;
const cancel = { type: 'CancelOrder', reason: 'enough' } as const;

describe('a discount', () => {
  const discounted = () =>
    given([lot('BRS', 'A', 20)]).received({
      lines: [
        { quantity: 10, discount: '50.00' },
        { sku: 'BRS', quantity: 5 },
      ],
    });

  it.each([
    ['fewer units', { quantity: 2 }],
    ['a lower price', { unitPrice: '4.99' }],
  ])('is never more than its line, after an amendment to %s either', (_, change) => {
    const outcome = discounted().when({ type: 'AmendOrder', lines: [{ lineNumber: 1, ...change }] });
    outcome.refused('validation_failed', /lines\[0\].*50\.00 is more than the line's price/);
  });

  it('may be all of its line', () => {
    discounted()
      .when({ type: 'AmendOrder', lines: [{ lineNumber: 1, unitPrice: '5.00' }] })
      .happened('OrderAmended');
  });
});

describe('a line that needs no shipping', () => {
  const fee = (units: number) => ({
    sku: null,
    quantity: units,
    unitPrice: '5.00',
    requiresShipping: false,
  });
  const partlyShipped = (mostReservations = 25): Given =>
    given([lot('BRS', 'A', 1), lot('BRS', 'B', 1), lot('BRS', 'C', 1)], mostReservations)
      .received({ orderType: 'B2B', lines: [{ quantity: 3 }, fee(2)] })
      .done({ type: 'CompleteAllocation' }, { type: 'CompleteAllocation' }, queue)
      .done({ ...shipping, lines: [{ lineNumber: 1, quantity: 1 }] });

  it('can be cancelled while nothing has shipped', () => {
    given([lot('BRS', 'A', 3)])
      .received({ orderType: 'B2B', lines: [{ quantity: 3 }, fee(2)] })
      .when({ ...cancel, lines: [{ lineNumber: 2, quantity: 1 }] })
      .happened('LinesCancelled');
  });

  it('is charged with the first shipment, and cannot be cancelled after it', () => {
    partlyShipped()
      .when({ ...cancel, lines: [{ lineNumber: 2, quantity: 1 }] })
      .refused('validation_failed', /line 2 has 0 units left to cancel/);
  });

  it('stays charged when what is left to ship is cancelled', () => {
    const outcome = partlyShipped().when(cancel).happened('LinesCancelled', 'OrderShipped');
    expect(outcome.event('LinesCancelled').lines).toEqual([{ lineNumber: 1, sku: 'BRS', quantity: 2 }]);
    expect(outcome.line(2).cancelled).toBe(0);
  });

  it('does not leave an order half cancelled for ever', () => {
    const order = partlyShipped(2).done(cancel);
    expect(order.order).toMatchObject({ state: 'SHIPPED', cancelling: undefined });
    order.done({
      type: 'ConfirmDelivery',
      shipmentId: `${ORDER_ID}-S1`,
      deliveredAt: '2026-03-04T10:00:00Z',
    });
    order.when({ type: 'CloseOrder' }).happened('OrderClosed');
  });
});
