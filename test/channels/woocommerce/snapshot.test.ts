import { describe, expect, test } from 'vitest';
import { receptionOf } from '../../../functions/channels/core/receive-snapshot.ts';
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
