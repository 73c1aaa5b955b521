import type { Connection } from '../../../../contract/connections.ts';
import type { Line, Order } from '../../../../domain/order/order.ts';
import type { OutgoingEnvelope, OutgoingParty, WrittenSeparators } from '../x12/index.ts';

export type Partner = Extract<Connection, { kind: 'EDI' }>;

/** When a document is made, under which number and in which separators. */
export interface Stamp {
  readonly now: string;
  readonly controlNumber: number;
  readonly separators?: WrittenSeparators;
}

/** From us to the partner, in the version that was agreed with it. */
export function envelopeOf(
  { settings }: Partner,
  { now, controlNumber, separators }: Stamp,
): OutgoingEnvelope {
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
    version: settings.x12Version ?? '004010',
    ...(separators && { separators }),
  };
}

/** The product numbers that the partner ordered by. */
export function identifiersOf(line: Line) {
  const own = line.orderedAs?.products ?? [];
  return own.length > 0 ? own : [{ qualifier: 'VN', value: line.sku ?? '' }];
}

/** The partner's own number of the line. */
export function assignedId(line: Line): string {
  return line.channelLineId ?? String(line.lineNumber);
}

export function orderedOn(order: Order): string {
  return order.purchaseOrderDate ?? order.receivedAt;
}

export function shipTo({ shipTo: address, customer }: Order): readonly OutgoingParty[] {
  const lines = [address?.address1, address?.address2].filter((line) => line !== undefined);
  return [
    {
      role: 'ST',
      name: address?.name || customer.name,
      addressLines: lines,
      city: address?.city ?? null,
      region: address?.region ?? null,
      postalCode: address?.postalCode ?? null,
      country: address?.country ?? null,
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

export function carrierCode(carrier: string): string {
  const letters = carrier.toUpperCase().replace(/[^A-Z]/g, '');
  return CARRIER_CODES[letters] ?? (letters.slice(0, 4).padEnd(2, 'X') || 'XXXX');
}

/** An identifier of ours as X12 has room for it; ours end with what tells them apart. */
export function fittingId(id: string, most: number): string {
  return id.slice(-most);
}
