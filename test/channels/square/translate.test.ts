import { describe, expect, it } from 'vitest';
import { type Json, lines, money, problemOf, received, reception, sample } from './support.ts';

const line = (changes: Json): Json => ({
  uid: 'x',
  name: 'Thing',
  quantity: '2',
  item_type: 'ITEM',
  catalog_object_id: 'VARCC08',
  base_price_money: money(950),
  gross_sales_money: money(1900),
  total_discount_money: money(0),
  total_tax_money: money(0),
  total_money: money(1900),
  ...changes,
});

const order = (line_items: Json[], total: number, changes: Json = {}) =>
  sample({
    line_items,
    service_charges: [],
    taxes: [],
    discounts: [],
    total_money: money(total),
    ...changes,
  });

describe('what an order of Square comes to', () => {
  it.each([
    ['retrieve_order_01_v1_shipment.json', '64.48'],
    ['retrieve_order_01_v4_prepared_paid.json', '64.48'],
    ['retrieve_order_03_canceled.json', '2880.00'],
  ])('%s: to the cent what Square says', (file, total) => {
    const made = received(sample({}, file));
    expect([made.total, made.channelTotal]).toEqual([total, total]);
    expect(made.holds.filter(({ reason }) => reason === 'OTHER')).toEqual([]);
  });

  it('money that went back is kept on the order', () => {
    const refunds = [{ id: 'R1', reason: 'Late', status: 'APPROVED', amount_money: money(500) }];
    const { channelData } = received(order([line({})], 1900, { refunds }));
    expect(channelData).toContainEqual({
      kind: 'CHARGE',
      label: 'Refund',
      value: '5.00 USD, Late, APPROVED',
    });
  });

  it('modifiers are part of the price', () => {
    const made = received(order([line({ gross_sales_money: money(2100), total_money: money(2100) })], 2100));
    expect([made.lines[0]?.unitPrice, made.total]).toEqual(['10.50', '21.00']);
  });

  it('modifiers of some of the units are shared by all, to the cent, with how many there are', () => {
    const modifiers = [{ uid: 'm', name: 'Gift box', quantity: '2' }];
    const boxed = line({
      quantity: '3',
      gross_sales_money: money(3100),
      total_money: money(3100),
      modifiers,
    });
    const made = received(order([boxed], 3100));
    expect([made.lines[0]?.unitPrice, made.total, made.holds]).toEqual(['10.333333', '31.00', []]);
    expect(made.lines[0]?.channelData).toMatchObject([{ label: 'Modifier', value: 'Gift box × 2' }]);
  });

  it('taxes inside the price stay there, and the note tells them', () => {
    const taxed = line({
      total_tax_money: money(317),
      applied_taxes: [{ uid: 'a', tax_uid: 'vat', applied_money: money(317) }],
    });
    const made = received(order([taxed], 1900, { taxes: [{ uid: 'vat', type: 'INCLUSIVE' }] }));
    expect(made.total).toBe('19.00');
    expect(made.note).toContain('taxes of 3.17 USD');
  });

  it('tips and fees are lines that ship nothing, shipping is shipping', () => {
    const service_charges = [
      { uid: 'wrap', name: 'Gift wrap', applied_money: money(300), total_tax_money: money(0) },
      { uid: 'ship', name: 'Local delivery', applied_money: money(500), total_tax_money: money(45) },
    ];
    const made = received(
      order([line({})], 1900 + 300 + 545 + 400, { service_charges, total_tip_money: money(400) }),
    );
    expect(made.total).toBe('31.45');
    expect([made.shippingAmount, made.tax]).toEqual(['5.00', '0.45']);
    expect(made.lines.map(({ description, requiresShipping }) => [description, requiresShipping])).toEqual([
      ['Thing', true],
      ['Gift wrap', false],
      ['Tip', false],
    ]);
  });

  it('amounts follow the digits of the currency', () => {
    const yen = line({ base_price_money: money(950, 'JPY'), gross_sales_money: money(1900, 'JPY') });
    expect(received(order([yen], 0, { total_money: money(1900, 'JPY') })).total).toBe('1900');
  });

  it('a total that differs is held, not refused', () => {
    const made = received(order([line({})], 1899));
    expect(made.channelTotal).toBe('18.99');
    expect(made.holds).toHaveLength(1);
  });
});

