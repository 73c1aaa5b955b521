import { emit, tell } from './support/emit.ts';
import { openFloor, tableOf } from './support/floor.ts';
import { type Measured, measure, middle } from './support/load.ts';
import { type BenchLoop, startLoop } from './support/loop.ts';
import { benchOrder, stocked } from './support/orders.ts';

const CONCURRENCIES = [1, 8, 32];
const ROUNDS = 3;
const WARM_UP = { concurrency: 8, milliseconds: 3_000 };

/**
 * Orders of two lines taken in over HTTP, both lines reserved, beside the floor: the same transaction sent straight to
 * the same store. Floor and product take turns, so that a machine that is busy is so for both.
 */
export async function intake(milliseconds: number): Promise<void> {
  // What follows an order is other functions' work on AWS; here it would take the processor from what is measured.
  await compare('intake', milliseconds, await startLoop({ background: false }));
  await compare('intake with everything behind it', milliseconds, await startLoop());
}

async function compare(name: string, milliseconds: number, loop: BenchLoop): Promise<void> {
  try {
    const skus = await stocked(loop, 'INTAKE');
    const floor = await openFloor(tableOf(loop.storeEndpoint, loop.tableName), ['FLOOR-1', 'FLOOR-2']);
    const order = benchOrder(skus);
    const receive = () => loop.done('POST', '/v1/orders', order);
    await measure(WARM_UP, floor.write);
    await measure(WARM_UP, receive);
    for (const concurrency of CONCURRENCIES) {
      tell(`${name}: ${concurrency} at once`);
      const floors: Measured[] = [];
      const products: Measured[] = [];
      for (let round = 0; round < ROUNDS; round++) {
        floors.push(await measure({ concurrency, milliseconds }, floor.write));
        products.push(await measure({ concurrency, milliseconds }, receive));
      }
      report(name, concurrency, middle(floors), middle(products), floor.items);
    }
  } finally {
    await loop.stop();
  }
}

function report(name: string, concurrency: number, floor: Measured, product: Measured, items: number): void {
  const circumstances = { concurrency, items };
  emit({ name: `${name}: rate`, value: product.rate, unit: 'orders/s', ...circumstances });
  emit({ name: `${name}: rate of the floor`, value: floor.rate, unit: 'orders/s', ...circumstances });
  emit({
    name: `${name}: share of the floor`,
    value: product.rate / floor.rate,
    unit: 'ratio',
    ...circumstances,
  });
  emit({ name: `${name}: median`, value: product.median, unit: 'ms', ...circumstances });
  emit({ name: `${name}: median of the floor`, value: floor.median, unit: 'ms', ...circumstances });
  emit({
    name: `${name}: median above the floor`,
    value: product.median - floor.median,
    unit: 'ms',
    ...circumstances,
  });
  emit({ name: `${name}: slowest of a hundred`, value: product.slowest, unit: 'ms', ...circumstances });
}
