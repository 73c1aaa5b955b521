import { describe, expect, it } from 'vitest';
import { allocated, open } from '../../../domain/order/order.ts';
import { type Given, given, lot, reception } from '../specification.ts';

const two = (first: number, second: number) => ({
  lines: [{ quantity: first }, { sku: 'NYL', quantity: second }],
});
const queue = { type: 'QueueFulfillment' } as const;
const complete = { type: 'CompleteAllocation' } as const;

/** Allocated, backordered and open units of a line. */
function units(given: Given, lineNumber: number): readonly number[] {
  const line = given.line(lineNumber);
  return [allocated(line), line.backordered, open(line)];
}

describe('SHIP_PARTIAL', () => {
  it('takes what is there and backorders the rest', () => {
    const outcome = given([lot('BRS', 'A', 7)])
      .when(reception(two(10, 5)))
      .happened('OrderReceived', 'OrderAllocated', 'OrderBackordered');
    expect([units(outcome, 1), units(outcome, 2)]).toEqual([
      [7, 3, 0],
      [0, 5, 0],
    ]);
  });

  it('keeps an order with nothing allocated RECEIVED', () => {
    const outcome = given()
      .when(reception(two(10, 5)))
      .happened('OrderReceived', 'OrderBackordered');
    expect(outcome.order.state).toBe('RECEIVED');
  });

  it('allocates what waited when stock comes in', () => {
    const outcome = given([lot('BRS', 'A', 7)])
      .received(two(10, 5))
      .stock(lot('BRS', 'B', 2))
      .when({ ...complete, sku: 'BRS' })
      .happened('BackorderAllocated');
    expect(units(outcome, 1)).toEqual([9, 1, 0]);
    expect(outcome.lot('BRS', 'B')).toMatchObject({ available: 0, reserved: 2 });
  });

  it('moves on to ALLOCATED by itself with the first units', () => {
    const outcome = given()
      .received(two(10, 5))
      .stock(lot('NYL', 'N', 1))
      .when(complete)
      .happened('BackorderAllocated', 'OrderAllocated');
    expect(outcome.order.state).toBe('ALLOCATED');
  });

  it('continues to allocate stock while the order is queued', () => {
    const outcome = given([lot('BRS', 'A', 7)])
      .received(two(10, 5))
      .done(queue)
      .stock(lot('NYL', 'N', 9))
      .when(complete)
      .happened('BackorderAllocated');
    expect(outcome.order.state).toBe('FULFILLMENT_QUEUED');
    expect(units(outcome, 2)).toEqual([5, 0, 0]);
  });
});

describe('SHIP_COMPLETE', () => {
  const terms = { ...two(10, 5), backorderPolicy: 'SHIP_COMPLETE' };

  it('holds nothing until everything is there', () => {
    const outcome = given([lot('BRS', 'A', 50)])
      .when(reception(terms))
      .happened('OrderReceived', 'OrderBackordered');
    expect([units(outcome, 1), units(outcome, 2)]).toEqual([
      [0, 10, 0],
      [0, 5, 0],
    ]);
    expect(outcome.lot('BRS', 'A').reserved).toBe(0);
  });

  it('takes all of it at once when the last units come in', () => {
    const waiting = given([lot('BRS', 'A', 50)]).received(terms);
    waiting
      .stock(lot('NYL', 'N', 4))
      .when({ ...complete, sku: 'NYL' })
      .happened();
    const outcome = waiting.stock(lot('NYL', 'N', 5)).when({ ...complete, sku: 'NYL' });
    outcome.happened('BackorderAllocated', 'OrderAllocated');
    expect([units(outcome, 1), units(outcome, 2)]).toEqual([
      [10, 0, 0],
      [5, 0, 0],
    ]);
  });

  it('gives everything back when a lot must not be shipped, and waits again', () => {
    const outcome = given([lot('BRS', 'A', 50), lot('NYL', 'N', 5)])
      .received(terms)
      .stock({ ...lot('NYL', 'N', 0), reserved: 5, status: 'RECALLED' })
      .when({ type: 'ReplaceLot', sku: 'NYL', lotNumber: 'N', reason: 'recalled' })
      .happened('AllocationChanged', 'AllocationReleased');
    expect(outcome.order.state).toBe('RECEIVED');
    expect(outcome.lot('BRS', 'A')).toMatchObject({ available: 50, reserved: 0 });
    expect(units(outcome, 1)).toEqual([0, 10, 0]);
  });
});

