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
  /** Another entry of the audit trail was written first. */
  | 'audit-advanced'
  /** That the SKU is low was published already, or is measured otherwise by now. */
  | 'low-stock-published';

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
