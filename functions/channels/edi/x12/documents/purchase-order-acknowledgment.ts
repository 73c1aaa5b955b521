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
  /** When it will ship, `YYYY-MM-DD`. */
  readonly shipDate?: string | null;
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
}

/** What an 855 says: how each line of a purchase order was taken. Dates are `YYYY-MM-DD`. */
export interface PurchaseOrderAcknowledgment {
  /** Element 353; `00` original unless said otherwise. */
  readonly purpose?: string;
  /** Element 587: `AC` with detail and change, `AD` with detail, no change, `RD` rejected with detail. */
  readonly type: string;
  readonly purchaseOrderNumber: string;
  readonly purchaseOrderDate: string;
  /** Our order number. */
  readonly orderNumber: string;
  readonly acknowledgedOn: string;
  readonly releaseNumber?: string | null;
  /** REF, FOB, ITD and TD5 of the purchase order. */
  readonly references?: GivenBack;
  readonly freight?: GivenBack;
  readonly terms?: GivenBack;
  readonly routing?: GivenBack;
  /** When the bulk ships (DTM 068). */
  readonly shipDate?: string | null;
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
    ...dateSegment('068', document.shipDate),
    ...givenBack(document.routing),
    ...document.parties.flatMap(partySegments),
    ...document.lines.flatMap(lineSegments),
    ['CTT', String(document.lines.length), formatDecimal(sum(document.lines.map((line) => line.quantity)))],
  ];
  return writeInterchange(envelope, 'PR', [{ id: '855', segments }]);
}

function lineSegments(line: AcknowledgedLine): OutgoingSegment[] {
  return [
    ['PO1', line.assignedId, line.quantity, line.unit, line.unitPrice, null, ...products(line.identifiers)],
    ...givenBack(line.references),
    ...line.statuses.map((status): OutgoingSegment => {
      const { shipDate } = status;
      const date = shipDate === null || shipDate === undefined ? [] : ['068', x12Date(shipDate)];
      return ['ACK', status.code, status.quantity, status.unit, ...date];
    }),
  ];
}