describe('REJECT', () => {
  const terms = { ...two(10, 5), backorderPolicy: 'REJECT' };

  it('refuses an order that stock does not cover, with every shortage', () => {
    const outcome = given([lot('BRS', 'A', 7)]).when(reception(terms));
    outcome.refused('insufficient_stock', /line 1 asks for 10 of BRS, and 7 can be had/);
    expect(outcome.rejection).toMatchObject({
      shortages: [
        { lineNumber: 1, sku: 'BRS', requested: 10, available: 7 },
        { lineNumber: 2, sku: 'NYL', requested: 5, available: 0 },
      ],
    });
  });

  it('keeps what it has when an amendment asks for more than there is', () => {
    const order = given([lot('BRS', 'A', 12, { expiryDate: '2026-06-30' })]).received({
      backorderPolicy: 'REJECT',
      lines: [{ quantity: 10 }],
    });
    const more = order.when({ type: 'AmendOrder', lines: [{ lineNumber: 1, quantity: 13 }] });
    more.refused('insufficient_stock');
    expect(more.rejection).toMatchObject({ shortages: [{ lineNumber: 1, requested: 13, available: 12 }] });
    order
      .when({ type: 'AmendOrder', deliveryWindow: { start: '2026-07-01', end: '2026-07-02' } })
      .refused('insufficient_stock');
    order
      .when({ type: 'AmendOrder', lines: [{ lineNumber: 1, quantity: 12 }] })
      .happened('OrderAmended', 'AllocationChanged');
  });

  it('takes an order that stock covers', () => {
    const outcome = given([lot('BRS', 'A', 10), lot('NYL', 'N', 5)]).when(reception(terms));
    outcome.happened('OrderReceived', 'OrderAllocated');
  });
});

describe('a lot that must not be shipped', () => {
  const recall = { type: 'ReplaceLot', sku: 'BRS', lotNumber: 'A', reason: 'glass found' } as const;
  const recalled = { ...lot('BRS', 'A', 0), reserved: 10, status: 'RECALLED' } as const;

  it('is replaced by other lots, and what they lack is backordered', () => {
    const outcome = given([lot('BRS', 'A', 10)])
      .received({ lines: [{ quantity: 10 }] })
      .stock(recalled)
      .stock(lot('BRS', 'B', 6))
      .when(recall)
      .happened('AllocationChanged');
    expect(outcome.event('AllocationChanged')).toMatchObject({
      reason: 'Lot A: glass found',
      released: [{ lotNumber: 'A', quantity: 10 }],
      reserved: [{ lotNumber: 'B', quantity: 6 }],
      backordered: [{ quantity: 4 }],
    });
    expect(outcome.lot('BRS', 'A').reserved).toBe(0);
  });

  it('sends an order without other lots back to RECEIVED, on nobody’s request', () => {
    const outcome = given([lot('BRS', 'A', 10)])
      .received({ lines: [{ quantity: 10 }] })
      .stock(recalled)
      .when(recall)
      .happened('AllocationChanged', 'AllocationReleased');
    expect(outcome.order).toMatchObject({ state: 'RECEIVED', allocationReleased: false });
    outcome
      .stock(lot('BRS', 'B', 10))
      .when(complete)
      .happened('BackorderAllocated', 'OrderAllocated');
  });

  it('leaves a queued order queued, with what it waits for', () => {
    const outcome = given([lot('BRS', 'A', 10)])
      .received({ lines: [{ quantity: 10 }] })
      .done(queue)
      .stock(recalled)
      .when(recall)
      .happened('AllocationChanged');
    expect(outcome.order.state).toBe('FULFILLMENT_QUEUED');
    outcome
      .when({ type: 'RecordShipment', carrier: 'UPS', trackingNumber: '1Z' })
      .refused('illegal_transition', /nothing reserved/);
  });

  it('makes a pinned line wait for it', () => {
    const outcome = given([lot('BRS', 'A', 10)])
      .received({ lines: [{ quantity: 10, lotPin: 'A' }] })
      .stock(recalled)
      .stock(lot('BRS', 'B', 10))
      .when(recall);
    expect(units(outcome, 1)).toEqual([0, 10, 0]);
    expect(outcome.lot('BRS', 'B').reserved).toBe(0);
  });

  it('is none of an order that does not hold it', () => {
    given([lot('BRS', 'B', 10)])
      .received({ lines: [{ quantity: 10 }] })
      .when(recall)
      .happened();
  });
});

