import { seededRandom } from '../../testing/random.ts';
import { checks } from './checks.ts';
import { type Gate, runClient, SKUS } from './client.ts';
import { ExpectationLog } from './expectation-log.ts';
import { killableLoop } from './killable-process.ts';

/** Milliseconds that the loop lives before it is killed. */
const SHORTEST_LIFE = 100;
const MAX_LIFE = 1500;
/** Orders of earlier lives that are looked at again after each start. */
const LOOKED_AT_AGAIN = 5;

export interface CrashOptions {
  readonly dataFolder: string;
  readonly kills: number;
  readonly clients: number;
  readonly seed: number;
  /** Whether the end waits for what was being told to a partner at a kill, which is told again a minute later. */
  readonly waitsForPartners: boolean;
  /** Told what is going on. */
  tell(what: string): void;
}

export interface CrashReport {
  readonly kills: number;
  readonly seed: number;
  /** Commands that a client was answered, and that were there afterwards. */
  readonly acknowledged: number;
  readonly orders: number;
  readonly events: number;
  /** Milliseconds from a start to the readiness for requests, in the middle and at most. */
  readonly medianStart: number;
  readonly longestStart: number;
}

/**
 * Lets clients work with a running loop that is killed at moments that the seed chooses, and looks after each start at
 * what they were told. Which requests are under way at a kill is up to the machine.
 *
 * @throws Error that tells what was lost, double or stuck
 */
export async function crash(options: CrashOptions): Promise<CrashReport> {
  const { dataFolder, kills, clients, seed, tell } = options;
  const random = seededRandom(seed);
  const loop = killableLoop(dataFolder);
  const book = new ExpectationLog();
  const check = checks(loop, book);
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
      book.receive(sku, body.quantity);
    }
    let failure: Error | null = null;
    const working = Array.from({ length: clients }, (_, number) =>
      runClient({ loop, book, gate, random: random.fork(), number }).catch((error: Error) => {
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
      const recent = book.takeRecent();
      const known = [...book.orders.values()];
      const again =
        known.length === 0 ? [] : Array.from({ length: LOOKED_AT_AGAIN }, () => random.pick(known));
      await check.after([...new Set([...recent, ...again])]);
      tell(
        `${kill} of ${kills}: ${book.orders.size} orders, ${check.eventsSeen} events, all as acknowledged`,
      );
    }
    gate.end();
    await Promise.all(working);
    if (failure !== null) throw failure;
    tell('bringing every order to its end');
    await check.atTheEnd(options.waitsForPartners);
  } catch (error) {
    tell(loop.output().slice(-2000));
    throw error;
  } finally {
    await loop.kill();
  }
  const sorted = starts.map(Math.round).sort((one, other) => one - other);
  return {
    kills,
    seed,
    acknowledged: book.acknowledged,
    orders: book.orders.size,
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
