import { describe, expect, it } from 'vitest';
import { orderTotal } from '../../../domain/order/decide/receive.ts';
import type { PaymentRule } from '../../../functions/channels/payment-rules.ts';
import { translateMessage } from '../../../functions/channels/shopify/inbound/channel-update.ts';
import {
  B2B,
  CREATED,
  carryOut,
  type Json,
  json,
  known,
  lines,
  message,
  outcomeOf,
  problemOf,
  reception,
  SHOP,
  VOUCHERS,
} from './support.ts';

/** An order with one line of goods and whatever else is given. */
function order(line: Json, changes: Json = {}): Json {
  const goods = { id: 11, sku: 'A', name: 'Apple', quantity: 2, price: '10.00', ...line };
  const none = { shipping_lines: [], note_attributes: [], tax_lines: [], total_tax: null };
  const totals = { current_total_price: null, current_total_tax: null };
  return { ...json(CREATED), line_items: [goods], ...none, ...totals, ...changes };
}

const command = (body: Json) => reception(body).command;
const line = (of: Json) => command(order(of)).lines[0];
const holds = (body: Json) => command(body).holds.map(({ reason, note }) => [reason, note]);
const total = (body: Json) => {
  const mapped = command(body);
  return orderTotal(mapped, mapped.lines);
};

describe('SKUs', () => {
  it.each([
    ['NF-TS24', 'NF-TS24'],
    ['  NF-TS24 ', 'NF-TS24'],
    ['NF\u200b-TS24\u0000', 'NF-TS24'],
    ['#1/ä 日本', '#1/ä 日本'],
    ['e\u0301', '\u00e9'],
    ['x'.repeat(128), 'x'.repeat(128)],
    ['😀'.repeat(128), '😀'.repeat(128)],
    // Half a SKU would be another SKU.
    ['x'.repeat(129), null],
    ['a\ud800b', null],
    ['', null],
    ['  ', null],
    [null, null],
    [undefined, null],
    // A SKU of digits may come as a number, with all of its digits.
    [123, '123'],
  ])('%j becomes %j', (sku, expected) => {
    expect(line({ sku })?.sku).toBe(expected);
  });

  it('keeps goods without a SKU and holds the order with a note that names them', () => {
    expect(holds(order({ sku: null }))).toEqual([
      ['OTHER', 'Apple (2) has no SKU, so it cannot be allocated.'],
    ]);
    expect(holds(order({ sku: 'x'.repeat(129) }))[0]?.[1]).toContain('a SKU that cannot be kept (xxx');
    expect(holds(order({ sku: null, requires_shipping: false }))[0]?.[1]).not.toContain('SKU');
  });
});

describe('what needs shipping', () => {
  it.each([
    [{ requires_shipping: true }, true],
    [{ requires_shipping: false }, false],
    [{}, true],
    [{ gift_card: true }, false],
    [{ gift_card: true, requires_shipping: false }, false],
    // A voucher printed on card.
    [{ gift_card: true, requires_shipping: true }, true],
    [{ requires_shipping: null, gift_card: false }, true],
  ])('%j: %s', (fields, expected) => {
    expect(line(fields)?.requiresShipping).toBe(expected);
  });
});

