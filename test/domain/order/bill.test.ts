import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { minus, sum } from '../../../domain/money.ts';
import type { OrderEventOf } from '../../../domain/order/events.ts';
import { type Given, given, lot } from '../specification.ts';

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
      { numRuns: Number(process.env.PROPERTY_RUNS ?? 200) },
    );
  });
});
