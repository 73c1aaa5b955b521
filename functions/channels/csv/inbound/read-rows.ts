import { type CsvError, parse } from 'csv-parse/sync';
import {
  IMPORT_COLUMNS,
  type ImportColumn,
  MAX_ROWS,
  REQUIRED_COLUMNS,
} from '../../../../contract/imports.ts';
import type { FieldError } from '../../../../domain/decider.ts';
import type { Row } from './import-orders.ts';

/** @returns the rows of a file by the names of their columns, or what is wrong with the file as a whole. */
export function readRows(
  body: Uint8Array,
): { readonly rows: readonly Row[] } | { readonly errors: readonly FieldError[] } {
  const read = readTable(body);
  if ('errors' in read) return read;
  const [header = [], ...rows] = read.table;
  const unknown = header.filter((name) => !Object.hasOwn(IMPORT_COLUMNS, name));
  const missing = REQUIRED_COLUMNS.filter((name) => !header.includes(name));
  const twice = header.filter((name, index) => header.indexOf(name) !== index);
  const errors = [
    ...unknown.map((name) => ({ path: name.slice(0, 100), message: 'no column of this name' })),
    ...missing.map((name) => ({ path: name, message: 'this column is missing' })),
    ...twice.map((name) => ({ path: name.slice(0, 100), message: 'this column is there twice' })),
  ];
  if (errors.length > 0) return { errors: errors.slice(0, 100) };
  if (rows.length > MAX_ROWS) return wrong(`at most ${MAX_ROWS} rows`);
  return {
    rows: rows.map((cells) =>
      Object.fromEntries(cells.map((cell, index) => [header[index] as ImportColumn, cell])),
    ),
  };
}

function readTable(
  body: Uint8Array,
): { readonly table: readonly (readonly string[])[] } | { readonly errors: readonly FieldError[] } {
  const text = decode(body);
  if (text === null) {
    return wrong(
      'the file is not in UTF-8: save it as "CSV UTF-8"; in Latin-1 or Windows-1252 its letters would be damaged',
    );
  }
  const options = { bom: true, trim: true, skip_empty_lines: true, to: MAX_ROWS + 2 };
  try {
    return { table: parse(text, { ...options, delimiter: delimiterOf(text) }) };
  } catch (error) {
    const { lines = 1 } = error as CsvError & { lines?: number };
    return wrong(`line ${lines} is no line of a CSV table`);
  }
}

/**
 * @returns the text of a file in UTF-8, or in UTF-16 with its mark; null for any other: encodings of one byte cannot be
 *   distinguished from one another
 */
function decode(body: Uint8Array): string | null {
  const mark = Buffer.from(body.subarray(0, 2)).toString('hex');
  const encoding = mark === 'fffe' ? 'utf-16le' : mark === 'feff' ? 'utf-16be' : 'utf-8';
  try {
    const text = new TextDecoder(encoding, { fatal: true }).decode(body);
    return text.includes('\0') ? null : text;
  } catch {
    return null;
  }
}

/** Spreadsheets write semicolons, or tabs, where the comma is the decimal sign. */
function delimiterOf(text: string): string {
  const [header = ''] = text.split(/\r?\n/, 1);
  const count = (sign: string) => header.split(sign).length;
  return [';', '\t'].find((sign) => count(sign) > count(',')) ?? ',';
}

function wrong(message: string): { readonly errors: readonly FieldError[] } {
  return { errors: [{ path: '', message }] };
}
