import { seededRandom } from '../../testing/random.ts';
import { until } from '../../testing/until.ts';
import { growth, held, type Latency, latencies, type Quarter } from './quarters.ts';
import { mixedTraffic, type Sent } from './traffic.ts';
import { type Memory, startWatchedLoop, type WatchedLoop } from './watched-loop.ts';

const QUARTERS = 4;
/** What the loop answers when the store's contention outlasts its retries: nothing was written, to be sent again. */
const BUSY = 503;
/** The share of requests that may be answered so. */
const MAX_BUSY = 0.01;
/** Looks at the memory in each quarter. */
const LOOKS = 8;
/** Requests that wait for their answer at most; what would be more is not sent. */
const MAX_AT_ONCE = 32;
/** Milliseconds for everything that was begun to come to its end. */
const DEADLINE = 180_000;

export interface SoakOptions {
  readonly dataFolder: string;
  readonly minutes: number;
  /** Requests a second. */
  readonly rate: number;
  readonly seed: number;
  /** Told what is going on. */
  tell(what: string): void;
}

export interface SoakReport {
  readonly minutes: number;
  readonly rate: number;
  readonly seed: number;
  readonly requests: number;
  /** Requests that were told to come again. */
  readonly busy: number;
  /** Requests that were due while too many waited for their answer. */
  readonly leftOut: number;
  readonly orders: number;
  readonly quarters: readonly {
    readonly memory: Memory;
    readonly latencies: Readonly<Record<string, Latency>>;
  }[];
  /** What did not stay as it was; empty when all did. */
  readonly growth: readonly string[];
}

/**
 * Sends mixed traffic to a running loop at an even rate, and looks whether memory and latency stay what they are.
 *
 * @throws Error for an answer of 500 or above, when more than one in a hundred is told to come again, and for what was
 *   begun and did not come to its end
 */
export async function soak(options: SoakOptions): Promise<SoakReport> {
  const { dataFolder, minutes, rate, seed, tell } = options;
  const loop = await startWatchedLoop(dataFolder);
  try {
    const traffic = await mixedTraffic(loop, seededRandom(seed));
    const quarters: Quarter[] = [];
    let leftOut = 0;
    for (let number = 1; number <= QUARTERS; number++) {
      const sent: Sent[] = [];
      const memory: Memory[] = [];
      for (let look = 0; look < LOOKS; look++) {
        leftOut += await stretch((minutes * 60_000) / QUARTERS / LOOKS, rate, async () => {
          sent.push(await traffic.send());
        });
        memory.push(await loop.memory());
      }
      const failed = sent.filter(({ status }) => (status >= 500 && status !== BUSY) || status === 401);
      if (failed.length > 0) throw new Error(`failed: ${JSON.stringify(failed.slice(0, 5))}`);
      quarters.push({ sent, memory });
      const { all } = latencies({ sent, memory });
      tell(`quarter ${number}: ${JSON.stringify({ ...held({ sent, memory }), ...all })}`);
    }
    const busy = quarters.flatMap(({ sent }) => sent).filter(({ status }) => status === BUSY).length;
    const requests = quarters.reduce((sum, { sent }) => sum + sent.length, 0);
    if (busy > requests * MAX_BUSY)
      throw new Error(`${busy} of ${requests} requests were told to come again`);
    await comesToItsEnd(loop);
    return {
      minutes,
      rate,
      seed,
      requests,
      busy,
      leftOut,
      orders: traffic.orders,
      quarters: quarters.map((quarter) => ({ memory: held(quarter), latencies: latencies(quarter) })),
      growth: growth(quarters),
    };
  } finally {
    await loop.stop();
  }
}

/**
 * Sends at an even rate for so many milliseconds, whether or not answers have come, and waits for those that are left.
 *
 * @returns how many were left out because too many were waiting
 */
async function stretch(milliseconds: number, rate: number, send: () => Promise<void>): Promise<number> {
  const running = new Set<Promise<void>>();
  const failures: unknown[] = [];
  const begun = performance.now();
  let leftOut = 0;
  for (let sent = 0; sent < (milliseconds / 1000) * rate && failures.length === 0; sent++) {
    const due = begun + (sent / rate) * 1000;
    await new Promise((resume) => setTimeout(resume, Math.max(0, due - performance.now())));
    if (running.size >= MAX_AT_ONCE) {
      leftOut += 1;
      continue;
    }
    const one = send()
      .catch((error) => {
        failures.push(error);
      })
      .finally(() => running.delete(one));
    running.add(one);
  }
  await Promise.all(running);
  if (failures.length > 0) throw failures[0];
  return leftOut;
}

/** Every message consumed and none given up, and every lot as the orders say. */
async function comesToItsEnd(loop: WatchedLoop): Promise<void> {
  const client = await loop.client();
  const filled = async () => {
    const { items } = await client.done('GET', '/dev/queues');
    return (items as { name: string; waiting: number; inFlight: number }[]).filter(
      ({ waiting, inFlight }) => waiting + inFlight > 0,
    );
  };
  await until(filled, (queues) => queues.every(({ name }) => name.includes('DeadLetter')), DEADLINE);
  const dead = await filled();
  if (dead.length > 0) throw new Error(`messages were given up: ${JSON.stringify(dead)}`);
  const drift = () => client.all('/v1/inventory/drift');
  await until(drift, (items) => items.length === 0, DEADLINE);
}
