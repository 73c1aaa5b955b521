import type { OutgoingSegment } from '../writer.ts';
import { text } from '../writer.ts';

/** A product number: qualifier (element 235) and value. Give back those that the partner ordered by, unchanged. */
export interface OutgoingIdentifier {
  readonly qualifier: string;
  readonly value: string;
}

/** A reference (REF): qualifier (element 128) and value. */
export interface OutgoingReference {
  readonly qualifier: string;
  readonly value: string;
}

/** A party (N1 loop). */
export interface OutgoingParty {
  /** Element 98: `ST` ship to, `SF` ship from, `BT` bill to, `RE` remit to. */
  readonly role: string;
  readonly name?: string | null;
  readonly idQualifier?: string | null;
  readonly id?: string | null;
  readonly addressLines?: readonly string[];
  readonly city?: string | null;
  readonly region?: string | null;
  readonly postalCode?: string | null;
  readonly country?: string | null;
}

/** The carrier of a shipment. */
export interface OutgoingCarrier {
  /** Standard Carrier Alpha Code; null where neither the order nor a list has it. */
  readonly code: string | null;
  readonly name?: string | null;
  /** Element 91: `M` motor, `U` parcel service, `A` air; null where nobody states it. */
  readonly method: string | null;
}

/** Segments of the partner's own purchase order, each with its id and elements, to be given back as they came. */
export type GivenBack = readonly (readonly string[])[];

/** Segments that came in are written as they came. */
export function givenBack(segments: GivenBack | undefined): OutgoingSegment[] {
  return (segments ?? []).map(([id = '', ...elements]) => [id, ...elements.map((value) => value || null)]);
}

/** CCYYMMDD of `YYYY-MM-DD`. */
export function x12Date(date: string): string {
  return date.slice(0, 10).replaceAll('-', '');
}

/** The qualifier and value of each product number, one behind the other, as PO1, IT1, LIN and ACK want them. */
export function products(identifiers: readonly OutgoingIdentifier[]): string[] {
  return identifiers.flatMap((one) => [one.qualifier, one.value]);
}

export function references(all: readonly OutgoingReference[]): OutgoingSegment[] {
  return all.map((one) => ['REF', one.qualifier, one.value]);
}

export function dateSegment(qualifier: string, date: string | null | undefined): OutgoingSegment[] {
  return date === null || date === undefined ? [] : [['DTM', qualifier, x12Date(date)]];
}

/**
 * The segments of one party. N1 needs a name or a number. What an address says and X12 has no room for is left out, N4
 * altogether where nothing remains; a region that has no code of two letters is named in its place.
 */
export function partySegments(party: OutgoingParty): OutgoingSegment[] {
  const identified = party.idQualifier !== null && party.idQualifier !== undefined;
  const segments: OutgoingSegment[] = [
    [
      'N1',
      party.role,
      text(party.name, 60),
      identified ? party.idQualifier : null,
      identified ? party.id : null,
    ],
  ];
  const lines = (party.addressLines ?? []).filter((line) => line.trim() !== '');
  for (let index = 0; index < Math.min(lines.length, 4); index += 2) {
    segments.push(['N3', text(lines[index], 55), text(lines[index + 1], 55)]);
  }
  const { city, region, postalCode, country } = party;
  const isCode = /^[A-Za-z]{2}$/.test(region ?? '');
  const place = [
    ...([text(city, 30, 2), isCode ? (region ?? null) : null, text(postalCode, 15, 3)] as const),
    ...([text(country, 3, 2), ...(isCode || !region?.trim() ? [] : ['SP', text(region, 30)])] as const),
  ];
  if (place.some((one) => one !== null)) segments.push(['N4', ...place]);
  return segments;
}

/** A product description in plain words (PID). */
export function descriptionSegments(description: string | null | undefined): OutgoingSegment[] {
  const words = text(description, 80);
  return words === null ? [] : [['PID', 'F', '08', null, null, words]];
}
