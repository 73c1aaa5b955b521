import type { SnapshotResult } from './order-snapshot.ts';

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

/** What a shop answered has a form that it does not document, and cannot be read: to ask again would not help. */
export class ShopUnreadable extends Error {
  constructor(shop: string, cause: unknown) {
    super(`${shop} answers in a form that cannot be read`, { cause });
    this.name = 'ShopUnreadable';
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
   * @returns the order, unchecked, its fields named in camel case; null when there is none
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

/** Units of an order that one place of the shop is to send out. */
export interface ShopifyFulfillmentOrder {
  readonly id: string;
  /** Null where the shop names no place. */
  readonly locationId: string | null;
  readonly lines: readonly ShopifyFulfillmentLine[];
}

export interface ShopifyFulfillmentLine {
  readonly id: string;
  /** The line's own id, as webhooks write it. */
  readonly lineItemId: string;
  readonly remaining: number;
}

/** What a shop knows of the way that the goods of an order take. */
export interface ShopifyFulfillments {
  readonly isCancelled: boolean;
  /** Those from which something can still be sent. */
  readonly fulfillmentOrders: readonly ShopifyFulfillmentOrder[];
  /** Units that were sent under the tracking number that was asked about, and not taken back, by the line's own id. */
  readonly sent: ReadonlyMap<string, number>;
}

/** A fulfillment to be made, of goods that lie in one place; in the form of Shopify's `FulfillmentInput`. */
export interface ShopifyFulfillmentInput {
  readonly lineItemsByFulfillmentOrder: readonly {
    readonly fulfillmentOrderId: string;
    readonly fulfillmentOrderLineItems: readonly { readonly id: string; readonly quantity: number }[];
  }[];
  readonly trackingInfo: { readonly company: string; readonly number: string };
  readonly notifyCustomer: boolean;
}

/** In the form of the arguments of Shopify's `orderCancel`. */
export interface ShopifyCancellation {
  readonly reason: 'CUSTOMER' | 'DECLINED' | 'FRAUD' | 'INVENTORY' | 'OTHER' | 'STAFF';
  readonly staffNote: string;
  readonly notifyCustomer: boolean;
  readonly restock: boolean;
  readonly refundMethod: { readonly originalPaymentMethodsRefund: boolean };
}

/** The holds of a fulfillment order, and which order it is of. */
export interface ShopifyHeld {
  readonly orderId: string;
  readonly holds: readonly {
    readonly holdId: string;
    /** Shopify's own: `INCORRECT_ADDRESS`. */
    readonly reason: string;
    readonly notes: string | null;
  }[];
}

/**
 * Which holds of an order's fulfillment orders: one of a fulfillment order, or all of it, or of all fulfillment orders those
 * for one reason.
 */
export type ShopifyHolds =
  | { readonly fulfillmentOrderId: string; readonly holdId?: string | undefined }
  | { readonly reason: 'AWAITING_PAYMENT' | 'HIGH_RISK_OF_FRAUD' };

/** Holds of a fulfillment order that were released, in the form of Shopify's `fulfillmentOrderReleaseHold`. */
export interface ShopifyHoldRelease {
  readonly id: string;
  readonly holdIds: readonly string[];
}

/** One shop at Shopify; orders go by Shopify's own ids. Each call throws Busy and ShopRefused as Square's do. */
export interface ShopifyShop {
  /** @returns the order as the shop has it now; null when there is none. */
  retrieveOrder(orderId: string): Promise<SnapshotResult | null>;
  /** @returns null when there is no such fulfillment order. */
  holdsOf(fulfillmentOrderId: string): Promise<ShopifyHeld | null>;
  /** @returns null when there is no such order. */
  findFulfillments(orderId: string, trackingNumber: string | null): Promise<ShopifyFulfillments | null>;
  createFulfillment(fulfillment: ShopifyFulfillmentInput): Promise<void>;
  cancelOrder(orderId: string, cancellation: ShopifyCancellation): Promise<void>;
  /**
   * Takes lines down to the quantities given, by the lines' own ids; raises none.
   *
   * @returns the quantities that were set; null when there is no such order
   */
  reduceLines(
    orderId: string,
    wanted: ReadonlyMap<string, number>,
    staffNote: string,
  ): Promise<ReadonlyMap<string, number> | null>;
  /** @returns what was released, nothing where nothing is held any more; null when there is no such order. */
  releaseHolds(orderId: string, which: ShopifyHolds): Promise<readonly ShopifyHoldRelease[] | null>;
  /**
   * Reports that goods have been delivered, by the tracking number or the shop's own fulfillment that they were sent as.
   *
   * @returns the fulfillments that were reported, none where the shop knew already; null when there is no such fulfillment
   */
  reportDelivery(
    orderId: string,
    sent: { readonly trackingNumber: string; readonly fulfillmentId: string | null },
    happenedAt: string,
  ): Promise<readonly string[] | null>;
}
