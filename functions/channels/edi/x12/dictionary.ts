import { CODES_004010, CODES_005010 } from './dictionary/codes.ts';
import {
  ELEMENTS_004010,
  ELEMENTS_005010,
  ELEMENTS_BEFORE_004010,
  type ElementDefinition,
} from './dictionary/elements.ts';
import {
  SEGMENTS_004010,
  SEGMENTS_005010,
  SEGMENTS_BEFORE_004010,
  type SegmentDefinition,
} from './dictionary/segments.ts';
import { SETS, type SetDefinition } from './dictionary/sets.ts';
import { RELEASES, X12_VERSIONS, type X12Version } from './versions.ts';

/** Everything the validator knows about one version of X12. */
export interface Dictionary {
  readonly version: X12Version;
  readonly sets: ReadonlyMap<string, SetDefinition>;
  readonly segments: ReadonlyMap<string, SegmentDefinition>;
  readonly elements: ReadonlyMap<string, ElementDefinition>;
  /** Legal codes by element number; an element that is absent takes any code. */
  readonly codes: ReadonlyMap<string, ReadonlySet<string>>;
}

const BASES = {
  '004010': { segments: SEGMENTS_004010, elements: ELEMENTS_004010, codes: CODES_004010 },
  // Lists of codes have grown since; elements and segments are those of 004010.
  '004020': { segments: SEGMENTS_004010, elements: ELEMENTS_004010, codes: CODES_005010 },
  '005010': { segments: SEGMENTS_005010, elements: ELEMENTS_005010, codes: CODES_005010 },
};

const DICTIONARIES: ReadonlyMap<X12Version, Dictionary> = new Map(
  X12_VERSIONS.map((version) => {
    const base = BASES[RELEASES[version]];
    const older = hasShortDates(version)
      ? {
          segments: new Map([...base.segments, ...SEGMENTS_BEFORE_004010]),
          elements: new Map([...base.elements, ...ELEMENTS_BEFORE_004010]),
        }
      : {};
    return [version, { version, sets: SETS, ...base, ...older }];
  }),
);

/** The dictionary of a version. */
export function dictionaryOf(version: X12Version): Dictionary {
  return DICTIONARIES.get(version) as Dictionary;
}

/**
 * The version that a GS08 names, or null when we do not read it. Industries put their own mark behind the six
 * digits (`004010VICS`, `005010UCS`); their guides only narrow the standard, so the standard's dictionary serves.
 */
export function versionOf(gs08: string): X12Version | null {
  return X12_VERSIONS.find((version) => version === gs08.slice(0, 6)) ?? null;
}

/** Whether dates have two digits of the year: until 004010, which wrote the century into them. */
export function hasShortDates(version: X12Version): boolean {
  return version < '004010';
}

/** Whether ISA11 announces a separator of repetitions, and elements may repeat. */
export function hasRepetitions(version: X12Version): boolean {
  return version >= '004020';
}

/** Whether the version has the codes of errors that 005010 brought. */
export function isModern(version: X12Version): boolean {
  return version >= '005010';
}

/** @returns ISA12 of a version: `00401` for 004010 */
export function interchangeVersionOf(version: X12Version): string {
  return version.slice(0, 5);
}
