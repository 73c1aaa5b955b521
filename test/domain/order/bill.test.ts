import { describe, expect, it } from 'vitest';
import { minus, sum } from '../../../domain/money.ts';
import { dueDate } from '../../../domain/order/bill.ts';
import type { OrderEventOf } from '../../../domain/order/events.ts';
import fc from '../../../testing/fast-check.ts';
import { propertyRuns } from '../../../testing/property-runs.ts';
import { type Given, given, lot, ORDER_ID } from '../specification.ts';

type Bill = OrderEventOf<'InvoiceRequested'>['data'] | OrderEventOf<'CreditRequested'>['data'];

/** A B2B order with the warehouse, all of it allocated. */
function queued(terms: {
  lines: readonly { quantity: number; [term: string]: unknown }[];
  [term: string]: unknown;
}): Given {
  return given([lot('BRS', 'A', 100_000)], 100)
    .received({ orderType: 'B2B', ...terms })
    .done({ type: 'QueueFulfillment' });
}

function ship(order: Given, ...lines: readonly { lineNumber: number; quantity: number }[]) {
  const wanted = lines.length > 0 ? { lines } : {};
  return order
    .when({ type: 'RecordShipment', carrier: 'UPS', trackingNumber: '1Z', ...wanted })
    .event('InvoiceRequested');
}

function deliver(order: Given): void {
  for (const { shipmentId } of order.order.shipments)
    order.done({ type: 'ConfirmDelivery', shipmentId, deliveredAt: '2026-03-04T10:00:00Z' });
}

function takeBack(order: Given, ...lines: readonly { lineNumber: number; quantity: number }[]) {
  const returned = lines.map((line) => ({ ...line, disposition: 'WRITE_OFF' }));
  return order.when({ type: 'ReceiveReturn', lines: returned }).event('CreditRequested');
}

function totalOf(bills: readonly Bill[], currency: string): string {
  return sum(
    bills.map((bill) => bill.total),
    currency,
  );
}

/** Within itself, too, a bill adds up. */
function expectSum({ lines, shipping, tax, discount, total, currency }: Bill): void {
  for (const line of lines)
    expect(minus(sum([line.goods, line.tax], currency), line.discount, currency)).toBe(line.amount);
  const charged = sum([...lines.map((line) => line.amount), shipping, tax], currency);
  expect(minus(charged, discount, currency)).toBe(total);
}

describe('an invoice', () => {
  it('is requested for each shipment of a B2B order, with its terms', () => {
    const order = queued({
      lines: [{ quantity: 24, unitsPerCase: 12, casesPerPallet: 40 }],
      paymentTerms: 'NET30',
      purchaseOrderNumber: 'PO-IR-2026-0089',
      customer: { name: 'IRONRIDGE Construction', reference: 'C-88' },
    });
    expect(ship(order, { lineNumber: 1, quantity: 12 })).toMatchObject({
      invoiceId: `${ORDER_ID}-I1`,
      shipmentId: `${ORDER_ID}-S1`,
      invoiceDate: '2026-03-01',
      dueDate: '2026-03-31',
      paymentTerms: 'NET30',
      purchaseOrderNumber: 'PO-IR-2026-0089',
      customer: { reference: 'C-88' },
      currency: 'USD',
      lines: [{ quantity: 12, cases: 1, pallets: 1, unitPrice: '20.00', goods: '240.00', amount: '240.00' }],
      total: '240.00',
    });
    expect(ship(order)).toMatchObject({ invoiceId: `${ORDER_ID}-I2`, total: '240.00' });
  });

  it('is not ours to send for DTC orders', () => {
    queued({ orderType: 'DTC', lines: [{ quantity: 1 }] })
      .when({ type: 'RecordShipment', carrier: 'UPS', trackingNumber: '1Z' })
      .happened('ShipmentShipped', 'OrderShipped');
  });

  it('of the first shipment carries the shipping amount, and what needs no shipping', () => {
    const order = queued({
      lines: [{ quantity: 2 }, { quantity: 1, requiresShipping: false, sku: null, unitPrice: '5' }],
      shippingAmount: '7.50',
    });
    expect(ship(order, { lineNumber: 1, quantity: 1 })).toMatchObject({ shipping: '7.50', total: '32.50' });
    expect(ship(order)).toMatchObject({ shipping: '0.00', total: '20.00', lines: [{ lineNumber: 1 }] });
  });

  it('loses no cent to parts: a third of 10.00 is 3.33 or 3.34', () => {
    const order = queued({ lines: [{ quantity: 3, unitPrice: '3.333333' }], tax: '0.10' });
    const bills = [1, 1, 1].map((quantity) => ship(order, { lineNumber: 1, quantity }));
    expect(order.order.total).toBe('10.10');
    for (const bill of bills) expect(['3.36', '3.37', '3.38']).toContain(bill.total);
    expect(totalOf(bills, 'USD')).toBe('10.10');
  });

  it('spreads the order’s own tax over units of an order that costs nothing', () => {
    const order = queued({ lines: [{ quantity: 4, unitPrice: '0' }], tax: '1.00' });
    const bills = [1, 1, 2].map((quantity) => ship(order, { lineNumber: 1, quantity }));
    expect(bills.map((bill) => bill.total)).toEqual(['0.25', '0.25', '0.50']);
  });

  it('does not charge what was cancelled', () => {
    const order = queued({ lines: [{ quantity: 10 }] });
    const bill = ship(order, { lineNumber: 1, quantity: 4 });
    order.done({ type: 'CancelOrder', reason: 'enough' });
    expect([bill.total, order.order.state]).toEqual(['80.00', 'SHIPPED']);
  });
});

