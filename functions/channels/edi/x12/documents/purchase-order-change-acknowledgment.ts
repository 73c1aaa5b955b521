import { type OutgoingEnvelope, type OutgoingSegment, writeInterchange } from '../writer.ts';
import { givenBack, partySegments, products, x12Date } from './common.ts';
import {
  type AcknowledgedLine,
  answerSegments,
  controlTotals,
  type PurchaseOrderAcknowledgment,
} from './purchase-order-acknowledgment.ts';

export interface AcknowledgedChangeLine extends AcknowledgedLine {
  /** Element 670: `AI` added, `CA` changed, `DI` deleted, `NC` not changed. */
  readonly change: string;
  /** In the unit ordered. */
  readonly leftToShip: string;
}

/** What an 865 says: how a change of a purchase order was taken. Dates are `YYYY-MM-DD`. */
export interface PurchaseOrderChangeAcknowledgment extends Omit<PurchaseOrderAcknowledgment, 'lines'> {
  /** BCH05 and BCH11 of the change, where they are known. */
  readonly changeSequence?: string | null;
  readonly changedOn?: string | null;
  readonly lines: readonly AcknowledgedChangeLine[];
}

/**
 * Writes an 865, alone in its interchange.
 *
 * @throws UnwritableDocument when a value does not fit
 */
export function writePurchaseOrderChangeAcknowledgment(
  document: PurchaseOrderChangeAcknowledgment,
  envelope: OutgoingEnvelope,
): string {
  const { purpose = '04', type, purchaseOrderNumber, purchaseOrderDate, orderNumber, lines } = document;
  const segments: OutgoingSegment[] = [
    [
      ...(['BCA', purpose, type, purchaseOrderNumber, document.releaseNumber] as const),
      ...[document.changeSequence, x12Date(purchaseOrderDate), null, null, orderNumber],
      ...[x12Date(document.acknowledgedOn), document.changedOn ? x12Date(document.changedOn) : null],
    ],
    ...givenBack(document.references),
    ...givenBack(document.freight),
    ...givenBack(document.terms),
    ...givenBack(document.routing),
    ...document.parties.flatMap(partySegments),
    ...lines.flatMap(lineSegments),
    ...(lines.length === 0 ? [] : [controlTotals(lines)]),
  ];
  return writeInterchange(envelope, 'CA', [{ id: '865', segments }]);
}

function lineSegments(line: AcknowledgedChangeLine): OutgoingSegment[] {
  const { assignedId, change, quantity, leftToShip, unit, unitPrice, identifiers } = line;
  return [
    [
      ...([
        'POC',
        assignedId,
        change,
        quantity,
        leftToShip,
        { components: [unit] },
        unitPrice,
        null,
      ] as const),
      ...products(identifiers),
    ],
    ...answerSegments(line),
  ];
}
