import type { Expected } from '../../domain/inventory/expected.ts';
import type { Lot } from '../../domain/inventory/lot.ts';
import type { Transfer } from '../../domain/inventory/transfer.ts';
import type { Order } from '../../domain/order/order.ts';
import type { Origin, StockEnvelope } from '../events/envelope.ts';
import type { IdempotencyRecord } from '../idempotency.ts';

export interface LotWrite {
  readonly before: Lot | null;
  readonly after: Lot;
  readonly events: readonly StockEnvelope[];
  /** The lot of the same number in another location; a new lot has its status. */
  readonly sibling?: Lot | undefined;
}

/** What one command changes of lots, written in one transaction or not at all. */
export interface StockWrite {
  readonly lots: readonly LotWrite[];
  /** What was expected under a reference, and has come. */
  readonly arrived?: { readonly expected: Expected; readonly quantity: number } | undefined;
  /** The transfer that moves them. */
  readonly transfer?: { readonly before: Transfer | null; readonly after: Transfer } | undefined;
  /** The threshold of the SKU that these events report a fall below; they are written once for each fall. */
  readonly lowStockThreshold?: number | undefined;
  readonly idempotency?: IdempotencyRecord | undefined;
}

export interface StockStore {
  /** @returns the lots of each SKU, those that expire first first. */
  lotsOf(skus: readonly string[]): Promise<ReadonlyMap<string, readonly Lot[]>>;
  /** @throws WriteFailed when nothing was written */
  save(write: StockWrite): Promise<void>;
  /**
   * Leases units of a lot that is AVAILABLE, or gives leased ones back.
   *
   * @param units that the lease grows by; below zero it shrinks
   * @returns false where they are not there to be leased, or not leased; nothing is written then
   */
  lease(lot: Lot, owner: string, units: number): Promise<boolean>;
  /**
   * Ends a lease: what comes back of its orders is leased to nobody from then on.
   *
   * @returns false where it is not as the lot says any more; nothing is written then
   */
  endLease(lot: Lot, owner: string): Promise<boolean>;
  transfer(transferId: string): Promise<Transfer | null>;
  /** @returns what is to come of a SKU. */
  expected(sku: string): Promise<readonly Expected[]>;
  /**
   * Notes what is to come, and in the audit trail who says so; 0 units remove it.
   *
   * @returns whether the reference is new
   * @throws Busy when others kept changing it
   */
  expect(expected: Expected, origin: Origin): Promise<boolean>;
  /** @returns SKUs that ever had stock, in the order of their names, after one. */
  skus(limit: number, after: string | null): Promise<readonly string[]>;
  /**
   * Lines that wait for the SKU, the order received first first; an order with several such lines comes several times.
   *
   * @param range only those behind the position of a line, or of orders received before one. @default all
   */
  linesWaitingFor(sku: string, range?: WaitingRange): AsyncIterable<WaitingLine>;
  /** @returns what orders hold and have shipped of a lot, in all of its locations. */
  usesOfLot(sku: string, lotNumber: string): Promise<readonly LotUse[]>;
}

export type WaitingRange =
  | { readonly after: string | undefined }
  | { readonly before: Pick<Order, 'orderId' | 'receivedAt'> };

/** What one order line waits for. */
export interface WaitingLine {
  /** Where it is among those that wait for the SKU. */
  readonly position: string;
  readonly orderId: string;
  readonly quantity: number;
  /** The order takes nothing until everything it lacks can be had. */
  readonly allOrNothing: boolean;
}

/** What one order line holds, and has shipped, of a lot. */
export interface LotUse {
  readonly orderId: string;
  readonly locationId?: string | undefined;
  readonly lineNumber: number;
  readonly reserved: number;
  readonly shipped: number;
}
