import { promisedAt } from '../../domain/inventory/expected.ts';
import type { Order } from '../../domain/order/order.ts';
import type { Ports } from '../orders/ports.ts';

/** Lines that wait before one and are looked at; behind more of them nothing is promised. */
const MAX_WAITING = 1_000;

/** When the units of a line that wait for stock are to come, by line number. */
export type Promises = ReadonlyMap<number, string>;

/**
 * Computes what waiting lines are promised from what is announced now, as stock is dealt out: the order received first
 * first. It is not kept, so that a date that moves is right for all who wait at once.
 */
export async function promisesOf(ports: Pick<Ports, 'stock'>, order: Order): Promise<Promises> {
  const promises = new Map<number, string>();
  if (order.isTest || order.voided) return promises;
  const waiting = order.lines.filter(({ backordered, sku }) => backordered > 0 && sku !== null);
  for (const [sku, lines] of Map.groupBy(waiting, (line) => line.sku ?? '')) {
    const expected = await ports.stock.expected(sku);
    if (expected.length === 0) continue;
    let ahead = await unitsBefore(ports, sku, order.orderId);
    if (ahead === null) continue;
    for (const { lineNumber, backordered } of lines) {
      const promise = promisedAt(expected, ahead, backordered);
      if (promise !== undefined) promises.set(lineNumber, promise);
      ahead += backordered;
    }
  }
  return promises;
}

/** @returns units that orders received before this one wait for; null where too many do */
async function unitsBefore(
  { stock }: Pick<Ports, 'stock'>,
  sku: string,
  orderId: string,
): Promise<number | null> {
  let [units, lines] = [0, 0];
  for await (const line of stock.linesWaitingFor(sku)) {
    if (line.orderId === orderId) return units;
    units += line.quantity;
    lines += 1;
    if (lines === MAX_WAITING) return null;
  }
  // The index does not know the newest orders yet: they are behind those that it knows.
  return units;
}
