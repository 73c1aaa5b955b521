import { formatDecimal } from '../order/decimal.ts';
import { sum } from '../order/lines.ts';
import { type OutgoingEnvelope, type OutgoingSegment, writeInterchange } from '../writer.ts';
import {
  dateSegment,
  type GivenBack,
  givenBack,
  type OutgoingIdentifier,
  type OutgoingParty,
  partySegments,
  products,
  x12Date,
} from './common.ts';

/** What becomes of some of a line (ACK). The quantities of a line's statuses add up to what was ordered. */
export interface LineStatus {
  /**
   * Element 668: `IA` accepted, `IQ` accepted with a changed quantity, `IB` backordered, `IR` rejected, `ID` deleted,
   * `IP` accepted with a changed price.
   */
  readonly code: string;
  readonly quantity: string;
  readonly unit: string;
  readonly scheduled?: Scheduled | null;
}

/** A day on which goods ship (element 374 `068`) or arrive (`067`), `YYYY-MM-DD`. */
export interface Scheduled {
  readonly qualifier: '067' | '068';
  readonly date: string;
}

export interface AcknowledgedLine {
  /** The partner's own number of the line. */
  readonly assignedId: string;
  /** As ordered, in the unit ordered. */
  readonly quantity: string;
  readonly unit: string;
  readonly unitPrice: string | null;
  readonly identifiers: readonly OutgoingIdentifier[];
  readonly statuses: readonly LineStatus[];
  /** REF. */
  readonly references?: GivenBack;
  /** Where the line goes, of a purchase order whose lines go to several places: to one of them, or by SDQ. */
  readonly shipTo?: OutgoingParty | undefined;
  readonly distribution?: GivenBack | undefined;
}

/** What an 855 says: how each line of a purchase order was taken. Dates are `YYYY-MM-DD`. */
export interface PurchaseOrderAcknowledgment {
  /** Element 353; `00` original unless said otherwise. */
  readonly purpose?: string;
  /** Element 587: `AC` with detail and change, `AD` with detail, no change, `RD` rejected with detail. */
  readonly type: string;
  readonly purchaseOrderNumber: string;
  readonly purchaseOrderDate: string;
  /** Our order number; null where there is no order. */
  readonly orderNumber: string | null;
  readonly acknowledgedOn: string;
  readonly releaseNumber?: string | null;
  /** REF, FOB, ITD and TD5 of the purchase order. */
  readonly references?: GivenBack;
  readonly freight?: GivenBack;
  readonly terms?: GivenBack;
  readonly routing?: GivenBack;
  /** When all of it ships (DTM 068) or arrives (067), where that is one day. */
  readonly scheduled?: Scheduled | null;
  readonly parties: readonly OutgoingParty[];
  readonly lines: readonly AcknowledgedLine[];
}

/**
 * Writes an 855, alone in its interchange.
 *
 * @throws UnwritableDocument when a value does not fit
 */
export function writePurchaseOrderAcknowledgment(
  document: PurchaseOrderAcknowledgment,
  envelope: OutgoingEnvelope,
): string {
  const segments: OutgoingSegment[] = [
    [
      ...(['BAK', document.purpose ?? '00', document.type, document.purchaseOrderNumber] as const),
      ...[x12Date(document.purchaseOrderDate), document.releaseNumber, null, null, document.orderNumber],
      x12Date(document.acknowledgedOn),
    ],
    ...givenBack(document.references),
    ...givenBack(document.freight),
    ...givenBack(document.terms),
    ...(document.scheduled ? dateSegment(document.scheduled.qualifier, document.scheduled.date) : []),
    ...givenBack(document.routing),
    ...document.parties.flatMap(partySegments),
    ...document.lines.flatMap(lineSegments),
    ...(document.lines.length === 0 ? [] : [controlTotals(document.lines)]),
  ];
  return writeInterchange(envelope, 'PR', [{ id: '855', segments }]);
}

/** How many lines there are, and what their quantities add up to. */
export function controlTotals(lines: readonly AcknowledgedLine[]): OutgoingSegment {
  return ['CTT', String(lines.length), formatDecimal(sum(lines.map(({ quantity }) => quantity)))];
}

function lineSegments(line: AcknowledgedLine): OutgoingSegment[] {
  return [
    ['PO1', line.assignedId, line.quantity, line.unit, line.unitPrice, null, ...products(line.identifiers)],
    ...answerSegments(line),
  ];
}

/** What an 855 and an 865 say alike of a line. */
export function answerSegments(line: AcknowledgedLine): OutgoingSegment[] {
  return [
    ...givenBack(line.references),
    ...givenBack(line.distribution),
    ...line.statuses.map(({ code, quantity, unit, scheduled }): OutgoingSegment => {
      const date = scheduled ? [scheduled.qualifier, x12Date(scheduled.date)] : [];
      return ['ACK', code, quantity, unit, ...date];
    }),
    ...(line.shipTo === undefined ? [] : partySegments(line.shipTo)),
  ];
}
