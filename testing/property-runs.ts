/** How many times fewer cases `npm test` tries than `npm run test:full`. */
const QUICK = 5;

/**
 * How often a property is tried. `npm run test:full` tries all the cases, `npm test` a fifth of them;
 * PROPERTY_RUNS=1000 tries as many as it says.
 *
 * @param full how many cases take a few seconds
 */
export function caseCount(full: number): number {
  const { PROPERTY_RUNS, TEST_LENGTH } = process.env;
  if (PROPERTY_RUNS !== undefined) return Number(PROPERTY_RUNS);
  return TEST_LENGTH === 'quick' ? Math.ceil(full / QUICK) : full;
}

/** The same number of cases from a seed: the same ones each time; PROPERTY_SEED names others. */
export function propertyRuns(full: number): { numRuns: number; seed: number } {
  return { numRuns: caseCount(full), seed: Number(process.env.PROPERTY_SEED ?? 20260310) };
}
