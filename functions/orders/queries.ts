import type { Attention } from '../../contract/requests.ts';
import type { OrderState } from '../../domain/order/lifecycle.ts';
import type { Order } from '../../domain/order/order.ts';
import type { Search } from '../../domain/order/search.ts';
import type { Channel, OrderType } from '../../domain/order/terms.ts';

/** The sums of an order's lines. */
export interface UnitTotals {
  readonly ordered: number;
  readonly allocated: number;
  readonly backordered: number;
  readonly shipped: number;
  readonly delivered: number;
  readonly cancelled: number;
  readonly open: number;
}

/** An order without its lines, as lists and the board need it. */
export type OrderHeader = Omit<Order, 'lines' | 'shipments' | 'channelData'> & {
  readonly lineCount: number;
  readonly shipmentCount: number;
  readonly units: UnitTotals;
};

/** What a list of orders is narrowed to; every condition given must hold. */
export interface OrderFilter {
  readonly state?: OrderState | undefined;
  readonly channel?: Channel | undefined;
  readonly orderType?: OrderType | undefined;
  readonly sku?: string | undefined;
  /** The customer's name or reference, in any case of letters. */
  readonly customer?: string | undefined;
  /** The customer's reference alone, in any case of letters. */
  readonly customerReference?: string | undefined;
  readonly attention?: Attention | undefined;
  readonly purchaseOrderNumber?: string | undefined;
  readonly externalId?: string | undefined;
  /** The number by which the channel shows the order, in any case of letters. */
  readonly channelOrderName?: string | undefined;
  readonly trackingNumber?: string | undefined;
  /** Any number of the order: its own, its purchase order's, its channel's, or one of its parcels'. */
  readonly number?: string | undefined;
  /** Words that are all part of its numbers, customer, SKUs or tracking numbers. */
  readonly search?: Search | undefined;
  /** Test orders alone. @default live orders alone */
  readonly test?: 'true' | undefined;
  /** Instants between which the order was received, both included. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

export interface OrderPage {
  readonly orders: readonly OrderHeader[];
  /** Where the next page begins; null at the end. */
  readonly next: string | null;
  /** When the oldest order that was looked at was received, where a page ended for that before it was full. */
  readonly searchedBackTo?: string;
}

/** Finds orders by what they say. */
export interface OrderQueries {
  /**
   * @returns orders received before a position, newest first; fewer than `limit`, or none, where few of those looked
   * at match, though there may be more further on
   */
  list(filter: OrderFilter, limit: number, after: string | null): Promise<OrderPage>;
}
