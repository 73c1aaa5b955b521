import { element, type Segment, type TransactionSet } from './types.ts';

/** What a partner says of one set of ours. */
export interface AcknowledgedSet {
  /** ST01 of our set. */
  readonly id: string;
  /** ST02 of our set. */
  readonly controlNumber: string;
  /** `A` accepted, `E` accepted with errors noted, `R` and its kin rejected. */
  readonly verdict: string;
  /** Element 718. */
  readonly errorCodes: readonly string[];
  readonly segmentErrors: readonly AcknowledgedSegmentError[];
}

export interface AcknowledgedSegmentError {
  readonly segmentId: string;
  readonly position: number;
  readonly loop: string | null;
  readonly code: string;
  readonly elements: readonly {
    readonly position: string;
    readonly reference: string | null;
    readonly code: string;
    readonly value: string | null;
  }[];
}

/** What a partner says of one group of ours, in a 997 or 999. */
export interface PartnerAcknowledgment {
  /** GS01 of our group: `PR` 855, `SH` 856, `IN` 810. */
  readonly functionalId: string;
  /** GS06 of our group. */
  readonly groupControlNumber: string;
  readonly verdict: string;
  readonly errorCodes: readonly string[];
  readonly setsAccepted: number;
  readonly sets: readonly AcknowledgedSet[];
}

/** What a partner says of one interchange of ours, in a TA1. */
export interface PartnerInterchangeAcknowledgment {
  /** ISA13 of our interchange. */
  readonly controlNumber: string;
  readonly verdict: string;
  readonly noteCode: string;
}

type Draft<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer Item)[] ? Item[] : T[K] };

/** Reads a partner's 997 or 999. Expects a set that passed validation. */
export function readAcknowledgment(set: TransactionSet): PartnerAcknowledgment {
  const answer: Draft<PartnerAcknowledgment> = {
    ...{ functionalId: '', groupControlNumber: '', verdict: '', errorCodes: [], setsAccepted: 0, sets: [] },
  };
  let current: Draft<AcknowledgedSet> | null = null;
  for (const segment of set.segments) {
    switch (segment.id) {
      case 'AK1':
        answer.functionalId = element(segment, 1);
        answer.groupControlNumber = element(segment, 2);
        break;
      case 'AK2': {
        const identity = { id: element(segment, 1), controlNumber: element(segment, 2) };
        current = { ...identity, verdict: '', errorCodes: [], segmentErrors: [] };
        answer.sets.push(current);
        break;
      }
      case 'AK3':
      case 'IK3':
        current?.segmentErrors.push(segmentError(segment));
        break;
      case 'AK4':
      case 'IK4':
        if (current !== null) addElementError(current, segment);
        break;
      case 'AK5':
      case 'IK5':
        if (current === null) break;
        current.verdict = element(segment, 1);
        current.errorCodes = segment.elements.slice(1);
        break;
      case 'AK9':
        answer.verdict = element(segment, 1);
        answer.setsAccepted = Number(element(segment, 4));
        answer.errorCodes = segment.elements.slice(4);
        break;
      default:
    }
  }
  return answer;
}

/** Reads a TA1 that a partner sent. */
export function readInterchangeAcknowledgment(segment: Segment): PartnerInterchangeAcknowledgment {
  return { controlNumber: element(segment, 1), verdict: element(segment, 4), noteCode: element(segment, 5) };
}

function segmentError(segment: Segment): AcknowledgedSegmentError {
  return {
    segmentId: element(segment, 1),
    position: Number(element(segment, 2)),
    loop: element(segment, 3) || null,
    code: element(segment, 4),
    elements: [],
  };
}

function addElementError(set: Draft<AcknowledgedSet>, segment: Segment): void {
  const error = set.segmentErrors.pop();
  if (error === undefined) return;
  const detail = {
    position: element(segment, 1),
    reference: element(segment, 2) || null,
    code: element(segment, 3),
    value: element(segment, 4) || null,
  };
  set.segmentErrors.push({ ...error, elements: [...error.elements, detail] });
}
