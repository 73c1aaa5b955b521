import { type Bundle, makeBundles } from './support/bundles.ts';
import { emit, progress } from './support/emit.ts';
import { importTime } from './support/import-time.ts';
import { median } from './support/load.ts';

const ROUNDS = 5;

/**
 * Size of each function's bundle, as CDK creates it, and the time a new process takes to import it, compared with a
 * bundle of only the document client. Baseline and functions alternate, so load on the machine affects all of them.
 */
export async function coldStart(): Promise<void> {
  progress('bundling every function');
  const { baseline, trimmedBaseline, functions, remove } = await makeBundles();
  try {
    const all = [baseline, trimmedBaseline, ...functions];
    const took = new Map(all.map((bundle) => [bundle, [] as number[]]));
    for (let round = 1; round <= ROUNDS; round++) {
      progress(`importing each function: ${round} of ${ROUNDS}`);
      for (const bundle of all) took.get(bundle)?.push(await importTime(bundle));
    }
    const time = (bundle: Bundle) => median(took.get(bundle) ?? []);
    for (const bundle of all) {
      const circumstances = { function: bundle.name };
      emit({ name: 'cold start: size', value: bundle.bytes / 1024, unit: 'KiB', ...circumstances });
      emit({ name: 'cold start: import', value: time(bundle), unit: 'ms', ...circumstances });
      if (bundle === baseline) continue;
      const size = bundle.bytes / baseline.bytes;
      emit({ name: 'cold start: size, ratio to the baseline', value: size, unit: 'ratio', ...circumstances });
      emit({
        name: 'cold start: import, ratio to the baseline',
        value: time(bundle) / time(baseline),
        unit: 'ratio',
        ...circumstances,
      });
    }
  } finally {
    await remove();
  }
}
