import { whatFitsInto } from './decide/size.ts';
import type { Order } from './order.ts';

/** What a search looks in, folded: the same whatever the case, the accents, or the width of the letters. */
export interface Searchable {
  /** Numbers, customer, SKUs and tracking numbers, one a line. */
  readonly text: string;
  /** Personal data, which not everybody who reads orders may search. */
  readonly email?: string | undefined;
}

/** The words of a search, each of which must be part of what is searched. */
export interface Search {
  readonly words: readonly string[];
  readonly inEmail: boolean;
}

/** Bytes of SKUs that are searched; the list by SKU finds the others. */
const MAX_SKU_BYTES = 50_000;

/** @returns what a search finds an order by: the numbers people name it by, its customer, its SKUs and parcels. */
export function searchableIn(order: Order): Searchable {
  const { orderId, externalId, channelOrderName, purchaseOrderNumber, customer, lines, shipments } = order;
  const skus = new Set(lines.flatMap(({ sku }) => sku ?? []));
  const parcels = shipments.flatMap(({ trackingNumber, packageContents = [] }) => [
    trackingNumber,
    ...packageContents.map((each) => each.trackingNumber),
  ]);
  const named = [
    orderId,
    externalId,
    channelOrderName,
    purchaseOrderNumber,
    customer.name,
    customer.reference,
    ...new Set(parcels),
    ...whatFitsInto([...skus], MAX_SKU_BYTES),
  ];
  return {
    text: folded(named.filter((each) => each !== undefined).join('\n')),
    ...(customer.email !== undefined && { email: folded(customer.email) }),
  };
}

/** @returns the words of what somebody typed, each once. */
export function wordsOf(search: string): readonly string[] {
  return [...new Set(folded(search).split(/\s+/).filter(Boolean))];
}

/** @returns whether every word is part of what is searched. */
export function isFoundBy({ words, inEmail }: Search, { text, email = '' }: Searchable): boolean {
  return words.every((word) => text.includes(word) || (inEmail && email.includes(word)));
}

function folded(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
}
