import { lineOf, type Order, type Shipment } from '../../../../domain/order/order.ts';
import { type ShippedItem, writeShipNotice } from '../x12/index.ts';
import {
  assignedId,
  carrierOf,
  envelopeOf,
  fittingId,
  identifiersOf,
  orderedOn,
  type Partner,
  partiesOf,
  type Stamp,
  saidOf,
} from './common.ts';
import { inOrderedUnit } from './ordered-unit.ts';
import { countOf, type PackedGoods, packEvenly } from './packing.ts';

/** A notice of more labels outgrows what its document may take; the number of packages is told all the same. */
const MAX_LABELS = 2000;

/** Some of a line, of one lot; its quantity is counted in packing. */
type Goods = Omit<ShippedItem, 'quantity'>;

/**
 * The 856: what is on its way, down to label, lot and expiry.
 *
 * @param labels a Serial Shipping Container Code for each of `labelsOf`
 */
export function shipNotice(
  order: Order,
  shipment: Shipment,
  labels: readonly string[],
  partner: Partner,
  stamp: Stamp,
): string {
  const packed = packEvenly(goodsOf(order, shipment), labels.length);
  return writeShipNotice(
    {
      shipmentNumber: fittingId(shipment.shipmentId, 30),
      date: stamp.now,
      time: stamp.now.slice(11, 16).replace(':', ''),
      lading: { packaging: 'CTN25', count: shipment.packages ?? labels.length },
      carrier: carrierOf(order, shipment.carrier),
      references: [{ qualifier: 'CN', value: shipment.trackingNumber.slice(0, 30) }],
      shippedOn: shipment.shippedAt,
      freightPayment: saidOf(order, 'FOB')[0]?.[1] ?? null,
      parties: partiesOf(order),
      orders: [
        {
          purchaseOrderNumber: order.purchaseOrderNumber ?? '',
          purchaseOrderDate: orderedOn(order),
          releaseNumber: order.releaseNumber ?? null,
          references: saidOf(order, 'REF'),
          units: labels.map((sscc, unit) => ({
            sscc,
            items: (packed[unit] ?? []).map(({ kind, count }) => ({ ...kind, quantity: String(count) })),
          })),
        },
      ],
    },
    envelopeOf(partner, stamp),
  );
}

/** @returns how many labelled units a shipment has: its packages, and no more than can have something in them. */
export function labelsOf(order: Order, shipment: Shipment): number {
  const most = Math.min(MAX_LABELS, countOf(goodsOf(order, shipment)));
  return Math.max(1, Math.min(shipment.packages ?? 1, most));
}

function goodsOf(order: Order, shipment: Shipment): readonly PackedGoods<Goods>[] {
  return shipment.lines.flatMap(({ lineNumber, lots }) => {
    const line = lineOf(order, lineNumber);
    if (line === undefined) return [];
    const { quantity: orderedQuantity, unit: orderedUnit } = inOrderedUnit(line, line.ordered);
    return lots.map(({ lotNumber, expiryDate, quantity }): PackedGoods<Goods> => {
      const counted = inOrderedUnit(line, quantity);
      const kind = {
        assignedId: assignedId(line),
        identifiers: identifiersOf(line),
        unit: counted.unit,
        orderedQuantity,
        orderedUnit,
        description: line.description ?? null,
        lotNumber: lotNumber.slice(0, 48),
        expiryDate,
        references: saidOf(line, 'REF'),
      };
      return { kind, count: Number(counted.quantity) };
    });
  });
}
