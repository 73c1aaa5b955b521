import { invoiceIdOf } from '../../../../domain/order/bill.ts';
import type { OrderEventOf } from '../../../../domain/order/events.ts';
import type { Order } from '../../../../domain/order/order.ts';
import { writeInvoice } from '../x12/index.ts';
import { chargesOf, type Sign } from './charges.ts';
import { envelopeOf, fittingId, type Partner, type Stamp } from './common.ts';

type Credited = OrderEventOf<'CreditRequested'>['data'];

/** An 810 has twelve references at most, and our order number is one of them. */
const MAX_INVOICES = 11;

/**
 * The 810 that gives back what was charged for returned goods: a credit memo (BIG07 `CR`). X12 leaves to the partners
 * whether its quantities and amounts are below or above zero (ADR 0044).
 */
export function creditNote(
  order: Order,
  credited: Credited,
  sign: Sign,
  partner: Partner,
  stamp: Stamp,
): string {
  return writeInvoice(
    {
      ...chargesOf(order, credited, sign),
      invoiceNumber: fittingId(credited.creditNoteId, 22),
      date: credited.creditDate,
      type: 'CR',
      references: [
        { qualifier: 'VN', value: fittingId(order.orderId, 30) },
        ...invoicesOf(order, credited)
          .slice(0, MAX_INVOICES)
          .map((invoiceId) => ({ qualifier: 'OI', value: fittingId(invoiceId, 22) })),
      ],
    },
    envelopeOf(partner, stamp),
  );
}

/**
 * The invoices that charged the lines which are credited: one for each shipment that brought units of them. What has not
 * arrived cannot have come back.
 */
export function invoicesOf(order: Order, { lines }: Credited): readonly string[] {
  const credited = new Set(lines.map(({ lineNumber }) => lineNumber));
  return order.shipments.flatMap(({ deliveredAt, lines: shipped }, index) =>
    deliveredAt !== undefined && shipped.some(({ lineNumber }) => credited.has(lineNumber))
      ? [invoiceIdOf(order, index)]
      : [],
  );
}
