import { seededRandom } from '../../testing/random.ts';
import { checks } from './checks.ts';
import { type Gate, runClient, SKUS } from './client.ts';
import { ExpectationLog } from './expectation-log.ts';
import { killableLoop } from './killable-process.ts';

/** Milliseconds that the loop runs before it is killed. */
const SHORTEST_LIFE = 100;
const MAX_LIFE = 1500;
/** Number of older orders that are checked again after each start. */
const LOOKED_AT_AGAIN = 5;

export interface CrashOptions {
  readonly dataFolder: string;
  readonly kills: number;
  readonly clients: number;
  readonly seed: number;
  /** Whether the end waits for documents that were being sent at a kill, which are sent again a minute later. */
  readonly waitsForPartners: boolean;
  /** Prints progress. */
  log(what: string): void;
}

export interface CrashReport {
  readonly kills: number;
  readonly seed: number;
  /** Acknowledged commands whose effect was found afterwards. */
  readonly acknowledged: number;
  readonly orders: number;
  readonly events: number;
  /** Milliseconds from a start to readiness, median and maximum. */
  readonly medianStart: number;
  readonly longestStart: number;
}

/**
 * Lets clients work with a loop that is killed at moments from the seed, and checks the acknowledged data after each
 * start. Which requests are in progress at a kill depends on the machine.
 *
 * @throws Error with what was lost, duplicated or stuck
 */
export async function crash(options: CrashOptions): Promise<CrashReport> {
  const { dataFolder, kills, clients, seed, log } = options;
  const random = seededRandom(seed);
  const loop = killableLoop(dataFolder);
  const expectations = new ExpectationLog();
  const check = checks(loop, expectations);
  const gate = openableGate();
  const starts: number[] = [];
  const start = async () => {
    const begun = performance.now();
    await loop.start();
    starts.push(performance.now() - begun);
  };

  await start();
  try {
    for (const sku of SKUS) {
      const body = { lotNumber: 'LOT-0', quantity: 500 };
      await loop.client.send('POST', `/v1/inventory/${sku}/lots`, { body });
      expectations.receive(sku, body.quantity);
    }
    let failure: Error | null = null;
    const working = Array.from({ length: clients }, (_, number) =>
      runClient({ loop, expectations, gate, random: random.fork(), number }).catch((error: Error) => {
        failure ??= error;
      }),
    );
    for (let kill = 1; kill <= kills; kill++) {
      gate.open();
      await pause(SHORTEST_LIFE + random.below(MAX_LIFE - SHORTEST_LIFE));
      const killed = loop.kill();
      gate.close();
      await killed;
      if (failure !== null) throw failure;
      await start();
      const recent = expectations.takeRecent();
      const known = [...expectations.orders.values()];
      const again =
        known.length === 0 ? [] : Array.from({ length: LOOKED_AT_AGAIN }, () => random.pick(known));
      await check.after([...new Set([...recent, ...again])]);
      log(
        `${kill} of ${kills}: ${expectations.orders.size} orders, ${check.eventsSeen} events, all as acknowledged`,
      );
    }
    gate.end();
    await Promise.all(working);
    if (failure !== null) throw failure;
    log('completing every order');
    await check.atTheEnd(options.waitsForPartners);
  } catch (error) {
    log(loop.output().slice(-2000));
    throw error;
  } finally {
    await loop.kill();
  }
  const sorted = starts.map(Math.round).sort((one, other) => one - other);
  return {
    kills,
    seed,
    acknowledged: expectations.acknowledged,
    orders: expectations.orders.size,
    events: check.eventsSeen,
    medianStart: sorted[sorted.length >> 1] ?? 0,
    longestStart: sorted.at(-1) ?? 0,
  };
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resume) => setTimeout(resume, milliseconds));
}

function openableGate(): Gate & { open(): void; close(): void; end(): void } {
  let opening = Promise.withResolvers<void>();
  let isOver = false;
  return {
    passes: () => opening.promise,
    get isOver() {
      return isOver;
    },
    open: () => opening.resolve(),
    close() {
      opening = Promise.withResolvers();
    },
    end() {
      isOver = true;
      opening.resolve();
    },
  };
}