describe('prices and amounts', () => {
  it.each([
    ['4.75', 'USD', '4.75'],
    ['4.7', 'USD', '4.70'],
    ['0.00', 'USD', '0.00'],
    ['0', 'USD', '0.00'],
    ['3.075', 'USD', '3.075'],
    ['3.07500000', 'USD', '3.075'],
    ['0007.5', 'USD', '7.50'],
    ['6200', 'JPY', '6200'],
    ['6200.00', 'JPY', '6200'],
    ['1.2345', 'BHD', '1.2345'],
    ['9999999.999999', 'USD', '9999999.999999'],
  ])('%s %s is a unit price of %s', (price, currency, expected) => {
    expect(command(order({ price }, { currency })).lines[0]?.unitPrice).toBe(expected);
  });

  it('adds up allocations and leaves total_discount alone', () => {
    const discount_allocations = [{ amount: '1.10' }, { amount: '0.40' }, {}];
    expect(line({ discount_allocations, total_discount: '9.00' })?.discount).toBe('1.50');
    expect(line({ discount_allocations: [], total_discount: '9.00' })?.discount).toBeUndefined();
    expect(line({ total_discount: '9.00' })?.discount).toBe('9.00');
  });

  it('adds taxes and duties up before it rounds', () => {
    const tax_lines = [{ price: '0.333' }, { price: '0.333' }, { price: '0.333' }];
    expect(line({ tax_lines })?.tax).toBe('1.00');
    const duties = [{ shop_money: { amount: '5.00' }, tax_lines: [{ price: '0.50' }] }];
    expect(line({ tax_lines, duties })?.tax).toBe('6.50');
    const included = order({ duties }, { duties_included: true });
    expect(command(included).lines[0]?.tax).toBeUndefined();
  });

  it('adds no tax that is inside the prices, of goods or of shipping', () => {
    const body = order(
      { tax_lines: [{ price: '3.33' }], discount_allocations: [{ amount: '2.00' }] },
      {
        taxes_included: true,
        shipping_lines: [{ price: '6.00', tax_lines: [{ price: '1.00' }] }],
        total_price: '24.00',
      },
    );
    expect(total(body)).toBe('24.00');
    expect(command(body).note).toContain('The prices include taxes of 4.33 USD.');
    expect(carryOut(null, command(body)).holds).toEqual([]);
  });

  it('takes shipping less its discounts, its taxes as those of the order, and nothing for what was removed', () => {
    const shipping_lines = [
      {
        price: '8.00',
        discount_allocations: [{ amount: '4.00' }],
        tax_lines: [{ price: '0.26' }, { price: '0.14' }],
      },
      { price: '2.50' },
      { price: '100.00', is_removed: true, tax_lines: [{ price: '10.00' }] },
    ];
    expect(command(order({}, { shipping_lines }))).toMatchObject({ shippingAmount: '6.50', tax: '0.40' });
  });

  it('leaves a total that does not come out to the domain, which holds the order', () => {
    const held = carryOut(null, command(order({}, { total_price: '21.00' })));
    expect(held.holds.map((hold) => hold.note)).toEqual(["The channel's total is 21.00 USD, ours is 20.00."]);
    expect(carryOut(null, command(order({}, { total_price: '20.00' }))).holds).toEqual([]);
    expect(carryOut(null, command(order({}, { total_price: null }))).holds).toEqual([]);
  });

  it('states amounts in the digits of the currency, whatever Shopify does', () => {
    const body = order(
      { price: '500', discount_allocations: [{ amount: '100.00' }], tax_lines: [{ price: '90.0' }] },
      { currency: 'JPY', total_price: '990.00' },
    );
    expect(command(body)).toMatchObject({ channelTotal: '990', lines: [{ discount: '100', tax: '90' }] });
    expect(carryOut(null, command(body))).toMatchObject({ total: '990', holds: [] });
  });
});

describe('quantities', () => {
  it('takes a million units and quarantines one more: never dropped, never half received', () => {
    expect(line({ quantity: 1_000_000 })?.quantity).toBe(1_000_000);
    expect(problemOf(order({ quantity: 1_000_001 }))).toBe('quantity_too_large');
    expect(problemOf(order({ quantity: 999_999_999_999 }))).toBe('quantity_too_large');
  });

  it('takes an edited order in as it is now', () => {
    const edited = lines(CREATED, (_, index) => (index === 0 ? { current_quantity: 2 } : {}));
    const mapped = command({ ...json(CREATED), line_items: edited, current_total_price: '45.30' });
    expect(mapped.lines[0]).toMatchObject({ quantity: 2, discount: '0.95', tax: '0.86' });
    expect(mapped.channelTotal).toBe('45.30');
  });

  it('reckons the current quantity from the refunds where Shopify does not tell it', () => {
    const refunds = [{ refund_line_items: [{ line_item_id: 11, quantity: 1, restock_type: 'cancel' }] }];
    expect(command(order({ quantity: 3 }, { refunds })).lines[0]?.quantity).toBe(2);
  });

  it('leaves out lines of nothing', () => {
    const goods = { id: 12, sku: 'B', quantity: 1, price: '1.00' };
    const body = order({}, { line_items: [{ id: 11, quantity: 0, price: '1.00' }, goods] });
    expect(command(body).lines.map((each) => each.sku)).toEqual(['B']);
  });

  it('takes an order that was emptied line by line in as cancelled, so that an older message cannot revive it', () => {
    const outcome = reception(order({ current_quantity: 0 }), 'orders/updated');
    expect(outcome.command.lines[0]?.quantity).toBe(2);
    expect(outcome.cancellation).toEqual({
      type: 'CancelOrder',
      reason: 'Every line was removed in Shopify',
    });
  });
});

