import type { QuarantinedMessage, QuarantineStatus } from '../../contract/quarantined-messages.ts';

/** A message as it was kept, with its bytes. */
export interface StoredMessage {
  readonly message: QuarantinedMessage;
  readonly body: Uint8Array;
  /** Whether only the beginning was kept. */
  readonly isCutOff: boolean;
  /** Where in what was sent the message stands, for a channel that sends several at once. */
  readonly place?: readonly number[] | undefined;
}

/** What was decided on a message that waited. */
export type Resolution = Pick<QuarantinedMessage, 'decidedBy' | 'decidedAt'> &
  (
    | { readonly status: 'TAKEN_IN'; readonly orderIds: readonly string[] }
    | { readonly status: 'DISMISSED'; readonly note: string }
  );

/** Messages that were quarantined, for operators to see, to try again, and to dismiss. */
export interface QuarantinedMessages {
  /** @returns messages of a status, the newest first, older than a position. */
  list(
    status: QuarantineStatus,
    limit: number,
    before: string | null,
  ): Promise<{ readonly items: readonly QuarantinedMessage[]; readonly next: string | null }>;
  find(keptMessageId: string): Promise<StoredMessage | null>;
  /** @returns the ids of messages that were kept until something comes, whatever became of them since. */
  awaiting(what: string): Promise<readonly string[]>;
  /**
   * Notes what was decided.
   *
   * @returns false when the message no longer waited
   */
  settle(keptMessageId: string, resolution: Resolution): Promise<boolean>;
  /** Notes that a message was tried again in vain, and why; one that no longer waits stays as it is. */
  recordAttempt(keptMessageId: string, reason: string): Promise<void>;
}
