import { setTimeout as pause } from 'node:timers/promises';
import { problemIn } from './problems.ts';

/** Problems with which the API says that nothing was done, and that the same request may succeed soon. */
const TRANSIENT: readonly string[] = ['busy', 'too_many_requests', 'idempotency_in_flight'];

const ATTEMPTS = 4;
/** Milliseconds before the second attempt where the API names no pause; it doubles with each attempt. */
const FIRST_PAUSE = 250;
/** Milliseconds that one pause takes at most. */
const MAX_PAUSE = 10_000;

/** @returns a `fetch` that sends a request again when the API asks for it; the last response counts. */
export function sendAgain(fetch: typeof globalThis.fetch): (request: Request) => Promise<Response> {
  return async (request) => {
    for (let attempt = 1; ; attempt++) {
      const response = await fetch(request.clone());
      if (attempt === ATTEMPTS) return response;
      const problem = await problemIn(response.clone());
      if (problem === null || !TRANSIENT.includes(problem.code)) return response;
      await pause(pauseOf(response, attempt), undefined, { signal: request.signal });
    }
  };
}

function pauseOf(response: Response, attempt: number): number {
  const backoff = FIRST_PAUSE * 2 ** (attempt - 1) * (0.5 + Math.random());
  const asked = Number(response.headers.get('retry-after') ?? 0) * 1000;
  return Math.min(MAX_PAUSE, Math.max(backoff, Number.isFinite(asked) ? asked : 0));
}
