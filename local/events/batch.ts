import { Interrupted } from '../interrupted.ts';
import type { Report } from '../report.ts';
import type { MappingDescription } from '../template/description.ts';

/** One record of a stream on its way to a function. */
export interface StreamRecord {
  readonly sequenceNumber: string;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  /** The record as the function gets it. */
  readonly event: unknown;
}

/** Why records were given up. */
export interface GivenUp {
  readonly records: readonly StreamRecord[];
  readonly reason: 'RetryAttemptsExhausted' | 'MaximumRecordAgeExceeded';
  readonly attempts: number;
}

export interface BatchOptions {
  readonly mapping: MappingDescription;
  invoke(event: unknown): Promise<unknown>;
  /** Called when all records up to this one are done with, and need not be read again. */
  done(last: StreamRecord): void;
  /** Called before `done` with records that are not tried again. */
  giveUp(given: GivenUp): void;
  /** Rests before a retry; answers false when the reader is to stop. */
  pause(milliseconds: number): Promise<boolean>;
  readonly report: Report;
}

/** Milliseconds before the first retry, doubled before each further one. */
const FIRST_PAUSE = 50;
const MAX_PAUSE = 5000;

type Result =
  | { readonly kind: 'done' | 'interrupted' }
  | { readonly kind: 'failed-from'; readonly index: number }
  | { readonly kind: 'error' };

/**
 * Hands a batch of records to a function as an event source mapping of Lambda does: in order, again from the first
 * failed record on, in halves where the template asks for it, until it works or the records are too old or were tried
 * too often.
 *
 * @returns false when the reader was stopped before all was done
 */
export async function deliverBatch(
  records: readonly StreamRecord[],
  options: BatchOptions,
): Promise<boolean> {
  const { mapping, pause, done } = options;
  for (let attempts = 1; ; attempts++) {
    const left = withoutTooOld(records, attempts, options);
    const last = left.at(-1);
    if (last === undefined) return true;
    const result = await attempt(left, options);
    if (result.kind === 'done') {
      done(last);
      return true;
    }
    if (result.kind === 'interrupted') return false;
    if (result.kind === 'failed-from' && result.index > 0) {
      // Some were taken, so the rest is a batch of its own with all its attempts before it.
      done(left[result.index - 1] as StreamRecord);
      return (await pause(FIRST_PAUSE)) && deliverBatch(left.slice(result.index), options);
    }
    if (mapping.bisects && left.length > 1) {
      // A half is tried as often as the whole: what is wrong with one record is none of the others' fault.
      const middle = Math.ceil(left.length / 2);
      return (
        (await deliverBatch(left.slice(0, middle), options)) && deliverBatch(left.slice(middle), options)
      );
    }
    if (attempts > mapping.mostRetries) {
      options.giveUp({ records: left, reason: 'RetryAttemptsExhausted', attempts });
      done(last);
      return true;
    }
    if (!(await pause(Math.min(MAX_PAUSE, FIRST_PAUSE * 2 ** (attempts - 1))))) return false;
  }
}

function withoutTooOld(
  records: readonly StreamRecord[],
  attempts: number,
  options: BatchOptions,
): readonly StreamRecord[] {
  const oldest = Date.now() - options.mapping.mostAgeSeconds * 1000;
  const firstFresh = records.findIndex(({ createdAt }) => createdAt >= oldest);
  const tooOld = firstFresh === -1 ? records : records.slice(0, firstFresh);
  const last = tooOld.at(-1);
  if (last !== undefined) {
    options.giveUp({ records: tooOld, reason: 'MaximumRecordAgeExceeded', attempts: attempts - 1 });
    options.done(last);
  }
  return records.slice(tooOld.length);
}

async function attempt(records: readonly StreamRecord[], options: BatchOptions): Promise<Result> {
  let answer: unknown;
  try {
    answer = await options.invoke({ Records: records.map(({ event }) => event) });
  } catch (error) {
    if (error instanceof Interrupted) return { kind: 'interrupted' };
    options.report.retry(`${options.mapping.id}: the function failed with ${records.length} records`, error);
    return { kind: 'error' };
  }
  if (!options.mapping.reportsItemFailures) return { kind: 'done' };
  const failures = itemFailures(answer);
  if (failures === null) return { kind: 'error' };
  const indexes = failures.map((failure) =>
    records.findIndex(({ sequenceNumber }) => sequenceNumber === failure),
  );
  // An identifier that is none of the batch's means that the function's answer cannot be relied on.
  if (indexes.includes(-1)) return { kind: 'error' };
  return indexes.length === 0 ? { kind: 'done' } : { kind: 'failed-from', index: Math.min(...indexes) };
}

/** @returns what a function reports as failed, or null when its answer is not understood and all counts as failed. */
export function itemFailures(answer: unknown): readonly string[] | null {
  if (answer === null || answer === undefined) return [];
  const { batchItemFailures = [] } = answer as { batchItemFailures?: unknown };
  if (batchItemFailures === null) return [];
  if (!Array.isArray(batchItemFailures)) return null;
  const identifiers = batchItemFailures.map(
    (failure: { itemIdentifier?: unknown } | null) => failure?.itemIdentifier,
  );
  return identifiers.every((each) => typeof each === 'string' && each !== '')
    ? (identifiers as string[])
    : null;
}
