import { createHash } from 'node:crypto';
import type { Table } from '../../../functions/adapters/dynamodb/client.ts';
import type { Random } from '../../../testing/random.ts';

/** Something that waits for its turn: a request to the store, a pause, or a call of another service. */
interface Waiting {
  readonly what: string;
  /** The instant before which it gets no turn. */
  readonly from: number;
  go(): Promise<void> | void;
}

/**
 * Runs many at once in an order that a seed fixes. Whoever does anything but compute waits for its turn; one is chosen
 * when all wait, and the next one only after all that followed from it. So the same seed gives the same run.
 */
export interface Scheduler {
  /** Waits for a turn. */
  turn(what: string): Promise<void>;
  /** Waits for a turn that does not come before so many virtual milliseconds have gone by. */
  sleep(what: string, milliseconds: number): Promise<void>;
  /** Lets requests to a table take turns. To be set above everything else that looks at its requests. */
  schedule(table: Table): void;
  /** Takes turns until nobody waits, or so many were taken. @param after is called after each of them */
  run(most: number, after: () => Promise<void>): Promise<number>;
  /** Does something that is no part of the simulation: nothing of it takes a turn, or of its chance. */
  unscheduled(work: () => Promise<void>): Promise<void>;
  /** A digest of all turns so far: equal for equal runs. */
  trace(): string;
  /** The present instant of the virtual clock. */
  now(): string;
  /** Gives timers and chance back to those to whom they belong. */
  end(): void;
}

const BEGINNING = Date.parse('2026-03-10T08:00:00Z');
/** Virtual milliseconds that a turn takes at most. */
const MAX_TURN = 400;
/** Above all that looks at requests, the SDK's own steps included. */
const NAME = 'turns';

export function scheduler(random: Random): Scheduler {
  const waiting: Waiting[] = [];
  const digest = createHash('sha256');
  let clock = BEGINNING;
  // The SDK sets timers of its own while a request is under way; those are real.
  let isReal = false;
  const { setTimeout: realTimeout, Math: math } = globalThis;
  const realRandom = math.random;
  const virtualTimeout = (callback: () => void, milliseconds?: number) => {
    if (isReal) return realTimeout(callback, milliseconds);
    waiting.push({ what: 'timer', from: clock, go: callback });
    return { ref() {}, unref() {} };
  };
  globalThis.setTimeout = virtualTimeout as unknown as typeof globalThis.setTimeout;
  const chance = random.fork();
  math.random = () => (isReal ? realRandom() : chance.fraction());

  const sleep = (what: string, milliseconds: number) =>
    new Promise<void>((resolve) => {
      waiting.push({ what, from: clock + milliseconds, go: resolve });
    });

  return {
    turn: (what) => sleep(what, 0),
    sleep,
    schedule(table) {
      table.client.middlewareStack.add(
        (next, context) => (args) => {
          const { promise, resolve, reject } = Promise.withResolvers<Awaited<ReturnType<typeof next>>>();
          const go = async () => {
            isReal = true;
            try {
              resolve(await next(args));
            } catch (error) {
              reject(error);
            } finally {
              isReal = false;
            }
          };
          const what = String((context as { commandName?: string }).commandName);
          waiting.push({ what, from: clock, go });
          return promise;
        },
        { step: 'initialize', priority: 'high', name: NAME },
      );
    },
    async run(most, after) {
      for (let turns = 0; turns < most; turns++) {
        await settled();
        if (waiting.length === 0) return turns;
        // When all sleep, time goes by until the first of them wakes.
        clock = Math.max(clock, Math.min(...waiting.map(({ from }) => from)));
        const awake = waiting.filter(({ from }) => from <= clock);
        const index = random.below(awake.length);
        const chosen = awake[index];
        if (chosen === undefined) return turns;
        waiting.splice(waiting.indexOf(chosen), 1);
        clock += random.below(MAX_TURN);
        digest.update(`${index} of ${awake.length}: ${chosen.what}\n`);
        await chosen.go();
        await settled();
        await after();
      }
      return most;
    },
    async unscheduled(work) {
      isReal = true;
      try {
        await work();
      } finally {
        isReal = false;
      }
    },
    trace: () => digest.copy().digest('hex').slice(0, 16),
    now: () => new Date(clock).toISOString(),
    end() {
      globalThis.setTimeout = realTimeout;
      math.random = realRandom;
    },
  };
}

/** All that follows from a turn without waiting for anything has happened after two rounds of the event loop. */
async function settled(): Promise<void> {
  for (let round = 0; round < 2; round++) await new Promise<void>((resume) => setImmediate(resume));
}
