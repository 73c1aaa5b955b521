import { formatDecimal } from '../order/decimal.ts';
import { sum } from '../order/lines.ts';
import { type OutgoingEnvelope, type OutgoingSegment, writeInterchange } from '../writer.ts';
import { type OutgoingIdentifier, type OutgoingParty, partySegments, products, x12Date } from './common.ts';

/** What can be had of a product. */
export interface AdvisedItem {
  readonly identifiers: readonly OutgoingIdentifier[];
  /** Whole units that can be ordered. */
  readonly quantity: string;
  /** Element 355, for example `EA`, `CA`. */
  readonly unit: string;
}

/** What an 846 says: the stock that a partner can order of. */
export interface InventoryAdvice {
  /** BIA02 (element 755), for example `SI` seller inventory report. */
  readonly reportType: string;
  /** BIA03: names the document. */
  readonly reference: string;
  /** The instant that the quantities are of. */
  readonly at: string;
  /** Where the stock is; null where nobody states it. */
  readonly location: OutgoingParty | null;
  readonly items: readonly AdvisedItem[];
}

/** Element 673: quantity available for sale. */
const AVAILABLE = '33';
/** Element 374: effective. */
const EFFECTIVE = '007';

/**
 * Writes an 846, alone in its interchange.
 *
 * @throws UnwritableDocument when a value does not fit
 */
export function writeInventoryAdvice(advice: InventoryAdvice, envelope: OutgoingEnvelope): string {
  const { reportType, reference, at, location, items } = advice;
  const date = x12Date(at);
  const time = at.slice(11, 16).replace(':', '');
  const segments: OutgoingSegment[] = [
    ['BIA', '00', reportType, reference, date, time],
    ['DTM', EFFECTIVE, date, time],
    ...(location === null ? [] : partySegments(location)),
    ...items.flatMap(({ identifiers, quantity, unit }, index): OutgoingSegment[] => [
      ['LIN', String(index + 1), ...products(identifiers)],
      ['QTY', AVAILABLE, quantity, { components: [unit] }],
    ]),
    ['CTT', String(items.length), formatDecimal(sum(items.map(({ quantity }) => quantity)))],
  ];
  return writeInterchange(envelope, 'IB', [{ id: '846', segments }]);
}
