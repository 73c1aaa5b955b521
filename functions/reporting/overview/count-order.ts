import type { OrderEnvelope } from '../../events/envelope.ts';
import { mayRetry } from '../../orders/handle-order-command.ts';
import { Busy, type OrderStore } from '../../orders/ports.ts';
import { type Counted, changeOf, countsOf } from './counts.ts';
import { evolveStanding, type Standing } from './order-projection.ts';

/** What the rows of one generation count of an order. */
export interface KeptStanding {
  readonly generation: number;
  /** Null for an order that has not been counted. */
  readonly standing: Standing | null;
  /** What the standing says and the rows do not yet, because it was too much for one transaction. */
  readonly uncounted: readonly Counted[];
  /** Counts the writes of the record; 0 before the first. */
  readonly revision: number;
}

/** A standing and the change of the rows that goes with it, written together or not at all. */
export interface StandingWrite {
  readonly before: KeptStanding;
  readonly standing: Standing;
  readonly counted: readonly Counted[];
  readonly uncounted: readonly Counted[];
}

export interface StandingStore {
  /** @returns what is counted of an order: in the rows that are shown, and in those that are being rebuilt. */
  standingsOf(orderId: string): Promise<readonly KeptStanding[]>;
  /** @throws WriteFailed when nothing was written: `changed-meanwhile` when another one counted the order */
  write(write: StandingWrite): Promise<void>;
}

export interface CountingPorts {
  readonly orders: Pick<OrderStore, 'history'>;
  readonly standings: StandingStore;
  readonly pause: (attempt: number) => Promise<void>;
  /** Is told of what the numbers that are shown have moved by, once for each write. */
  readonly moved?: (before: Standing | null, after: Standing) => void;
}

/** Rows that one transaction changes beside the standing; it takes 100 items. */
const MOST_ROWS = 90;
/** Events that are read at a time. */
const MOST_EVENTS = 200;
const ATTEMPTS = 20;

/**
 * Brings the numbers up to what the order's history says now. The history decides, not the event that led here: so
 * repeats, gaps and any order of the events all come to the same numbers.
 *
 * @param generation the only rows to bring up. @default all that are kept
 * @throws Busy when others were in the way each time; what was written is true, and the same call goes on from there
 */
export async function countOrder(ports: CountingPorts, orderId: string, generation?: number): Promise<void> {
  for (let attempt = 0; attempt < ATTEMPTS; ) {
    const kept = (await ports.standings.standingsOf(orderId)).filter(
      (each) => generation === undefined || each.generation === generation,
    );
    const wanted = await Promise.all(kept.map((each) => nextWrite(ports, orderId, each)));
    const writes = wanted.filter((write) => write !== null);
    if (writes.length === 0) return;
    try {
      for (const write of writes) {
        await ports.standings.write(write);
        if (write.before === kept[0]) ports.moved?.(write.before.standing, write.standing);
      }
    } catch (error) {
      if (!mayRetry(error)) throw error;
      attempt += 1;
      await ports.pause(attempt);
    }
  }
  throw new Busy(`${orderId} could not be counted: the rows were busy each time`);
}

async function nextWrite(
  { orders }: CountingPorts,
  orderId: string,
  before: KeptStanding,
): Promise<StandingWrite | null> {
  const { standing, uncounted } = before;
  if (standing !== null && uncounted.length > 0) return inSteps(before, standing, uncounted);
  const events = await orders.history(orderId, standing?.sequence ?? 0, MOST_EVENTS);
  const next = events.reduce<Standing | null>(
    (state, event: OrderEnvelope) => evolveStanding(state, event),
    standing,
  );
  if (next === null || events.length === 0) return null;
  return inSteps(before, next, changeOf(countsOf(standing), countsOf(next)));
}

function inSteps(before: KeptStanding, standing: Standing, change: readonly Counted[]): StandingWrite {
  return { before, standing, counted: change.slice(0, MOST_ROWS), uncounted: change.slice(MOST_ROWS) };
}
