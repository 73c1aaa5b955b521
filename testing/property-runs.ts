/** How many times fewer cases `npm test` tries than `npm run test:full`. */
const QUICK = 5;

/**
 * How often a property is tried. `npm run test:full` tries all the cases, `npm test` a fifth of them;
 * PROPERTY_RUNS=1000 tries as many as it says.
 *
 * @param full how many cases take a few seconds
 * @param quick how many cases `npm test` tries, where a fifth does not show enough
 */
export function caseCount(full: number, quick = Math.ceil(full / QUICK)): number {
  const { PROPERTY_RUNS, TEST_LENGTH } = process.env;
  if (PROPERTY_RUNS !== undefined) return Number(PROPERTY_RUNS);
  return TEST_LENGTH === 'quick' ? quick : full;
}

/** The same number, as fast-check takes it. */
export function propertyRuns(full: number, quick?: number): { numRuns: number } {
  return { numRuns: caseCount(full, quick) };
}
