import { createHash } from 'node:crypto';
import type { MessageChannel, MessageState } from '../../contract/inbound-messages.ts';
import type { ChannelVersion, LoggedMessage, MessageRef, MessageSettlement, NewMessage } from './message.ts';

/** A message of the log with its body. */
export interface StoredMessage {
  readonly message: LoggedMessage;
  /** Null where it expired: a part refers to the body of its message, which may be deleted earlier. */
  readonly body: Buffer | null;
}

export interface MessageFilter {
  readonly state?: MessageState | undefined;
  readonly channel?: MessageChannel | undefined;
  readonly orderId?: string | undefined;
  /** Only those that were quarantined before they were processed. */
  readonly wasQuarantined?: boolean | undefined;
}

export interface MessagePage {
  readonly items: readonly LoggedMessage[];
  /** Where the next page begins, or null. */
  readonly next: string | null;
}

/** Every message of channels and carriers, logged before anything is done with it. */
export interface MessageLog {
  /**
   * Logs a message as RECEIVED, unless it is there.
   *
   * @returns the message as the log has it, and whether it was logged by this call
   */
  receive(
    message: NewMessage,
    body: Uint8Array,
  ): Promise<{ readonly isNew: boolean; readonly message: LoggedMessage }>;
  /**
   * Moves an open message to another state, with what it says of the version of its order.
   *
   * @param body of a part that is to be kept by itself
   * @returns false when the message was settled already; nothing is written then
   * @throws WriteFailed `contention`
   */
  settle(message: MessageRef, settlement: MessageSettlement, body?: Uint8Array): Promise<boolean>;
  /**
   * Counts an attempt before it is made, so that one which ends the process counts too.
   *
   * @returns false when the message is settled, or another attempt was counted meanwhile
   */
  countAttempt(message: LoggedMessage): Promise<boolean>;
  find(messageId: string): Promise<StoredMessage | null>;
  /** @returns messages that fit the filter, the newest first, older than a position. */
  list(filter: MessageFilter, limit: number, before: string | null): Promise<MessagePage>;
  /** @returns the ids of messages that are RECEIVED since before an instant, the oldest first. */
  unprocessed(before: string, limit: number): Promise<readonly string[]>;
  /** Notes that a message waits for something; it is then found by that. */
  awaitEvent(messageId: string, what: string): Promise<void>;
  /** @returns the ids of messages that wait, or waited, for something. */
  awaiting(what: string): Promise<readonly string[]>;
}

/** @returns the id of a message, equal for all its repeats and for no other message of any sender. */
export function messageIdOf(endpoint: string, sender: string, key: string): string {
  return createHash('sha256')
    .update(JSON.stringify([endpoint, sender, key]))
    .digest('base64url');
}

/** @returns how writes refer to a message of the log. */
export function refOf(
  { messageId, channel, receivedAt, state }: LoggedMessage,
  decidedBy?: string,
): MessageRef {
  return { messageId, channel, receivedAt, wasQuarantined: state === 'QUARANTINED', decidedBy };
}

/** @returns by what messages are found that were quarantined with a state of a channel's order, see `awaiting`. */
export function quarantineOf({ channel, source, externalId, version }: ChannelVersion): string {
  return `quarantined ${JSON.stringify([channel, source, externalId, version])}`;
}
