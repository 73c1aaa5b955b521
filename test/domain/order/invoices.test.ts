import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isBelowZero, minorUnits, sum } from '../../../domain/money.ts';
import { dueDate } from '../../../domain/order/bill.ts';
import type { OrderEventOf } from '../../../domain/order/events.ts';
import { given, lot, ORDER_ID, reception } from '../specification.ts';
import { lot as stocked, Warehouse } from '../warehouse.ts';

const RUNS = Number(process.env.PROPERTY_RUNS ?? 150);
const queue = { type: 'QueueFulfillment' } as const;
const shipped = (...lines: readonly (readonly [lineNumber: number, quantity: number])[]) =>
  ({
    type: 'RecordShipment',
    carrier: 'UPS',
    trackingNumber: '1Z999',
    lines: lines.map(([lineNumber, quantity]) => ({ lineNumber, quantity })),
  }) as const;
const delivered = (which: number) =>
  ({
    type: 'ConfirmDelivery',
    shipmentId: `${ORDER_ID}-S${which}`,
    deliveredAt: '2026-03-12T10:00:00Z',
  }) as const;
const returned = (lineNumber: number, quantity: number) =>
  ({ type: 'ReceiveReturn', lines: [{ lineNumber, quantity, disposition: 'RESTOCK' }] }) as const;

const wholesale = {
  orderType: 'B2B',
  purchaseOrderNumber: 'PO-IR-2026-0089',
  paymentTerms: 'NET30',
  customer: { name: 'IRONRIDGE Construction', reference: 'C-88' },
};