describe('what no order can hold is quarantined under its name', () => {
  it.each([
    ['no lines', order({}, { line_items: [] }), 'no_lines'],
    ['lines of nothing', order({ quantity: 0 }), 'no_lines'],
    [
      'more lines than an order takes',
      order(
        {},
        {
          line_items: Array.from({ length: 1001 }, (_, id) => ({
            id: id + 1,
            sku: 'A',
            quantity: 1,
            price: '1',
          })),
        },
      ),
      'too_many_lines',
    ],
    ['an unknown currency', order({}, { currency: 'XYZ' }), 'currency_unknown'],
    ['a currency in small letters', order({}, { currency: 'usd' }), 'currency_unknown'],
    ['a price of ten million', order({ price: '10000000.00' }), 'price_unsupported'],
    ['a price finer than a millionth', order({ price: '0.0000001' }), 'price_unsupported'],
    [
      'a discount that no amount holds',
      order({ discount_allocations: [{ amount: '1000000000000.00' }] }),
      'not_mappable',
    ],
    [
      'shipping below zero',
      order({}, { shipping_lines: [{ price: '1.00', discount_allocations: [{ amount: '2.00' }] }] }),
      'not_mappable',
    ],
  ])('%s', (_name, body, code) => {
    expect(problemOf(body)).toBe(code);
  });
});

describe('lots', () => {
  const pinned = (...values: unknown[]) =>
    order({ properties: values.map((value) => ({ name: '_lot_pin', value })) });

  it.each([
    [[], undefined],
    [['L26-071A'], 'L26-071A'],
    [[' L26-071A\n'], 'L26-071A'],
    [['L1', 'L1'], 'L1'],
    [[''], undefined],
    [[null], undefined],
    [[20260312], '20260312'],
  ])('%j pins to %j', (values, expected) => {
    expect(command(pinned(...values)).lines[0]?.lotPin).toBe(expected);
    expect(holds(pinned(...values))).toEqual([]);
  });

  it.each([[['L1', 'L2']], [['x'.repeat(129)]]])('%j cannot be read, so the order is held', (values) => {
    expect(command(pinned(...values)).lines[0]?.lotPin).toBeUndefined();
    expect(holds(pinned(...values))[0]?.[1]).toMatch(/^Apple \(2\): the lot it is bound to cannot be read/);
  });
});

describe('the delivery window', () => {
  it.each([
    ['2026-03-16/2026-03-18', { start: '2026-03-16', end: '2026-03-18' }],
    [' 2026-03-16 / 2026-03-16 ', { start: '2026-03-16', end: '2026-03-16' }],
    ['2026-03-18/2026-03-16', undefined],
    ['2026-03-16', undefined],
    ['2026-03-16/2026-03-17/2026-03-18', undefined],
    ['2026-02-30/2026-03-18', undefined],
    ['next week', undefined],
    ['', undefined],
    [null, undefined],
  ])('%j', (value, expected) => {
    const note_attributes = [{ name: 'delivery_window', value }];
    expect(command(order({}, { note_attributes })).deliveryWindow).toEqual(expected);
  });
});

