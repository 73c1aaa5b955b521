import { describe, expect, test } from 'vitest';
import { receptionOf } from '../../../functions/channels/core/receive-snapshot.ts';
import { reconcileOrder } from '../../../functions/channels/core/reconcile-order.ts';
import { WooOrder, WooRefund } from '../../../functions/channels/woocommerce/inbound/payload.ts';
import { snapshotOf } from '../../../functions/channels/woocommerce/inbound/snapshot.ts';
import { payload, STORE, wooOrder } from './support.ts';

function snapshot(changes: Readonly<Record<string, unknown>> = {}, refunds: unknown = []) {
  const order = WooOrder.parse(wooOrder(changes));
  const result = snapshotOf({ store: STORE, order, refunds: WooRefund.array().parse(refunds) });
  if ('problem' in result) throw new Error(result.problem.detail);
  return result.snapshot;
}

function received(changes: Readonly<Record<string, unknown>> = {}) {
  const reception = receptionOf(snapshot(changes));
  if ('problem' in reception) throw new Error(reception.problem.detail);
  return reception.receive;
}

const line = (id: number, of: Readonly<Record<string, unknown>>) => ({
  id,
  name: 'x',
  sku: `S-${id}`,
  ...of,
});

describe('money', () => {
  test('prices before coupons, discounts, taxes, a fee and shipping come to the order’s own total', () => {
    expect(received()).toMatchObject({
      channelTotal: '59.08',
      shippingAmount: '10.00',
      tax: '0.80',
      lines: [
        { sku: 'WOO-BAG', quantity: 2, unitPrice: '15', discount: '3.00', tax: '2.16' },
        { sku: 'WOO-MUG', quantity: 1, unitPrice: '15', discount: '1.00', tax: '1.12' },
        { sku: null, description: 'Packing', unitPrice: '4.00', requiresShipping: false },
      ],
    });
  });

  test('a price that does not divide into cents has as many decimals as it needs', () => {
    const lines = [line(1, { quantity: 3, subtotal: '10.00', total: '10.00', total_tax: '0.00' })];
    expect(received({ line_items: lines }).lines[0]?.unitPrice).toBe('3.333333');
  });

  test('a fee below zero is a discount of the order, with the tax that it saves', () => {
    const credit = { id: 9, name: 'Loyalty', total: '-40.00', total_tax: '-3.20' };
    const order = { fee_lines: [credit], total_tax: '0.88', total: '11.88' };
    const { discount, tax, shippingTax, lines, channelTotal } = received(order);
    expect({ discount, tax, shippingTax, channelTotal }).toEqual({
      ...{ discount: '42.40', tax: undefined, shippingTax: undefined, channelTotal: '11.88' },
    });
    expect(lines.map((each) => each.discount)).toEqual(['3.00', '1.00']);
  });

  test('tax that was rounded for the whole order is taken from there', () => {
    expect(received({ total_tax: '4.09' }).tax).toBe('0.81');
  });

  test('a currency without decimals', () => {
    const lines = [line(1, { quantity: 2, subtotal: '3000', total: '3000', total_tax: '300' })];
    const yen = {
      currency: 'JPY',
      line_items: lines,
      fee_lines: [],
      shipping_total: '500',
      total_tax: '300',
    };
    expect(received({ ...yen, total: '3800' })).toMatchObject({
      shippingAmount: '500',
      channelTotal: '3800',
    });
  });
});

describe('who and where', () => {
  test('the customer, the address with person and company, the note, the number', () => {
    const { name, customer, shipTo, note } = snapshot();
    expect({ name, customer, shipTo, note }).toEqual({
      name: '#727',
      customer: { name: 'Nora Field', email: 'nora.field@example.com', reference: '26' },
      shipTo: {
        name: 'Nora Field, Field & Daughters',
        address1: '969 Market',
        address2: 'Floor 2',
        city: 'San Francisco',
        region: 'CA',
        postalCode: '94103',
        country: 'US',
      },
      note: 'Please ring twice',
    });
  });

  test('the billing address never takes the place of a missing shipping address', () => {
    const empty = { first_name: '', last_name: '', address_1: '', city: '', country: '' };
    const { shipTo, delivery } = snapshot({ shipping: empty });
    expect({ shipTo, delivery }).toEqual({ shipTo: undefined, delivery: 'SHIPPED' });
    expect(received({ shipping: empty }).holds).toMatchObject([{ reason: 'INCORRECT_ADDRESS' }]);
  });

  test('a guest has no reference', () => {
    expect(snapshot({ customer_id: 0 }).customer).not.toHaveProperty('reference');
  });

  test.each(['local_pickup', 'pickup_location'])('%s needs no address', (method_id) => {
    const { delivery } = snapshot({ shipping: {}, shipping_lines: [{ method_id }] });
    expect(delivery).toBe('PICKED_UP');
  });
});

