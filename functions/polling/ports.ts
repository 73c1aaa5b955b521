import type { OrderState } from '../../domain/order/lifecycle.ts';

/** A walk through the changed orders of a sender, which may take several runs. */
export interface Pass {
  /** Orders that changed then or later are looked at; UTC, in the sender's own time. */
  readonly since: string;
  /** Where the next page begins; null for the first one. */
  readonly cursor: string | null;
  /** The latest change that was looked at. */
  readonly reached: string;
  readonly startedAt: string;
}

/** How many orders were found to be what. */
export interface PollCounts {
  readonly looked: number;
  /** Not known here before. */
  readonly received: number;
  /** Known here, and otherwise than the sender says. */
  readonly changed: number;
  /** Left to an operator. */
  readonly quarantined: number;
  /** Not read, or left to the sweep of messages. */
  readonly failed: number;
}

/** The last run of a poll. */
export interface LastPoll extends PollCounts {
  readonly at: string;
  /** Whether all changes were looked at; the next run continues otherwise. */
  readonly isComplete: boolean;
  /** Why the run ended early, for people to read. */
  readonly failure?: string | undefined;
}

/** How far a walk through the open orders of a sender has come; null where the next one begins. */
export interface OpenPosition {
  readonly state: OrderState;
  readonly after: string | null;
}

export interface PollState {
  /** What the channel calls the sender; a connection may stand for another one later. */
  readonly source: string;
  /** All changes up to here were looked at; UTC, in the sender's own time. */
  readonly watermark: string;
  /** The pass that is not finished. */
  readonly pass: Pass | null;
  /** Where the next poll asks on for the open orders. */
  readonly open?: OpenPosition | null | undefined;
  readonly lastPoll: LastPoll;
}

/** Earlier orders that an operator asked for. */
export interface Backfill extends PollCounts {
  readonly source: string;
  /** Orders that changed then or later. */
  readonly from: string;
  /** Also says which backfill of the connection it is. */
  readonly requestedAt: string;
  readonly requestedBy: string;
  readonly state: 'RUNNING' | 'FINISHED';
  readonly pass: Pass;
  readonly finishedAt?: string | undefined;
  /** Why its last run ended early. */
  readonly failure?: string | undefined;
}

/** The last look at the webhook subscriptions of a shop. */
export interface SubscriptionCheck {
  readonly source: string;
  readonly checkedAt: string;
  /** Topics whose subscription was missing, and was made. */
  readonly made: readonly string[];
  /** Topics that the shop refused, with its reason. */
  readonly refused: readonly string[];
  /** What an operator has to do instead of the loop. */
  readonly note?: string | undefined;
  /** Why they could not be looked at. */
  readonly failure?: string | undefined;
}

/** Keeps how far senders were asked. */
export interface PollStore {
  poll(connectionId: string): Promise<PollState | null>;
  savePoll(connectionId: string, state: PollState): Promise<void>;
  backfill(connectionId: string): Promise<Backfill | null>;
  /** @returns false when one of the same sender is running; nothing is written then */
  startBackfill(connectionId: string, backfill: Backfill): Promise<boolean>;
  /** Saves the progress of a backfill, unless another one has taken its place. */
  saveBackfill(connectionId: string, backfill: Backfill): Promise<void>;
  subscriptions(connectionId: string): Promise<SubscriptionCheck | null>;
  saveSubscriptions(connectionId: string, check: SubscriptionCheck): Promise<void>;
}
