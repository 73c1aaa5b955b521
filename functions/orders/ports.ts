import type { Facts } from '../../domain/order/decide/context.ts';
import type { Order } from '../../domain/order/order.ts';
import type { OrderEnvelope } from '../events/envelope.ts';
import type { IdempotencyRecord, IdempotencyStore } from '../idempotency.ts';
import type { LocationStore } from '../inventory/location-store.ts';
import type { StockStore } from '../inventory/ports.ts';
import type { ChannelVersion, MessageWrite } from '../messages/message.ts';

/** Everything that one command changes, written in one transaction or not at all. */
export interface OrderWrite {
  readonly before: Order | null;
  readonly after: Order;
  readonly events: readonly OrderEnvelope[];
  /** The stock that the events were decided on, which says what is drawn from leases. */
  readonly stock?: Facts['stock'] | undefined;
  readonly idempotency?: IdempotencyRecord | undefined;
  /** The inbound message that the write follows from. */
  readonly message?: MessageWrite | undefined;
}

/** How a channel names an order of its own. */
export interface ExternalIdentity {
  readonly channel: string;
  readonly source: string;
  readonly externalId: string;
}

export interface ExternalOrder {
  /** Null for an order that its channel deleted before it was known here: it is never received. */
  readonly orderId: string | null;
  /** Sorts by time; null where no state was noted. */
  readonly channelVersion: string | null;
}

export interface OrderStore {
  /** @returns the order as its last committed write left it, or null. */
  load(orderId: string): Promise<Order | null>;
  /** @throws WriteFailed when nothing was written */
  save(write: OrderWrite): Promise<void>;
  /**
   * Writes several new orders in one transaction.
   *
   * @throws WriteFailed when nothing was written
   */
  saveBatch(writes: readonly OrderWrite[]): Promise<void>;
  /** @returns up to `limit` events of the order after a sequence number, oldest first. */
  history(orderId: string, after: number, limit: number): Promise<readonly OrderEnvelope[]>;
  /** @returns the order with a channel's own id, and the newest processed version of it. */
  findExternal(channel: string, source: string, externalId: string): Promise<ExternalOrder | null>;
  /**
   * Notes that a channel deleted an order that is not known here, so that a message which is on its way does not make
   * it known, and settles the message that says so.
   *
   * @throws WriteFailed `external-order-known` when the order was received meanwhile; nothing was written
   */
  markDeleted(order: ExternalIdentity, message: MessageWrite): Promise<void>;
  /** Notes that a state of a channel's order changes nothing here, so that no older one does; a newer one stays. */
  noteChannelVersion(version: ChannelVersion): Promise<void>;
  /**
   * @param key of a document of the channel
   * @returns the orders that were made of documents of this key, whoever issued them
   */
  findDocument(channel: string, source: string, key: string): Promise<readonly string[]>;
  /** @returns the order and shipment that travel under a tracking number. */
  findTracking(trackingNumber: string): Promise<readonly { orderId: string; shipmentId: string }[]>;
}

export interface OrderNumbers {
  /** @returns an order id that has not been given before, for example `LMB-ORD-2026-0041`. */
  next(year: number): Promise<string>;
}

/** What commands need from outside. */
export interface Ports {
  readonly orders: OrderStore;
  readonly stock: StockStore;
  readonly locations: Pick<LocationStore, 'list' | 'find'>;
  readonly idempotency: IdempotencyStore;
  readonly numbers: OrderNumbers;
  /** The present instant in UTC with milliseconds. */
  readonly now: () => string;
  /** A fresh id that sorts by time. */
  readonly newId: () => string;
  /** Waits before a retry; `attempt` starts at 1. */
  readonly pause: (attempt: number) => Promise<void>;
}
