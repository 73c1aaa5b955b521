import type { OrderNumbers } from '../../orders/ports.ts';
import { Busy } from '../../write-failures.ts';
import type { Table } from './client.ts';
import { takeNumbers } from './counters.ts';

/** Numbers leased at a time: one write for so many orders, and at most so many lost when a process ends. */
const BLOCK = 20;
/** Blocks that others of this process may use up before a number is given. */
const MAX_BLOCKS = 100;

interface Lease {
  next: number;
  readonly last: number;
}

/**
 * Gives order numbers from leased blocks, so that no two processes give the same and the counter is no bottleneck.
 * Numbers may have gaps.
 *
 * @param prefix what a number starts with, for example `LMB-ORD`
 */
export function orderNumbers(table: Table, prefix: string): OrderNumbers {
  const leases = new Map<number, Promise<Lease>>();
  return {
    async next(year) {
      for (let block = 0; block < MAX_BLOCKS; block++) {
        const pending = leases.get(year) ?? lease(table, year);
        leases.set(year, pending);
        const numbers = await pending.catch((error: unknown) => {
          leases.delete(year);
          throw error;
        });
        if (numbers.next <= numbers.last) {
          const number = numbers.next++;
          return `${prefix}-${year}-${String(number).padStart(4, '0')}`;
        }
        if (leases.get(year) === pending) leases.delete(year);
      }
      throw new Busy(`no order number of ${year}: ${MAX_BLOCKS} blocks were used up by others`);
    },
  };
}

async function lease(table: Table, year: number): Promise<Lease> {
  const last = await takeNumbers(table, `ORDER#${year}`, BLOCK);
  return { next: last - BLOCK + 1, last };
}
