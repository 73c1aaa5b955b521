import { describe, expect, it } from 'vitest';
import { ReceiveOrder } from '../../../domain/order/commands.ts';
import { open } from '../../../domain/order/order.ts';
import {
  B2B,
  CANCELLED,
  CREATED,
  carryOut,
  payload,
  received,
  reception,
  SHOP,
  UPDATED,
  VOUCHERS,
} from './support.ts';

describe('orders/create with discounts, taxes, shipping and lots', () => {
  const { command, cancellation } = reception(payload(CREATED));

  it('maps every line', () => {
    expect(command.lines.map(({ channelData: _, ...line }) => line)).toEqual([
      {
        sku: 'NF-TS24',
        description: 'Tomato Sauce - 24 oz',
        quantity: 6,
        unitPrice: '4.75',
        discount: '2.85',
        tax: '2.59',
        lotPin: 'L26-071A',
        requiresShipping: true,
        channelLineId: '15518907892101',
      },
      {
        sku: 'NF-CC08',
        description: 'Chili Crisp - 8 oz',
        quantity: 3,
        unitPrice: '9.50',
        discount: '4.85',
        tax: '2.39',
        lotPin: 'L26-064C',
        requiresShipping: true,
        channelLineId: '15518907892102',
      },
      {
        sku: 'NF-SS1K',
        description: 'Sea Salt Fine - 1 kg',
        quantity: 1,
        unitPrice: '6.30',
        discount: '0.63',
        tax: '0.57',
        requiresShipping: true,
        channelLineId: '15518907892103',
      },
      {
        sku: 'NF-CARD',
        description: 'Recipe Card (free)',
        quantity: 1,
        unitPrice: '0.00',
        requiresShipping: true,
        channelLineId: '15518907892104',
      },
    ]);
  });

  it('maps the terms of the order', () => {
    const { lines: _, channelData: __, ...terms } = command;
    expect(terms).toEqual({
      type: 'ReceiveOrder',
      channel: 'SHOPIFY',
      orderType: 'DTC',
      source: SHOP,
      externalId: '6200407294101',
      channelOrderName: '#1071',
      currency: 'USD',
      customer: { name: 'Priya Raman', email: 'priya.raman@example.com', reference: '8102001100001' },
      shipTo: {
        name: 'Priya Raman',
        address1: '88 Commerce St',
        address2: 'Unit 5',
        city: 'Tacoma',
        region: 'WA',
        postalCode: '98402',
        country: 'US',
      },
      deliveryWindow: { start: '2026-03-16', end: '2026-03-18' },
      shippingAmount: '4.00',
      tax: '0.40',
      shippingTax: '0.40',
      channelTotal: '64.92',
      note: 'Leave at side door.\nDog in yard.',
      backorderPolicy: 'SHIP_PARTIAL',
      holds: [],
      unmetPins: 'BACKORDER',
    });
    expect(cancellation).toBeNull();
  });

  it('becomes an order that is allocated at once, with the total of the shop to the cent', () => {
    const order = received(payload(CREATED));
    expect(order).toMatchObject({ state: 'ALLOCATED', total: '64.92', channelTotal: '64.92', holds: [] });
    expect(order.lines.map((line) => line.allocations.map((each) => each.lotNumber))).toEqual([
      ['L26-071A'],
      ['L26-064C'],
      ['L26-010'],
      ['L26-CARD'],
    ]);
  });
});

describe('orders/create of a company on terms', () => {
  const { command } = reception(payload(B2B));

  it('is a B2B order that ships unpaid', () => {
    expect(command).toMatchObject({
      orderType: 'B2B',
      purchaseOrderNumber: 'SG-88213-A',
      paymentTerms: 'NET30',
      customer: {
        name: 'Summit Grocery Co-op',
        email: 'marcus@summit-grocery.example',
        reference: '410223001',
      },
      shippingAmount: '310.00',
      channelTotal: '3706.40',
      holds: [],
    });
    expect(command.shipTo?.name).toBe('Marcus Oyelaran, Summit Grocery Co-op');
    expect(command.shipTo?.postalCode).toBe('83705');
  });

  it('keeps the fee that has no SKU and needs no shipping, and takes 1,200 of a line', () => {
    expect(
      command.lines.map(({ sku, quantity, unitPrice, requiresShipping, lotPin }) => [
        sku,
        quantity,
        unitPrice,
        requiresShipping,
        lotPin,
      ]),
    ).toEqual([
      ['NF-TS24', 1200, '2.40', true, 'L26-071A'],
      ['NF-SS1K', 144, '3.10', true, undefined],
      [null, 2, '35.00', false, undefined],
    ]);
    const order = received(payload(B2B));
    expect(order).toMatchObject({ state: 'ALLOCATED', total: '3706.40', holds: [] });
  });
});

