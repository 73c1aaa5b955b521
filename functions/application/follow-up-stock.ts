import type { Origin } from './envelope.ts';
import { handleOrderCommand } from './handle-order-command.ts';
import { Busy, type LotUse, type Ports } from './ports.ts';

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

/**
 * Reserves stock that has arrived for the orders that wait for it, one after another, the one received first first.
 */
export async function allocateBackorders(
  ports: Ports,
  sku: string,
  origin: Origin,
  bounds: Bounds,
): Promise<Progress> {
  // Most events that give something back do so while nothing can be had, or nobody waits.
  if (!(await hasStock(ports, sku))) return { done: [], more: false };
  const waiting = await ports.stock.ordersWaitingFor(sku, bounds.mostOrders + 1);
  const done: string[] = [];
  for (const orderId of waiting.slice(0, bounds.mostOrders)) {
    if (Date.now() >= bounds.until) return { done, more: true };
    if (!(await hasStock(ports, sku))) return { done, more: false };
    await handleOrderCommand(ports, { orderId, command: { type: 'CompleteAllocation', sku }, origin });
    done.push(orderId);
  }
  return { done, more: waiting.length > bounds.mostOrders && (await hasStock(ports, sku)) };
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
        await handleOrderCommand(ports, { orderId, command: { type: 'ReplaceLot', ...lot }, origin });
        done.push(orderId);
      } catch (error) {
        if (!(error instanceof Busy)) throw error;
        skipped += 1;
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return { done, more: skipped > 0 };
}

async function hasStock(ports: Ports, sku: string): Promise<boolean> {
  const lots = (await ports.stock.lotsOf([sku])).get(sku) ?? [];
  return lots.some((lot) => lot.status === 'AVAILABLE' && lot.available > 0);
}