describe('releasing the reservation', () => {
  const released = () =>
    given([lot('BRS', 'A', 7)])
      .received({ lines: [{ quantity: 10 }] })
      .when({ type: 'ReleaseAllocation' })
      .happened('AllocationReleased');

  it('gives everything back, and goes back to RECEIVED', () => {
    const outcome = released();
    expect(outcome.order.state).toBe('RECEIVED');
    expect(units(outcome, 1)).toEqual([0, 3, 7]);
    expect(outcome.lot('BRS', 'A')).toMatchObject({ available: 7, reserved: 0 });
  });

  it('is not undone behind the back of whoever asked, until allocation is asked for', () => {
    const outcome = released();
    outcome.when(complete).happened();
    outcome.when({ type: 'PlaceHold', reason: 'OTHER' }).happened('OrderHeld');
    outcome.when({ type: 'AllocateOrder' }).happened('OrderAllocated');
    expect(units(outcome, 1)).toEqual([7, 3, 0]);
  });
});

describe('orders that take several steps', () => {
  const lines = Array.from({ length: 5 }, () => ({ quantity: 2 }));

  it('are received at once and allocated step by step; ALLOCATED comes with the last', () => {
    const steps = given([lot('BRS', 'A', 100)], 2)
      .when(reception({ lines }))
      .happened('OrderReceived');
    steps.when(complete).happened('AllocationChanged');
    expect(steps.lot('BRS', 'A').reserved).toBe(4);
    steps.when(complete).happened('AllocationChanged');
    steps.when(complete).happened('OrderAllocated');
    expect([steps.order.state, steps.lot('BRS', 'A').reserved]).toEqual(['ALLOCATED', 10]);
    steps.when(complete).happened();
  });

  it('are not queued in between', () => {
    const steps = given([lot('BRS', 'A', 100)], 2)
      .received({ lines })
      .done(complete);
    steps.when(queue).refused('illegal_transition');
  });

  it('may draw one line on more lots than a step takes', () => {
    const lots = ['A', 'B', 'C', 'D', 'E'].map((name) => lot('BRS', name, 3));
    const steps = given(lots, 2).received({ lines: [{ quantity: 14 }] });
    steps.when(complete).happened('AllocationChanged');
    expect(units(steps, 1)).toEqual([6, 0, 8]);
    steps.done(complete, complete);
    expect([steps.order.state, units(steps, 1)]).toEqual(['ALLOCATED', [14, 0, 0]]);
  });

  it('bind no line to a lot that it does not have yet', () => {
    const steps = given([lot('BRS', 'A', 4, { expiryDate: '2026-06-30' }), lot('BRS', 'B', 4)], 2);
    steps.received({ lines: [{ quantity: 2 }, { quantity: 2 }] });
    const pins = [1, 2].map((lineNumber) => ({ lineNumber, lotNumber: 'B' }));
    steps.when({ type: 'AllocateOrder', pins }).happened('AllocationChanged');
    expect([1, 2].map((line) => steps.line(line).pins)).toEqual([[{ lotNumber: 'B' }], []]);
    steps.when({ type: 'AllocateOrder', pins }).happened('AllocationChanged');
    expect([1, 2].map((line) => steps.line(line).pins)).toEqual([[{ lotNumber: 'B' }], [{ lotNumber: 'B' }]]);
    steps.when({ type: 'AllocateOrder', pins }).happened();
  });

  it('take no lot that a later line has yet to give up', () => {
    const spring = lot('GEL', 'A', 1, { expiryDate: '2026-03-25' });
    const steps = given([spring, lot('GEL', 'C', 5)], 2);
    steps.received({
      lines: [
        { sku: 'GEL', quantity: 2 },
        { sku: 'GEL', quantity: 4 },
      ],
    });
    steps.done(complete, complete);
    const deliveryWindow = { start: '2026-03-10', end: '2026-05-01' };
    steps.when({ type: 'AmendOrder', deliveryWindow }).happened('OrderAmended', 'AllocationChanged');
    expect([units(steps, 1), units(steps, 2)]).toEqual([
      [1, 1, 0],
      [4, 0, 0],
    ]);
    expect(steps.lot('GEL', 'C')).toMatchObject({ available: 0, reserved: 5 });
  });

  it('are cancelled step by step, and take nothing else meanwhile', () => {
    const steps = given([lot('BRS', 'A', 100)], 2)
      .received({ lines })
      .done(complete, complete, complete);
    const cancel = { type: 'CancelOrder', reason: 'changed their mind' } as const;
    steps.when(cancel).happened('LinesCancelled');
    expect(steps.order).toMatchObject({ state: 'ALLOCATED', cancelling: { reason: 'changed their mind' } });
    steps.when(queue).refused('illegal_transition', /is being cancelled/);
    steps.when(complete).happened();
    steps.when({ type: 'ContinueSteps' }).happened('LinesCancelled');
    steps.when({ type: 'ContinueSteps' }).happened('OrderCancelled');
    expect([steps.order.state, steps.lot('BRS', 'A').available]).toEqual(['CANCELLED', 100]);
    expect(steps.order.cancelling).toBeUndefined();
  });

  it('are shipped step by step as one shipment, which is not delivered meanwhile', () => {
    const ship = { type: 'RecordShipment', carrier: 'UPS', trackingNumber: '1Z' } as const;
    const steps = given([lot('BRS', 'A', 100)], 2)
      .received({ lines, orderType: 'B2B' })
      .done(complete, complete, complete, queue);
    const shipmentId = 'LMB-ORD-2026-0041-S1';
    steps.when(ship).happened('ShipmentShipped');
    expect(steps.order.shipping).toMatchObject({ shipmentId });
    steps.when(ship).refused('illegal_transition', /still being recorded/);
    steps
      .when({ type: 'ConfirmDelivery', shipmentId, deliveredAt: '2026-03-04T10:00:00Z' })
      .refused('illegal_transition', /still being recorded/);
    steps.when({ type: 'ContinueSteps' }).happened('ShipmentShipped');
    const last = steps.when({ type: 'ContinueSteps' });
    last.happened('ShipmentShipped', 'InvoiceRequested', 'OrderShipped');
    expect(last.event('InvoiceRequested').total).toBe('200.00');
    expect(steps.order.shipments.map((each) => each.lines.length)).toEqual([5]);
  });

  it('ship all of it from one location, though the rest is moved between two steps', () => {
    const east = { locationId: 'EAST' };
    const steps = given([lot('BRS', 'A', 4, east), lot('BRS', 'B', 6, east)], 2)
      .received({ lines })
      .done(complete, complete, complete, queue)
      .done({ type: 'RecordShipment', carrier: 'UPS', trackingNumber: '1Z', ...east })
      .stock({ ...lot('BRS', 'B', 0, east), reserved: 6, status: 'RECALLED' })
      .stock(lot('BRS', 'C', 6));
    const recall = { type: 'ReplaceLot', sku: 'BRS', lotNumber: 'B', reason: 'recalled' } as const;
    steps.done(recall, recall, recall, { type: 'ContinueSteps' });
    expect(steps.order).toMatchObject({ state: 'FULFILLMENT_QUEUED', shipping: undefined });
    expect(steps.order.shipments[0]).toMatchObject({
      locationId: 'EAST',
      lines: [{ quantity: 2 }, { quantity: 2 }],
    });
    expect(steps.lot('BRS', 'C')).toMatchObject({ available: 0, reserved: 6 });
    steps.done({ type: 'RecordShipment', carrier: 'UPS', trackingNumber: '1Z2' }, { type: 'ContinueSteps' });
    expect(steps.order).toMatchObject({ state: 'SHIPPED', shipments: [{ locationId: 'EAST' }, {}] });
  });

  it('lose no unit to a lot that is recalled between two steps of a shipment', () => {
    const steps = given([lot('BRS', 'A', 4), lot('BRS', 'B', 6)], 2)
      .received({ lines })
      .done(complete, complete, complete, queue)
      .done({ type: 'RecordShipment', carrier: 'UPS', trackingNumber: '1Z' })
      .stock({ ...lot('BRS', 'B', 0), reserved: 6, status: 'RECALLED' });
    const recall = { type: 'ReplaceLot', sku: 'BRS', lotNumber: 'B', reason: 'recalled' } as const;
    steps.done(recall, recall, { type: 'ContinueSteps' });
    expect(steps.order).toMatchObject({ state: 'FULFILLMENT_QUEUED', shipping: undefined });
    expect([1, 2, 3, 4, 5].map((line) => [steps.line(line).shipped, steps.line(line).backordered])).toEqual([
      [2, 0],
      [2, 0],
      [0, 2],
      [0, 2],
      [0, 2],
    ]);
  });
});
