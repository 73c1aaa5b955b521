import type { Connection } from '../../../../contract/connections.ts';
import type { Line, Order } from '../../../../domain/order/order.ts';
import {
  inWritableSeparators,
  type OutgoingCarrier,
  type OutgoingEnvelope,
  type OutgoingParty,
  type WrittenSeparators,
} from '../x12/index.ts';

export type Partner = Extract<Connection, { kind: 'EDI' }>;

/**
 * Sends a document to the partner.
 *
 * @param name of the document, the same for every attempt
 * @throws Busy when the partner did not take it
 */
export type Deliver = (partner: Partner, name: string, content: string) => Promise<void>;

/** @returns whether documents can be sent to the partner; otherwise they wait */
export function isReachable({ settings }: Partner): boolean {
  return settings.deliverTo !== undefined || settings.sftp !== undefined;
}

/** When a document is made, under which number and in which separators. */
export interface Stamp {
  readonly now: string;
  readonly controlNumber: number;
  readonly separators?: WrittenSeparators;
  /** Whether it is about a test order. @default false */
  readonly isTest?: boolean;
}

/** From us to the partner, in the version that was agreed with it. */
export function envelopeOf(
  { settings }: Partner,
  { now, controlNumber, separators, isTest = false }: Stamp,
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
    usage: isTest ? 'T' : 'P',
    version: settings.x12Version ?? '004010',
    ...(separators && { separators }),
  };
}

/** @returns the separators that were agreed with the partner; undefined where none were */
export function separatorsOf({ settings: { separators } }: Partner): WrittenSeparators | undefined {
  if (separators === undefined) return undefined;
  const { segment: terminator, lineBreak, ...others } = separators;
  return { ...others, terminator, lineBreak: lineBreak ? '\n' : '' };
}

/**
 * Writes a document in the separators that were agreed with the partner, else in those that it can be written in.
 *
 * @throws UnwritableDocument when it cannot be written in them
 */
export function inSeparatorsOf(partner: Partner, write: (separators: WrittenSeparators) => string): string {
  const agreed = separatorsOf(partner);
  return agreed === undefined ? inWritableSeparators(write) : write(agreed);
}

const HOUR = 3_600_000;

/** @returns until when the partner is to acknowledge what it was sent at an instant; undefined where it never does */
export function acknowledgeBy({ settings }: Partner, sentAt: string): string | undefined {
  const hours = settings.acknowledgeWithinHours ?? 24;
  return hours === 0 ? undefined : new Date(Date.parse(sentAt) + hours * HOUR).toISOString();
}

/** The note of a cancellation that the partner asked for, by an 850 or 860. */
export const CANCELLED_BY_PARTNER = 'Cancelled by the trading partner';

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

/** The segments of one kind that the partner wrote of an order or line. */
export function saidOf({ channelData = [] }: Pick<Order | Line, 'channelData'>, id: string): string[][] {
  return channelData.flatMap(({ raw = [] }) => (raw[0]?.[0] === id ? raw.slice(0, 1) : []));
}

/**
 * The parties of an order as the partner named them, with their numbers. Where the goods go is said as it is now: we may
 * have found the address, or changed it.
 */
export function partiesOf(order: Order): readonly OutgoingParty[] {
  const said = (order.channelData ?? []).flatMap(({ kind, raw }) =>
    kind === 'PARTY' && raw !== undefined ? [partyFrom(raw)] : [],
  );
  const { shipTo: address, customer } = order;
  const place = said.find(({ role }) => role === 'ST') ?? { role: 'ST' };
  const shipTo = {
    ...place,
    name: address?.name || place.name || customer.name,
    addressLines: [address?.address1, address?.address2].filter((line) => line !== undefined),
    city: address?.city ?? null,
    region: address?.region ?? null,
    postalCode: address?.postalCode ?? null,
    country: address?.country ?? null,
  };
  return [shipTo, ...said.filter(({ role }) => role !== 'ST')];
}

function partyFrom(raw: readonly (readonly string[])[]): OutgoingParty {
  const find = (id: string) => raw.find(([each]) => each === id) ?? [];
  const [, role = '', name, idQualifier, id] = find('N1');
  const [, city, region, postalCode, country] = find('N4');
  const addressLines = raw.filter(([each]) => each === 'N3').flatMap(([, ...lines]) => lines.slice(0, 2));
  return {
    ...{ role, name: name || null, addressLines, city, region, postalCode, country },
    ...(idQualifier && id && { idQualifier, id }),
  };
}

/** Standard Carrier Alpha Codes of carriers that go by their name alone. */
const CARRIER_CODES: Readonly<Record<string, string>> = {
  UPS: 'UPSN',
  FEDEX: 'FDEG',
  USPS: 'USPS',
  DHL: 'DHLC',
};

/**
 * The carrier of a shipment. Its code is the one that the order's routing (TD5) gives to a carrier of this name, or a
 * common one; a code that nobody gave is left out.
 */
export function carrierOf(order: Order, carrier: string): OutgoingCarrier {
  const letters = (name: string) => name.toUpperCase().replace(/[^A-Z]/g, '');
  const asked = saidOf(order, 'TD5').find(
    ([, , , code = '', , name = '']) =>
      [letters(code), letters(name)].includes(letters(carrier)) && letters(carrier) !== '',
  );
  const isCoded = asked?.[2] === '2' && (asked[3] ?? '') !== '';
  const known = CARRIER_CODES[letters(carrier)];
  return {
    code: isCoded ? (asked[3] ?? null) : (known ?? null),
    name: carrier,
    method: asked?.[4] || (known === undefined ? null : 'U'),
  };
}

/** An identifier of ours as X12 has room for it; ours end with what distinguishes them. */
export function fittingId(id: string, most: number): string {
  return id.slice(-most);
}
