import type { Lot } from '../../domain/inventory/lot.ts';
import type { Order } from '../../domain/order/order.ts';
import type { OrderEnvelope, StockEnvelope } from '../events/envelope.ts';
import type { MessageWrite } from '../messages/message.ts';

/** The answer to a request, kept so that a repeat gets it again to the letter. */
export interface StoredAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A client's promise that requests with one key are the same request. */
export interface IdempotencyKey {
  /** The route and path the key belongs to. */
  readonly scope: string;
  readonly key: string;
  /** A digest of the request's body. */
  readonly fingerprint: string;
}

export interface IdempotencyRecord extends IdempotencyKey {
  /** Missing while the request is still worked on. */
  readonly answer?: StoredAnswer | undefined;
  readonly orderId?: string | undefined;
  /** Epoch milliseconds at which work began. */
  readonly begunAt: number;
}

/** Everything that one command changes, written in one transaction or not at all. */
export interface OrderWrite {
  readonly before: Order | null;
  readonly after: Order;
  readonly events: readonly OrderEnvelope[];
  readonly idempotency?: IdempotencyRecord | undefined;
  /** The inbound message that the write follows from. */
  readonly message?: MessageWrite | undefined;
}

export interface LotWrite {
  readonly before: Lot | null;
  readonly after: Lot;
  readonly events: readonly StockEnvelope[];
  /** The threshold of the SKU that these events report a fall below; they are written once for each fall. */
  readonly lowStockThreshold?: number | undefined;
  readonly idempotency?: IdempotencyRecord | undefined;
}

/** Why a write was not made. Nothing of it is in the store. */
export type WriteConflict =
  /** The order or lot changed since it was read. */
  | 'changed-meanwhile'
  /** A lot no longer has what was to be taken, or is no longer AVAILABLE. */
  | 'stock-changed'
  /** The store was too busy, or two transactions met on one item. */
  | 'contention'
  | 'order-number-taken'
  | 'external-order-known'
  | 'purchase-order-used'
  | 'idempotency-key-used'
  /** The inbound message was processed or dismissed meanwhile. */
  | 'message-settled'
  /** A newer state of the channel's order was processed meanwhile. */
  | 'newer-channel-version'
  /** That the SKU is low was told already, or is measured otherwise by now. */
  | 'low-stock-told';

/** Thrown by a store that could not write; the caller reads again and decides again, or gives up. */
export class WriteFailed extends Error {
  readonly conflict: WriteConflict;
  constructor(conflict: WriteConflict, detail: string) {
    super(`${conflict}: ${detail}`);
    this.name = 'WriteFailed';
    this.conflict = conflict;
  }
}

/** Thrown when contention outlasted every retry. Nothing was written, and the same request may be sent again. */
export class Busy extends Error {
  constructor(detail: string) {
    super(detail);
    this.name = 'Busy';
  }
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
  /**
   * @param key of a document of the channel
   * @returns the orders that were made of documents of this key, whoever issued them
   */
  findDocument(channel: string, source: string, key: string): Promise<readonly string[]>;
  /** @returns the order and shipment that travel under a tracking number. */
  findTracking(trackingNumber: string): Promise<readonly { orderId: string; shipmentId: string }[]>;
}

export interface StockStore {
  /** @returns the lots of each SKU, those that expire first first. */
  lotsOf(skus: readonly string[]): Promise<ReadonlyMap<string, readonly Lot[]>>;
  /** @throws WriteFailed when nothing was written */
  save(write: LotWrite): Promise<void>;
  /** @returns SKUs that ever had stock, in the order of their names, after one. */
  skus(limit: number, after: string | null): Promise<readonly string[]>;
  /** Lines that wait for the SKU, the order received first first; an order with several such lines comes several times. */
  linesWaitingFor(sku: string): AsyncIterable<WaitingLine>;
  /** @returns what orders hold and have shipped of a lot. */
  usesOfLot(sku: string, lotNumber: string): Promise<readonly LotUse[]>;
}

/** What one order line waits for. */
export interface WaitingLine {
  readonly orderId: string;
  readonly quantity: number;
  /** The order takes nothing until everything it lacks can be had. */
  readonly allOrNothing: boolean;
}

/** What one order line holds, and has shipped, of a lot. */
export interface LotUse {
  readonly orderId: string;
  readonly lineNumber: number;
  readonly reserved: number;
  readonly shipped: number;
}

export interface IdempotencyStore {
  find(scope: string, key: string): Promise<IdempotencyRecord | null>;
  /** Adds the answer to a record that was begun; ends quietly when the record is gone. */
  complete(record: IdempotencyRecord): Promise<void>;
}

export interface OrderNumbers {
  /** @returns an order id that has not been given before, for example `LMB-ORD-2026-0041`. */
  next(year: number): Promise<string>;
}

/** What commands need from outside. */
export interface Ports {
  readonly orders: OrderStore;
  readonly stock: StockStore;
  readonly idempotency: IdempotencyStore;
  readonly numbers: OrderNumbers;
  /** The present instant in UTC with milliseconds. */
  readonly now: () => string;
  /** A fresh id that sorts by time. */
  readonly newId: () => string;
  /** Waits before a retry; `attempt` starts at 1. */
  readonly pause: (attempt: number) => Promise<void>;
}
