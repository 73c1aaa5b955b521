import { emit, progress } from './support/emit.ts';
import { measure } from './support/load.ts';
import { type BenchLoop, startLoop } from './support/loop.ts';
import { benchOrder } from './support/orders.ts';

const LINES = 200;
const LOTS = ['A', 'B', 'C'] as const;
const UNITS = LINES * LOTS.length;
/** Milliseconds until an order must have reached the expected state. */
const MAX_WAIT = 120_000;

interface Large {
  readonly orderId: string;
  readonly lines: readonly Readonly<Record<string, number>>[];
}

/**
 * An order of two hundred lines, each of which uses up three lots: more than one transaction holds, so each command
 * runs in steps, and steps that exceed the time of the request run in the background.
 */
export async function largeOrders(): Promise<void> {
  const loop = await startLoop({ context: { queueAfterSeconds: 3600 } });
  try {
    progress(`large orders: receiving ${UNITS} lots`);
    await measure({ concurrency: 8, most: UNITS }, (index) => {
      const lot = { lotNumber: LOTS[index % LOTS.length], quantity: 1 };
      return loop.done('POST', `/v1/inventory/LARGE-${Math.floor(index / LOTS.length)}/lots`, lot);
    });
    const skus = Array.from({ length: LINES }, (_, index) => `LARGE-${index}`);
    const { lines, ...terms } = benchOrder(skus);
    const order = { ...terms, lines: lines.map((line) => ({ ...line, quantity: LOTS.length })) };
    let orderId = '';
    await timed('receive and reserve', async () => {
      ({ orderId } = await loop.done<Large>('POST', '/v1/orders', order));
      await comesTo(loop, orderId, 'allocated', UNITS);
    });
    const path = `/v1/orders/${orderId}`;
    await timed('read', () => loop.done('GET', path));
    await timed('release', async () => {
      await loop.done('DELETE', `${path}/allocation`);
      await comesTo(loop, orderId, 'allocated', 0);
    });
  } finally {
    await loop.stop();
  }
}

async function timed(what: string, work: () => Promise<unknown>): Promise<void> {
  progress(`large orders: ${what}`);
  const begun = performance.now();
  await work();
  const circumstances = { lines: LINES, lots: LOTS.length };
  emit({ name: `large orders: ${what}`, value: performance.now() - begun, unit: 'ms', ...circumstances });
}

async function comesTo(loop: BenchLoop, orderId: string, name: string, units: number): Promise<void> {
  for (const begun = Date.now(); ; ) {
    const { lines } = await loop.done<Large>('GET', `/v1/orders/${orderId}`);
    if (lines.reduce((total, line) => total + (line[name] ?? 0), 0) === units) return;
    if (Date.now() - begun > MAX_WAIT) throw new Error(`${orderId} did not reach ${units} ${name}`);
    await new Promise((resume) => setTimeout(resume, 100));
  }
}
