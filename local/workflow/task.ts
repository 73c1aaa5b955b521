import { Interrupted } from '../interrupted.ts';
import { type TaskCall, TIMEOUT_PARAMETER } from './steps.ts';
import { newToken, type TaskTokens } from './task-tokens.ts';

/** Timers cannot count further; what lasts longer is looked at again before. */
const MAX_TIMER = 2 ** 31 - 1;

export interface TaskOptions {
  readonly execution: string;
  /** Which of the execution's states the task belongs to. */
  readonly number: number;
  readonly tokens: TaskTokens;
  /** Says to wait no longer. */
  readonly signal: AbortSignal;
  invoke(functionArn: string, payload: unknown): Promise<unknown>;
}

/** The token in the context object of a state; each attempt of a task has one of its own. */
export interface TokenHolder {
  Token: string;
}

/** @returns the token that a state begins with: the one of an earlier start if its wait still counts, else a new one. */
export function firstToken({ tokens, execution, number }: TaskOptions): TokenHolder {
  const known = tokens.find(execution, number);
  const isUsable = known !== null && known.resolution?.status !== 'ended';
  return { Token: isUsable ? known.token : newToken() };
}

/**
 * Calls a function and answers with what it returned, as the integration `lambda:invoke` does.
 *
 * @throws the function's error, by whose name the state machine retries or catches
 */
export async function callFunction(call: TaskCall, options: TaskOptions): Promise<unknown> {
  if (options.signal.aborted) throw new Interrupted();
  const answer = options.invoke(call.FunctionName, call.Payload);
  const seconds = call[TIMEOUT_PARAMETER];
  const Payload = await (seconds === undefined ? answer : within(seconds * 1000, answer)).catch(
    (error: unknown) => {
      throw workflowError(error);
    },
  );
  return { ExecutedVersion: '$LATEST', StatusCode: 200, Payload };
}

/**
 * Calls a function that passes the token on, and returns what the token was answered with. A wait that was begun before
 * is taken up where it was.
 *
 * @throws Interrupted while there is no answer; the state is run again when it comes or the time is over
 * @throws an error named after the failure that was reported, or `States.Timeout`
 */
export async function callAndWait(
  call: TaskCall,
  holder: TokenHolder,
  options: TaskOptions,
): Promise<unknown> {
  const { tokens, signal, execution, number } = options;
  if (signal.aborted) throw new Interrupted();
  const token = holder.Token;
  const seconds = call[TIMEOUT_PARAMETER];
  if (tokens.find(execution, number)?.token !== token) {
    tokens.create(token, execution, number, seconds === undefined ? null : Date.now() + seconds * 1000);
  }
  const fail = (error: Error): never => {
    tokens.end(token);
    holder.Token = newToken();
    throw error;
  };
  const begun = tokens.find(execution, number);
  if (begun?.called === false && begun.resolution === null) {
    await options.invoke(call.FunctionName, call.Payload).catch((error: unknown) => {
      if (error instanceof Interrupted) throw error;
      fail(workflowError(error));
    });
    tokens.markCalled(token);
  }
  const wait = tokens.find(execution, number);
  switch (wait?.resolution?.status) {
    case 'succeeded':
      return wait.resolution.output;
    case 'failed':
      return fail(named(wait.resolution.error, wait.resolution.cause));
    case undefined:
      if (!signal.aborted && (wait?.endsAt ?? Number.POSITIVE_INFINITY) <= Date.now())
        return fail(named('States.Timeout', 'the task was not answered in time'));
      throw new Interrupted();
    default:
      throw new Interrupted();
  }
}

async function within(milliseconds: number, answer: Promise<unknown>): Promise<unknown> {
  const { promise, reject } = Promise.withResolvers<never>();
  const end = () => reject(named('States.Timeout', 'the function took too long'));
  const timer = setTimeout(end, Math.min(MAX_TIMER, milliseconds));
  try {
    return await Promise.race([answer, promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** @returns an error by the name that Step Functions knows; a function that ran out of time is an unknown error. */
function workflowError(error: unknown): Error {
  if (error instanceof Interrupted) return error;
  const { name, message } = error instanceof Error ? error : { name: 'Error', message: String(error) };
  return named(name === 'Lambda.Timeout' ? 'Lambda.Unknown' : name, message);
}

function named(name: string, message: string): Error {
  const error = new Error(message);
  error.name = name;
  return error;
}
