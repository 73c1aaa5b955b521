/** A call to a shop that was refused for good: asking again would bring the same. */
export class ShopRefused extends Error {
  /** The HTTP status; 200 where the refusal stands in the answer. */
  readonly status: number;
  constructor(shop: string, status: number, reason: string) {
    super(`${shop} refused (${status}): ${reason}`);
    this.name = 'ShopRefused';
    this.status = status;
  }
}

/** A change of an order at Square; what is not named stays as it is. */
export interface SquareOrderChange {
  readonly orderId: string;
  readonly locationId: string;
  /** The version that the change rests on. */
  readonly version: number;
  readonly state?: 'CANCELED';
  readonly fulfillments: readonly {
    readonly uid: string;
    readonly state?: 'RESERVED' | 'PREPARED' | 'COMPLETED' | 'CANCELED';
    readonly shipmentDetails?: {
      readonly carrier?: string;
      readonly trackingNumber?: string;
      readonly cancelReason?: string;
    };
  }[];
  /** A repeat under the same key changes nothing. */
  readonly idempotencyKey: string;
}

/** One merchant's account at Square. */
export interface SquareAccount {
  /**
   * @returns the order as the SDK gives it, unchecked; null when there is none
   * @throws Busy when Square could not be reached or was too busy
   */
  retrieveOrder(orderId: string): Promise<unknown>;
  /**
   * @param ids of catalog objects
   * @returns their SKUs; an object without SKU, or that is no more, is missing
   * @throws Busy when Square could not be reached or was too busy
   */
  skusOf(ids: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /**
   * @returns whether it was changed; false when the order has another version by now
   * @throws Busy when Square could not be reached or was too busy
   * @throws ShopRefused when Square does not take the change
   */
  updateOrder(change: SquareOrderChange): Promise<boolean>;
}
