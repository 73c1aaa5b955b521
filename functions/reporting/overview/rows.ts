import type { Counted, Row } from './counts.ts';

/** The numbers that are shown; a row may come in several parts, which are to be added up. */
export interface OverviewRows {
  /**
   * @param from the first value of what stands first in the rows, for example a date
   * @param to the last value of it
   */
  read(kind: Row['kind'], from?: string, to?: string): Promise<readonly Counted[]>;
}
