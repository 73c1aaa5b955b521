import { promisedAt } from '../../domain/inventory/expected.ts';
import type { Order } from '../../domain/order/order.ts';
import type { Ports } from '../orders/ports.ts';

/** Lines of other orders that are counted for one order. */
const MAX_WAITING = 1_000;

/** SKUs of an order that are read at once. */
const AT_ONCE = 10;

/** When the units of a line that wait for stock are to come, by line number. */
export type Promises = ReadonlyMap<number, string>;

/**
 * Computes what waiting lines are promised from what is announced now, as stock is dealt out: the order received first
 * first. It is not kept, so that a date that moves is right for all who wait at once.
 *
 * @param maxWaiting lines of other orders that are counted, for all SKUs of the order together, in the order of its
 *   lines. The SKU at which there are more, and those after it, are promised nothing. @default 1,000
 */
export async function promisesOf(
  { stock }: Pick<Ports, 'stock'>,
  order: Order,
  maxWaiting = MAX_WAITING,
): Promise<Promises> {
  const promises = new Map<number, string>();
  if (order.isTest || order.voided) return promises;
  const waiting = order.lines.filter(({ backordered, sku }) => backordered > 0 && sku !== null);
  const skus = [...Map.groupBy(waiting, (line) => line.sku ?? '')];
  let left = maxWaiting;
  for (let from = 0; from < skus.length; from += AT_ONCE) {
    // Counted together and judged one after another: which SKUs are promised does not depend on which was read first.
    const counted = await Promise.all(
      skus.slice(from, from + AT_ONCE).map(async ([sku, lines]) => {
        const expected = await stock.expected(sku);
        const others = expected.length === 0 ? NOBODY : await waitingBefore(stock, sku, order, left);
        return { lines, expected, others };
      }),
    );
    for (const { lines, expected, others } of counted) {
      left -= others.lines;
      if (left < 0) return promises;
      let ahead = others.units;
      for (const { lineNumber, backordered } of lines) {
        const promise = promisedAt(expected, ahead, backordered);
        if (promise !== undefined) promises.set(lineNumber, promise);
        ahead += backordered;
      }
    }
  }
  return promises;
}

const NOBODY = { lines: 0, units: 0 };

/** Counts the lines, and their units, of orders received before; it ends at the first line beyond a limit. */
async function waitingBefore(stock: Ports['stock'], sku: string, order: Order, limit: number) {
  let { lines, units } = NOBODY;
  // The index may not know the newest orders yet: they are behind this one.
  for await (const { quantity } of stock.linesWaitingFor(sku, { before: order })) {
    lines += 1;
    units += quantity;
    if (lines > limit) break;
  }
  return { lines, units };
}
