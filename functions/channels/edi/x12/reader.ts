import { decodeElement, detectEncoding, oneCharacterPerByte, unwrapRecords } from './bytes.ts';
import { Assembly } from './envelope.ts';
import { HEADER_LENGTH, readHeader, salvageHeader } from './isa.ts';
import type {
  Interchange,
  InterchangeHeader,
  Segment,
  Separators,
  UnreadableInterchange,
  UnreadableReason,
} from './types.ts';

/** How much one body may hold. A real 850 of 1,000 lines has about 3,000 segments in 93 KB. */
export const LIMITS = {
  bytes: 5 * 1024 * 1024,
  interchanges: 100,
  segments: 250_000,
  elements: 100,
} as const;

/** Blanks, line breaks, padding and the Ctrl-Z of old systems, around interchanges. */
const FILLER = new Set(' \t\r\n\v\f\0\x1a');
const BYTE_ORDER_MARK = '\xef\xbb\xbf';

/**
 * Takes a request body apart into its interchanges. Never throws and takes time in proportion to the body, whatever
 * the bytes. Checks nothing but what it needs to find the pieces; `validateInterchange` judges them.
 *
 * Read without complaint, because real partners send it: a byte order mark, blank lines, Ctrl-Z, line breaks behind
 * terminators, records wrapped at a fixed column, empty elements at a segment's end, a missing last terminator.
 */
export function readInterchanges(body: Uint8Array): readonly (Interchange | UnreadableInterchange)[] {
  if (body.byteLength > LIMITS.bytes) return [unreadable('too_large')];
  const text = unwrapRecords(oneCharacterPerByte(body));
  const found: (Interchange | UnreadableInterchange)[] = [];
  let segmentsLeft: number = LIMITS.segments;
  let offset = skipFiller(text, 0);
  while (offset < text.length) {
    if (found.length === LIMITS.interchanges) return [...found, unreadable('too_many_interchanges')];
    const header = readHeader(text, offset);
    if (!header.ok) {
      const reason = text.startsWith('ISA', offset) ? header.reason : 'no_interchange_header';
      found.push({ kind: 'unreadable', reason, header: salvageHeader(text, offset) });
      offset = nextHeader(text, offset + 1);
      continue;
    }
    const assembly = new Assembly(header.header, header.separators);
    const end = collect(text, offset + HEADER_LENGTH, header.separators, assembly, segmentsLeft);
    if (end === null) return [...found, { ...unreadable('too_many_segments'), header: header.header }];
    segmentsLeft -= assembly.segmentCount;
    found.push(decoded(assembly.finish(), text.slice(offset, end)));
    offset = skipFiller(text, end);
  }
  return found.length === 0 ? [unreadable('no_interchange_header')] : found;
}

/** Blanks and marks before the first envelope, and the envelope itself, end within so many bytes. */
const REACH_OF_FIRST_HEADER = 1024;

/** @returns the header of the first interchange of a body, without looking further; null when there is none to read. */
export function readSender(body: Uint8Array): InterchangeHeader | null {
  const text = unwrapRecords(oneCharacterPerByte(body.subarray(0, REACH_OF_FIRST_HEADER)));
  const header = readHeader(text, skipFiller(text, 0));
  return header.ok ? header.header : null;
}

/** Hands each segment to the assembly up to IEA, the next interchange or the end. Answers where it stopped. */
function collect(
  text: string,
  start: number,
  separators: Separators,
  assembly: Assembly,
  limit: number,
): number | null {
  let offset = start;
  while (offset < text.length) {
    offset = skipLineBreaks(text, offset);
    if (offset >= text.length || readHeader(text, offset).ok) return offset;
    const terminator = text.indexOf(separators.terminator, offset);
    const end = terminator < 0 ? endOfContent(text, offset) : terminator;
    if (end > offset) {
      const segment = toSegment(text.slice(offset, end), separators.element);
      // What is left without a terminator is a segment only if it is the trailer; else the data were cut off.
      if (terminator < 0 && segment.id !== 'IEA') return text.length;
      if (assembly.segmentCount === limit) return null;
      assembly.add(segment);
      if (segment.id === 'IEA') return terminator < 0 ? end : end + 1;
    }
    offset = end + 1;
  }
  return text.length;
}

function toSegment(raw: string, separator: string): Segment {
  const parts = raw.split(separator, LIMITS.elements + 1);
  let length = parts.length;
  while (length > 1 && parts[length - 1] === '') length -= 1;
  const elements = parts.slice(1, length);
  return { id: parts[0] as string, elements };
}

function decoded(interchange: Omit<Interchange, 'encoding'>, raw: string): Interchange {
  const encoding = detectEncoding(raw);
  if (encoding === 'ascii') return { ...interchange, encoding };
  const segment = (one: Segment): Segment => ({
    id: one.id,
    elements: one.elements.map((value) => decodeElement(value, encoding)),
  });
  const optional = (one: Segment | null): Segment | null => (one === null ? null : segment(one));
  return {
    ...interchange,
    encoding,
    groups: interchange.groups.map((group) => ({
      header: segment(group.header),
      trailer: optional(group.trailer),
      sets: group.sets.map((set) => ({
        ...set,
        trailer: optional(set.trailer),
        segments: set.segments.map(segment),
      })),
    })),
    acknowledgments: interchange.acknowledgments.map(segment),
    strays: interchange.strays.map(segment),
    trailer: optional(interchange.trailer),
  };
}

function nextHeader(text: string, from: number): number {
  for (let at = text.indexOf('ISA', from); at >= 0; at = text.indexOf('ISA', at + 1)) {
    if (readHeader(text, at).ok) return at;
  }
  return text.length;
}

function skipFiller(text: string, offset: number): number {
  let at = offset;
  while (at < text.length) {
    if (FILLER.has(text[at] as string)) at += 1;
    else if (text.startsWith(BYTE_ORDER_MARK, at)) at += BYTE_ORDER_MARK.length;
    else break;
  }
  return at;
}

/** Where the last characters that are not filler end. */
function endOfContent(text: string, from: number): number {
  let end = text.length;
  while (end > from && FILLER.has(text[end - 1] as string)) end -= 1;
  return end;
}

function skipLineBreaks(text: string, offset: number): number {
  let at = offset;
  while (text[at] === '\r' || text[at] === '\n') at += 1;
  return at;
}

function unreadable(reason: UnreadableReason): UnreadableInterchange {
  return { kind: 'unreadable', reason, header: null };
}
