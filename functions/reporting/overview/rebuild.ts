import type { RebuildProgress } from '../../../contract/overview.ts';
import { mapConcurrently } from '../../map-concurrently.ts';
import type { OrderQueries } from '../../orders/queries.ts';
import { type CountingPorts, countOrder } from './count-order.ts';

/** Which rows are shown, and how far rows that are to take their place have come. */
export interface Generations {
  readonly current: number;
  readonly building?: number | undefined;
  /** Orders received before this position are still to be counted; missing at the beginning. */
  readonly position?: string | undefined;
  /** Orders that were counted so far. */
  readonly counted: number;
  /** Rows that are shown no longer and are being removed. */
  readonly removing?: number | undefined;
}

export interface GenerationStore {
  read(): Promise<Generations>;
  /** Moves on from one stage to the next; changes nothing when somebody else did that before. */
  advance(from: Generations, to: Generations): Promise<void>;
  /** Removes rows of a generation until a time (epoch milliseconds); @returns whether none are left. */
  remove(generation: number, until: number): Promise<boolean>;
}

export interface RebuildPorts extends CountingPorts {
  readonly queries: Pick<OrderQueries, 'list'>;
  readonly generations: GenerationStore;
}

const PAGE = 50;
const AT_ONCE = 4;

/**
 * Counts every order again, beside the rows that are shown, which are replaced when all orders are counted. What
 * happens meanwhile is counted in both. Each call continues where the last one ended.
 *
 * @param until epoch milliseconds at which this call comes to an end
 */
export async function rebuildOverview(ports: RebuildPorts, until: number): Promise<RebuildProgress> {
  const { generations } = ports;
  let now = await generations.read();
  if (now.building === undefined && now.removing === undefined) {
    await generations.advance(now, { current: now.current, building: now.current + 1, counted: 0 });
    now = await generations.read();
  }
  while (now.building !== undefined && Date.now() < until) {
    await countPage(ports, now, now.building);
    now = await generations.read();
  }
  if (now.removing !== undefined && (await generations.remove(now.removing, until))) {
    await generations.advance(now, { current: now.current, counted: now.counted });
    return { status: 'COMPLETE', orders: now.counted };
  }
  return { status: 'IN_PROGRESS', orders: now.counted };
}

async function countPage(ports: RebuildPorts, now: Generations, building: number): Promise<void> {
  const { orders, next } = await ports.queries.list({}, PAGE, now.position ?? null);
  await mapConcurrently(orders, AT_ONCE, ({ orderId }) => countOrder(ports, orderId, undefined, building));
  const counted = now.counted + orders.length;
  await ports.generations.advance(
    now,
    next === null
      ? { current: building, removing: now.current, counted }
      : { ...now, position: next, counted },
  );
}
