import { minorUnits } from '../../../../domain/money.ts';
import { invoiceIdOf } from '../../../../domain/order/bill.ts';
import type { OrderEventOf } from '../../../../domain/order/events.ts';
import { lineOf, type Order } from '../../../../domain/order/order.ts';
import { writeInvoice } from '../../../x12/index.ts';
import {
  assignedId,
  envelopeOf,
  fittingId,
  identifiersOf,
  orderedOn,
  type Partner,
  type Stamp,
  shipTo,
} from './common.ts';
import { inOrderedUnit, pricePerOrderedUnit } from './ordered-unit.ts';

type Credited = OrderEventOf<'CreditRequested'>['data'];

/** An 810 has twelve references at most, and our order number is one of them. */
const MOST_INVOICES = 11;

/** How amounts of a credit memo are written. */
export type CreditSign = NonNullable<Partner['settings']['creditNotes']>;

/**
 * The 810 that gives back what was charged for returned goods: a credit memo (BIG07 `CR`). X12 leaves to the partners
 * whether its quantities and amounts are below or above zero (ADR 0044). Where they are below, an allowance that is
 * taken back is a charge, since SAC01 alone says which way an amount goes.
 */
export function creditNote(
  order: Order,
  credited: Credited,
  sign: CreditSign,
  partner: Partner,
  stamp: Stamp,
): string {
  const { currency } = credited;
  const signed = (amount: string) => (sign === 'NEGATIVE' ? `-${amount}` : amount);
  const isMoney = (amount: string) => minorUnits(amount, currency) !== 0n;
  const discounted = (discount: string) =>
    isMoney(discount)
      ? [{ indicator: sign === 'NEGATIVE' ? ('C' as const) : ('A' as const), code: 'C310', amount: discount }]
      : [];
  const taxes = [credited.tax, ...credited.lines.map(({ tax }) => tax)].filter(isMoney);
  return writeInvoice(
    {
      invoiceNumber: fittingId(credited.creditNoteId, 22),
      date: credited.creditDate,
      purchaseOrderNumber: order.purchaseOrderNumber ?? '',
      purchaseOrderDate: orderedOn(order),
      type: 'CR',
      currency,
      references: [
        { qualifier: 'VN', value: fittingId(order.orderId, 30) },
        ...invoicesOf(order, credited)
          .slice(0, MOST_INVOICES)
          .map((invoiceId) => ({ qualifier: 'OI', value: fittingId(invoiceId, 22) })),
      ],
      parties: shipTo(order),
      lines: credited.lines.flatMap((each) => {
        const line = lineOf(order, each.lineNumber);
        if (line === undefined) return [];
        const { quantity, unit } = inOrderedUnit(line, each.quantity);
        return [
          {
            assignedId: assignedId(line),
            ...{ quantity: signed(quantity), unit },
            unitPrice: pricePerOrderedUnit(line, each.quantity, currency, each.goods),
            identifiers: identifiersOf(line),
            description: line.description ?? null,
            allowances: discounted(each.discount),
          },
        ];
      }),
      total: signed(credited.total),
      taxes: taxes.map((amount) => ({ typeCode: 'TX', amount: signed(amount) })),
      allowances: discounted(credited.discount),
    },
    envelopeOf(partner, stamp),
  );
}

/** The invoices that charged the lines which are credited: one for each shipment that had units of them. */
export function invoicesOf(order: Order, { lines }: Credited): readonly string[] {
  const credited = new Set(lines.map(({ lineNumber }) => lineNumber));
  return order.shipments.flatMap((shipment, index) =>
    shipment.lines.some(({ lineNumber }) => credited.has(lineNumber)) ? [invoiceIdOf(order, index)] : [],
  );
}