describe('an invoice', () => {
  it('is requested at each shipment of a B2B order, with terms, due date, cases and pallets', () => {
    const outcome = given([lot('BRS', 'A', 48)])
      .at('2026-03-10T14:00:00.000Z')
      .received({ ...wholesale, lines: [{ quantity: 48, unitsPerCase: 12, casesPerPallet: 3 }] })
      .done(queue)
      .when(shipped([1, 24]));
    outcome.happened('ShipmentShipped', 'InvoiceRequested');
    expect(outcome.event('InvoiceRequested')).toEqual({
      invoiceId: `${ORDER_ID}-I1`,
      shipmentId: `${ORDER_ID}-S1`,
      invoiceDate: '2026-03-10',
      paymentTerms: 'NET30',
      dueDate: '2026-04-09',
      currency: 'USD',
      customer: wholesale.customer,
      purchaseOrderNumber: 'PO-IR-2026-0089',
      lines: [
        {
          lineNumber: 1,
          sku: 'BRS',
          quantity: 24,
          cases: 2,
          pallets: 1,
          unitPrice: '20.00',
          goods: '480.00',
          discount: '0.00',
          tax: '0.00',
          amount: '480.00',
        },
      ],
      discount: '0.00',
      shipping: '0.00',
      tax: '0.00',
      total: '480.00',
    });
  });

  it('is not requested for a DTC order, which the channel has charged', () => {
    given([lot('BRS', 'A', 12)])
      .received({ lines: [{ quantity: 12 }] })
      .done(queue)
      .when(shipped([1, 6]))
      .happened('ShipmentShipped');
  });

  it('has the shipping amount on the first, and the rest of everything on the last', () => {
    const order = given([lot('BRS', 'A', 3)])
      .received({
        ...wholesale,
        shippingAmount: '9.99',
        tax: '0.50',
        discount: '0.10',
        lines: [{ quantity: 3, unitPrice: '3.33', discount: '0.01', tax: '0.02' }],
      })
      .done(queue);
    const invoices = [1, 2, 3].map(() => order.when(shipped([1, 1])).event('InvoiceRequested'));
    expect(invoices.map((invoice) => invoice.shipping)).toEqual(['9.99', '0.00', '0.00']);
    expect(totals(invoices)).toBe(order.order.total);
    expect(order.order.total).toBe('20.39');
  });

  it('charges goods that need no shipping with the first shipment', () => {
    const order = given([lot('BRS', 'A', 2)])
      .received({
        ...wholesale,
        lines: [{ quantity: 2 }, { sku: 'FEE', quantity: 1, unitPrice: '7.50', requiresShipping: false }],
      })
      .done(queue);
    const first = order.when(shipped([1, 1])).event('InvoiceRequested');
    const second = order.when(shipped([1, 1])).event('InvoiceRequested');
    expect([first, second].map((invoice) => invoice.total)).toEqual(['27.50', '20.00']);
    expect(second.lines.map((line) => line.lineNumber)).toEqual([1]);
  });

  it('charges nothing for what was cancelled', () => {
    const order = given([lot('BRS', 'A', 12)])
      .received({ ...wholesale, lines: [{ quantity: 12, tax: '1.20' }] })
      .done(queue);
    const invoice = order.when(shipped([1, 5])).event('InvoiceRequested');
    order.done({ type: 'CancelOrder', reason: 'no longer wanted' });
    expect(order.order.state).toBe('SHIPPED');
    expect(invoice.total).toBe('100.50');
  });

  it('shares the discount of a free order by its units', () => {
    const order = given([lot('BRS', 'A', 4)])
      .received({ ...wholesale, tax: '1.00', lines: [{ quantity: 4, unitPrice: '0' }] })
      .done(queue);
    const invoices = [1, 3].map((units) => order.when(shipped([1, units])).event('InvoiceRequested'));
    expect(invoices.map((invoice) => invoice.total)).toEqual(['0.25', '0.75']);
  });

  it.each([
    ['JPY', '333', ['333', '333', '333'], '999'],
    ['BHD', '0.3335', ['0.333', '0.334', '0.334'], '1.001'],
  ])('in %s has the digits of the currency', (currency, unitPrice, amounts, total) => {
    const order = given([lot('BRS', 'A', 3)])
      .received({ ...wholesale, currency, lines: [{ quantity: 3, unitPrice }] })
      .done(queue);
    const invoices = amounts.map(() => order.when(shipped([1, 1])).event('InvoiceRequested'));
    expect(totals(invoices, currency)).toBe(total);
    expect(order.order.total).toBe(total);
    for (const [index, invoice] of invoices.entries())
      expect(minorUnits(invoice.total, currency) - minorUnits(amounts[index] as string, currency)).toBeOneOf([
        -1n,
        0n,
        1n,
      ]);
  });

  it.each([
    ['NET30', '2026-04-09'],
    ['NET0', '2026-03-10'],
    ['NET365', '2027-03-10'],
    ['DUE_ON_RECEIPT', '2026-03-10'],
    ['PREPAID', '2026-03-10'],
    [undefined, '2026-03-10'],
  ])('on terms of %s is due on %s', (terms, due) => {
    expect(dueDate('2026-03-10', terms)).toBe(due);
  });
});

describe('the bills of an order', () => {
  const lines = fc.array(
    fc.record({
      quantity: fc.integer({ min: 1, max: 9 }),
      unitPrice: fc.constantFrom('0', '0.000001', '0.335', '3.075', '19.99', '1234567.891234'),
      tax: fc.constantFrom('0', '0.01', '7.77'),
    }),
    { minLength: 1, maxLength: 4 },
  );
  const orders = fc.record({
    currency: fc.constantFrom('USD', 'JPY', 'BHD'),
    lines,
    amounts: fc.record({
      discount: fc.constantFrom('0', '1'),
      tax: fc.constantFrom('0', '3', '11'),
      shippingAmount: fc.constantFrom('0', '5'),
    }),
    picks: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 6 }),
  });

  it('add up to its total over any partial shipments, and credits of everything to all but the shipping', () => {
    fc.assert(
      fc.property(orders, ({ currency, lines: wanted, amounts, picks }) => {
        const written = wanted.map((line) => ({ ...line, tax: whole(line.tax, currency), sku: 'BRS' }));
        const warehouse = new Warehouse([stocked('BRS', 'A', 1000)]);
        const received = warehouse.handle(
          ORDER_ID,
          reception({ ...wholesale, ...amounts, currency, lines: written }),
        );
        if ('rejection' in received) return; // A discount of more than the goods cost is refused.
        warehouse.handle(ORDER_ID, queue);
        const bills: OrderEventOf<'InvoiceRequested'>['data'][] = [];
        for (const pick of [...picks, 9, 9, 9]) shipSome(warehouse, pick, bills);
        const order = warehouse.order(ORDER_ID);
        expect(order.state).toBe('SHIPPED');
        expect(totals(bills, currency)).toBe(order.total);
        for (const bill of bills)
          for (const amount of [bill.tax, bill.discount, ...bill.lines.map((line) => line.amount)])
            expect(isBelowZero(amount, currency)).toBe(false);

        for (const [index] of order.shipments.entries()) warehouse.handle(ORDER_ID, delivered(index + 1));
        const credits: OrderEventOf<'CreditRequested'>['data'][] = [];
        for (const line of order.lines)
          for (let unit = 0; unit < line.ordered; unit++) {
            const back = warehouse.handle(ORDER_ID, returned(line.lineNumber, 1));
            if ('rejection' in back) throw new Error(back.rejection.detail);
            for (const event of back.events) if (event.type === 'CreditRequested') credits.push(event.data);
          }
        expect(sum([totals(credits, currency), amounts.shippingAmount], currency)).toBe(order.total);
      }),
      { numRuns: RUNS },
    );
  });
});

