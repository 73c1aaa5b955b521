import type { Connection } from '../../../../contract/connections.ts';
import { minus } from '../../../../domain/money.ts';
import type { OrderEventOf } from '../../../../domain/order/events.ts';
import { allocated, isGoods, type Line, type Order, type Shipment } from '../../../../domain/order/order.ts';
import {
  type AcknowledgedLine,
  type LineStatus,
  type LogisticUnit,
  type OutgoingEnvelope,
  type OutgoingParty,
  type ShippedItem,
  writeInvoice,
  writePurchaseOrderAcknowledgment,
  writeShipNotice,
} from '../../../x12/index.ts';
import { inOrderedUnit, pricePerOrderedUnit } from './ordered-unit.ts';

export type Partner = Extract<Connection, { kind: 'EDI' }>;

/** When a document is made and under which number. */
export interface Stamp {
  readonly now: string;
  readonly controlNumber: number;
}

/** The 855: what became of each line when stock was reserved for it. */
export function acknowledgment(order: Order, partner: Partner, stamp: Stamp): string {
  const lines = order.lines.filter(isGoods).map((line) => acknowledgedLine(line, order.currency));
  const statuses = lines.flatMap((line) => line.statuses.map(({ code }) => code));
  return writePurchaseOrderAcknowledgment(
    {
      type: acknowledgmentType(statuses),
      purchaseOrderNumber: order.purchaseOrderNumber ?? '',
      purchaseOrderDate: orderedOn(order),
      orderNumber: order.orderId,
      acknowledgedOn: stamp.now,
      parties: shipTo(order),
      lines,
    },
    envelopeOf(partner, stamp),
  );
}

/** The 855 that takes back what was acknowledged: we cancelled the order, or what was left of it. */
export function withdrawal(order: Order, partner: Partner, stamp: Stamp): string {
  return writePurchaseOrderAcknowledgment(
    {
      purpose: '01',
      type: 'RD',
      purchaseOrderNumber: order.purchaseOrderNumber ?? '',
      purchaseOrderDate: orderedOn(order),
      orderNumber: order.orderId,
      acknowledgedOn: stamp.now,
      parties: shipTo(order),
      lines: order.lines.filter(isGoods).map((line) => ({
        ...acknowledgedLine(line, order.currency),
        statuses: [{ code: 'IR', ...inOrderedUnit(line, line.ordered) }],
      })),
    },
    envelopeOf(partner, stamp),
  );
}

/** The 856: what is on its way, down to label, lot and expiry. */
export function shipNotice(
  order: Order,
  shipment: Shipment,
  labels: readonly string[],
  partner: Partner,
  stamp: Stamp,
): string {
  return writeShipNotice(
    {
      shipmentNumber: shipment.shipmentId,
      date: stamp.now,
      time: stamp.now.slice(11, 16).replace(':', ''),
      lading: { packaging: 'CTN25', count: labels.length },
      carrier: {
        code: carrierCode(shipment.carrier),
        name: shipment.carrier,
        method: 'U',
      },
      references: [{ qualifier: 'CN', value: shipment.trackingNumber.slice(0, 30) }],
      shippedOn: shipment.shippedAt,
      parties: shipTo(order),
      orders: [
        {
          purchaseOrderNumber: order.purchaseOrderNumber ?? '',
          purchaseOrderDate: orderedOn(order),
          units: packed(shippedItems(order, shipment), labels),
        },
      ],
    },
    envelopeOf(partner, stamp),
  );
}

