import { Interrupted } from '../interrupted.ts';

/** Calls that are under way count for so many milliseconds; whoever takes longer waits for somebody else. */
const COUNTED = 250;

/** Lets few calls be under way at once. */
export interface ConcurrencyLimit {
  /**
   * Makes a call when there is room for it.
   *
   * @throws Interrupted when the stack stopped before
   */
  run<Result>(call: () => Promise<Result>): Promise<Result>;
  /** Begins no further call; those that wait for room are interrupted. */
  stop(): void;
}

/**
 * Lets few calls be under way at once, in the order in which they come. One process answers requests and does what
 * follows from them: without turns, the work behind a few hundred orders stands in line before the next request.
 *
 * @param atOnce calls that may be under way; one that is slow no longer counts, so that an unreachable partner holds
 *   up nobody else
 */
export function concurrencyLimit(atOnce: number): ConcurrencyLimit {
  const waiting: PromiseWithResolvers<void>[] = [];
  let free = atOnce;
  let isStopped = false;
  const leave = () => {
    const next = waiting.shift();
    if (next === undefined) free++;
    else next.resolve();
  };
  return {
    async run(call) {
      if (isStopped) throw new Interrupted();
      if (free > 0) free--;
      else {
        const room = Promise.withResolvers<void>();
        waiting.push(room);
        await room.promise;
      }
      let counts = true;
      const end = () => {
        if (counts) leave();
        counts = false;
      };
      const slow = setTimeout(end, COUNTED);
      try {
        return await call();
      } finally {
        clearTimeout(slow);
        end();
      }
    },
    stop() {
      isStopped = true;
      for (const room of waiting.splice(0)) room.reject(new Interrupted());
    },
  };
}
