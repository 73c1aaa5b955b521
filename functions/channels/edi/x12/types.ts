/**
 * What an X12 body is made of, once read. These types say nothing about whether the content is right: that is the
 * validator's answer.
 */

/** The characters that divide an interchange, taken from its ISA segment. */
export interface Separators {
  readonly element: string;
  readonly component: string;
  /** Ends each segment. May be a line break. */
  readonly terminator: string;
  /** From ISA11, where control version 00402 or later declares one; null before. */
  readonly repetition: string | null;
}

/** One segment. `elements[0]` is the first element, so BEG03 is `elements[2]`. Trailing empty elements are dropped. */
export interface Segment {
  readonly id: string;
  readonly elements: readonly string[];
}

/** The fields of ISA that answers and checks need; identifiers come without their padding. */
export interface InterchangeHeader {
  readonly authorizationQualifier: string;
  readonly securityQualifier: string;
  readonly senderQualifier: string;
  readonly senderId: string;
  readonly receiverQualifier: string;
  readonly receiverId: string;
  /** YYMMDD as sent. */
  readonly date: string;
  /** HHMM as sent. */
  readonly time: string;
  /** ISA11 as sent: `U` or the repetition separator. */
  readonly standardsId: string;
  /** ISA12, for example `00401`. */
  readonly version: string;
  /** ISA13 as sent: nine digits when legal. */
  readonly controlNumber: string;
  /** ISA14: `1` asks for a TA1. */
  readonly acknowledgmentRequested: string;
  /** ISA15: `P` production, `T` test, `I` information. A `T` must never become a live order. */
  readonly usage: string;
}

/** One transaction set, ST to SE. `segments` includes both, so a segment's position in the set is its index plus 1. */
export interface TransactionSet {
  readonly segments: readonly Segment[];
  /** ST01, empty when missing. */
  readonly id: string;
  /** ST02, empty when missing. */
  readonly controlNumber: string;
  /** SE, or null when the next set, the group's end or the end of data came first. */
  readonly trailer: Segment | null;
}

/** One functional group, GS to GE. */
export interface FunctionalGroup {
  readonly header: Segment;
  readonly sets: readonly TransactionSet[];
  readonly trailer: Segment | null;
}

/** One interchange, ISA to IEA. */
export interface Interchange {
  readonly kind: 'interchange';
  readonly header: InterchangeHeader;
  readonly separators: Separators;
  readonly encoding: 'ascii' | 'utf-8' | 'windows-1252';
  readonly groups: readonly FunctionalGroup[];
  /** TA1 segments that the partner sent about interchanges of ours. */
  readonly acknowledgments: readonly Segment[];
  /** Segments where the envelope allows none, for example between GE and IEA. */
  readonly strays: readonly Segment[];
  readonly trailer: Segment | null;
}

export type UnreadableReason =
  | 'no_interchange_header'
  | 'malformed_interchange_header'
  | 'separators_not_usable'
  | 'too_large'
  | 'too_many_segments'
  | 'too_many_interchanges';

/** Bytes that cannot be taken apart safely. They are quarantined for an operator. */
export interface UnreadableInterchange {
  readonly kind: 'unreadable';
  readonly reason: UnreadableReason;
  /** Who sent it and its number, where that much could be read; a TA1 with note 022 can then be sent. */
  readonly header: InterchangeHeader | null;
}

/** Element `position` (1-based) of a segment, empty when absent. */
export function element(segment: Segment, position: number): string {
  return segment.elements[position - 1] ?? '';
}