describe('businesses', () => {
  it.each([
    ['nothing', {}, 'DTC'],
    ['a company', { company: { id: 1, location_id: 2 } }, 'B2B'],
    ['a purchase order number', { po_number: 'PO-1' }, 'B2B'],
    ['an empty purchase order number', { po_number: ' ' }, 'DTC'],
    // Preorders and deposits have payment terms too.
    ['payment terms', { payment_terms: { payment_terms_name: 'Due on fulfillment' } }, 'DTC'],
  ])('%s', (_name, changes, orderType) => {
    expect(command(order({}, changes)).orderType).toBe(orderType);
  });

  it.each([
    [{ due_in_days: 30, payment_terms_name: 'Net 30', payment_terms_type: 'net' }, 'NET30'],
    [{ payment_terms_name: 'Net 15', payment_terms_type: 'net' }, 'NET15'],
    [{ payment_terms_name: 'NET_60', payment_terms_type: 'NET' }, 'NET60'],
    [{ payment_terms_type: 'NET_30' }, 'NET30'],
    [{ payment_terms_name: 'net-7' }, 'NET7'],
    [{ due_in_days: 0, payment_terms_type: 'net' }, 'NET0'],
    [
      { payment_terms_name: 'Due on receipt', payment_terms_type: 'receipt', due_in_days: 0 },
      'DUE_ON_RECEIPT',
    ],
    [{ payment_terms_name: 'Due on fulfillment', payment_terms_type: 'fulfillment' }, 'DUE_ON_RECEIPT'],
  ])('%j are %s', (payment_terms, expected) => {
    const body = order({}, { payment_terms, financial_status: 'pending' });
    expect(command(body).paymentTerms).toBe(expected);
    expect(holds(body)).toEqual([]);
  });

  it.each([
    { payment_terms_name: 'Fixed', payment_terms_type: 'fixed' },
    { payment_terms_name: 'Net 1000' },
    { due_in_days: 1000 },
    { payment_terms_type: null, payment_terms_name: null },
  ])('%j have no counterpart, so the order is held', (payment_terms) => {
    const body = order({}, { payment_terms });
    expect(command(body).paymentTerms).toBeUndefined();
    expect(holds(body)[0]?.[1]).toMatch(/^The payment terms are not known here: /);
  });

  it('takes the name of the company from the addresses, since the company has none', () => {
    const { billing_address, shipping_address, customer } = json(B2B) as Record<string, Json>;
    const nameIn = (changes: Json) => command(json(B2B, changes)).customer.name;
    const none = { company: null };
    expect(nameIn({ billing_address: { ...billing_address, company: 'Payer Inc' } })).toBe('Payer Inc');
    expect(nameIn({ billing_address: null })).toBe('Summit Grocery Co-op');
    expect(nameIn({ billing_address: null, shipping_address: { ...shipping_address, ...none } })).toBe(
      'Summit Grocery Co-op',
    );
    expect(
      nameIn({
        billing_address: null,
        shipping_address: null,
        customer: { ...customer, default_address: null },
      }),
    ).toBe('Marcus Oyelaran');
  });

  it('holds the order when its purchase order number cannot be kept', () => {
    const body = order({}, { po_number: 'x'.repeat(129) });
    expect(command(body)).toMatchObject({ orderType: 'B2B' });
    expect(command(body).purchaseOrderNumber).toBeUndefined();
    expect(holds(body)[0]?.[1]).toMatch(/^The purchase order number cannot be kept: x/);
  });
});

describe('payment', () => {
  it.each([
    ['paid', []],
    ['authorized', []],
    ['partially_refunded', []],
    [null, []],
    ['pending', ['AWAITING_PAYMENT']],
    ['partially_paid', ['AWAITING_PAYMENT']],
    ['voided', ['AWAITING_PAYMENT']],
    ['expired', ['AWAITING_PAYMENT']],
    ['something new', ['AWAITING_PAYMENT']],
    ['refunded', ['OTHER']],
  ])('%s: %j', (financial_status, reasons) => {
    const body = order({}, { financial_status });
    expect(command(body).holds.map((hold) => hold.reason)).toEqual(reasons);
  });

  it('waits for the money of a business without terms, and not of one with terms', () => {
    const unpaid = { financial_status: 'pending', po_number: 'PO-1' };
    expect(command(order({}, unpaid)).holds.map((hold) => hold.reason)).toEqual(['AWAITING_PAYMENT']);
    const onTerms = { ...unpaid, payment_terms: { due_in_days: 30 } };
    expect(command(order({}, onTerms)).holds).toEqual([]);
  });

  it('does not wait for money that is paid on delivery', () => {
    const paid = (name: string) => ({ financial_status: 'pending', payment_gateway_names: [name] });
    expect(command(order({}, paid('Cash on Delivery (COD)'))).holds).toEqual([]);
    expect(command(order({}, paid('Bank Deposit'))).holds).toHaveLength(1);
  });

  it('follows the rules of the connection, the first that fits', () => {
    const rules: PaymentRule[] = [
      { gateway: 'bank deposit', state: 'PARTIALLY_PAID', action: 'HOLD' },
      { gateway: 'Bank Deposit', action: 'SHIP' },
      { state: 'AUTHORIZED', action: 'HOLD' },
    ];
    const reasons = (financial_status: string, gateway: string) => {
      const body = order({}, { financial_status, payment_gateway_names: [gateway] });
      const outcome = translateMessage(message('orders/create', body), null, SHOP, rules);
      return outcome.kind === 'receive' ? outcome.command.holds.map(({ reason }) => reason) : outcome.kind;
    };
    expect(reasons('pending', 'Bank Deposit')).toEqual([]);
    expect(reasons('refunded', 'Bank Deposit')).toEqual([]);
    expect(reasons('partially_paid', 'Bank Deposit')).toEqual(['AWAITING_PAYMENT']);
    expect(reasons('authorized', 'shopify_payments')).toEqual(['AWAITING_PAYMENT']);
    expect(reasons('pending', 'shopify_payments')).toEqual(['AWAITING_PAYMENT']);
  });
});

