/** Calls that are under way count for so many milliseconds; whoever takes longer waits for somebody else. */
const COUNTED = 250;

/**
 * Lets few calls be under way at once, in the order in which they come. One process answers requests and does what
 * follows from them: without turns, the work behind a few hundred orders stands in line before the next request.
 *
 * @param atOnce calls that may be under way; one that is slow no longer counts, so that an unreachable partner holds
 *   up nobody else
 */
export function withConcurrencyLimit(
  atOnce: number,
): <Result>(call: () => Promise<Result>) => Promise<Result> {
  const waiting: (() => void)[] = [];
  let free = atOnce;
  const leave = () => {
    const next = waiting.shift();
    if (next === undefined) free++;
    else next();
  };
  return async (call) => {
    if (free > 0) free--;
    else await new Promise<void>((resolve) => waiting.push(resolve));
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
  };
}