/** @returns how many labelled units a shipment has; no more than there are items to put into them. */
export function unitsOf(order: Order, shipment: Shipment): number {
  return Math.max(1, Math.min(shipment.packages ?? 1, shippedItems(order, shipment).length));
}

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
      // X12 gives an invoice number 22 characters; our ids end with what tells them apart.
      invoiceNumber: billed.invoiceId.slice(-22),
      date: billed.invoiceDate,
      purchaseOrderNumber: order.purchaseOrderNumber ?? '',
      purchaseOrderDate: orderedOn(order),
      type: 'DI',
      currency,
      references: [{ qualifier: 'VN', value: order.orderId }],
      parties: shipTo(order),
      terms: {
        typeCode: '01',
        basisCode: '3',
        netDays: netDays(billed.paymentTerms),
        description: billed.paymentTerms ?? null,
      },
      shippedOn: shipment.shippedAt,
      lines: billed.lines.flatMap((charged) => {
        const line = order.lines.find(({ lineNumber }) => lineNumber === charged.lineNumber);
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

function envelopeOf({ settings }: Partner, { now, controlNumber }: Stamp): OutgoingEnvelope {
  return {
    sender: {
      qualifier: settings.ourIsaQualifier,
      id: settings.ourIsaId,
      groupId: settings.ourGsId,
    },
    receiver: { qualifier: settings.isaQualifier, id: settings.isaId, groupId: settings.gsId },
    date: now.slice(0, 10).replaceAll('-', ''),
    time: now.slice(11, 16).replace(':', ''),
    controlNumber,
    usage: 'P',
    version: '004010',
  };
}

function acknowledgedLine(line: Line, currency: string): AcknowledgedLine {
  return {
    assignedId: assignedId(line),
    ...inOrderedUnit(line, line.ordered),
    unitPrice: pricePerOrderedUnit(line, line.ordered, currency),
    identifiers: identifiersOf(line),
    statuses: statusesOf(line),
  };
}

/** Accepted, backordered and cancelled units of a line; what has shipped was accepted. */
function statusesOf(line: Line): readonly LineStatus[] {
  const status = (code: string, quantity: number) =>
    quantity === 0 ? [] : [{ code, ...inOrderedUnit(line, quantity) }];
  return [
    ...status('IA', allocated(line) + line.shipped),
    ...status('IB', line.backordered),
    ...status('IR', line.cancelled),
  ];
}

function acknowledgmentType(codes: readonly string[]): string {
  if (codes.every((code) => code === 'IA')) return 'AD';
  return codes.every((code) => code === 'IR') ? 'RD' : 'AC';
}

function shippedItems(order: Order, shipment: Shipment): readonly ShippedItem[] {
  return shipment.lines.flatMap(({ lineNumber, lots }) => {
    const line = order.lines.find((each) => each.lineNumber === lineNumber);
    if (line === undefined) return [];
    const { quantity: orderedQuantity, unit: orderedUnit } = inOrderedUnit(line, line.ordered);
    return lots.map(
      ({ lotNumber, expiryDate, quantity }): ShippedItem => ({
        assignedId: assignedId(line),
        identifiers: identifiersOf(line),
        ...inOrderedUnit(line, quantity),
        orderedQuantity,
        orderedUnit,
        description: line.description ?? null,
        lotNumber: lotNumber.slice(0, 48),
        expiryDate,
      }),
    );
  });
}

/** Which item lies in which unit nobody tells us: they are laid in one after another, evenly. */
function packed(items: readonly ShippedItem[], labels: readonly string[]): readonly LogisticUnit[] {
  return labels.map((sscc, unit) => ({
    sscc,
    items: items.filter((_, index) => Math.floor((index * labels.length) / items.length) === unit),
  }));
}

function identifiersOf(line: Line) {
  const own = line.orderedAs?.products ?? [];
  return own.length > 0 ? own : [{ qualifier: 'VN', value: line.sku ?? '' }];
}

function assignedId(line: Line): string {
  return line.channelLineId ?? String(line.lineNumber);
}

function orderedOn(order: Order): string {
  return order.purchaseOrderDate ?? order.receivedAt;
}

function shipTo({ shipTo: address, customer }: Order): readonly OutgoingParty[] {
  const lines = [address?.address1, address?.address2].filter((line) => line !== undefined);
  return [
    {
      role: 'ST',
      name: address?.name || customer.name,
      addressLines: lines,
      city: address?.city ?? null,
      region: address?.region?.slice(0, 2) ?? null,
      postalCode: address?.postalCode?.slice(0, 15) ?? null,
      country: address?.country || null,
    },
  ];
}

/** Standard Carrier Alpha Codes of the carriers that we ship with; others by the letters of their name. */
const CARRIER_CODES: Readonly<Record<string, string>> = {
  UPS: 'UPSN',
  FEDEX: 'FDEG',
  USPS: 'USPS',
  DHL: 'DHLC',
};

function carrierCode(carrier: string): string {
  const letters = carrier.toUpperCase().replace(/[^A-Z]/g, '');
  return CARRIER_CODES[letters] ?? (letters.slice(0, 4).padEnd(2, 'X') || 'XXXX');
}

function netDays(terms: string | undefined): number | null {
  const days = /^NET(\d+)$/.exec(terms ?? '')?.[1];
  return days === undefined ? null : Number(days);
}