describe('the rounding of cash', () => {
  const rounded = (total_price: string, amount: string) =>
    order(
      { price: '9.99', quantity: 1 },
      {
        total_price,
        total_cash_rounding_payment_adjustment_set: { shop_money: { amount, currency_code: 'USD' } },
      },
    );

  it.each([
    ['in the total', '10.00', '0.01'],
    ['taken off the total', '9.95', '-0.04'],
    ['apart from the total', '9.99', '0.01'],
  ])('%s holds nothing, and is kept', (_, totalPrice, amount) => {
    const received = command(rounded(totalPrice, amount));
    expect(received).toMatchObject({ channelTotal: '9.99', holds: [] });
    expect(received.channelData).toContainEqual({ kind: 'CHARGE', label: 'Cash rounding', value: amount });
  });

  it('does not hide another difference', () => {
    expect(command(rounded('10.50', '0.01')).channelTotal).toBe('10.50');
  });
});

describe('where goods go', () => {
  const address = json(CREATED).shipping_address as Json;
  const reasons = (changes: Json) =>
    command(order({}, { shipping_address: { ...address, ...changes } })).holds.map((hold) => hold.reason);

  it('holds goods without an address, and never sends them to the billing address', () => {
    const body = order({}, { shipping_address: null });
    expect(command(body).shipTo).toBeUndefined();
    expect(holds(body)).toEqual([
      ['INCORRECT_ADDRESS', 'Shopify gives no complete shipping address for goods that have to be shipped.'],
    ]);
  });

  it('needs no address for what is not shipped', () => {
    expect(command(json(VOUCHERS)).holds.map((hold) => hold.reason)).toEqual(['OTHER']);
    const mixed = [...lines(VOUCHERS, () => ({})), { id: 99, sku: 'A', quantity: 1, price: '10' }];
    expect(command(json(VOUCHERS, { line_items: mixed })).holds.map((hold) => hold.reason)).toEqual([
      'INCORRECT_ADDRESS',
    ]);
  });

  it.each([
    [{}, []],
    [{ address1: null }, ['INCORRECT_ADDRESS']],
    [{ address1: ' \n' }, ['INCORRECT_ADDRESS']],
    [{ country_code: null }, ['INCORRECT_ADDRESS']],
    [{ country_code: 'USA' }, ['INCORRECT_ADDRESS']],
    [{ country_code: 'us' }, []],
    [{ city: null }, []],
    [{ city: null, zip: null }, ['INCORRECT_ADDRESS']],
    [{ name: null, first_name: null, last_name: null }, []],
  ])('%j: %j', (changes, expected) => {
    expect(reasons(changes)).toEqual(expected);
  });

  it('prefers the code of a region to its name', () => {
    const shipTo = (changes: Json) =>
      command(order({}, { shipping_address: { ...address, ...changes } })).shipTo;
    expect(shipTo({})?.region).toBe('WA');
    expect(shipTo({ province_code: null })?.region).toBe('Washington');
    expect(shipTo({ province_code: null, province: null })).not.toHaveProperty('region');
  });
});

describe('who bought', () => {
  const unnamed = { shipping_address: null, billing_address: null };
  it.each([
    ['the customer', {}, 'Priya Raman'],
    ['the address', { customer: null }, 'Priya Raman'],
    ['the e-mail', { customer: null, ...unnamed }, 'priya.raman@example.com'],
    [
      'the order',
      { customer: null, ...unnamed, email: null, contact_email: '' },
      'Customer of Shopify order 6200407294101',
    ],
    [
      'a name of blanks only',
      {
        customer: { first_name: ' ', last_name: '\u0000' },
        ...unnamed,
        email: 'nobody',
        contact_email: null,
      },
      'Customer of Shopify order 6200407294101',
    ],
  ])('is told by %s', (_name, changes, name) => {
    expect(command(order({}, changes)).customer.name).toBe(name);
  });

  it('leaves out an e-mail address that is none', () => {
    expect(command(order({}, { email: 'not an address', contact_email: 'a@b.example' })).customer.email).toBe(
      'a@b.example',
    );
  });
});