describe('lines', () => {
  it('whole quantities come as text, with decimals too', () => {
    expect(received(order([line({ quantity: '2.000' })], 1900)).lines[0]?.ordered).toBe(2);
  });

  it.each([
    ['12.5 pounds', { quantity: '12.5' }, 'quantity_not_whole'],
    ['more than a line takes', { quantity: '1000001' }, 'quantity_too_large'],
    [
      'a price below zero',
      { base_price_money: money(-5), gross_sales_money: money(-10) },
      'price_unsupported',
    ],
  ])('%s: quarantined by name', (_, changes, code) => {
    expect(problemOf(order([line(changes)], 1900))).toBe(code);
  });

  it('gift cards and keyed-in amounts are charged and never shipped', () => {
    const made = received(
      order([line({}), line({ uid: 'g', item_type: 'GIFT_CARD', catalog_object_id: null })], 3800),
    );
    expect(made.lines.map(({ sku, requiresShipping }) => [sku, requiresShipping])).toEqual([
      ['NF-CC08', true],
      [null, false],
    ]);
    expect(made.holds).toEqual([]);
  });

  it('an item that the catalog knows no SKU of is held, with its name', () => {
    const made = received(order([line({ catalog_object_id: 'UNHEARD' })], 1900));
    expect(made.holds[0]?.note).toContain('Thing (2) has no SKU in the catalog');
  });

  it('a lot that the merchant promised is pinned', () => {
    expect(received(sample()).lines[0]?.pins).toEqual([{ lotNumber: 'L26-071A' }]);
  });

  it.each([
    ['a sale at the counter', { fulfillments: [] }],
    [
      'one that was sent as a download',
      { fulfillments: [{ uid: 'd', type: 'DIGITAL', state: 'COMPLETED' }] },
    ],
    ['an invoice', { fulfillments: [], source: { name: 'Invoices' } }],
  ])('gift cards and keyed-in amounts alone are over with it: %s', (_, changes) => {
    const card = line({ item_type: 'GIFT_CARD', catalog_object_id: null });
    const made = received(order([card], 1900, { state: 'COMPLETED', tenders: [], ...changes }));
    expect([made.state, made.holds]).toEqual(['CLOSED', []]);
    expect(made.channelData?.map(({ code }) => code)).not.toContain('RAISED');
  });

  it('a sale that was sent long ago is closed', () => {
    const [fulfillment] = sample().fulfillments as Json[];
    const over = { closed_at: '2026-03-12T18:00:00Z', updated_at: '2026-05-12T18:00:00Z' };
    const made = received(
      sample({ state: 'COMPLETED', ...over, fulfillments: [{ ...fulfillment, state: 'COMPLETED' }] }),
    );
    expect(made.state).toBe('CLOSED');
  });

  it('nothing ordered is no order', () => {
    expect(problemOf(order([line({ quantity: '0' })], 0))).toBe('no_lines');
  });
});

