import type { SegmentError } from './set-validator.ts';
import type { FunctionalGroup, Interchange, TransactionSet } from './types.ts';
import type { X12Version } from './versions.ts';

/** The verdict on one set (element 717): accepted, accepted with errors noted, rejected. */
export type SetVerdict = 'A' | 'E' | 'R';

/** The verdict on a group (element 715): as for a set, and `P` when some of its sets were accepted. */
export type GroupVerdict = SetVerdict | 'P';

/** The result for one transaction set. Only sets with `A` or `E` may be booked, and those whole. */
export interface SetReport {
  readonly set: TransactionSet;
  readonly verdict: SetVerdict;
  /** Element 718, at most five. */
  readonly errorCodes: readonly string[];
  readonly segmentErrors: readonly SegmentError[];
}

/** The result for one functional group. */
export interface GroupReport {
  readonly group: FunctionalGroup;
  /** GS01. */
  readonly functionalId: string;
  /** GS06 as sent. */
  readonly controlNumber: string;
  /** The version its sets were read by; null when GS08 names one that we do not read. */
  readonly version: X12Version | null;
  readonly verdict: GroupVerdict;
  /** Element 716, at most five. */
  readonly errorCodes: readonly string[];
  /** GE01 as sent, or the number received when there is no GE. */
  readonly setsIncluded: number;
  readonly setsReceived: number;
  readonly setsAccepted: number;
  /** Empty when the group was refused as a whole. */
  readonly sets: readonly SetReport[];
}

/** The result for one interchange. */
export interface InterchangeReport {
  readonly interchange: Interchange;
  /** TA104. With `R` nothing inside was looked at, and no group is answered. */
  readonly verdict: SetVerdict;
  /** TA105: `000` or why. */
  readonly noteCode: string;
  readonly groups: readonly GroupReport[];
}

/** What the receiver has decided or knows, that the bytes do not show. */
export interface ReceiverPolicy {
  /**
   * Answers E, accepted with errors, in place of R wherever every segment arrived. What arrived incomplete, twice or
   * in a version that cannot be read is refused all the same.
   */
  readonly acceptErrors?: boolean;
  /** True when an interchange with this sender and control number was received before. */
  readonly duplicate?: boolean;
  /** False when ISA07 and ISA08 do not name us. */
  readonly addressedToUs?: boolean;
  /** False when ISA05 and ISA06 name no partner of ours. */
  readonly senderKnown?: boolean;
  /** GS01 of the groups that are taken; by default purchase orders, their changes, and acknowledgments. */
  readonly functionalIds?: readonly string[];
}

/** Notes of the TA1 (element I18) that we give. */
export const INTERCHANGE_NOTE = {
  NONE: '000',
  CONTROL_NUMBERS_DIFFER: '001',
  VERSION_NOT_SUPPORTED: '003',
  SENDER_QUALIFIER: '005',
  SENDER_ID: '006',
  RECEIVER_QUALIFIER: '007',
  RECEIVER_ID: '008',
  RECEIVER_UNKNOWN: '009',
  AUTHORIZATION_QUALIFIER: '010',
  SECURITY_QUALIFIER: '012',
  DATE: '014',
  TIME: '015',
  STANDARDS_ID: '016',
  CONTROL_NUMBER: '018',
  ACKNOWLEDGMENT_REQUESTED: '019',
  USAGE: '020',
  GROUP_COUNT: '021',
  CONTROL_STRUCTURE: '022',
  END_OF_FILE: '023',
  CONTENT: '024',
  DUPLICATE: '025',
} as const;

/** Functional group syntax error codes (element 716) that we give. */
export const GROUP_ERROR = {
  NOT_SUPPORTED: '1',
  VERSION_NOT_SUPPORTED: '2',
  TRAILER_MISSING: '3',
  CONTROL_NUMBERS_DIFFER: '4',
  SET_COUNT: '5',
  CONTROL_NUMBER_SYNTAX: '6',
  /** From 005010 on; 004010 has no code of its own for it. */
  CONTROL_NUMBER_NOT_UNIQUE: '19',
} as const;

/** Transaction set syntax error codes (element 718) that we give. */
export const SET_ERROR = {
  NOT_SUPPORTED: '1',
  TRAILER_MISSING: '2',
  CONTROL_NUMBERS_DIFFER: '3',
  SEGMENT_COUNT: '4',
  SEGMENT_ERRORS: '5',
  IDENTIFIER: '6',
  CONTROL_NUMBER: '7',
  /** From 005010 on; 004010 calls it an invalid control number. */
  CONTROL_NUMBER_NOT_UNIQUE: '23',
} as const;
