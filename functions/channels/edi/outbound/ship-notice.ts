import { type LineQuantity, lineOf, type Order, type Shipment } from '../../../../domain/order/order.ts';
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

/**
 * The 856: what is on its way, down to lot and expiry. Packages are listed where the warehouse reported what is in each; else
 * their number is, and what is in which stays open.
 *
 * @param labels a Serial Shipping Container Code for each of `unlabelled`
 */
export function shipNotice(
  order: Order,
  shipment: Shipment,
  labels: readonly string[],
  partner: Partner,
  stamp: Stamp,
): string {
  const packages = shipment.packages ?? null;
  return writeShipNotice(
    {
      shipmentNumber: fittingId(shipment.shipmentId, 30),
      date: stamp.now,
      time: stamp.now.slice(11, 16).replace(':', ''),
      lading: packages === null ? null : { packaging: 'CTN25', count: packages },
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
          ...contentsOf(order, shipment, labels, partner.settings.shipNoticeLots ?? 'LOT_AND_EXPIRY'),
        },
      ],
    },
    envelopeOf(partner, stamp),
  );
}

/** @returns how many packages of a shipment have no label that we know. */
export function unlabelled({ packageContents = [] }: Shipment): number {
  return packageContents.filter(({ sscc }) => sscc === undefined).length;
}

/** What an 856 says of lots, as was agreed with the partner. */
type SaidLots = NonNullable<Partner['settings']['shipNoticeLots']>;

function contentsOf(order: Order, shipment: Shipment, labels: readonly string[], said: SaidLots) {
  const { packageContents } = shipment;
  if (packageContents === undefined) return { items: itemsOf(order, shipment.lines, said) };
  const free = labels.values();
  return {
    units: packageContents.map(({ sscc, lines }) => ({
      sscc: sscc ?? free.next().value ?? '',
      items: lines.flatMap((packed) => itemsOf(order, [withLots(packed, shipment)], said)),
    })),
  };
}

/** Units of a line in a package, with their lot: the one that was reported, or the only one that the line shipped of. */
function withLots({ lineNumber, quantity, lotNumber }: LineQuantity, { lines }: Shipment) {
  const lots = lines.flatMap((line) => (line.lineNumber === lineNumber ? line.lots : []));
  const [only] = lots.filter((lot) => lotNumber === undefined || lot.lotNumber === lotNumber);
  const isKnown = only !== undefined && lots.every((lot) => (lotNumber ?? only.lotNumber) === lot.lotNumber);
  const lot = lotNumber === undefined && !isKnown ? undefined : only;
  return { lineNumber, quantity, lots: lot === undefined ? [] : [{ ...lot, quantity }] };
}

type Shipped = Pick<Shipment['lines'][number], 'lineNumber' | 'quantity' | 'lots'>;

/** The goods by line and lot, in the units that were ordered. Units without a lot left from elsewhere, or are of several. */
function itemsOf(order: Order, lines: readonly Shipped[], said: SaidLots): readonly ShippedItem[] {
  return lines.flatMap(({ lineNumber, quantity: units, lots }) => {
    const line = lineOf(order, lineNumber);
    if (line === undefined) return [];
    const { quantity: orderedQuantity, unit: orderedUnit } = inOrderedUnit(line, line.ordered);
    const parts = lots.length === 0 || said === 'NONE' ? [{ quantity: units }] : lots;
    return parts.map((part): ShippedItem => {
      const { lotNumber, expiryDate } = 'lotNumber' in part ? part : {};
      return {
        ...inOrderedUnit(line, part.quantity),
        assignedId: assignedId(line),
        identifiers: identifiersOf(line),
        orderedQuantity,
        orderedUnit,
        description: line.description ?? null,
        lotNumber: lotNumber?.slice(0, 48) ?? null,
        expiryDate: said === 'LOT' ? null : (expiryDate ?? null),
        references: saidOf(line, 'REF'),
      };
    });
  });
}
