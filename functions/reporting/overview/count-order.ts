import type { OrderEnvelope } from '../../events/envelope.ts';
import { mayRetry } from '../../orders/handle-order-command.ts';
import type { OrderStore } from '../../orders/ports.ts';
import { Busy } from '../../write-failures.ts';
import { type Counted, changeOf, countsOf } from './counts.ts';
import { evolveProjection, type OrderProjection } from './order-projection.ts';

/** What the rows of one generation count of an order. */
export interface StoredProjection {
  readonly generation: number;
  /** Null for an order that has not been counted. */
  readonly projection: OrderProjection | null;
  /** Changes in the projection that the rows lack, because they exceeded one transaction. */
  readonly uncounted: readonly Counted[];
  /** Counts the writes of the record; 0 before the first. */
  readonly revision: number;
}

/** A projection and its change of the rows, written together or not at all. */
export interface ProjectionWrite {
  readonly before: StoredProjection;
  readonly projection: OrderProjection;
  readonly counted: readonly Counted[];
  readonly uncounted: readonly Counted[];
}

export interface ProjectionStore {
  /** @returns what is counted of an order: in the rows that are shown, and in those that are being rebuilt. */
  projectionsOf(orderId: string): Promise<readonly StoredProjection[]>;
  /** @throws WriteFailed when nothing was written: `changed-meanwhile` when another one counted the order */
  write(write: ProjectionWrite): Promise<void>;
}

export interface CountingPorts {
  readonly orders: Pick<OrderStore, 'history'>;
  readonly projections: ProjectionStore;
  readonly pause: (attempt: number) => Promise<void>;
  /** Called with the change of the shown counts, once for each write. */
  readonly moved?: (before: OrderProjection | null, after: OrderProjection) => void;
}

/** Rows that one transaction changes besides the projection; it holds 100 items. */
const MAX_ROWS = 90;
/** Events that are read at a time. */
const MAX_EVENTS = 200;
const ATTEMPTS = 20;

/**
 * Brings the numbers up to what the order's history says now. The history decides, not the event that led here: so
 * repeats, gaps and any order of the events all come to the same numbers.
 *
 * @param upTo sequence number of the event that led here: nothing is left to do once it is counted. An order of many
 *   lines has dozens of events in a few seconds, whose messages would otherwise all race for the newest
 * @param generation the only rows to bring up. @default all that are kept
 * @throws Busy after conflicts in every attempt; what was written is valid, and the same call continues from there
 */
export async function countOrder(
  ports: CountingPorts,
  orderId: string,
  upTo = Number.POSITIVE_INFINITY,
  generation?: number,
): Promise<void> {
  for (let attempt = 0; attempt < ATTEMPTS; ) {
    const kept = (await ports.projections.projectionsOf(orderId)).filter(
      (each) => generation === undefined || each.generation === generation,
    );
    if (kept.every((each) => isCounted(each, upTo))) return;
    const wanted = await Promise.all(kept.map((each) => nextWrite(ports, orderId, each)));
    const writes = wanted.filter((write) => write !== null);
    if (writes.length === 0) return;
    try {
      for (const write of writes) {
        await ports.projections.write(write);
        if (write.before === kept[0]) ports.moved?.(write.before.projection, write.projection);
      }
    } catch (error) {
      if (!mayRetry(error)) throw error;
      attempt += 1;
      await ports.pause(attempt);
    }
  }
  throw new Busy(`${orderId} could not be counted: the rows were busy each time`);
}

function isCounted({ projection, uncounted }: StoredProjection, sequence: number): boolean {
  return projection !== null && uncounted.length === 0 && projection.sequence >= sequence;
}

async function nextWrite(
  { orders }: CountingPorts,
  orderId: string,
  before: StoredProjection,
): Promise<ProjectionWrite | null> {
  const { projection, uncounted } = before;
  if (projection !== null && uncounted.length > 0) return inSteps(before, projection, uncounted);
  const events = await orders.history(orderId, projection?.sequence ?? 0, MAX_EVENTS);
  const next = events.reduce<OrderProjection | null>(
    (state, event: OrderEnvelope) => evolveProjection(state, event),
    projection,
  );
  if (next === null || events.length === 0) return null;
  return inSteps(before, next, changeOf(countsOf(projection), countsOf(next)));
}

function inSteps(
  before: StoredProjection,
  projection: OrderProjection,
  change: readonly Counted[],
): ProjectionWrite {
  return { before, projection, counted: change.slice(0, MAX_ROWS), uncounted: change.slice(MAX_ROWS) };
}
