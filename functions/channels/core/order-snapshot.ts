import type { ChannelDetail } from '../../../domain/order/channel-data.ts';
import type {
  Address,
  Channel,
  Customer,
  DeliveryWindow,
  HoldRequest,
  OrderType,
} from '../../../domain/order/terms.ts';
import type { ExternalIdentity } from '../../orders/ports.ts';
import type { PaymentState } from '../payment-rules.ts';
import { type Problem, problem } from './problem.ts';

/**
 * A channel's order as the channel has it now, in one form for every channel. A channel maps its own messages and
 * answers to it; `reconcileOrder` decides what has to be done. Texts are cleaned (`clean.ts`), ids are the channel's
 * own, amounts are decimal text in the order's currency.
 */
export interface ChannelOrderSnapshot {
  readonly identity: ExternalIdentity & { readonly channel: Channel };
  /** The channel's name for people to read: `Shopify`. */
  readonly system: string;
  /** The number by which the channel shows the order to people: `#1042`. */
  readonly name?: string | undefined;
  /** How new this state is, as text that sorts by time; null where the channel gives no date or counter. */
  readonly version: string | null;
  readonly currency: string;
  readonly orderType: OrderType;
  readonly customer: Customer;
  /** Undefined where the channel gives no shipping address; a billing address never takes its place. */
  readonly shipTo?: Address | undefined;
  /** How the customer gets the goods; UNKNOWN where the channel may still say. */
  readonly delivery: 'SHIPPED' | 'PICKED_UP' | 'UNKNOWN';
  readonly purchaseOrderNumber?: string | undefined;
  readonly paymentTerms?: string | undefined;
  readonly deliveryWindow?: DeliveryWindow | undefined;
  readonly note?: string | undefined;
  /** All lines, those that were removed included. */
  readonly lines: readonly SnapshotLine[];
  /** Null where the channel does not list them; `isFulfilled` is all that is known then. */
  readonly fulfillments: readonly SnapshotFulfillment[] | null;
  /** The channel says that all goods of the order have left. */
  readonly isFulfilled: boolean;
  /** The order is over for the channel: archived, sold at a counter, or sent long ago. */
  readonly isFinished: boolean;
  readonly refunds: readonly SnapshotRefund[];
  /** What the customer pays for shipping, less its discounts. */
  readonly shippingAmount: string;
  /** Taxes that come on top and belong to no line, those on shipping included. */
  readonly tax: string;
  /** The part of `tax` that is on shipping. */
  readonly shippingTax: string;
  /** What comes off the order as a whole. */
  readonly discount: string;
  /** The channel's own total of what is current; undefined where it gives none. */
  readonly total?: string | undefined;
  /** What was added when cash was paid, below zero where it was taken off; `total` may hold it or not. @default none */
  readonly cashRounding?: string | undefined;
  /** Money that went back for nothing that came off the lines; `total` may be less by it or not. @default none */
  readonly refundedBesides?: string | undefined;
  readonly payment: SnapshotPayment;
  /** Why the channel cancelled the whole order; null while it has not. */
  readonly cancellation: string | null;
  /** The channel takes no cancellation back: one that comes late, behind a newer state of the order, still counts. */
  readonly isCancellationFinal: boolean;
  /** Why the channel itself holds the goods back, such as a risk of fraud; null where it says so apart from the order. */
  readonly holds: readonly HoldRequest[] | null;
  /** What of the order could not be taken over as it stands, a sentence each; it is held for a person to look. */
  readonly concerns: readonly string[];
  /** Every fulfillment was cancelled or failed, and the order was not. */
  readonly isFulfillmentGivenUp: boolean;
  /** All that the channel says and nothing above holds: it is kept on the order and shown. */
  readonly channelData: readonly ChannelDetail[];
  /** The channel hears of units that were cancelled here and takes them off its own quantities. */
  readonly hearsCancellations: boolean;
  /** Where goods left from that were sent before the order was known here. */
  readonly earlierShipments: 'OUR_STOCK' | 'ELSEWHERE';
}

