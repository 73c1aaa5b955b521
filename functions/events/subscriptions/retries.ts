/**
 * Seconds between one try and the next: a hiccup is over at once, an outage within a day. The sum, with the longest
 * jitter, is below 26 hours.
 */
const PAUSES = [5, 300, 1_800, 7_200, 18_000, 28_800, 28_800] as const;

/** Of each pause, so that what failed together is not repeated together. */
const JITTER = 0.1;

/**
 * @param tries how often it was tried, at least once
 * @param random 0 to 1
 * @returns milliseconds until the next try, or null when it was tried often enough
 */
export function pauseAfter(tries: number, random: number): number | null {
  const seconds = PAUSES[tries - 1];
  return seconds === undefined ? null : Math.round(seconds * 1000 * (1 - JITTER + 2 * JITTER * random));
}