describe('status', () => {
  test.each([
    ['pending', { isAwaited: true, isRefunded: false }],
    ['on-hold', { isAwaited: true, isRefunded: false }],
    ['failed', { isAwaited: true, isRefunded: false }],
    ['processing', { isAwaited: false, isRefunded: false }],
    ['refunded', { isAwaited: false, isRefunded: true }],
  ])('%s', (status, payment) => {
    expect(snapshot({ status }).payment).toMatchObject(payment);
  });

  test('cancelled and trashed orders are cancelled', () => {
    expect(snapshot({ status: 'cancelled' }).cancellation).toBe('Cancelled in WooCommerce');
    expect(snapshot({ status: 'trash' }).cancellation).toBe('Deleted in WooCommerce');
  });

  test('a status of an extension is shown to a person', () => {
    expect(snapshot({ status: 'awaiting-lab' }).concerns).toEqual([
      'WooCommerce gives the order the status awaiting-lab.',
    ]);
  });

  test('an order of downloads alone needs no shipping', () => {
    expect(snapshot({ needs_processing: false }).lines.some((each) => each.requiresShipping)).toBe(false);
  });
});

test('an order of downloads that was completed is over, and nobody has to look at it', () => {
  const {
    earlierShipments,
    holds,
    channelData = [],
  } = received({ needs_processing: false, status: 'completed' });
  expect([earlierShipments?.length, holds]).toEqual([1, []]);
  expect(channelData.map(({ code }) => code)).not.toContain('RAISED');
});

describe('an order that was refunded in full before it was known', () => {
  const refunds = [{ id: 726, reason: '', total: '-59.08' }];
  const refunded = (changes: Readonly<Record<string, unknown>> = {}) =>
    reconcileOrder(
      snapshot({ status: 'refunded', refunds, ...changes }, [{ id: 726, amount: '59.08', line_items: [] }]),
      null,
    );

  test('reserves nothing', () => {
    expect(refunded()).toMatchObject({ kind: 'receive', cancellation: { type: 'CancelOrder' } });
  });

  test('is history when it had been completed', () => {
    const outcome = refunded({ date_completed_gmt: '2026-03-11T10:00:00' });
    expect(outcome).toMatchObject({ kind: 'receive', cancellation: null, command: { holds: [] } });
  });
});

describe('money that was given back for nothing that came off the lines', () => {
  test.each([
    ['as a reduction', '5.00', []],
    ['for shipping', '10.80', []],
    ['for a line that stays', '3.00', [{ quantity: 0, total: '-3.00', meta_data: [] }]],
  ])('%s: is kept, and holds nothing', (_, amount, line_items) => {
    const refunds = [{ id: 727, reason: 'goodwill', total: `-${amount}` }];
    const reception = receptionOf(snapshot({ refunds }, [{ id: 727, amount, line_items }]));
    if ('problem' in reception) throw new Error(reception.problem.detail);
    const { channelTotal, holds, channelData } = reception.receive;
    expect([channelTotal, holds]).toEqual(['59.08', []]);
    expect(channelData).toContainEqual(
      expect.objectContaining({ label: 'Refund', value: `-${amount} USD, goodwill` }),
    );
  });
});

test('an order of which the customer fetches some, and has others sent, waits for a person', () => {
  const ways = ['local_pickup', 'flat_rate'].map((method_id) => ({ method_id, method_title: 'x' }));
  expect(received({ shipping_lines: ways }).holds[0]?.note).toContain('fetches some of the goods');
  expect(received({ shipping_lines: ways.slice(0, 1) }).holds).toEqual([]);
});

test('units of a refund may come as text', () => {
  const line = { quantity: '-1', total: '-13.50', meta_data: [{ key: '_refunded_item_id', value: 315 }] };
  expect(snapshot({}, [{ id: 1, amount: 13.5, line_items: [line] }]).lines[0]).toMatchObject({ current: 1 });
});

