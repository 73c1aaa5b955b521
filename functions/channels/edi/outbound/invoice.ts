import type { OrderEventOf } from '../../../../domain/order/events.ts';
import type { Order, Shipment } from '../../../../domain/order/order.ts';
import { writeInvoice } from '../x12/index.ts';
import { chargesOf } from './charges.ts';
import { carrierOf, envelopeOf, fittingId, type Partner, type Stamp } from './common.ts';

/** The 810: what a shipment costs, as finance books it. */
export function invoice(
  order: Order,
  shipment: Shipment,
  billed: OrderEventOf<'InvoiceRequested'>['data'],
  partner: Partner,
  stamp: Stamp,
): string {
  return writeInvoice(
    {
      ...chargesOf(order, billed),
      invoiceNumber: fittingId(billed.invoiceId, 22),
      date: billed.invoiceDate,
      type: 'DI',
      references: [{ qualifier: 'VN', value: fittingId(order.orderId, 30) }],
      shippedOn: shipment.shippedAt,
      carrier: carrierOf(order, shipment.carrier),
    },
    envelopeOf(partner, stamp),
  );
}
