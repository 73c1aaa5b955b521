import { CODES_004010, CODES_005010 } from './dictionary/codes.ts';
import { ELEMENTS_004010, ELEMENTS_005010, type ElementDefinition } from './dictionary/elements.ts';
import { SEGMENTS_004010, SEGMENTS_005010, type SegmentDefinition } from './dictionary/segments.ts';
import { SETS, type SetDefinition } from './dictionary/sets.ts';

/** Everything the validator knows about one version of X12. */
export interface Dictionary {
  readonly version: X12Version;
  readonly sets: ReadonlyMap<string, SetDefinition>;
  readonly segments: ReadonlyMap<string, SegmentDefinition>;
  readonly elements: ReadonlyMap<string, ElementDefinition>;
  /** Legal codes by element number; an element that is absent takes any code. */
  readonly codes: ReadonlyMap<string, ReadonlySet<string>>;
}

export type X12Version = '004010' | '005010';

const DICTIONARIES: Record<X12Version, Dictionary> = {
  '004010': {
    version: '004010',
    sets: SETS,
    segments: SEGMENTS_004010,
    elements: ELEMENTS_004010,
    codes: CODES_004010,
  },
  '005010': {
    version: '005010',
    sets: SETS,
    segments: SEGMENTS_005010,
    elements: ELEMENTS_005010,
    codes: CODES_005010,
  },
};

/** The dictionary of a version that we write in. */
export function dictionaryOf(version: X12Version): Dictionary {
  return DICTIONARIES[version];
}

/**
 * The version that a GS08 names, or null when we do not read it. Industries put their own mark behind the six
 * digits (`004010VICS`, `005010UCS`); their guides only narrow the standard, so the standard's dictionary serves.
 */
export function versionOf(gs08: string): X12Version | null {
  const version = gs08.slice(0, 6);
  return version === '004010' || version === '005010' ? version : null;
}