export interface SnapshotLine {
  readonly channelLineId: string;
  /** Null where the channel has none, or none that can be kept. */
  readonly sku: string | null;
  readonly description?: string | undefined;
  /** Units that were ordered, those that were removed since included. */
  readonly ordered: number;
  /** Units that the customer still waits for, or has and keeps. */
  readonly current: number;
  /** Units that have left or are still to leave: `current`, and what was refunded after it had left. */
  readonly active: number;
  /** The price of one unit as the customer sees it. */
  readonly unitPrice: string;
  /** Discount and taxes on top, each for all `ordered` units; fewer units have their share. */
  readonly discount: string;
  readonly tax: string;
  /** False for what is charged and never leaves a warehouse: vouchers, downloads, fees, tips. */
  readonly requiresShipping: boolean;
  /** Who sends it in place of us: another fulfillment service of the channel. */
  readonly fulfilledBy?: string | undefined;
  /** The lot that the channel promised to the customer. */
  readonly lotPin?: string | undefined;
  /** What the channel says of the line and nothing above holds: properties, notes, gift messages. */
  readonly channelData: readonly ChannelDetail[];
}

/** Units of a line by the channel's own id of the line. */
export interface SnapshotUnits {
  readonly channelLineId: string;
  readonly quantity: number;
}

export interface SnapshotFulfillment {
  /** The channel's own id of the fulfillment, by which it is known for good. */
  readonly fulfillmentId: string;
  /** UNFINISHED: nothing has left yet. FAILED: it never came about, or was taken back. */
  readonly status: 'UNFINISHED' | 'SENT' | 'FAILED';
  readonly lines: readonly SnapshotUnits[];
  /** `Other` where nobody named one. */
  readonly carrier: string;
  readonly trackingNumbers: readonly string[];
  /** What the fulfillment goes by where it has no tracking number. */
  readonly reference: string;
  /** UTC; null where the channel does not say. */
  readonly shippedAt: string | null;
  /** The customer has the goods; `deliveredAt` is null where the channel does not say since when. */
  readonly isDelivered: boolean;
  readonly deliveredAt: string | null;
}

export interface SnapshotRefund {
  /** The channel's own id of the refund; null where it gives none. */
  readonly refundId: string | null;
  /** UTC; null where the channel does not say. */
  readonly createdAt: string | null;
  readonly note?: string | undefined;
  readonly lines: readonly SnapshotRefundLine[];
  /** Money that went back to the customer, as far as the channel says. */
  readonly amounts: readonly string[];
  /** What of it was paid for shipping, and for goods that stay with the customer, without taxes. */
  readonly shipping: readonly string[];
  readonly kept: readonly string[];
  /** Taxes on these two. */
  readonly taxes: readonly string[];
}

export interface SnapshotRefundLine extends SnapshotUnits {
  /** Whether the units were taken off before they left, came back, either of both, or stay with the customer. */
  readonly goods: 'CANCELLED' | 'RETURNED' | 'CANCELLED_OR_RETURNED' | 'KEPT';
  /** The line as the refund left it; null where the channel does not say. */
  readonly lineAfter: { readonly current: number; readonly unfulfilled: number } | null;
}

export interface SnapshotPayment {
  /** The goods wait for money that nobody has promised. */
  readonly isAwaited: boolean;
  /** All of the money went back. */
  readonly isRefunded: boolean;
  readonly state: PaymentState;
  /** How the customer pays, as the channel names it. */
  readonly gateways: readonly string[];
  /** The state in the channel's words: `pending`, `64.48 USD due`. */
  readonly detail: string;
}

/** A snapshot, or why none can be made of what the channel sent. */
export type SnapshotResult = { readonly snapshot: ChannelOrderSnapshot } | { readonly problem: Problem };

/** @returns the line's name with its units, as sentences for people have it: `Tomato Sauce (6)`. */
export function lineName(description: string | undefined, quantity: number | string): string {
  return `${description?.slice(0, 100) ?? 'a line without a name'} (${quantity})`;
}

/** @returns the problem of an order whose currency is not in use; its amounts cannot be read. */
export function currencyUnknown(currency: string): { readonly problem: Problem } {
  return problem('currency_unknown', `${JSON.stringify(currency.slice(0, 40))} is no currency in use`);
}
