import { COMPOSITES, type ElementDefinition } from './dictionary/elements.ts';
import type { SegmentDefinition, SyntaxNote } from './dictionary/segments.ts';
import type { Dictionary } from './dictionary.ts';
import { element, type Segment, type Separators } from './types.ts';

/** What is wrong with one element: the content of an AK4. */
export interface ElementError {
  /** 1-based position in the segment. */
  readonly position: number;
  /** 1-based position in a composite element; null otherwise. */
  readonly component: number | null;
  /** Number of the data element in the X12 dictionary; null where the segment has no such position. */
  readonly reference: string | null;
  /** Element 723: see `ELEMENT_ERROR`. */
  readonly code: string;
  /** The value at fault, empty when it is missing. */
  readonly value: string;
}

/** Data element syntax error codes (element 723). */
export const ELEMENT_ERROR = {
  MANDATORY_MISSING: '1',
  CONDITIONAL_MISSING: '2',
  TOO_MANY: '3',
  TOO_SHORT: '4',
  TOO_LONG: '5',
  INVALID_CHARACTER: '6',
  INVALID_CODE: '7',
  INVALID_DATE: '8',
  INVALID_TIME: '9',
  EXCLUSION_VIOLATED: '10',
} as const;

// Control and invisible format characters: none has a place in business data, and most come from a damaged file.
const NOT_DATA = /[\p{Cc}\p{Cf}]/u;

/** Checks each element of a segment and how they go together. Errors come in the order of the elements. */
export function validateElements(
  segment: Segment,
  definition: SegmentDefinition,
  dictionary: Dictionary,
  separators: Separators,
): ElementError[] {
  const errors: ElementError[] = [];
  const count = Math.max(definition.elements.length, segment.elements.length);
  for (let position = 1; position <= count; position += 1) {
    const use = definition.elements[position - 1];
    const value = element(segment, position);
    const error = (code: string, reference: string | null): ElementError => ({
      position,
      component: null,
      reference,
      code,
      value,
    });
    if (use === undefined) {
      if (value !== '') errors.push(error(ELEMENT_ERROR.TOO_MANY, null));
      continue;
    }
    const composite = COMPOSITES[use.reference];
    const reference = composite === undefined ? use.reference : (composite[0] as string);
    if (value.trim() === '') {
      if (use.mandatory) errors.push(error(ELEMENT_ERROR.MANDATORY_MISSING, reference));
      continue;
    }
    if (composite !== undefined) {
      errors.push(...validateComposite(value, position, composite, dictionary, separators));
      continue;
    }
    const known = dictionary.elements.get(use.reference);
    const code = known === undefined ? null : valueError(value, use.reference, known, dictionary, separators);
    if (code !== null) errors.push(error(code, use.reference));
  }
  errors.push(...definition.notes.flatMap((note) => noteErrors(segment, note, definition)));
  return errors.sort((one, other) => one.position - other.position);
}

function validateComposite(
  value: string,
  position: number,
  references: readonly string[],
  dictionary: Dictionary,
  separators: Separators,
): ElementError[] {
  return value.split(separators.component, references.length + 1).flatMap((part, index) => {
    const reference = references[index] ?? null;
    const error = (code: string): ElementError => ({
      position,
      component: index + 1,
      reference,
      code,
      value: part,
    });
    if (reference === null) return [error(ELEMENT_ERROR.TOO_MANY)];
    const known = dictionary.elements.get(reference);
    if (part === '' || known === undefined) return [];
    const code = valueError(part, reference, known, dictionary, separators);
    return code === null ? [] : [error(code)];
  });
}

/** The first thing wrong with one value, or null. */
function valueError(
  value: string,
  reference: string,
  definition: ElementDefinition,
  dictionary: Dictionary,
  separators: Separators,
): string | null {
  if (NOT_DATA.test(value) || holdsSeparator(value, separators)) return ELEMENT_ERROR.INVALID_CHARACTER;
  const { type } = definition;
  if (type === 'DT') {
    const isLong = value.length === definition.max;
    return isLong && isDate(fullDate(value)) ? null : ELEMENT_ERROR.INVALID_DATE;
  }
  if (type === 'TM') return isTime(value) ? null : ELEMENT_ERROR.INVALID_TIME;
  if ((type === 'N0' || type === 'N2') && !/^-?\d+$/.test(value)) return ELEMENT_ERROR.INVALID_CHARACTER;
  if (type === 'R' && !/^-?(?:\d+(?:\.\d*)?|\.\d+)$/.test(value)) return ELEMENT_ERROR.INVALID_CHARACTER;
  const length =
    type === 'R' || type === 'N0' || type === 'N2' ? value.replace(/[-.]/g, '').length : textLength(value);
  if (length < definition.min) return ELEMENT_ERROR.TOO_SHORT;
  if (length > definition.max) return ELEMENT_ERROR.TOO_LONG;
  const codes = dictionary.codes.get(reference);
  return codes === undefined || codes.has(value) ? null : ELEMENT_ERROR.INVALID_CODE;
}

/** A separator inside a simple element: the sender wrote components or repetitions where there is room for neither. */
function holdsSeparator(value: string, separators: Separators): boolean {
  return (
    value.includes(separators.component) ||
    (separators.repetition !== null && value.includes(separators.repetition))
  );
}

function textLength(value: string): number {
  return [...value].length;
}

/** CCYYMMDD that is a day of the calendar. */
export function isDate(value: string): boolean {
  if (!/^\d{8}$/.test(value)) return false;
  const year = Number(value.slice(0, 4));
  const month = Number(value.slice(4, 6));
  const day = Number(value.slice(6, 8));
  if (year < 1 || month < 1 || month > 12 || day < 1) return false;
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] as number;
  return day <= days;
}

/** @returns a date of six digits with its century: years up to 79 are of this one, as everybody reads them */
export function fullDate(value: string, century?: string): string {
  if (!/^\d{6}$/.test(value)) return value;
  return `${century ?? (value < '80' ? '20' : '19')}${value}`;
}

/** HHMM, HHMMSS, or that with tenths or hundredths of a second. */
export function isTime(value: string): boolean {
  return /^(?:[01]\d|2[0-3])[0-5]\d(?:[0-5]\d\d{0,2})?$/.test(value);
}

function noteErrors(segment: Segment, note: SyntaxNote, definition: SegmentDefinition): ElementError[] {
  const present = (position: number): boolean => element(segment, position) !== '';
  const error = (position: number, code: string): ElementError => {
    const reference = definition.elements[position - 1]?.reference ?? null;
    const composite = reference === null ? undefined : COMPOSITES[reference];
    return {
      position,
      component: null,
      reference: composite === undefined ? reference : (composite[0] as string),
      code,
      value: element(segment, position),
    };
  };
  const missing = (positions: readonly number[]): ElementError[] =>
    positions.filter((one) => !present(one)).map((one) => error(one, ELEMENT_ERROR.CONDITIONAL_MISSING));
  const { positions } = note;
  const [first, ...rest] = positions as [number, ...number[]];
  switch (note.kind) {
    case 'P':
      return positions.some(present) ? missing(positions) : [];
    case 'R':
      return positions.some(present) ? [] : missing([first]);
    case 'C':
      return present(first) ? missing(rest) : [];
    case 'L':
      return !present(first) || rest.some(present) ? [] : missing(rest.slice(0, 1));
    case 'E':
      return positions
        .filter(present)
        .slice(1)
        .map((one) => error(one, ELEMENT_ERROR.EXCLUSION_VIOLATED));
    default:
      return note.kind satisfies never;
  }
}
