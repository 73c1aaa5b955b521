import { seededRandom } from '../../testing/random.ts';
import { until } from '../../testing/until.ts';
import { growth, held, type Latency, latencies, type Quarter } from './quarters.ts';
import { mixedTraffic, type Sent } from './traffic.ts';
import { type Memory, startWatchedLoop, type WatchedLoop } from './watched-loop.ts';

const QUARTERS = 4;
/** The response when contention outlasts the retries: nothing was written, the request may be repeated. */
const BUSY = 503;
/** Maximum share of such responses. */
const MAX_BUSY = 0.01;
/** Memory samples in each quarter. */
const SAMPLES = 8;
/** Maximum number of pending requests; beyond it requests are skipped. */
const MAX_AT_ONCE = 32;
/** Milliseconds for all pending work to complete. */
const DEADLINE = 180_000;

export interface SoakOptions {
  readonly dataFolder: string;
  readonly minutes: number;
  /** Requests a second. */
  readonly rate: number;
  readonly seed: number;
  /** Prints progress. */
  log(what: string): void;
}

export interface SoakReport {
  readonly minutes: number;
  readonly rate: number;
  readonly seed: number;
  readonly requests: number;
  /** Requests that were answered 503. */
  readonly busy: number;
  /** Requests that were skipped because too many were pending. */
  readonly leftOut: number;
  readonly orders: number;
  readonly quarters: readonly {
    readonly memory: Memory;
    readonly latencies: Readonly<Record<string, Latency>>;
  }[];
  /** Measures that grew too much; empty when none did. */
  readonly growth: readonly string[];
}

/**
 * Sends mixed traffic to a running loop at an even rate, and checks that memory and latency are stable.
 *
 * @throws Error for a response of 500 or above, when more than one in a hundred is answered 503, and for work that was
 *   not completed
 */
export async function soak(options: SoakOptions): Promise<SoakReport> {
  const { dataFolder, minutes, rate, seed, log } = options;
  const loop = await startWatchedLoop(dataFolder);
  try {
    const traffic = await mixedTraffic(loop, seededRandom(seed));
    const quarters: Quarter[] = [];
    let leftOut = 0;
    for (let number = 1; number <= QUARTERS; number++) {
      const sent: Sent[] = [];
      const memory: Memory[] = [];
      for (let sample = 0; sample < SAMPLES; sample++) {
        leftOut += await stretch((minutes * 60_000) / QUARTERS / SAMPLES, rate, async () => {
          sent.push(await traffic.send());
        });
        memory.push(await loop.memory());
      }
      const failed = sent.filter(({ status }) => (status >= 500 && status !== BUSY) || status === 401);
      if (failed.length > 0) throw new Error(`failed: ${JSON.stringify(failed.slice(0, 5))}`);
      quarters.push({ sent, memory });
      const { all } = latencies({ sent, memory });
      log(`quarter ${number}: ${JSON.stringify({ ...held({ sent, memory }), ...all })}`);
    }
    const busy = quarters.flatMap(({ sent }) => sent).filter(({ status }) => status === BUSY).length;
    const requests = quarters.reduce((sum, { sent }) => sum + sent.length, 0);
    if (busy > requests * MAX_BUSY) throw new Error(`${busy} of ${requests} requests were answered 503`);
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
 * Sends at an even rate for the given milliseconds, without waiting for responses, and then waits for the pending ones.
 *
 * @returns the number of requests skipped because too many were pending
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

/** Checks that every message is consumed, no dead letter exists, and lots agree with the orders. */
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
  if (dead.length > 0) throw new Error(`there are dead letters: ${JSON.stringify(dead)}`);
  const drift = () => client.all('/v1/inventory/drift');
  await until(drift, (items) => items.length === 0, DEADLINE);
}
