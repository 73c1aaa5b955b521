import type { LeaseRule } from '../../../domain/inventory/balance.ts';
import type { Origin } from '../../events/envelope.ts';

/** What is known of the number that a channel shows for a SKU. */
export interface PublishedSku {
  readonly sku: string;
  /** Counts the writes; each follows the one that it was made from. */
  readonly version: number;
  /** What the channel calls the sender; a connection may stand for another one later. */
  readonly source: string;
  /** The number that it was last known to show; null where it shows none. */
  readonly published: number | null;
  /** When it showed it: all sales before are in the number. */
  readonly publishedAt: string;
  /** When the channel was asked last. */
  readonly checkedAt: string;
  /** Units of the SKU that were available by then: where they are others, something was sold or received. */
  readonly available: number;
  /** A change that was begun, and of which nobody knows what became. */
  readonly pending?: { readonly from: number; readonly to: number } | undefined;
  /** Units between lease and number that such changes account for. */
  readonly doubt: number;
  /** When lease and number were last the same. */
  readonly agreedAt: string;
  /** Units that the channel sold of late: half of them are forgotten in a week. */
  readonly sold: number;
  /** Somebody changed the number in the channel: it stays as it is until an operator decides. */
  readonly correction?: Correction | undefined;
  /** Why nothing is published, for people to read. */
  readonly reason?: string | undefined;
}

/** A number that was changed in the channel, and what it should have been. */
export interface Correction {
  readonly shown: number;
  readonly expected: number;
  readonly noticedAt: string;
}

/** Units of a SKU by which orders of a sender explain a number. */
export interface OrderedUnits {
  readonly ordered: number;
  /** Cancelled or returned, which a shop puts back on sale. */
  readonly givenBack: number;
  /** Sold, and not reserved yet: orders that wait for something else, or for their turn. */
  readonly waiting: number;
}

/** Keeps what channels show, and the rules of single SKUs. */
export interface PublishedStockStore {
  find(connectionId: string, skus: readonly string[]): Promise<ReadonlyMap<string, PublishedSku>>;
  /** @returns false when another was written meanwhile; nothing is written then */
  save(connectionId: string, state: PublishedSku): Promise<boolean>;
  /** @returns what is known of a connection, in the order of the SKUs after one */
  page(
    connectionId: string,
    limit: number,
    after: string | null,
  ): Promise<{ readonly items: readonly PublishedSku[]; readonly next: string | null }>;
  rules(connectionId: string, skus: readonly string[]): Promise<ReadonlyMap<string, LeaseRule>>;
  /** Sets the rule of a SKU, and in the audit trail who does; null removes it. */
  setRule(connectionId: string, sku: string, rule: LeaseRule | null, origin: Origin): Promise<void>;
  /** @returns units in the newest orders of a sender for a SKU, received or changed since an instant */
  orderedSince(sku: string, owner: string, since: string): Promise<OrderedUnits>;
  /** @returns how far the walk through all SKUs came */
  position(): Promise<WalkPosition>;
  savePosition(position: WalkPosition): Promise<void>;
}

export interface WalkPosition {
  /** The SKU that was looked at last; null at the beginning. */
  readonly after: string | null;
  /** Whether something may be leased. */
  readonly isActive: boolean;
}
