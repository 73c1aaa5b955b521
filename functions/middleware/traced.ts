import type { Logger } from '@aws-lambda-powertools/logger';
import type { MiddlewareObj } from '@middy/core';
import type { Context } from 'aws-lambda';
import type { Outcome, Recorded } from '../tracer/recorded.ts';
import { loadTracer, SERVICE_NAME } from '../wiring.ts';

/** An environment runs one invocation at a time; where many run in one process, nothing is traced. */
let current: { readonly annotations: Record<string, string>; readonly parts: Recorded[] } = nothing();
let isColdStart = true;

/** Adds to the ids by which the trace of the running invocation is found. */
export function annotate(ids: Readonly<Record<string, string>>): void {
  Object.assign(current.annotations, ids);
}

/**
 * Does a part of what the invocation is there for, under its own name and ids in the trace.
 *
 * @throws what the work throws
 */
export async function part<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
  const whole = current;
  const own = nothing();
  const beganAt = Date.now();
  const end = (outcome: Outcome) =>
    whole.parts.push({ name, beganAt, endedAt: Date.now(), annotations: own.annotations, outcome });
  current = own;
  try {
    const result = await work();
    end({});
    return result;
  } catch (error) {
    end({ error: error as Error });
    throw error;
  } finally {
    current = whole;
  }
}

/**
 * Notes in the trace of an invocation what it is about, where Lambda records one. The tracer is loaded by the first such
 * invocation of an environment, while its own work is waiting for the store; what goes wrong with it is logged and goes
 * no further.
 */
export function traced<Event, Answer>(logger: Logger): MiddlewareObj<Event, Answer, Error, Context> {
  let beganAt = 0;
  let loading: ReturnType<typeof loadTracer>;

  const end = async (outcome: Outcome): Promise<void> => {
    const coldStart = isColdStart;
    isColdStart = false;
    if (loading === undefined) return;
    const { annotations, parts } = current;
    const whole = { name: SERVICE_NAME, beganAt, endedAt: Date.now(), outcome, parts };
    try {
      (await loading).record({ ...whole, annotations: { ...annotations, coldStart } });
    } catch (error) {
      logger.warn('the trace was not recorded', error as Error);
    }
  };
  return {
    before: () => {
      current = nothing();
      beganAt = Date.now();
      loading = loadTracer();
      // Waited for at the end; until then its failure is nobody's.
      loading?.catch(() => {});
    },
    after: ({ response }) => end(statusOf(response)),
    onError: ({ error, response }) =>
      end(response === undefined && error !== null ? { error } : statusOf(response)),
  };
}

function nothing(): typeof current {
  return { annotations: {}, parts: [] };
}

function statusOf(answer: unknown): Outcome {
  const status = (answer as { statusCode?: unknown } | null | undefined)?.statusCode;
  return typeof status === 'number' ? { status } : {};
}
