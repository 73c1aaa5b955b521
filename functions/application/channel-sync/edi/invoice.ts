import { minus } from '../../../../domain/money.ts';
import type { OrderEventOf } from '../../../../domain/order/events.ts';
import { lineOf, type Order, type Shipment } from '../../../../domain/order/order.ts';
import { writeInvoice } from '../../../x12/index.ts';
import {
  assignedId,
  carrierCode,
  envelopeOf,
  fittingId,
  identifiersOf,
  orderedOn,
  type Partner,
  type Stamp,
  shipTo,
} from './common.ts';
import { inOrderedUnit, pricePerOrderedUnit } from './ordered-unit.ts';

/** The 810: what a shipment costs, as finance books it. */
export function invoice(
  order: Order,
  shipment: Shipment,
  billed: OrderEventOf<'InvoiceRequested'>['data'],
  partner: Partner,
  stamp: Stamp,
): string {
  const { currency } = billed;
  const taxes = [billed.tax, ...billed.lines.map(({ tax }) => tax)].filter(isMoney);
  return writeInvoice(
    {
      invoiceNumber: fittingId(billed.invoiceId, 22),
      date: billed.invoiceDate,
      purchaseOrderNumber: order.purchaseOrderNumber ?? '',
      purchaseOrderDate: orderedOn(order),
      type: 'DI',
      currency,
      references: [{ qualifier: 'VN', value: fittingId(order.orderId, 30) }],
      parties: shipTo(order),
      terms: {
        typeCode: '01',
        basisCode: '3',
        netDays: netDays(billed.paymentTerms),
        description: billed.paymentTerms ?? null,
      },
      shippedOn: shipment.shippedAt,
      lines: billed.lines.flatMap((charged) => {
        const line = lineOf(order, charged.lineNumber);
        if (line === undefined) return [];
        return [
          {
            assignedId: assignedId(line),
            ...inOrderedUnit(line, charged.quantity),
            unitPrice: pricePerOrderedUnit(line, charged.quantity, currency, charged.goods),
            identifiers: identifiersOf(line),
            description: line.description ?? null,
            ...(isMoney(charged.discount) && {
              allowances: [{ indicator: 'A' as const, code: 'C310', amount: charged.discount }],
            }),
          },
        ];
      }),
      total: billed.total,
      taxes: taxes.map((amount) => ({ typeCode: 'TX', amount })),
      allowances: [
        ...(isMoney(billed.discount)
          ? [{ indicator: 'A' as const, code: 'C310', amount: billed.discount }]
          : []),
        ...(isMoney(billed.shipping)
          ? [{ indicator: 'C' as const, code: 'D240', amount: billed.shipping }]
          : []),
      ],
      carrier: { code: carrierCode(shipment.carrier), name: shipment.carrier, method: 'U' },
    },
    envelopeOf(partner, stamp),
  );

  function isMoney(amount: string): boolean {
    return minus(amount, '0', currency) !== minus('0', '0', currency);
  }
}

function netDays(terms: string | undefined): number | null {
  const days = /^NET(\d+)$/.exec(terms ?? '')?.[1];
  return days === undefined ? null : Number(days);
}
