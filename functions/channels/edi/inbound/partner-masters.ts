import type { Address } from '../../../../domain/order/terms.ts';

/** Something that a partner orders by a number of its own. */
export interface PartnerItem {
  readonly sku: string;
  /** Single units in one of the unit that the partner orders by. */
  readonly unitsPerCase?: number | undefined;
  readonly unit?: string | undefined;
}

/** A place of a partner. */
export interface PartnerLocation {
  readonly name?: string | undefined;
  readonly address: Address;
}

/** What we know of a partner's own numbers, as far as a document names them. */
export interface PartnerMasters {
  /** By the buyer's number, U.P.C. or GTIN. */
  readonly items: ReadonlyMap<string, PartnerItem>;
  /** By the partner's code for the place (N104). */
  readonly locations: ReadonlyMap<string, PartnerLocation>;
}

/** A partner whose numbers nobody has entered. */
export const NO_MASTERS: PartnerMasters = { items: new Map(), locations: new Map() };