describe('texts are made fit, not refused', () => {
  it('frees them of control characters and cuts them to what is kept', () => {
    const body = order(
      { name: `\u0007${'ä'.repeat(600)}` },
      {
        note: `one\r\ntwo\u0000\u001b\tthree\ud800${'x'.repeat(3000)}`,
        shipping_address: { ...(json(CREATED).shipping_address as Json), zip: '9'.repeat(40), city: 'A\nB' },
      },
    );
    const mapped = command(body);
    expect(mapped.lines[0]?.description).toBe('ä'.repeat(500));
    expect(mapped.note?.startsWith('one\ntwo\tthree\ufffdxxx')).toBe(true);
    expect(mapped.note?.length).toBeLessThanOrEqual(2000);
    expect(mapped.shipTo).toMatchObject({ postalCode: '9'.repeat(20), city: 'A B' });
  });

  it('never cuts a character in two', () => {
    const mapped = command(order({ name: '😀'.repeat(600) }, { note: '😀'.repeat(3000) }));
    expect(mapped.lines[0]?.description).toBe('😀'.repeat(500));
    expect(mapped.note?.isWellFormed()).toBe(true);
  });
});

describe('test orders', () => {
  it('are received and held, since their goods are real', () => {
    expect(holds(order({}, { test: true }))).toEqual([['OTHER', 'This is a test order of the shop.']]);
  });
});

describe('orders that Shopify fulfilled before they were known', () => {
  const fulfillment = (status: string | null, changes: Json = {}) => [
    { id: 1, order_id: 2, status, line_items: [{ id: 11, quantity: 1 }], ...changes },
  ];

  it.each(['success', null])('reserve nothing for what left by a fulfillment that is %s', (status) => {
    const body = order({}, { fulfillments: fulfillment(status, { created_at: '2026-03-01T08:00:00Z' }) });
    expect(command(body)).toMatchObject({
      holds: [],
      earlierShipments: [
        {
          lines: [{ lineNumber: 1, quantity: 1 }],
          shippedAt: '2026-03-01T08:00:00.000Z',
          channelFulfillmentId: '1',
          isDelivered: false,
        },
      ],
    });
  });

  it.each(['pending', 'open'])('are held while a fulfillment is %s', (status) => {
    const body = order({}, { fulfillments: fulfillment(status) });
    expect(holds(body)[0]?.[1]).toContain('Shopify has begun fulfillment 1');
  });

  it.each(['cancelled', 'error', 'failure'])('go as any other when it is %s', (status) => {
    const body = order({}, { fulfillments: fulfillment(status) });
    expect([holds(body), command(body).earlierShipments]).toEqual([[], undefined]);
  });

  it('go by the status of the order where no fulfillments are told', () => {
    const all = order({}, { fulfillments: null, fulfillment_status: 'fulfilled' });
    expect(command(all).earlierShipments).toMatchObject([{ lines: [{ lineNumber: 1, quantity: 2 }] }]);
    expect(
      command(order({}, { fulfillments: [], fulfillment_status: 'fulfilled' })).earlierShipments,
    ).toHaveLength(1);
    const some = order({}, { fulfillments: null, fulfillment_status: 'partial' });
    expect(holds(some)[0]?.[1]).toContain('some of the goods');
  });

  it('do not mind vouchers, which Shopify fulfills by itself', () => {
    const voucher = { id: 11, gift_card: true, requires_shipping: false, quantity: 1, price: '5' };
    const goods = { id: 12, sku: 'A', quantity: 1, price: '10' };
    const body = order({}, { line_items: [voucher, goods], fulfillments: fulfillment('success') });
    expect([holds(body), command(body).earlierShipments]).toEqual([[], undefined]);
  });

  it.each([
    ['archived', { closed_at: '2026-03-02T08:00:00Z' }, 'CLOSED'],
    ['sold at the point of sale', { source_name: 'pos', shipping_address: null }, 'CLOSED'],
    ['sent two months ago', { updated_at: '2026-05-02T08:00:00Z' }, 'CLOSED'],
    ['sent yesterday', { updated_at: '2026-03-02T08:00:00Z' }, 'SHIPPED'],
  ])('are history when they are %s', (_name, changes, state) => {
    const sent = fulfillment('success', { created_at: '2026-03-01T08:00:00Z' });
    const made = carryOut(null, command(order({ quantity: 1 }, { fulfillments: sent, ...changes })));
    expect([made.state, made.holds]).toEqual([state, []]);
    expect(made.lines[0]).toMatchObject({ shipped: 1, allocations: [] });
  });
});