describe('where the goods go', () => {
  it('an address that no parcel finds is held', () => {
    const [fulfillment] = sample().fulfillments as Json[];
    const made = received(
      sample({
        fulfillments: [{ ...fulfillment, shipment_details: { recipient: { display_name: 'Zoë' } } }],
      }),
    );
    expect(made.holds.map(({ reason }) => reason)).toEqual(['INCORRECT_ADDRESS']);
  });

  const shipment = (uid: string, lineUid: string, state: string, street = '1 Elm St') => ({
    ...{ uid, type: 'SHIPMENT', state, line_item_application: 'ENTRY_LIST' },
    entries: [{ line_item_uid: lineUid, quantity: '2' }],
    shipment_details: {
      recipient: {
        display_name: 'Zoë',
        address: { address_line_1: street, locality: 'Reno', postal_code: '1', country: 'US' },
      },
    },
  });
  const two = [line({ uid: 'li-1' }), line({ uid: 'li-2' })];
  const notes = (fulfillments: readonly Json[]) =>
    received(order(two, 3800, { fulfillments })).holds.map(({ note }) => note);

  it('goods whose fulfillment was given up wait for a person, also while others go', () => {
    const other = shipment('f2', 'li-2', 'PROPOSED');
    expect(notes([shipment('f1', 'li-1', 'CANCELED'), other])[0]).toContain('given up the fulfillment');
    expect(notes([shipment('f1', 'li-1', 'FAILED'), other, shipment('f3', 'li-1', 'PROPOSED')])).toEqual([]);
  });

  it('goods that go to several places wait for a person', () => {
    const here = shipment('f1', 'li-1', 'PROPOSED');
    expect(notes([here, shipment('f2', 'li-2', 'PROPOSED', '9 Oak St')])[0]).toContain('9 Oak St');
    const fetched = { ...shipment('f2', 'li-2', 'PROPOSED'), type: 'PICKUP', shipment_details: undefined };
    expect(notes([here, fetched])[0]).toContain('fetched by the customer');
    expect(notes([here, shipment('f2', 'li-2', 'PROPOSED')])).toEqual([]);
  });

  it('what Square says of the way to the customer is kept', () => {
    const address = {
      first_name: 'Ada',
      last_name: 'King',
      address_line_1: '1 Elm St',
      address_line_2: 'Apt 2',
    };
    const recipient = {
      address: {
        ...address,
        address_line_3: 'Rear',
        locality: 'Reno',
        postal_code: '1',
        country: 'US',
        organization: 'Acme',
      },
    };
    const delivery_details = {
      recipient,
      dropoff_notes: 'With the porter',
      is_no_contact_delivery: true,
      courier_provider_name: 'Dash',
      external_delivery_id: 'X-7',
    };
    const made = received(
      sample({ fulfillments: [{ uid: 'd', type: 'DELIVERY', state: 'PROPOSED', delivery_details }] }),
    );
    expect([made.customer.name, made.shipTo?.address2]).toEqual(['Ada King', 'Apt 2, Rear']);
    expect(made.channelData?.map(({ value }) => value)).toEqual(
      expect.arrayContaining(['With the porter', 'no contact', 'Dash', 'X-7', 'Acme']),
    );
    const pickup_details = {
      pickup_window_duration: 'PT1H',
      is_curbside_pickup: true,
      curbside_pickup_details: { curbside_details: 'Blue car' },
    };
    const fetched = received(
      sample({ fulfillments: [{ uid: 'p', type: 'PICKUP', state: 'PROPOSED', pickup_details }] }),
    );
    expect(fetched.channelData?.map(({ value }) => value)).toEqual(
      expect.arrayContaining(['PT1H', 'Blue car']),
    );
  });

  it('what is fetched by the customer needs no address', () => {
    const pickup = {
      uid: 'p',
      type: 'PICKUP',
      state: 'PROPOSED',
      pickup_details: { recipient: { display_name: 'Zoë' }, note: 'At noon' },
    };
    const made = received(sample({ fulfillments: [pickup] }));
    expect([made.holds, made.shipTo, made.customer.name]).toEqual([[], undefined, 'Zoë']);
    expect(made.note).toContain('At noon');
  });

  it('an open order without a fulfillment is held until one is told', () => {
    expect(received(sample({ fulfillments: [] })).holds.map(({ reason }) => reason)).toEqual([
      'INCORRECT_ADDRESS',
    ]);
  });
});

it('an order that is not paid is held; one that does not tell is not', () => {
  const unpaid = reception(sample({ net_amount_due_money: money(10) })).command.holds;
  expect(unpaid.map(({ reason }) => reason)).toEqual(['AWAITING_PAYMENT']);
  expect(reception(sample({ net_amount_due_money: undefined })).command.holds).toEqual([]);
});

it('lines of the sample keep their own ids', () => {
  expect(received(sample({ line_items: lines(() => ({})) })).lines.map((each) => each.channelLineId)).toEqual(
    ['li-1', 'li-2', 'li-3'],
  );
});
