import { type Dictionary, dictionaryOf, hasShortDates } from './dictionary.ts';
import { fullDate } from './element-validator.ts';
import type { Segment, TransactionSet } from './types.ts';
import type { X12Version } from './versions.ts';

/** Position of the century in DTM before 004010; what stood behind it came one place forward then. */
const DTM_CENTURY = 5;

/** @returns a set as 004010 writes it: its dates with their century */
export function withFullDates(set: TransactionSet, dictionary: Dictionary): TransactionSet {
  if (!hasShortDates(dictionary.version)) return set;
  return { ...set, segments: set.segments.map((segment) => fullDates(segment, dictionary)) };
}

function fullDates(segment: Segment, dictionary: Dictionary): Segment {
  const century = segment.id === 'DTM' ? segment.elements[DTM_CENTURY - 1] : undefined;
  const elements = segment.elements.map((value, at) =>
    isDateAt(segment.id, at, dictionary) ? fullDate(value, century || undefined) : value,
  );
  if (segment.id === 'DTM') elements.splice(DTM_CENTURY - 1, 1);
  return { ...segment, elements };
}

/** @returns a segment, its id first, as the version writes it: before 004010 with dates of six digits */
export function withShortDates([id = '', ...elements]: readonly string[], version: X12Version): string[] {
  if (!hasShortDates(version)) return [id, ...elements];
  const dictionary = dictionaryOf(version);
  const short = elements.map((value, at) =>
    isDateAt(id, at, dictionary) && value.length === 8 ? value.slice(2) : value,
  );
  if (id === 'DTM' && short.length >= DTM_CENTURY) short.splice(DTM_CENTURY - 1, 0, '');
  return [id, ...short];
}

function isDateAt(id: string, at: number, { segments, elements }: Dictionary): boolean {
  const reference = segments.get(id)?.elements[at]?.reference;
  return reference !== undefined && elements.get(reference)?.type === 'DT';
}