describe('a credit note', () => {
  it('gives back the price of what came back, not the shipping', () => {
    const order = queued({
      lines: [{ quantity: 10, discount: '10.00', tax: '19.00' }],
      shippingAmount: '7.50',
    });
    ship(order);
    deliver(order);
    const credit = takeBack(order, { lineNumber: 1, quantity: 1 });
    expect(credit).toMatchObject({
      returnId: `${ORDER_ID}-R${order.order.sequence - 1}`,
      creditDate: '2026-03-01',
      lines: [{ quantity: 1, goods: '20.00', discount: '1.00', tax: '1.90', amount: '20.90' }],
      shipping: '0.00',
      total: '20.90',
    });
    expect(credit.creditNoteId).toBe(`${credit.returnId}-C`);
  });
});

describe('whatever an order is split into', () => {
  const amounts = (currency: string) =>
    currency === 'JPY' ? fc.nat(500).map(String) : fc.nat(5000).map((cents) => (cents / 100).toFixed(2));
  const split = fc.constantFrom('USD', 'JPY', 'BHD').chain((currency) =>
    fc.record({
      currency: fc.constant(currency),
      tax: amounts(currency),
      shippingAmount: amounts(currency),
      discount: fc.constantFrom('0', '1'),
      lines: fc.array(
        fc.record({
          quantity: fc.integer({ min: 1, max: 12 }),
          unitPrice: fc.constantFrom('0', '1', '20', '3.075', '0.000001', '9999.999999'),
          tax: amounts(currency),
        }),
        { minLength: 1, maxLength: 4 },
      ),
      parts: fc.array(fc.record({ lineNumber: fc.nat(3), quantity: fc.integer({ min: 1, max: 6 }) }), {
        maxLength: 8,
      }),
    }),
  );

  it('its invoices add up to its total, and its credit notes to the total less shipping, to the smallest unit', () => {
    fc.assert(
      fc.property(split, ({ parts, ...terms }) => {
        const total = minus(
          sum([terms.tax, terms.shippingAmount, ...terms.lines.map((line) => line.tax)], terms.currency),
          terms.discount,
          terms.currency,
        );
        fc.pre(!total.startsWith('-'));
        const order = queued(terms);
        const { currency } = terms;
        const left = (index: number) => order.line(index + 1);
        const invoices: Bill[] = [];
        const credits: Bill[] = [];
        for (const { lineNumber, quantity } of parts) {
          const { ordered, shipped } = left(lineNumber % terms.lines.length);
          const units = Math.min(quantity, ordered - shipped);
          if (units > 0)
            invoices.push(
              ship(order, { lineNumber: (lineNumber % terms.lines.length) + 1, quantity: units }),
            );
        }
        if (order.order.state === 'FULFILLMENT_QUEUED') invoices.push(ship(order));
        deliver(order);
        for (const { lineNumber, quantity } of parts) {
          const { ordered, returned } = left(lineNumber % terms.lines.length);
          const units = Math.min(quantity, ordered - returned);
          if (units > 0)
            credits.push(
              takeBack(order, { lineNumber: (lineNumber % terms.lines.length) + 1, quantity: units }),
            );
        }
        const rest = order.order.lines.flatMap(({ lineNumber, ordered, returned }) =>
          ordered > returned ? [{ lineNumber, quantity: ordered - returned }] : [],
        );
        if (rest.length > 0) credits.push(takeBack(order, ...rest));
        for (const bill of [...invoices, ...credits]) expectSum(bill);
        expect(totalOf(invoices, currency)).toBe(order.order.total);
        expect(totalOf(credits, currency)).toBe(minus(order.order.total, terms.shippingAmount, currency));
      }),
      propertyRuns(200),
    );
  });
});

describe('the due date', () => {
  it.each([
    ['NET30', '2026-03-31'],
    ['NET0', '2026-03-01'],
    ['NET365', '2027-03-01'],
    ['DUE_ON_RECEIPT', '2026-03-01'],
    [undefined, '2026-03-01'],
  ])('of %s is %s', (terms, due) => {
    expect(dueDate('2026-03-01', terms)).toBe(due);
  });
});
