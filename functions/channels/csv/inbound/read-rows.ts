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
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(body);
    return { table: parse(text, { bom: true, trim: true, skip_empty_lines: true, to: MAX_ROWS + 2 }) };
  } catch (error) {
    const { lines } = error as CsvError & { lines?: number };
    return wrong(
      lines === undefined ? 'the file is no CSV in UTF-8' : `line ${lines} is no line of a CSV table`,
    );
  }
}

function wrong(message: string): { readonly errors: readonly FieldError[] } {
  return { errors: [{ path: '', message }] };
}
