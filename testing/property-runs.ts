/**
 * How long a property is tried. `npm test` tries the same few cases each time; PROPERTY_RUNS=1000 tries more, and
 * PROPERTY_SEED others.
 *
 * @param ordinary how many cases take a second or two
 */
export function propertyRuns(ordinary: number): { numRuns: number; seed: number } {
  return {
    numRuns: Number(process.env.PROPERTY_RUNS ?? ordinary),
    seed: Number(process.env.PROPERTY_SEED ?? 20260310),
  };
}
