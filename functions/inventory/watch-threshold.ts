import { dateOf } from '../../domain/calendar.ts';
import { isSameLot, type LotPlace, recorded } from '../../domain/inventory/location.ts';
import type { Origin } from '../events/envelope.ts';
import type { Ports } from '../orders/ports.ts';
import { WriteFailed } from '../write-failures.ts';
import { handleLotCommand } from './handle-lot-command.ts';
import { stockSums } from './lot-view.ts';

/** The threshold of a SKU, and whether the current fall below it was published. */
export interface ThresholdMark {
  readonly threshold: number;
  readonly low: boolean;
}

export interface ThresholdStore {
  /** @returns the mark of a SKU; 0 and not low where none was set. */
  read(sku: string): Promise<ThresholdMark>;
  /**
   * Sets a threshold; a different one starts as not published.
   *
   * @param origin who sets it, for the audit trail
   */
  set(sku: string, threshold: number, origin?: Origin): Promise<void>;
  /** Notes that stock is back; does nothing when the mark is no longer the one that was read. */
  rise(sku: string, mark: ThresholdMark): Promise<void>;
}

/** The mark of a SKU as it is now, and what can be reserved. */
export interface Watched extends ThresholdMark {
  readonly available: number;
}

/**
 * Publishes StockLow for a SKU below its threshold, once until stock recovers. The event and the mark that it was published are
 * written together, so any number of concurrent movements publish it once. The current stock decides, not what led
 * here: what comes late or again does no harm.
 *
 * @param lot the lot that moved last, whose history the event joins
 * @throws Busy when others kept changing the lot
 */
export async function watchThreshold(
  ports: Ports,
  thresholds: ThresholdStore,
  { sku, lot: moved }: { readonly sku: string; readonly lot?: LotPlace | undefined },
  origin: Origin,
): Promise<Watched> {
  const mark = await thresholds.read(sku);
  const lots = (await ports.stock.lotsOf([sku])).get(sku) ?? [];
  const { available } = stockSums(lots, dateOf(ports.now()));
  const { threshold } = mark;
  const low = available < threshold;
  // A SKU without lots has no history that the event could stand in.
  const lot = lots.find((each) => moved !== undefined && isSameLot(each, moved)) ?? lots.at(-1);
  if (low === mark.low || (low && lot === undefined)) return { ...mark, available };
  if (!low || lot === undefined) {
    await thresholds.rise(sku, mark);
    return { threshold, low: false, available };
  }
  try {
    const outcome = await handleLotCommand(ports, {
      command: {
        ...{ type: 'ReportLowStock', sku, lotNumber: lot.lotNumber },
        ...recorded(lot.locationId),
        available,
        threshold,
      },
      origin,
      lowStockThreshold: threshold,
    });
    if (outcome.kind !== 'done') throw new Error(`low stock of ${sku} was not published: ${outcome.kind}`);
  } catch (error) {
    // Another consumer published it, or another threshold was set and is being checked.
    if (!(error instanceof WriteFailed && error.conflict === 'low-stock-published')) throw error;
  }
  return { threshold, low: true, available };
}
