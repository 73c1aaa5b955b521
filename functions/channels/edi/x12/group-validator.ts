import { type Dictionary, dictionaryOf, isModern, versionOf } from './dictionary.ts';
import {
  GROUP_ERROR,
  type GroupReport,
  type GroupVerdict,
  type ReceiverPolicy,
  SET_ERROR,
  type SetReport,
} from './report.ts';
import { validateSegments } from './set-validator.ts';
import { withFullDates } from './short-dates.ts';
import { element, type FunctionalGroup, type Separators, type TransactionSet } from './types.ts';
import type { X12Version } from './versions.ts';

const DEFAULT_FUNCTIONAL_IDS = ['PO', 'PC', 'FA', 'AG', 'RA', 'SW'];
/** AK5 and AK9 have room for five codes each. */
const MAX_CODES = 5;

/** Errors that a receiver may overlook: every segment of the group or set arrived, and can be distinguished. */
const FORGIVABLE_GROUP: ReadonlySet<string> = new Set([
  GROUP_ERROR.CONTROL_NUMBERS_DIFFER,
  GROUP_ERROR.SET_COUNT,
]);
const FORGIVABLE_SET: ReadonlySet<string> = new Set([
  SET_ERROR.CONTROL_NUMBERS_DIFFER,
  SET_ERROR.SEGMENT_COUNT,
  SET_ERROR.SEGMENT_ERRORS,
]);

/**
 * Judges one functional group and each set in it.
 *
 * @param seen the GS06 of the groups before it in the same interchange; this group's is added
 */
export function validateGroup(
  group: FunctionalGroup,
  separators: Separators,
  policy: ReceiverPolicy,
  seen: Set<string>,
): GroupReport {
  const functionalId = element(group.header, 1);
  const controlNumber = element(group.header, 6);
  const version = versionOf(element(group.header, 8));
  const errorCodes = groupErrors(group, version, policy, seen);
  seen.add(controlNumber);
  const stated = group.trailer === null ? '' : element(group.trailer, 1);
  const facts = {
    group,
    functionalId,
    controlNumber,
    version,
    setsIncluded: /^\d{1,6}$/.test(stated) ? Number(stated) : group.sets.length,
    setsReceived: group.sets.length,
  };
  const forgiven = policy.acceptErrors === true && errorCodes.every((code) => FORGIVABLE_GROUP.has(code));
  if (version === null || (errorCodes.length > 0 && !forgiven)) {
    return { ...facts, errorCodes, verdict: 'R', setsAccepted: 0, sets: [] };
  }
  const numbers = new Set<string>();
  const dictionary = dictionaryOf(version);
  const sets = group.sets.map((set) =>
    validateSet(set, functionalId, dictionary, separators, policy, numbers),
  );
  const setsAccepted = sets.filter((set) => set.verdict !== 'R').length;
  return {
    ...facts,
    errorCodes,
    setsAccepted,
    sets,
    verdict: verdictOf(sets, setsAccepted, errorCodes.length > 0),
  };
}

function verdictOf(sets: readonly SetReport[], accepted: number, noted: boolean): GroupVerdict {
  if (accepted === 0) return 'R';
  if (accepted < sets.length) return 'P';
  return noted || sets.some((set) => set.verdict === 'E') ? 'E' : 'A';
}

function groupErrors(
  group: FunctionalGroup,
  version: X12Version | null,
  policy: ReceiverPolicy,
  seen: ReadonlySet<string>,
): string[] {
  const { header, trailer, sets } = group;
  const controlNumber = element(header, 6);
  const codes: string[] = [];
  if (!(policy.functionalIds ?? DEFAULT_FUNCTIONAL_IDS).includes(element(header, 1)))
    codes.push(GROUP_ERROR.NOT_SUPPORTED);
  if (version === null) codes.push(GROUP_ERROR.VERSION_NOT_SUPPORTED);
  if (trailer === null) codes.push(GROUP_ERROR.TRAILER_MISSING);
  else if (!sameNumber(element(trailer, 2), controlNumber)) codes.push(GROUP_ERROR.CONTROL_NUMBERS_DIFFER);
  if (trailer !== null && !sameNumber(element(trailer, 1), String(sets.length)))
    codes.push(GROUP_ERROR.SET_COUNT);
  if (!/^\d{1,9}$/.test(controlNumber)) codes.push(GROUP_ERROR.CONTROL_NUMBER_SYNTAX);
  else if (seen.has(controlNumber)) {
    codes.push(
      version !== null && isModern(version)
        ? GROUP_ERROR.CONTROL_NUMBER_NOT_UNIQUE
        : GROUP_ERROR.CONTROL_NUMBER_SYNTAX,
    );
  }
  return codes.slice(0, MAX_CODES);
}

function validateSet(
  set: TransactionSet,
  functionalId: string,
  dictionary: Dictionary,
  separators: Separators,
  policy: ReceiverPolicy,
  numbers: Set<string>,
): SetReport {
  const fatal = headerErrors(set, functionalId, dictionary, numbers);
  numbers.add(set.controlNumber);
  if (fatal.length > 0) return { set, verdict: 'R', errorCodes: fatal, segmentErrors: [] };
  const errorCodes = trailerErrors(set);
  const segmentErrors = validateSegments(set.id, set.segments.slice(1, -1), dictionary, separators);
  if (segmentErrors.length > 0) errorCodes.push(SET_ERROR.SEGMENT_ERRORS);
  const forgiven = policy.acceptErrors === true && errorCodes.every((code) => FORGIVABLE_SET.has(code));
  const verdict = errorCodes.length === 0 ? 'A' : forgiven ? 'E' : 'R';
  return { set: withFullDates(set, dictionary), verdict, errorCodes, segmentErrors };
}

/** Errors that leave nothing to be judged further: which set it is, or where it ends, is not known. */
function headerErrors(
  set: TransactionSet,
  functionalId: string,
  dictionary: Dictionary,
  numbers: ReadonlySet<string>,
): string[] {
  const codes: string[] = [];
  const definition = dictionary.sets.get(set.id);
  if (!/^\d{3}$/.test(set.id)) codes.push(SET_ERROR.IDENTIFIER);
  else if (definition === undefined || definition.functionalId !== functionalId)
    codes.push(SET_ERROR.NOT_SUPPORTED);
  if (set.trailer === null) codes.push(SET_ERROR.TRAILER_MISSING);
  if (!/^[\x21-\x7e]{4,9}$/.test(set.controlNumber)) codes.push(SET_ERROR.CONTROL_NUMBER);
  else if (numbers.has(set.controlNumber)) {
    codes.push(isModern(dictionary.version) ? SET_ERROR.CONTROL_NUMBER_NOT_UNIQUE : SET_ERROR.CONTROL_NUMBER);
  }
  return codes;
}

function trailerErrors(set: TransactionSet): string[] {
  const codes: string[] = [];
  if (set.trailer === null) return codes;
  if (element(set.trailer, 2) !== set.controlNumber) codes.push(SET_ERROR.CONTROL_NUMBERS_DIFFER);
  if (!sameNumber(element(set.trailer, 1), String(set.segments.length))) codes.push(SET_ERROR.SEGMENT_COUNT);
  return codes;
}

/** Whether two numbers are the same whole number, leading zeros apart. */
function sameNumber(one: string, other: string): boolean {
  return /^\d{1,10}$/.test(one) && /^\d{1,10}$/.test(other) && Number(one) === Number(other);
}
