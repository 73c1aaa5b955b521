import { type ContendedStore, openContendedStore } from './support/contended-store.ts';
import { emit, progress } from './support/emit.ts';
import { measure } from './support/load.ts';
import { type BenchLoop, startLoop } from './support/loop.ts';
import { benchOrder } from './support/orders.ts';

const ATTEMPTS = 5_000;
const UNITS = 1_000;
const CONCURRENCY = 64;
const SKU = 'HOT';
const LOT = 'HOT-LOT';

interface Stock {
  readonly onHand: number;
  readonly reserved: number;
  readonly available: number;
}

/**
 * Many buyers order the last units of one lot at once: exactly as many succeed as there are units, and every request is
 * answered. On the embedded store, which runs requests one after another, and on one that conflicts and throttles as
 * DynamoDB does.
 */
export async function hotLot(): Promise<void> {
  await race('hot lot', await startLoop({ background: false }));
  let store: ContendedStore | undefined;
  const proxy = async (endpoint: string) => {
    store = await openContendedStore(endpoint);
    return store;
  };
  await race('hot lot with conflicts', await startLoop({ background: false, proxy }), () =>
    store?.refusals(),
  );
}

async function race(
  name: string,
  loop: BenchLoop,
  refusals: () => ReturnType<ContendedStore['refusals']> | undefined = () => undefined,
): Promise<void> {
  try {
    await loop.done('POST', `/v1/inventory/${SKU}/lots`, { lotNumber: LOT, quantity: UNITS });
    refusals();
    progress(`${name}: ${ATTEMPTS} buyers for ${UNITS} units`);
    const order = benchOrder([SKU], { backorderPolicy: 'REJECT' });
    const answers = new Map<number, number>();
    const begun = performance.now();
    let sold = 0;
    let soldOut = begun;
    const { rate, median, slowest } = await measure(
      { concurrency: CONCURRENCY, most: ATTEMPTS },
      async () => {
        const { status } = await loop.send('POST', '/v1/orders', order);
        answers.set(status, (answers.get(status) ?? 0) + 1);
        if (status !== 201) return;
        sold += 1;
        soldOut = performance.now();
      },
    );
    const { conflicts, throttled } = refusals() ?? { conflicts: 0, throttled: 0 };
    const stock = await loop.done<Stock>('GET', `/v1/inventory/${SKU}`);
    const isExact = sold === UNITS && stock.reserved === UNITS && stock.available === 0;
    if (!isExact) throw new Error(`${sold} of ${UNITS} units were sold: ${JSON.stringify(stock)}`);
    const circumstances = { attempts: ATTEMPTS, units: UNITS, concurrency: CONCURRENCY };
    const report = (figure: string, value: number, unit: string) =>
      emit({ name: `${name}: ${figure}`, value, unit, ...circumstances });
    report('won', sold, 'orders');
    report('answered 409', answers.get(409) ?? 0, 'orders');
    report('answered 503', answers.get(503) ?? 0, 'orders');
    report('wins', (sold * 1000) / (soldOut - begun), 'orders/s');
    report('retries for each unit sold', (conflicts + throttled) / sold, 'retries');
    report('throttled', throttled, 'transactions');
    report('answers', rate, 'orders/s');
    report('median', median, 'ms');
    report('slowest of a hundred', slowest, 'ms');
  } finally {
    await loop.stop();
  }
}
