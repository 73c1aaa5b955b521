/** Where the history of an order or a lot is not as it was written. */
export type BrokenHistory = (
  | { readonly orderId: string }
  | { readonly sku: string; readonly lotNumber: string; readonly locationId?: string }
) & {
  /** The first event at fault. */
  readonly sequence: number;
  readonly reason: string;
};

/** Why nothing, or not all, can be concluded from a checkpoint. */
export interface BrokenCheckpoint {
  /** Its day. */
  readonly checkpoint: string;
  readonly reason: string;
}

interface VerifiedEvents {
  /** Events that are as they were written. */
  readonly events: number;
  /** Those of them that an earlier release wrote without a digest. */
  readonly unsealed: number;
}

export interface VerifiedOrder extends VerifiedEvents {
  readonly broken: BrokenHistory | null;
}

export interface VerifiedStock extends VerifiedEvents {
  readonly lots: number;
  readonly broken: readonly BrokenHistory[];
}

export interface VerifiedHistories extends VerifiedStock {
  readonly orders: number;
}

/** Proves that histories are as they were written: each event has the digest of the one before it. */
export interface HistorySeals {
  /** @returns null when there is no such order */
  order(orderId: string): Promise<VerifiedOrder | null>;
  /** Verifies the lots of a SKU. @returns null when it never had any */
  stock(sku: string): Promise<VerifiedStock | null>;
  /**
   * Verifies all orders, voided ones too, and all lots.
   *
   * @param span only the orders that were received then, and no lots; null for all
   * @param position where an earlier verification ended
   * @param until epoch milliseconds after which no further page is begun
   * @returns with it where the next verification continues; null when everything was looked at
   */
  all(
    span: { readonly from: string; readonly to: string } | null,
    position: string | null,
    until: number,
  ): Promise<VerifiedHistories & { readonly next: string | null }>;
}