describe('a credit note', () => {
  const invoiced = () =>
    given([lot('BRS', 'A', 12)])
      .at('2026-03-10T14:00:00.000Z')
      .received({ ...wholesale, shippingAmount: '9.00', tax: '1.20', lines: [{ quantity: 12 }] })
      .done(queue, shipped([1, 12]), delivered(1));

  it('is requested when goods of a B2B order come back, for their price and taxes without the shipping', () => {
    const outcome = invoiced().at('2026-03-20T09:00:00.000Z').when(returned(1, 3));
    outcome.happened('ReturnReceived', 'CreditRequested');
    const credit = outcome.event('CreditRequested');
    const { returnId } = outcome.event('ReturnReceived');
    expect(credit).toMatchObject({
      creditNoteId: `${returnId}-C`,
      returnId,
      creditDate: '2026-03-20',
      purchaseOrderNumber: 'PO-IR-2026-0089',
      lines: [{ lineNumber: 1, quantity: 3, goods: '60.00' }],
      shipping: '0.00',
      tax: '0.30',
      total: '60.30',
    });
  });

  it('goes by what the goods were charged, also when they come back one after another', () => {
    const order = invoiced();
    const credits = [5, 1, 6].map((units) => order.when(returned(1, units)).event('CreditRequested'));
    expect(credits.map((credit) => credit.total)).toEqual(['100.50', '20.10', '120.60']);
    expect(new Set(credits.map((credit) => credit.creditNoteId)).size).toBe(3);
  });

  it('is not requested for a DTC order', () => {
    given([lot('BRS', 'A', 2)])
      .received({ lines: [{ quantity: 2 }] })
      .done(queue, shipped([1, 2]), delivered(1))
      .when(returned(1, 1))
      .happened('ReturnReceived');
  });
});

function totals(bills: readonly { readonly total: string }[], currency = 'USD'): string {
  return sum(
    bills.map((bill) => bill.total),
    currency,
  );
}

/** The same amount in a currency that may have no decimals. */
function whole(amount: string, currency: string): string {
  return currency === 'JPY' ? (amount.split('.')[0] as string) : amount;
}

/** Ships up to so many units of each line that has any left. */
function shipSome(
  warehouse: Warehouse,
  units: number,
  bills: OrderEventOf<'InvoiceRequested'>['data'][],
): void {
  const left = warehouse
    .order(ORDER_ID)
    .lines.map((line) => [line.lineNumber, Math.min(units, line.ordered - line.shipped)] as const)
    .filter(([, quantity]) => quantity > 0);
  if (left.length === 0) return;
  const decision = warehouse.handle(ORDER_ID, shipped(...left));
  if ('rejection' in decision) throw new Error(decision.rejection.detail);
  for (const event of decision.events) if (event.type === 'InvoiceRequested') bills.push(event.data);
}
