/** Where the history of an order is not as it was written. */
export interface BrokenHistory {
  readonly orderId: string;
  /** The first event at fault. */
  readonly sequence: number;
  readonly reason: string;
}

export interface VerifiedOrder {
  /** Events that are as they were written. */
  readonly events: number;
  /** Those of them that an earlier release wrote without a digest. */
  readonly unsealed: number;
  readonly broken: BrokenHistory | null;
}

export interface VerifiedOrders {
  readonly orders: number;
  readonly events: number;
  readonly unsealed: number;
  readonly broken: readonly BrokenHistory[];
  /** Where the next verification continues; null when every order was looked at. */
  readonly next: string | null;
}

/** Proves that histories are as they were written: each event has the digest of the one before it. */
export interface HistorySeals {
  /** @returns null when there is no such order */
  order(orderId: string): Promise<VerifiedOrder | null>;
  /**
   * Verifies orders that were received in a span of time, voided ones too.
   *
   * @param position where an earlier verification ended
   * @param until epoch milliseconds after which no further page is begun
   */
  orders(
    span: { readonly from: string; readonly to: string },
    position: string | null,
    until: number,
  ): Promise<VerifiedOrders>;
}