test('a line below zero is a discount with a name, as a fee is', () => {
  const goods = line(1, { quantity: 2, subtotal: '20.00', total: '20.00', total_tax: '0.00' });
  const tradeIn = line(2, { name: 'Trade-in', sku: '', quantity: 1, subtotal: '-4.00', total: '-4.00' });
  const points = { id: 3, name: 'Points', total: '-1.00', meta_data: [{ key: 'points', value: '100' }] };
  const plain = { total_tax: '0', shipping_total: '0', shipping_tax: '0', shipping_lines: [] };
  const order = { ...plain, line_items: [goods, tradeIn], fee_lines: [points], total: '15.00' };
  const { lines, discount, holds, channelTotal, channelData = [] } = received(order);
  expect([lines.length, discount, channelTotal, holds]).toEqual([1, '5.00', '15.00', []]);
  expect(channelData.map(({ label, value }) => [label, value])).toEqual(
    expect.arrayContaining([
      ['Discount', '-4.00 USD, Trade-in'],
      ['Discount', '-1.00 USD, Points'],
      ['points', '100'],
    ]),
  );
});

test('where the customer fetches the goods, and what is written on a fee, is kept', () => {
  const pickup = [
    { key: 'pickup_location', value: 'Main Street' },
    { key: '_pickup_location_address', value: [] },
  ];
  const shipping_lines = [{ method_id: 'pickup_location', method_title: 'Pickup', meta_data: pickup }];
  const engraving = {
    id: 5,
    name: 'Engraving',
    total: '4.00',
    meta_data: [{ key: 'Text', value: 'For Ada' }],
  };
  const { channelData, lines } = received({ shipping_lines, fee_lines: [engraving] });
  expect(channelData).toContainEqual(
    expect.objectContaining({ label: 'pickup_location', value: 'Main Street' }),
  );
  expect(lines[2]?.channelData).toMatchObject([{ label: 'Text', value: 'For Ada' }]);
});

test('units that were given back are not current, and the total is less by what was given back', () => {
  const refunds = [{ id: 726, reason: '', total: '-14.58' }];
  const { lines, total } = snapshot({ refunds }, payload('refunds.json'));
  expect(lines[0]).toMatchObject({ ordered: 2, current: 1 });
  expect(total).toBe('44.50');
});

test('a quantity that is no whole number is a problem by name', () => {
  const order = WooOrder.parse(
    wooOrder({ line_items: [line(1, { quantity: 1.5, subtotal: '3', total: '3' })] }),
  );
  expect(snapshotOf({ store: STORE, order, refunds: [] })).toMatchObject({
    problem: { code: 'quantity_not_whole' },
  });
});

describe('what does not matter keeps no order out', () => {
  test.each([
    ['empty lists where objects belong', { billing: [], shipping: [], meta_data: {}, refunds: {} }],
    ['numbers as text', { id: '727', customer_id: '26', number: 727, total: 59.08 }],
    ['a date with its zone', { date_modified_gmt: '2026-03-10T14:00:00Z' }],
    [
      'what floating point leaves',
      { total: 59.080000000000005, total_tax: '4.0800000000000001', shipping_tax: 8e-1 },
    ],
    ['an exponent', { fee_lines: [{ id: 1, name: 'x', total: 4, total_tax: 1e-12 }] }],
    ['empty text where lists belong, and nothing in a list', { coupon_lines: '', meta_data: [null] }],
    ['texts of other forms', { customer_note: {}, created_via: 5, transaction_id: null, coupon_lines: null }],
  ])('%s', (_, changes) => {
    expect(received(changes)).toMatchObject({ externalId: '727', lines: [{ quantity: 2 }, {}, {}] });
  });
});

test('what the store says and no field of ours holds is kept', () => {
  const { channelData = [], lines } = received({ coupon_lines: [{ code: 'spring' }] });
  expect(channelData.map(({ label, value }) => [label, value])).toEqual(
    expect.arrayContaining([
      ['Shipping method', 'Flat rate, flat_rate'],
      ['Phone', '(555) 555-5555'],
      ['Payment method', 'Credit card, stripe'],
      ['Discount codes', 'spring'],
      ['_gift_message', 'Happy birthday'],
    ]),
  );
  expect(lines[1]?.channelData).toMatchObject([{ label: 'Color', value: 'blue' }]);
});

test('an order that was completed before it was known is history, and takes nothing from stock', () => {
  const { earlierShipments, holds } = received({ status: 'completed' });
  expect(earlierShipments).toMatchObject([{ isDelivered: true, lines: [{ quantity: 2 }, { quantity: 1 }] }]);
  expect(holds).toEqual([]);
});
