import type { Table } from './client.ts';
import { takeNumbers } from './counters.ts';

/**
 * @returns what takes serial numbers for labels that begin with a company prefix, so many at once, and gives the first.
 *   None is given twice; those of a notice that was never made are lost, which labels may be
 */
export function labelSerials(table: Table): (companyPrefix: string, count: number) => Promise<number> {
  return async (companyPrefix, count) =>
    (await takeNumbers(table, `LABEL#${companyPrefix}`, count)) - count + 1;
}