describe('orders/create of vouchers and downloads in yen', () => {
  const { command } = reception(payload(VOUCHERS));

  it('charges the lines, adds no tax that is inside the prices, and says how much it is', () => {
    expect(command.lines.map(({ channelData: _, ...line }) => line)).toEqual([
      {
        sku: 'GIFT-5000',
        description: 'Gift Card - 5000円',
        quantity: 1,
        unitPrice: '5000',
        requiresShipping: false,
        channelLineId: '15518907892401',
      },
      {
        sku: 'EBOOK-01',
        description: 'Recipe e-book (PDF)',
        quantity: 1,
        unitPrice: '1200',
        requiresShipping: false,
        channelLineId: '15518907892402',
      },
    ]);
    expect(command).toMatchObject({
      currency: 'JPY',
      channelTotal: '6200',
      customer: { name: '花子 佐藤' },
      note: 'The prices include taxes of 109 JPY.',
    });
    expect(command.tax).toBeUndefined();
    expect(command.shippingAmount).toBeUndefined();
    expect(command.shipTo).toBeUndefined();
  });

  it('is held, since it would wait for a shipment for ever, and asks for no stock', () => {
    const order = received(payload(VOUCHERS));
    expect(order).toMatchObject({ state: 'RECEIVED', total: '6200' });
    expect(order.holds.map(({ reason, note }) => [reason, note])).toEqual([
      ['OTHER', 'There is nothing to ship: no line of the order needs shipping.'],
    ]);
    expect(order.lines.every((line) => line.allocations.length === 0 && line.backordered === 0)).toBe(true);
  });
});

describe('orders/updated of an order that was never seen', () => {
  const { command, cancellation } = reception(payload(UPDATED), 'orders/updated');

  it('takes the order in as it is now: current quantities, with their share of discounts and taxes', () => {
    expect(command.lines.map((line) => [line.sku, line.quantity, line.discount, line.tax])).toEqual([
      ['NF-TS24', 5, '2.38', '2.16'],
      ['NF-SS1K', 1, '0.63', '0.57'],
      ['NF-CARD', 1, undefined, undefined],
    ]);
    expect(command.channelTotal).toBe('34.19');
    expect(cancellation).toBeNull();
  });

  it('reserves only what is still to ship', () => {
    const order = carryOut(null, command);
    expect(order.state).toBe('ALLOCATED');
    expect(
      order.lines.map(({ sku, ordered, shipped, allocations }) => [
        sku,
        ordered,
        shipped,
        allocations.length,
      ]),
    ).toEqual([
      ['NF-TS24', 5, 5, 0],
      ['NF-SS1K', 1, 0, 1],
      ['NF-CARD', 1, 1, 0],
    ]);
    expect(order.shipments).toMatchObject([{ channelFulfillmentId: '255858046101', packages: 2 }]);
    // Shopify rounds what is left over the whole order, we at each line.
    expect(order.holds.map((hold) => hold.note)).toEqual([
      "The channel's total is 34.19 USD, ours is 34.17.",
    ]);
  });
});

describe('orders/cancelled of an order that was never seen', () => {
  const { command, cancellation } = reception(payload(CANCELLED), 'orders/cancelled');

  it('keeps what had been ordered, with the cancellation beside it', () => {
    expect(command.lines.map((line) => [line.sku, line.quantity])).toEqual([
      ['NF-TS24', 6],
      ['NF-CC08', 3],
      ['NF-SS1K', 1],
      ['NF-CARD', 1],
    ]);
    expect(command).toMatchObject({ externalId: '6200407294105', channelTotal: '64.92', holds: [] });
    expect(cancellation).toEqual({ type: 'CancelOrder', reason: 'Cancelled in Shopify: customer' });
  });

  it('ends as a cancelled order that holds nothing', () => {
    const order = carryOut(carryOut(null, command), { type: 'CancelOrder', reason: 'Cancelled in Shopify' });
    expect(order.state).toBe('CANCELLED');
    expect(order.lines.every((line) => line.allocations.length === 0 && open(line) === 0)).toBe(true);
  });
});

it.each([CREATED, B2B, VOUCHERS, UPDATED, CANCELLED])('%s satisfies the schema of the command', (file) => {
  const { command } = reception(payload(file), 'orders/updated');
  expect(ReceiveOrder.parse(command)).toEqual(command);
});
