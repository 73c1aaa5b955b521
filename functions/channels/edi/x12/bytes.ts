import { HEADER_LENGTH } from './isa.ts';

const LINE_BREAK = /\r\n|\r|\n/g;
const NON_ASCII = /[\x80-\xff]/;
const DECODERS = {
  'utf-8': new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }),
  'windows-1252': new TextDecoder('windows-1252'),
};

/**
 * The bytes as text of one character for each byte. Separators are ASCII, and no UTF-8 sequence contains an ASCII
 * byte, so the text can be taken apart before its encoding is known.
 */
export function oneCharacterPerByte(body: Uint8Array): string {
  return Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('latin1');
}

/**
 * Undoes a transport that cut the stream into records of equal length (80 columns, most often), by removing the
 * line breaks between records. A stream whose line breaks follow segment terminators is left alone, and so is a
 * line break inside an element: that is a character the sender put there, and the validator reports it.
 */
export function unwrapRecords(text: string): string {
  const start = text.indexOf('ISA');
  if (start < 0) return text;
  LINE_BREAK.lastIndex = start;
  const first = LINE_BREAK.exec(text);
  if (first === null) return text;
  const width = first.index - start;
  // An intact header has its terminator, which may itself be a line break, right behind it.
  if (width === HEADER_LENGTH - 1) return text;
  if (width >= HEADER_LENGTH && text[first.index - 1] === text[start + HEADER_LENGTH - 1]) return text;
  const records = [text.slice(0, first.index)];
  let from = first.index + first[0].length;
  for (
    let next = LINE_BREAK.exec(text);
    next !== null && next.index - from === width;
    next = LINE_BREAK.exec(text)
  ) {
    records.push(text.slice(from, next.index));
    from = next.index + next[0].length;
  }
  // Behind a whole header, one line break makes no rhythm: it may as well be the sender's.
  if (width >= HEADER_LENGTH && records.length === 1) return text;
  return records.join('') + text.slice(from);
}

/**
 * Finds how the characters above ASCII in one interchange were written. X12 names no encoding: UTF-8 is believed
 * when every byte agrees, else each byte is a character of Windows-1252, of which Latin-1's letters are a part. No
 * byte is ever replaced by U+FFFD.
 */
export function detectEncoding(interchange: string): 'ascii' | 'utf-8' | 'windows-1252' {
  if (!NON_ASCII.test(interchange)) return 'ascii';
  try {
    DECODERS['utf-8'].decode(Buffer.from(interchange, 'latin1'));
    return 'utf-8';
  } catch {
    return 'windows-1252';
  }
}

/** Decodes one element that was read as one character per byte. */
export function decodeElement(value: string, encoding: 'utf-8' | 'windows-1252'): string {
  if (!NON_ASCII.test(value)) return value;
  return DECODERS[encoding].decode(Buffer.from(value, 'latin1'));
}
