import { interchangeVersionOf } from './dictionary.ts';
import type { ElementError } from './element-validator.ts';
import type { GroupReport, InterchangeReport, SetReport } from './report.ts';
import type { SegmentError } from './set-validator.ts';
import { element, type InterchangeHeader } from './types.ts';
import { X12_VERSIONS, type X12Version } from './versions.ts';
import {
  DEFAULT_SEPARATORS,
  isWritable,
  type OutgoingEnvelope,
  type OutgoingSegment,
  type OutgoingSet,
  type TradingParty,
  text,
  type WrittenSeparators,
  writeControlInterchange,
  writeInterchange,
} from './writer.ts';

/** What only the caller can know when an answer is written: the clock and the counters. */
export interface AnswerStamp {
  /** CCYYMMDD. */
  readonly date: string;
  /** HHMM. */
  readonly time: string;
  /** ISA13 of the answer, and its GS06. */
  readonly controlNumber: number;
  /** Those that were agreed with the partner. @default the usual ones */
  readonly separators?: WrittenSeparators | undefined;
  /** Whether a 997 names each set, or those alone that are not accepted as they are. @default SET */
  readonly level?: 'SET' | 'GROUP' | undefined;
}

/** Almost every partner expects the 997; the 999 is for the few that ask for it. */
export type AcknowledgmentForm = '997' | '999';

const GUIDE_999 = '005010X231A1';

/**
 * The functional acknowledgment of an interchange: one 997 (or 999) for each group, in one interchange, in the order
 * of the groups.
 *
 * @returns null when nothing is to be said: the interchange itself was refused (its TA1 says so), or it holds nothing
 * but acknowledgments, which are never acknowledged
 */
export function writeAcknowledgment(
  report: InterchangeReport,
  stamp: AnswerStamp,
  form: AcknowledgmentForm = '997',
): string | null {
  const groups = report.groups.filter((group) => group.functionalId !== 'FA');
  const [first] = groups;
  if (first === undefined) return null;
  const version = groups.find((group) => group.version !== null)?.version ?? '004010';
  const { header } = report.interchange;
  const envelope: OutgoingEnvelope = {
    ...answerEnvelope(header, stamp, version),
    sender: { ...ourselves(header, stamp), groupId: plain(element(first.group.header, 3), 15, stamp) },
    receiver: { ...partner(header, stamp), groupId: plain(element(first.group.header, 2), 15, stamp) },
  };
  return writeInterchange(
    envelope,
    'FA',
    groups.map((group) => acknowledgmentSet(group, form, stamp)),
  );
}

/**
 * The interchange acknowledgment, TA1, alone in an interchange without groups.
 *
 * @param header the received ISA; one that was salvaged from an unreadable interchange will do
 * @param verdict TA104
 * @param noteCode TA105
 */
export function writeInterchangeAcknowledgment(
  header: InterchangeHeader,
  verdict: 'A' | 'E' | 'R',
  noteCode: string,
  stamp: AnswerStamp,
): string {
  const version = X12_VERSIONS.find((each) => interchangeVersionOf(each) === header.version) ?? '004010';
  const answered: OutgoingSegment = [
    'TA1',
    text(header.controlNumber, 9),
    text(header.date, 6),
    text(header.time, 4),
    verdict,
    noteCode,
  ];
  return writeControlInterchange(answerEnvelope(header, stamp, version), [answered]);
}

/** Whether the partner is owed a TA1: it asked for one (ISA14), or there is something wrong to report. */
export function owesInterchangeAcknowledgment(report: InterchangeReport): boolean {
  const requested = report.interchange.header.acknowledgmentRequested;
  return report.verdict !== 'A' || requested === '1';
}

function answerEnvelope(
  header: InterchangeHeader,
  stamp: AnswerStamp,
  version: X12Version,
): OutgoingEnvelope {
  const { date, time, controlNumber, separators } = stamp;
  return {
    ...{ date, time, controlNumber, ...(separators && { separators }) },
    sender: ourselves(header, stamp),
    receiver: partner(header, stamp),
    usage: /^[PTI]$/.test(header.usage) ? header.usage : 'P',
    version,
  };
}

function ourselves(header: InterchangeHeader, stamp: AnswerStamp): TradingParty {
  const { receiverQualifier, receiverId } = header;
  return { qualifier: plain(receiverQualifier, 2, stamp), id: plain(receiverId, 15, stamp), groupId: '' };
}

function partner(header: InterchangeHeader, stamp: AnswerStamp): TradingParty {
  const { senderQualifier, senderId } = header;
  return { qualifier: plain(senderQualifier, 2, stamp), id: plain(senderId, 15, stamp), groupId: '' };
}

/** A received identifier as it can be written back. Only one that no partner has loses anything by this. */
function plain(value: string, max: number, { separators = DEFAULT_SEPARATORS }: AnswerStamp): string {
  const kept = [...value].filter((one) => one >= ' ' && one <= '~' && isWritable(one, '005010', separators));
  return kept.slice(0, max).join('').trimEnd() || 'ZZ';
}

function acknowledgmentSet(
  report: GroupReport,
  form: AcknowledgmentForm,
  { level = 'SET', separators = DEFAULT_SEPARATORS }: AnswerStamp,
): OutgoingSet {
  const named = report.sets.filter(({ verdict }) => level === 'SET' || verdict !== 'A');
  const number = /^\d{1,9}$/.test(report.controlNumber) ? report.controlNumber : '0';
  const opening: OutgoingSegment = ['AK1', text(report.functionalId, 2), number];
  const version = text(element(report.group.header, 8), 12);
  const segments: OutgoingSegment[] = [
    form === '999' ? [...opening, version] : opening,
    ...named.flatMap((set) => setSegments(set, form, separators)),
    [
      ...(['AK9', report.verdict, String(report.setsIncluded), String(report.setsReceived)] as const),
      ...[String(report.setsAccepted), ...report.errorCodes],
    ],
  ];
  return form === '999'
    ? { id: '999', guide: GUIDE_999, segments, echoesFaults: true }
    : { id: '997', segments, echoesFaults: true };
}

function setSegments(
  report: SetReport,
  form: AcknowledgmentForm,
  separators: WrittenSeparators,
): OutgoingSegment[] {
  const prefix = form === '999' ? 'IK' : 'AK';
  const guide = form === '999' ? element(report.set.segments[0] ?? { id: 'ST', elements: [] }, 3) : '';
  return [
    ['AK2', text(report.set.id, 3), text(report.set.controlNumber, 9), text(guide, 35)],
    ...report.segmentErrors.flatMap((error) => segmentSegments(error, prefix, separators)),
    [`${prefix}5`, report.verdict, ...report.errorCodes],
  ];
}

function segmentSegments(
  error: SegmentError,
  prefix: string,
  separators: WrittenSeparators,
): OutgoingSegment[] {
  return [
    [`${prefix}3`, text(error.segmentId, 3), String(error.position), error.loop, error.code],
    ...error.elements.map((one) => elementSegment(one, prefix, separators)),
  ];
}

function elementSegment(error: ElementError, prefix: string, separators: WrittenSeparators): OutgoingSegment {
  const position = String(error.position);
  return [
    `${prefix}4`,
    error.component === null ? position : { components: [position, String(error.component)] },
    error.reference,
    error.code,
    faultyValue(error.value, separators),
  ];
}

/** A copy of the value at fault, where it can be repeated character by character; a changed copy would mislead. */
function faultyValue(value: string, separators: WrittenSeparators): string | null {
  const copy = value.slice(0, 99);
  return /^[\x20-\x7e]+$/.test(copy) && isWritable(copy, '005010', separators) ? copy : null;
}
