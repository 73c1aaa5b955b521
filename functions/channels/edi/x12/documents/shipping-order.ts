import { formatDecimal } from '../order/decimal.ts';
import { sum } from '../order/lines.ts';
import { type OutgoingEnvelope, type OutgoingSegment, text, writeInterchange } from '../writer.ts';
import { type OutgoingIdentifier, type OutgoingParty, partySegments, products, x12Date } from './common.ts';

/** Units of an order line that a warehouse is to ship, of one lot. */
export interface OrderedItem {
  /** Our number of the line, which the advice gives back. */
  readonly lineNumber: string;
  /** Single units. */
  readonly quantity: string;
  /** Ours first; a warehouse gets three of them at most. */
  readonly identifiers: readonly OutgoingIdentifier[];
  readonly description?: string | null;
  readonly lotNumber?: string | null;
  /** Single units in a case. */
  readonly pack?: number | null;
}

/** What a 940 says: what a warehouse is to ship where, or that it is to ship nothing any more. Dates are `YYYY-MM-DD`. */
export interface ShippingOrder {
  /** Element 473: `N` original, `R` change, which has all lines as they are now, `F` cancellation. */
  readonly status: 'N' | 'R' | 'F';
  /** By which the warehouse knows the order, and names it in its advice. */
  readonly number: string;
  readonly purchaseOrderNumber: string | null;
  readonly parties: readonly OutgoingParty[];
  /** Qualifier (element 128) and value. */
  readonly references: readonly { readonly qualifier: string; readonly value: string }[];
  /** Qualifier (element 432), for example `37` ship not before, and day. */
  readonly dates: readonly { readonly qualifier: string; readonly date: string }[];
  readonly note: string | null;
  readonly carrier: {
    /** Element 146, for example `PP` prepaid, `CC` collect. */
    readonly payment: string;
    /** Element 91, for example `M` motor, `T` what the shipper thinks best. */
    readonly method: string;
    readonly routing: string | null;
    /** Standard Carrier Alpha Code. */
    readonly code: string | null;
  };
  readonly items: readonly OrderedItem[];
}

const NOTE_CHARACTERS = 80;
const MAX_NOTES = 20;
const MAX_REFERENCES = 10;

/**
 * Writes a 940, alone in its interchange.
 *
 * @throws UnwritableDocument when a value does not fit
 */
export function writeShippingOrder(order: ShippingOrder, envelope: OutgoingEnvelope): string {
  const { payment, method, routing, code } = order.carrier;
  const segments: OutgoingSegment[] = [
    ['W05', order.status, order.number, order.purchaseOrderNumber],
    ...order.parties.slice(0, 10).flatMap(partySegments),
    ...order.references
      .slice(0, MAX_REFERENCES)
      .map(({ qualifier, value }): OutgoingSegment => ['N9', qualifier, value]),
    ...order.dates.map(({ qualifier, date }): OutgoingSegment => ['G62', qualifier, x12Date(date)]),
    ...notes(order.note),
    ['W66', payment, method, null, null, text(routing, 35), null, null, null, null, code],
    ...order.items.flatMap(itemSegments),
    ...(order.items.length === 0
      ? []
      : [['W76', formatDecimal(sum(order.items.map(({ quantity }) => quantity)))] as const]),
  ];
  return writeInterchange(envelope, 'OW', [{ id: '940', segments }]);
}

function itemSegments(item: OrderedItem, index: number): OutgoingSegment[] {
  const [first, second, third] = item.identifiers.map((one) => products([one]));
  const [blank, unused] = [[null, null], Array(7).fill(null)];
  return [
    ['LX', String(index + 1)],
    [
      'W01',
      item.quantity,
      'EA',
      null,
      ...(first ?? blank),
      ...(second ?? blank),
      ...unused,
      ...(third ?? []),
    ],
    ...(item.description ? [['G69', text(item.description, 45)] as const] : []),
    ['N9', 'LI', item.lineNumber],
    ...(item.lotNumber ? [['N9', 'LT', item.lotNumber] as const] : []),
    ...(item.pack ? [['W20', String(item.pack)] as const] : []),
  ];
}

/** A text in as many segments as it takes; what is left of a very long one is cut. */
function notes(note: string | null): OutgoingSegment[] {
  const words = (note ?? '').replace(/\s+/g, ' ').trim();
  const count = Math.min(MAX_NOTES, Math.ceil(words.length / NOTE_CHARACTERS));
  return Array.from({ length: count }, (_, index) => [
    'NTE',
    'WHI',
    text(words.slice(index * NOTE_CHARACTERS, (index + 1) * NOTE_CHARACTERS), NOTE_CHARACTERS),
  ]);
}
