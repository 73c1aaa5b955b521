import { type Bundle, makeBundles } from './support/bundles.ts';
import { emit, tell } from './support/emit.ts';
import { importTime } from './support/import-time.ts';
import { median } from './support/load.ts';

const ROUNDS = 5;

/**
 * Size of each function's bundle, as CDK makes it, and the time a fresh process takes to import it, beside a bundle
 * with only the document client. Floor and functions take turns, so that a machine that is busy is so for all.
 */
export async function coldStart(): Promise<void> {
  tell('bundling every function');
  const { floor, trimmedFloor, functions, remove } = await makeBundles();
  try {
    const all = [floor, trimmedFloor, ...functions];
    const took = new Map(all.map((bundle) => [bundle, [] as number[]]));
    for (let round = 1; round <= ROUNDS; round++) {
      tell(`importing each function: ${round} of ${ROUNDS}`);
      for (const bundle of all) took.get(bundle)?.push(await importTime(bundle));
    }
    const time = (bundle: Bundle) => median(took.get(bundle) ?? []);
    for (const bundle of all) {
      const circumstances = { function: bundle.name };
      emit({ name: 'cold start: size', value: bundle.bytes / 1024, unit: 'KiB', ...circumstances });
      emit({ name: 'cold start: import', value: time(bundle), unit: 'ms', ...circumstances });
      if (bundle === floor) continue;
      const size = bundle.bytes / floor.bytes;
      emit({ name: 'cold start: size beside the floor', value: size, unit: 'ratio', ...circumstances });
      emit({
        name: 'cold start: import beside the floor',
        value: time(bundle) / time(floor),
        unit: 'ratio',
        ...circumstances,
      });
    }
  } finally {
    await remove();
  }
}