it('an order of which the customer fetches some, and has others sent, waits for a person', () => {
  const way = (title: string, delivery_category: string | null) => ({
    title,
    code: title,
    delivery_category,
    price: '0',
  });
  const ways = [way('Main Street', 'pick_up'), way('Standard', null)];
  expect(holds(order({}, { shipping_lines: ways }))[0]?.[1]).toContain('fetches some of the goods');
  expect(holds(order({}, { shipping_lines: ways.slice(1) }))).toEqual([]);
});

it('money that was given back for goods that stay as they are holds nothing, whatever total has it', () => {
  const back = {
    id: 5,
    refund_line_items: [],
    transactions: [{ kind: 'refund', status: 'success', amount: '5.00' }],
  };
  for (const current_total_price of ['15.00', '20.00']) {
    const body = order({}, { current_total_price, refunds: [back] });
    expect([holds(body), command(body).channelTotal]).toEqual([[], '20.00']);
  }
});

describe('orders that are over in the shop', () => {
  const archived = { closed_at: '2026-03-02T08:00:00Z' };

  it.each(['refunded', 'voided'])(
    'and %s reserve nothing: they are received as cancelled',
    (financial_status) => {
      const outcome = reception(order({}, { ...archived, financial_status }));
      expect(outcome.cancellation?.reason).toContain(financial_status);
    },
  );

  it.each(['refunded', 'voided'])('and %s are no orders that were opened again when they change', (state) => {
    const body = order({}, { ...archived, financial_status: state });
    const { command: receive, cancellation } = reception(body);
    if (cancellation === null) throw new Error('not cancelled');
    const cancelled = carryOut(carryOut(null, receive), cancellation);
    const outcome = (change: Json) =>
      outcomeOf(
        'orders/updated',
        { ...body, updated_at: '2026-03-20T00:00:00Z', ...change },
        {
          ...known(cancelled),
          isCancelledThere: true,
        },
      );
    expect(outcome({ tags: 'checked' })).toMatchObject({ quarantined: null });
    expect(outcome({ closed_at: null, financial_status: 'paid' })).toMatchObject({
      quarantined: { code: 'too_late_to_amend' },
    });
  });

  it('and were not sent wait for a person', () => {
    const body = order({ fulfillable_quantity: 2 }, archived);
    expect(holds(body)[0]?.[1]).toContain('archived the order');
    expect(
      holds(order({ fulfillable_quantity: 0 }, { ...archived, fulfillment_status: 'fulfilled' })),
    ).toEqual([]);
  });

  it('and hold vouchers alone are closed, archived or not', () => {
    const voucher = { id: 11, gift_card: true, requires_shipping: false, quantity: 1, price: '5' };
    const fulfillments = [{ id: 1, status: 'success', line_items: [{ id: 11, quantity: 1 }] }];
    const body = order({}, { line_items: [voucher], fulfillments, fulfillment_status: 'fulfilled' });
    const made = carryOut(null, command(body));
    expect([made.state, made.holds]).toEqual(['CLOSED', []]);
  });
});

