import { setTimeout as pause } from 'node:timers/promises';
import { Busy } from '../write-failures.ts';

/** How long a caller waits for a service of somebody else. */
export interface Deadline {
  /** Milliseconds for all attempts and the pauses between them. */
  readonly inAll: number;
  /** Milliseconds for one try. */
  readonly forOne: number;
}

/** What a failed try says of the next one. */
export interface Failure {
  /** Whether trying again may help: the service was not reached, was busy or failed. */
  readonly mayPass: boolean;
  /** Seconds, or a date, that the service asked to wait; null where it did not. */
  readonly retryAfter: string | null;
}

const FIRST_PAUSE = 250;

/**
 * Calls a service until it answers: pauses grow and are never the same for two callers, and as long as the service
 * asked for where it did.
 *
 * @param service its name, for the error
 * @param readFailure what an error of a try means
 * @throws Busy when the time was up, or the service asked for a longer pause than there is time
 * @throws the error of the try where trying again would not help
 */
export async function retryWithDeadline<Answer>(
  service: string,
  { inAll, forOne }: Deadline,
  call: (signal: AbortSignal) => Promise<Answer>,
  readFailure: (error: unknown) => Failure,
): Promise<Answer> {
  const end = Date.now() + inAll;
  for (let attempt = 0; ; attempt++) {
    try {
      return await call(AbortSignal.timeout(Math.max(1, Math.min(forOne, end - Date.now()))));
    } catch (error) {
      const { mayPass, retryAfter } = readFailure(error);
      if (!mayPass) throw error;
      const backoff = FIRST_PAUSE * 2 ** attempt * (0.5 + Math.random());
      const wait = Math.max(backoff, milliseconds(retryAfter));
      if (Date.now() + wait >= end) {
        throw new Busy(`${service} could not be asked: ${error instanceof Error ? error.name : 'it failed'}`);
      }
      await pause(wait);
    }
  }
}

/** @returns the pause that `Retry-After` asks for: whole or broken seconds, or a date; 0 where it is neither. */
function milliseconds(retryAfter: string | null): number {
  if (retryAfter === null) return 0;
  const seconds = Number(retryAfter);
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000);
  const date = Date.parse(retryAfter);
  return Number.isNaN(date) ? 0 : Math.max(0, date - Date.now());
}
