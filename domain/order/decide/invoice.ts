import { addDays, dateOf } from '../../calendar.ts';
import { percentOf } from '../../money.ts';
import { type BilledUnits, billFor, dueDate, invoiceIdOf } from '../bill.ts';
import type { OrderEventOf } from '../events.ts';
import type { Order } from '../order.ts';
import type { Facts } from './context.ts';

/** What an order is asked to pay for a shipment; only B2B orders are invoiced by us. */
export function invoiceFor(order: Order, shipmentId: string, facts: Facts): OrderEventOf<'InvoiceRequested'> {
  const index = order.shipments.findIndex((shipment) => shipment.shipmentId === shipmentId);
  const first = index === 0;
  const now = new Map<number, number>();
  for (const line of order.shipments[index]?.lines ?? []) {
    now.set(line.lineNumber, (now.get(line.lineNumber) ?? 0) + line.quantity);
  }
  const units = order.lines.flatMap((line): BilledUnits[] => {
    // What needs no shipping is charged with the first shipment, as far as it was not cancelled.
    if (!line.requiresShipping) {
      const charged = line.ordered - line.cancelled;
      return charged === 0 ? [] : [{ line, before: first ? 0 : charged, quantity: first ? charged : 0 }];
    }
    const quantity = now.get(line.lineNumber) ?? 0;
    return line.shipped === 0 ? [] : [{ line, before: line.shipped - quantity, quantity }];
  });
  const invoiceDate = dateOf(facts.now);
  const { cashDiscount } = order;
  const bill = billFor(order, units, first);
  return {
    type: 'InvoiceRequested',
    data: {
      invoiceId: invoiceIdOf(order, index),
      shipmentId,
      invoiceDate,
      paymentTerms: order.paymentTerms,
      dueDate: dueDate(invoiceDate, order.paymentTerms),
      ...(cashDiscount && {
        cashDiscount: {
          percent: cashDiscount.percent,
          until: addDays(invoiceDate, cashDiscount.days),
          amount: percentOf(bill.total, cashDiscount.percent, bill.currency),
        },
      }),
      ...bill,
    },
  };
}