describe('what does not matter', () => {
  it.each([
    ['properties of an object', { properties: {} }],
    ['properties without names', { properties: [{ name: { a: 1 }, value: 'x' }, 'y', null] }],
    ['a name that is an object', { name: { en: 'Apple' } }],
    ['properties that are a text', { properties: 'none' }],
  ])('does not keep an order out: %s', (_name, changes) => {
    expect(command(order(changes)).lines).toHaveLength(1);
  });

  it.each([
    ['lists that are empty objects', { tax_lines: {}, duties: {}, discount_allocations: {} }],
    ['flags as text', { requires_shipping: 'true', gift_card: 'false' }],
    ['numbers as text', { quantity: '2', current_quantity: '2' }],
    ['nothing at all', { name: null, properties: null, tax_lines: null, duties: null }],
  ])('in a line: %s', (_, changes) => {
    const { lines, holds } = command(order(changes));
    expect([lines[0]?.quantity, lines[0]?.requiresShipping, holds]).toEqual([2, true, []]);
  });

  it.each([
    ['objects that are empty lists', { customer: [], company: [], payment_terms: [], billing_address: [] }],
    ['empty objects', { customer: {}, company: {}, payment_terms: {}, refunds: {}, fulfillments: {} }],
    ['empty text', { customer: '', total_tax: '', total_tip_received: '', cancelled_at: '' }],
    ['flags as text', { test: 'false', taxes_included: 'false' }],
  ])('in the order: %s', (_, changes) => {
    expect(command(order({}, changes))).toMatchObject({ orderType: 'DTC', holds: [] });
  });

  it('does not either when it is the order that has it', () => {
    const odd = {
      note_attributes: { gift: true },
      note: { a: 1 },
      tags: ['a', 1],
      phone: 7,
      discount_codes: null,
    };
    const said = command(order({}, odd)).channelData ?? [];
    expect(said.map(({ label, value }) => [label, value])).toEqual(
      expect.arrayContaining([
        ['Tags', '1, a'],
        ['Note', '{"a":"1"}'],
        ['gift', 'true'],
        ['Phone', '7'],
      ]),
    );
  });
});

describe('what Shopify says and the loop does not act on', () => {
  it('is kept with the order and its lines, and the name of the order with it', () => {
    const made = command(json(CREATED));
    expect(made.channelOrderName).toBe('#1071');
    const said = (made.channelData ?? []).map(({ label, value }) => [label, value]);
    expect(said).toEqual(
      expect.arrayContaining([
        ['Sales channel', 'web'],
        ['Tags', 'lot-pinned, priority'],
        ['Shipping method', 'Ground, ground'],
        ['Payment method', 'shopify_payments'],
      ]),
    );
    expect(made.lines[0]?.channelData).toEqual([
      { kind: 'ITEM', label: 'Gift note', value: 'For Sam & Lee <3' },
    ]);
  });
});

describe('lines of another fulfillment service', () => {
  it('are not ours to send', () => {
    const made = command(order({ fulfillment_service: 'shipwire-app', sku: null }));
    expect(made).toMatchObject({
      holds: [],
      lines: [{ fulfilledBy: 'shipwire-app', requiresShipping: true }],
    });
    expect(line({ fulfillment_service: 'manual' })?.fulfilledBy).toBeUndefined();
    expect(
      carryOut(null, command(order({ sku: 'NF-TS24', fulfillment_service: 'amazon' }))).lines[0],
    ).toMatchObject({
      allocations: [],
      backordered: 0,
    });
  });
});

describe('taxes, tips and pickup', () => {
  it('a tax of the order as a whole is its tax, and no tax on shipping', () => {
    const taxed = { total_price: '21.65', total_tax: '1.65', tax_lines: [{ price: '1.65' }] };
    expect(command(order({}, taxed))).toMatchObject({ tax: '1.65', holds: [] });
    expect(command(order({}, taxed)).shippingTax).toBeUndefined();
    expect(total(order({}, taxed))).toBe('21.65');
  });

  it('duties come on top of prices that include taxes', () => {
    const duties = [{ shop_money: { amount: '5.00' }, tax_lines: [{ price: '0.50' }] }];
    const body = order(
      { duties, tax_lines: [{ price: '1.00' }] },
      { taxes_included: true, total_price: '25.00' },
    );
    expect(total(body)).toBe('25.00');
  });

  it('a tip is a line that ships nothing', () => {
    const tipped = order({}, { total_tip_received: '3.00', total_price: '23.00' });
    expect(command(tipped).lines[1]).toMatchObject({
      description: 'Tip',
      unitPrice: '3.00',
      requiresShipping: false,
    });
    expect(carryOut(null, command(tipped)).holds).toEqual([]);
  });

  it('what the customer fetches needs no address', () => {
    const pickup = {
      shipping_address: null,
      shipping_lines: [{ title: 'Store', delivery_category: 'pick-up' }],
    };
    expect(holds(order({}, pickup))).toEqual([]);
  });
});
