import type { Order } from '../../domain/order/order.ts';
import type { Origin } from '../events/envelope.ts';
import { handleOrderCommand } from '../orders/handle-order-command.ts';
import type { Ports } from '../orders/ports.ts';
import { Busy } from '../write-failures.ts';
import type { LotUse } from './ports.ts';

/** How many orders are worked on at once; they wait for the store, not for us. */
const AT_ONCE = 8;

/** How far a piece of follow-up work came within its bounds. */
export interface Progress {
  readonly done: readonly string[];
  /** Whether orders are left that the next run takes up. */
  readonly more: boolean;
}

/** Bounds of one run: orders that it takes up, and the instant by which it stops. */
export interface Bounds {
  readonly mostOrders: number;
  /** Epoch milliseconds. */
  readonly until: number;
}

/** How far a run came along the lines that wait for a SKU. */
export interface BackorderProgress extends Progress {
  /** The position of the last line that was passed; the run that takes up the rest begins behind it. */
  readonly position?: string | undefined;
}

/**
 * Reserves stock that has arrived for the orders that wait for it, one after another, the one received first first.
 *
 * @param besides an order that has just begun to wait, and that the index of waiting lines may not know yet
 * @param after the position of the line behind which it begins: stock that only others may use is there for ever, and
 *   whoever was looked at for it in vain does not keep those behind from their turn
 */
export async function allocateBackorders(
  ports: Ports,
  sku: string,
  origin: Origin,
  bounds: Bounds,
  besides?: string,
  after?: string,
): Promise<BackorderProgress> {
  const looked = new Set<string>();
  const serve = async (orderId: string) => {
    looked.add(orderId);
    await handleOrderCommand(ports, { orderId, command: { type: 'CompleteAllocation', sku }, origin });
  };
  // Most events that give something back do so while nothing can be had, or nobody waits.
  let available = await availableOf(ports, sku);
  if (available === 0) return { done: [], more: false };
  let position = after;
  for await (const line of ports.stock.linesWaitingFor(sku, { after })) {
    if (looked.has(line.orderId)) continue;
    if (Date.now() >= bounds.until || looked.size === bounds.mostOrders)
      return { done: [...looked], more: true, position };
    position = line.position;
    if (line.allOrNothing && line.quantity > available) continue;
    await serve(line.orderId);
    available = await availableOf(ports, sku);
    if (available === 0) return { done: [...looked], more: false };
  }
  if (besides !== undefined && !looked.has(besides)) await serve(besides);
  return { done: [...looked], more: false };
}

/**
 * Takes the orders that hold units of a lot off it: they get other lots, or wait for stock. Each order is a step of
 * its own, so that a lot with thousands of reservations is left half done only in how many orders still hold it.
 */
export async function replaceLot(
  ports: Ports,
  lot: { readonly sku: string; readonly lotNumber: string; readonly reason: string },
  uses: readonly LotUse[],
  origin: Origin,
  bounds: Bounds,
): Promise<Progress> {
  const holding = [...new Set(uses.filter((use) => use.reserved > 0).map((use) => use.orderId))];
  const queue = holding.slice(0, bounds.mostOrders);
  const done: string[] = [];
  let skipped = holding.length - queue.length;
  const worker = async () => {
    for (let orderId = queue.shift(); orderId !== undefined; orderId = queue.shift()) {
      if (Date.now() >= bounds.until) {
        skipped += 1;
        continue;
      }
      try {
        const outcome = await handleOrderCommand(ports, {
          orderId,
          command: { type: 'ReplaceLot', ...lot },
          origin,
        });
        if (outcome.kind !== 'stale' && outcome.order !== null && holdsLot(outcome.order, lot)) skipped += 1;
        else done.push(orderId);
      } catch (error) {
        if (!(error instanceof Busy)) throw error;
        skipped += 1;
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return { done, more: skipped > 0 || (await reservedOf(ports, lot)) > 0 };
}

/** What the lot itself counts as reserved; the index by which its orders are found may not know the newest ones yet. */
async function reservedOf(ports: Ports, lot: { sku: string; lotNumber: string }): Promise<number> {
  const lots = (await ports.stock.lotsOf([lot.sku])).get(lot.sku) ?? [];
  return lots.reduce((total, each) => total + (each.lotNumber === lot.lotNumber ? each.reserved : 0), 0);
}

function holdsLot(order: Order, { sku, lotNumber }: { sku: string; lotNumber: string }): boolean {
  return order.lines.some(
    (line) =>
      line.sku === sku && line.allocations.some((each) => each.lotNumber === lotNumber && each.quantity > 0),
  );
}

/** Units of the SKU in lots that may be used at all. */
async function availableOf(ports: Ports, sku: string): Promise<number> {
  const lots = (await ports.stock.lotsOf([sku])).get(sku) ?? [];
  return lots.reduce((total, lot) => total + (lot.status === 'AVAILABLE' ? lot.available : 0), 0);
}
