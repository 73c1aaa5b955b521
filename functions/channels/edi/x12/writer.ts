import { dictionaryOf, hasRepetitions, hasShortDates, interchangeVersionOf } from './dictionary.ts';
import { validateSegments } from './set-validator.ts';
import { withShortDates } from './short-dates.ts';
import type { Segment, Separators } from './types.ts';
import type { X12Version } from './versions.ts';

/**
 * Free text, which may be changed to fit: characters that cannot be written become blanks, excess is cut, and what is
 * shorter than the element allows is left out.
 */
export interface FreeText {
  readonly text: string;
  readonly max: number;
  readonly min: number;
}

/** An element that is made of components. */
export interface Composite {
  readonly components: readonly string[];
}

/** The value of one element to write. A plain string must fit exactly as it is, or the document is refused. */
export type OutgoingElement = string | FreeText | Composite | null | undefined;

/** A segment to write: its id, then its elements. */
export type OutgoingSegment = readonly [id: string, ...elements: OutgoingElement[]];

/** A set to write, without ST and SE. */
export interface OutgoingSet {
  /** ST01. */
  readonly id: string;
  /** ST03, where the set's guide asks for one (999). */
  readonly guide?: string;
  readonly segments: readonly OutgoingSegment[];
  /** The set repeats what a partner sent wrong, so it is not held to the dictionary. */
  readonly echoesFaults?: boolean;
}

/** One end of a trading relationship: how it is named in ISA and in GS. */
export interface TradingParty {
  /** ISA05 or ISA07. */
  readonly qualifier: string;
  /** ISA06 or ISA08, without padding. */
  readonly id: string;
  /** GS02 or GS03. */
  readonly groupId: string;
}

/** Everything around the content of what we send. Nothing here is made up by the writer: no clock, no counters. */
export interface OutgoingEnvelope {
  readonly sender: TradingParty;
  readonly receiver: TradingParty;
  /** CCYYMMDD. */
  readonly date: string;
  /** HHMM. */
  readonly time: string;
  /** ISA13, 1 to 999,999,999; the next of its partner, without gaps. */
  readonly controlNumber: number;
  /** GS06; the interchange's number when absent. */
  readonly groupControlNumber?: number;
  /** ISA15. */
  readonly usage: string;
  readonly version: X12Version;
  /** Asks the partner for a TA1 (ISA14). */
  readonly acknowledgmentRequested?: boolean;
  readonly separators?: WrittenSeparators;
}

/** How segments are divided on paper; a line break behind each terminator makes files readable. */
export interface WrittenSeparators extends Separators {
  /** Announced in versions from 005010 on; nothing is repeated. */
  readonly repetition: string;
  readonly lineBreak: string;
}

export const DEFAULT_SEPARATORS: WrittenSeparators = {
  element: '*',
  component: '>',
  terminator: '~',
  repetition: '^',
  lineBreak: '\n',
};

/** Separators that X12 has beside the usual ones, and that no text holds. */
const UNPRINTED_SEPARATORS: WrittenSeparators = {
  element: '\x1d',
  component: '\x1f',
  terminator: '\x1c',
  repetition: '\x1e',
  lineBreak: '\n',
};

const NOT_WRITABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}]/u;

/**
 * The document cannot be written without changing what it says. Nothing was written. It names the place and not the
 * value, which may be part of someone's address.
 */
export class UnwritableDocument extends Error {
  /** For example `PO107`. */
  readonly location: string;

  constructor(location: string, reason: string) {
    super(`${location} cannot be written: ${reason}`);
    this.name = 'UnwritableDocument';
    this.location = location;
  }
}

/** Free text of at most `max` characters; null when there is none, or when it has fewer than `min`. */
export function text(value: string | null | undefined, max: number, min = 1): FreeText | null {
  return value === null || value === undefined || value.trim().length < min
    ? null
    : { text: value, max, min };
}

/**
 * Writes a document in the usual separators, or in unprinted ones where a value holds one of the usual: product numbers
 * and lots may, and X12 has no escape character.
 *
 * @throws UnwritableDocument when it cannot be written in either
 */
export function inWritableSeparators(write: (separators: WrittenSeparators) => string): string {
  try {
    return write(DEFAULT_SEPARATORS);
  } catch (error) {
    if (!(error instanceof UnwritableDocument)) throw error;
    return write(UNPRINTED_SEPARATORS);
  }
}

/**
 * Writes an interchange of one functional group. X12 has no escape character, so an identifier that contains a
 * separator is refused; free text has it blanked.
 *
 * @param functionalId GS01
 * @returns the interchange as text, to be sent as UTF-8
 * @throws UnwritableDocument when an element does not fit the dictionary, or holds a separator
 */
export function writeInterchange(
  envelope: OutgoingEnvelope,
  functionalId: string,
  sets: readonly OutgoingSet[],
): string {
  const separators = envelope.separators ?? DEFAULT_SEPARATORS;
  const groupNumber = String(envelope.groupControlNumber ?? envelope.controlNumber);
  const lines: string[][] = [groupHeader(envelope, functionalId, groupNumber)];
  for (const [index, set] of sets.entries()) {
    const number = String(index + 1).padStart(4, '0');
    // A segment of which nothing could be written, as an address without a letter, says nothing.
    const body = set.segments
      .map((segment) => prepared(segment, envelope.version, separators))
      .filter((line) => line.length > 1)
      .map((line) => withShortDates(line, envelope.version));
    if (set.echoesFaults !== true) refuseErrors(set.id, body, envelope.version, separators);
    lines.push(set.guide === undefined ? ['ST', set.id, number] : ['ST', set.id, number, set.guide]);
    lines.push(...body, ['SE', String(body.length + 2), number]);
  }
  lines.push(['GE', String(sets.length), groupNumber]);
  return enclose(envelope, lines, 1);
}

