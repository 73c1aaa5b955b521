import { PartnerItemRequest, PartnerLocationRequest } from '../../../../contract/partner-masters.ts';
import type { MasterEntry, MasterKind } from '../../core/partner-master-store.ts';
import type { DocumentLine, Party } from '../x12/index.ts';

/** What we know of a partner's own numbers, as far as a document names them. */
export interface PartnerMasters {
  /** By the buyer's number, U.P.C. or GTIN. */
  readonly items: ReadonlyMap<string, PartnerItemRequest>;
  /** By the partner's code for the place (N104). */
  readonly locations: ReadonlyMap<string, PartnerLocationRequest>;
}

/** A partner whose numbers nobody has entered. */
export const NO_MASTERS: PartnerMasters = { items: new Map(), locations: new Map() };

type Document = { readonly shipTo: Party | null; readonly lines: readonly DocumentLine[] };

/** @returns what is known of the codes that documents name: places without an address, and numbers of products */
export async function mastersFor(
  documents: readonly Document[],
  find: ((kind: MasterKind, codes: readonly string[]) => Promise<readonly MasterEntry[]>) | undefined,
): Promise<PartnerMasters> {
  if (find === undefined) return NO_MASTERS;
  const places = documents.flatMap(({ shipTo, lines }) => [shipTo, ...lines.map((line) => line.shipTo)]);
  const codes = places.flatMap((place) => (place?.city === null && place.id !== null ? [place.id] : []));
  // Our own number with its pack needs no list.
  const numbers = documents
    .flatMap(({ lines }) => lines)
    .filter(({ item, eaches }) => eaches === null || !OUR_NUMBERS.has(item?.qualifier ?? ''))
    .flatMap(({ identifiers }) => identifiers.map(({ value }) => value));
  const [locations, items] = await Promise.all([find('LOCATION', codes), find('ITEM', numbers)]);
  return {
    locations: new Map(locations.map(({ code, value }) => [code, PartnerLocationRequest.parse(value)])),
    items: new Map(items.map(({ code, value }) => [code, PartnerItemRequest.parse(value)])),
  };
}

/** Numbers of products that are ours (element 235): the seller's item, part and catalog number. */
export const OUR_NUMBERS: ReadonlySet<string> = new Set(['VN', 'VP', 'VC', 'VA', 'SA']);
