import { describe, expect, it } from 'vitest';
import { given, lot, ORDER_ID } from '../specification.ts';

const queued = () =>
  given([lot('BRS', 'A', 10), lot('BRT', 'B', 10)])
    .received({ lines: [{ quantity: 5 }] })
    .done({ type: 'QueueFulfillment' });
const ADDED = {
  type: 'AmendOrder',
  addedLines: [{ sku: 'BRT', quantity: 2, unitPrice: '3.00', channelLineId: '7' }],
} as const;

describe('a queued order', () => {
  it('takes new terms as long as nothing of it has left', () => {
    const shipTo = { address1: '1 New Street', city: 'Reno', country: 'US' };
    const moved = { type: 'AmendOrder', shipTo, note: 'At the gate', customerReference: 'C-9' } as const;
    const outcome = queued().when(moved);
    outcome.happened('OrderAmended');
    expect(outcome.order).toMatchObject({ shipTo, note: 'At the gate', customer: { reference: 'C-9' } });
    const ship = {
      type: 'RecordShipment',
      carrier: 'UPS',
      trackingNumber: '1Z',
      lines: [{ lineNumber: 1, quantity: 1 }],
    };
    queued()
      .done(ship as never)
      .when(moved)
      .refused('illegal_transition', /have left already/);
  });

  it('takes lines and amounts of its channel alone', () => {
    queued()
      .when(ADDED)
      .refused('illegal_transition', /its lines do not change/);
    const outcome = queued().when({ ...ADDED, isSoldSo: true });
    outcome.happened('OrderAmended', 'AllocationChanged');
    expect(outcome.order).toMatchObject({ state: 'FULFILLMENT_QUEUED', total: '106.00' });
    expect(outcome.lot('BRT', 'B')).toMatchObject({ available: 8, reserved: 2 });
  });
});

describe('amounts', () => {
  const amended = (amounts: object) =>
    given([lot('BRS', 'A', 10)])
      .received({
        lines: [{ quantity: 5, discount: '1.00', tax: '2.00' }],
        shippingAmount: '8.00',
        tax: '0.50',
      })
      .when({ type: 'AmendOrder', amounts, channelTotal: '99.00' });

  it('of lines and order change, and the total with them', () => {
    const outcome = amended({
      shippingAmount: '4.00',
      tax: '0',
      lines: [{ lineNumber: 1, discount: '10.00', tax: '1.00' }],
    });
    outcome.happened('OrderAmended');
    expect(outcome.order).toMatchObject({ shippingAmount: '4.00', total: '95.00', channelTotal: '99.00' });
    expect(outcome.order.tax).toBeUndefined();
    expect(outcome.line(1)).toMatchObject({ discount: '10.00', tax: '1.00' });
  });

  it('that are as they were change nothing', () => {
    amended({ tax: '0.5', lines: [{ lineNumber: 1, tax: '2' }] })
      .happened('OrderAmended')
      .when({ type: 'AmendOrder', amounts: { tax: '0.50' }, channelTotal: '99.00' })
      .happened();
  });

  it('fit the lines and the currency', () => {
    amended({ lines: [{ lineNumber: 2, tax: '1.00' }] }).refused('validation_failed', /no line 2/);
    amended({ tax: '0.001' }).refused('validation_failed', /more decimals/);
    amended({ lines: [{ lineNumber: 1, discount: '101.00' }] }).refused(
      'validation_failed',
      /more than the line/,
    );
  });
});

describe('what the channel says', () => {
  it('is kept in every state, and its total beside ours', () => {
    const detail = { kind: 'OTHER', label: 'Tags', value: 'vip' } as const;
    const say = { type: 'RecordChannelData', channelData: [detail], channelTotal: '7' } as const;
    const cancelled = queued().done({ type: 'CancelOrder', reason: 'x' }).when(say);
    cancelled.happened('OrderAmended');
    expect(cancelled.order).toMatchObject({ channelData: [detail], channelTotal: '7.00', total: '100.00' });
    cancelled.when(say).happened();
  });
});

describe('tax on shipping', () => {
  it('is invoiced with the shipping and not credited with the goods', () => {
    const order = given([lot('BRS', 'A', 10)])
      .received({
        orderType: 'B2B',
        lines: [{ quantity: 10, unitPrice: '9.99', discount: '3.33', tax: '8.19' }],
        shippingAmount: '12.00',
        tax: '0.98',
        shippingTax: '0.98',
      })
      .done({ type: 'QueueFulfillment' });
    const shipped = order.when({ type: 'RecordShipment', carrier: 'UPS', trackingNumber: '1Z' });
    expect(shipped.event('InvoiceRequested')).toMatchObject({ tax: '0.98', total: '117.74' });
    const lines = [{ lineNumber: 1, quantity: 10, disposition: 'RESTOCK' }];
    const returned = shipped.when({ type: 'ReceiveReturn', lines, mayPrecedeDelivery: true });
    expect(returned.event('CreditRequested')).toMatchObject({ tax: '0.00', total: '104.76' });
    expect(returned.order.shipments[0]?.shipmentId).toBe(`${ORDER_ID}-S1`);
  });
});