/** Writes an interchange that holds only segments of its own level: TA1. */
export function writeControlInterchange(
  envelope: OutgoingEnvelope,
  segments: readonly OutgoingSegment[],
): string {
  const separators = envelope.separators ?? DEFAULT_SEPARATORS;
  return enclose(
    envelope,
    segments.map((segment) => prepared(segment, envelope.version, separators)),
    0,
  );
}

function enclose(envelope: OutgoingEnvelope, lines: readonly string[][], groups: number): string {
  const separators = envelope.separators ?? DEFAULT_SEPARATORS;
  const { sender, receiver } = envelope;
  const controlNumber = padded(envelope.controlNumber);
  const header = [
    ...['ISA', '00', ' '.repeat(10), '00', ' '.repeat(10)],
    ...[field('ISA05', sender.qualifier, 2, separators), field('ISA06', sender.id, 15, separators)],
    ...[field('ISA07', receiver.qualifier, 2, separators), field('ISA08', receiver.id, 15, separators)],
    ...[field('ISA09', envelope.date.slice(2), 6, separators), field('ISA10', envelope.time, 4, separators)],
    hasRepetitions(envelope.version) ? separators.repetition : 'U',
    interchangeVersionOf(envelope.version),
    ...[controlNumber, envelope.acknowledgmentRequested === true ? '1' : '0'],
    ...[field('ISA15', envelope.usage, 1, separators), separators.component],
  ];
  const all = [header, ...lines, ['IEA', String(groups), controlNumber]];
  return all
    .map((line) => line.join(separators.element) + separators.terminator + separators.lineBreak)
    .join('');
}

function groupHeader(envelope: OutgoingEnvelope, functionalId: string, controlNumber: string): string[] {
  const separators = envelope.separators ?? DEFAULT_SEPARATORS;
  return [
    ...['GS', functionalId],
    exact('GS02', envelope.sender.groupId, envelope.version, separators),
    exact('GS03', envelope.receiver.groupId, envelope.version, separators),
    ...[hasShortDates(envelope.version) ? envelope.date.slice(2) : envelope.date, envelope.time],
    ...[controlNumber, 'X', envelope.version],
  ];
}

function prepared(segment: OutgoingSegment, version: X12Version, separators: WrittenSeparators): string[] {
  const [id, ...elements] = segment;
  const written = elements.map((value, index) => {
    if (value === null || value === undefined) return '';
    const location = `${id}${String(index + 1).padStart(2, '0')}`;
    if (typeof value === 'string') return exact(location, value, version, separators);
    if ('text' in value) return blanked(value, version, separators);
    return value.components
      .map((one) => exact(location, one, version, separators))
      .join(separators.component);
  });
  while (written.length > 0 && written.at(-1) === '') written.pop();
  return [id, ...written];
}

function exact(location: string, value: string, version: X12Version, separators: WrittenSeparators): string {
  if (isWritable(value, version, separators)) return value;
  throw new UnwritableDocument(location, 'it contains a separator or a character that is not data');
}

function blanked(value: FreeText, version: X12Version, separators: WrittenSeparators): string {
  const kept = [...value.text.normalize('NFC')].map((one) =>
    isWritable(one, version, separators) ? one : ' ',
  );
  const line = kept.join('').replace(/ +/g, ' ').trim();
  const cut = [...line].slice(0, value.max).join('').trimEnd();
  return [...cut].length < value.min ? '' : cut;
}

/** Whether a value can stand in an element as it is. */
export function isWritable(value: string, version: X12Version, separators: WrittenSeparators): boolean {
  return (
    !NOT_WRITABLE.test(value) &&
    !value.includes(separators.element) &&
    !value.includes(separators.component) &&
    !value.includes(separators.terminator) &&
    (!hasRepetitions(version) || !value.includes(separators.repetition))
  );
}

/** A fixed-width field of ISA. */
function field(location: string, value: string, width: number, separators: WrittenSeparators): string {
  if (value.length > width || !/^[\x20-\x7e]+$/.test(value) || value.includes(separators.element)) {
    throw new UnwritableDocument(location, `it does not fit ${width} plain characters`);
  }
  return value.padEnd(width);
}

function padded(controlNumber: number): string {
  if (!Number.isInteger(controlNumber) || controlNumber < 1 || controlNumber > 999_999_999) {
    throw new UnwritableDocument('ISA13', 'a control number is from 1 to 999999999');
  }
  return String(controlNumber).padStart(9, '0');
}

/** What we send has to pass the checks that we put on what we receive. */
function refuseErrors(
  setId: string,
  lines: readonly string[][],
  version: X12Version,
  separators: WrittenSeparators,
): void {
  const segments: Segment[] = lines.map(([id, ...elements]) => ({ id: id as string, elements }));
  const repetition = hasRepetitions(version) ? separators.repetition : null;
  const [first] = validateSegments(setId, segments, dictionaryOf(version), { ...separators, repetition });
  if (first === undefined) return;
  const detail = first.elements[0];
  const location =
    detail === undefined ? first.segmentId : first.segmentId + String(detail.position).padStart(2, '0');
  const reason = detail === undefined ? `segment error ${first.code}` : `element error ${detail.code}`;
  throw new UnwritableDocument(location, `${reason} in set ${setId}`);
}
