import type { InterchangeHeader, Separators, UnreadableReason } from './types.ts';

/** ISA is the one segment of fixed width: 105 characters and the terminator. */
export const HEADER_LENGTH = 106;
const WIDTHS = [2, 10, 2, 10, 2, 15, 2, 15, 6, 4, 1, 5, 9, 1, 1, 1];

/** What a header must look like to be worth answering: enough fields to know who sent it and which one it was. */
const SALVAGE_WINDOW = 400;
const LETTER_DIGIT_OR_BLANK = /[A-Za-z0-9 ]/;

export type HeaderResult =
  | { readonly ok: true; readonly header: InterchangeHeader; readonly separators: Separators }
  | { readonly ok: false; readonly reason: UnreadableReason };

/**
 * Reads the ISA that starts at `offset` strictly by its fixed widths. The separators are taken from the places
 * where the standard puts them and from nowhere else: guessing them from a header with lost padding could cut
 * every later element in the wrong place.
 */
export function readHeader(text: string, offset: number): HeaderResult {
  const malformed: HeaderResult = { ok: false, reason: 'malformed_interchange_header' };
  if (!text.startsWith('ISA', offset) || text.length < offset + HEADER_LENGTH) return malformed;
  const elementSeparator = text[offset + 3] as string;
  const fields: string[] = [];
  let position = offset + 3;
  for (const width of WIDTHS) {
    if (text[position] !== elementSeparator) return malformed;
    const field = text.slice(position + 1, position + 1 + width);
    if (field.includes(elementSeparator)) return malformed;
    fields.push(field);
    position += 1 + width;
  }
  const separators = separatorsOf(fields, elementSeparator, text[position] as string);
  if (!usable(separators)) return { ok: false, reason: 'separators_not_usable' };
  return { ok: true, header: headerOf(fields), separators };
}

/**
 * The sender, receiver and control number of a header whose widths are wrong, or null when they cannot be known
 * apart. Only good for answering that the interchange was not read.
 */
export function salvageHeader(text: string, offset: number): InterchangeHeader | null {
  if (!text.startsWith('ISA', offset)) return null;
  const elementSeparator = text[offset + 3];
  if (elementSeparator === undefined || LETTER_DIGIT_OR_BLANK.test(elementSeparator)) return null;
  const fields = text
    .slice(offset + 4, offset + SALVAGE_WINDOW)
    .split(elementSeparator)
    .slice(0, WIDTHS.length);
  if (fields.length < WIDTHS.length) return null;
  const header = headerOf(fields);
  const identified =
    /^[A-Z0-9]{2}$/.test(header.senderQualifier) &&
    /^[A-Z0-9]{2}$/.test(header.receiverQualifier) &&
    /^[\x21-\x7e]{1,15}$/.test(header.senderId) &&
    /^[\x21-\x7e]{1,15}$/.test(header.receiverId) &&
    /^\d{9}$/.test(header.controlNumber);
  return identified ? header : null;
}

function separatorsOf(fields: readonly string[], elementSeparator: string, terminator: string): Separators {
  const declared = fields[10] as string;
  // Up to 00401 the field names the standards body (U); only later versions give it to the repetition separator.
  const declaresRepetition = (fields[11] as string) >= '00402' && !LETTER_DIGIT_OR_BLANK.test(declared);
  return {
    element: elementSeparator,
    component: fields[15] as string,
    terminator,
    repetition: declaresRepetition ? declared : null,
  };
}

function usable(separators: Separators): boolean {
  const { element, component, terminator, repetition } = separators;
  const all =
    repetition === null ? [element, component, terminator] : [element, component, terminator, repetition];
  // Above 0x7E a separator could be half of a UTF-8 character.
  return (
    new Set(all).size === all.length && all.every((one) => one <= '\x7e' && !LETTER_DIGIT_OR_BLANK.test(one))
  );
}

function headerOf(fields: readonly string[]): InterchangeHeader {
  const field = (index: number): string => fields[index] as string;
  return {
    authorizationQualifier: field(0),
    securityQualifier: field(2),
    senderQualifier: field(4),
    senderId: field(5).trimEnd(),
    receiverQualifier: field(6),
    receiverId: field(7).trimEnd(),
    date: field(8),
    time: field(9),
    standardsId: field(10),
    version: field(11),
    controlNumber: field(12),
    acknowledgmentRequested: field(13),
    usage: field(14),
  };
}
