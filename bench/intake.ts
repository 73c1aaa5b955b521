import { openBaseline, tableOf } from './support/baseline.ts';
import { emit, progress } from './support/emit.ts';
import { type Measured, measure, middle } from './support/load.ts';
import { type BenchLoop, startLoop } from './support/loop.ts';
import { benchOrder, stocked } from './support/orders.ts';

const CONCURRENCIES = [1, 8, 32];
const ROUNDS = 3;
const WARM_UP = { concurrency: 8, milliseconds: 3_000 };

/**
 * Orders of two lines received over HTTP, both lines reserved, compared with the baseline: the same transaction sent
 * directly to the same store. Baseline and product alternate, so load on the machine affects both.
 */
export async function intake(milliseconds: number): Promise<void> {
  // On AWS the work after an order runs in other functions; here it would use the measured processor.
  await compare('intake', milliseconds, await startLoop({ background: false }));
  await compare('intake with background work', milliseconds, await startLoop());
}

async function compare(name: string, milliseconds: number, loop: BenchLoop): Promise<void> {
  try {
    const skus = await stocked(loop, 'INTAKE');
    const baseline = await openBaseline(tableOf(loop.storeEndpoint, loop.tableName), [
      'BASELINE-1',
      'BASELINE-2',
    ]);
    const order = benchOrder(skus);
    const receive = () => loop.done('POST', '/v1/orders', order);
    await measure(WARM_UP, baseline.write);
    await measure(WARM_UP, receive);
    for (const concurrency of CONCURRENCIES) {
      progress(`${name}: ${concurrency} at once`);
      const baselines: Measured[] = [];
      const products: Measured[] = [];
      for (let round = 0; round < ROUNDS; round++) {
        baselines.push(await measure({ concurrency, milliseconds }, baseline.write));
        products.push(await measure({ concurrency, milliseconds }, receive));
      }
      report(name, concurrency, middle(baselines), middle(products), baseline.items);
    }
  } finally {
    await loop.stop();
  }
}

function report(
  name: string,
  concurrency: number,
  baseline: Measured,
  product: Measured,
  items: number,
): void {
  const circumstances = { concurrency, items };
  emit({ name: `${name}: rate`, value: product.rate, unit: 'orders/s', ...circumstances });
  emit({ name: `${name}: rate of the baseline`, value: baseline.rate, unit: 'orders/s', ...circumstances });
  emit({
    name: `${name}: share of the baseline`,
    value: product.rate / baseline.rate,
    unit: 'ratio',
    ...circumstances,
  });
  emit({ name: `${name}: median`, value: product.median, unit: 'ms', ...circumstances });
  emit({ name: `${name}: median of the baseline`, value: baseline.median, unit: 'ms', ...circumstances });
  emit({
    name: `${name}: median above the baseline`,
    value: product.median - baseline.median,
    unit: 'ms',
    ...circumstances,
  });
  emit({ name: `${name}: slowest of a hundred`, value: product.slowest, unit: 'ms', ...circumstances });
}
