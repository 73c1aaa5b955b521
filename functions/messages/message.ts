import type { MessageChannel, MessageState } from '../../contract/inbound-messages.ts';
import type { Actor } from '../events/envelope.ts';

/** How it was proven who sent a message. */
export interface Proof {
  /** The header that held the signature, or `access token`. */
  readonly method: string;
  /** Name of the secret that the signature was made with; null for the webhook's own. */
  readonly secretName: string | null;
}

/** A message as it arrived, without its body. */
export interface NewMessage {
  /** Derived from sender and key, so that a repeat has the same; see `messageIdOf`. */
  readonly messageId: string;
  readonly channel: MessageChannel;
  /** What received it, and processes it: the path of the webhook, or `imports`. */
  readonly endpoint: string;
  /** Null where the sender is proven and no connection names it. */
  readonly connectionId: string | null;
  /** What the channel calls the sender. */
  readonly source: string;
  readonly proof: Proof;
  readonly topic: string;
  readonly receivedAt: string;
  readonly actor: Actor;
  readonly correlationId: string;
  /** Which part of the body is meant, where one body holds several messages. */
  readonly place?: readonly number[] | undefined;
  /** The message whose body this is a part of. */
  readonly partOf?: string | undefined;
}

/** What became of one element of a message. */
export interface AccountEntry {
  /** What the channel calls the element, for example `REF02`. */
  readonly element: string;
  /** Acted on, kept and shown, without meaning for the order, or open. */
  readonly disposition: 'mapped' | 'kept' | 'ignored' | 'unresolved';
  /** The term that it became, what it is kept as, or the reason. */
  readonly detail: string;
  /** In how many places of the message it stands. */
  readonly count: number;
}

/** A message of the log, without its body. */
export interface LoggedMessage extends NewMessage {
  readonly state: MessageState;
  readonly orderIds: readonly string[];
  /** How often it was processed again after it arrived. */
  readonly attempts: number;
  readonly reason?: string | undefined;
  /** What was done, for people to read. */
  readonly detail?: string | undefined;
  readonly account?: readonly AccountEntry[] | undefined;
  readonly decidedBy?: string | undefined;
  readonly decidedAt?: string | undefined;
  readonly note?: string | undefined;
}

/** A message of the log, as a write that follows from it refers to it. */
export interface MessageRef extends Pick<NewMessage, 'messageId' | 'channel' | 'receivedAt'> {
  /** Whether it was quarantined before. */
  readonly wasQuarantined: boolean;
  /** Who had it retried, where somebody did. */
  readonly decidedBy?: string | undefined;
  /** A part of another message, which gets into the log when it is settled. */
  readonly part?: NewMessage | undefined;
}

/** What a message comes to. It moves only while it is open, which RECEIVED, QUARANTINED and REJECTED are. */
export interface MessageSettlement {
  readonly state: Exclude<MessageState, 'RECEIVED'>;
  readonly orderIds?: readonly string[] | undefined;
  readonly reason?: string | undefined;
  readonly detail?: string | undefined;
  readonly account?: readonly AccountEntry[] | undefined;
  readonly note?: string | undefined;
  /** The state of the channel's order that the message holds; an older one is never processed after it. */
  readonly version?: ChannelVersion | undefined;
}

/** How new a state of a channel's order is; sorts by time within the order. */
export interface ChannelVersion {
  readonly channel: string;
  readonly source: string;
  readonly externalId: string;
  readonly version: string;
}

/** What a transaction writes of the message that it follows from. */
export interface MessageWrite {
  readonly message: MessageRef;
  /** Absent while there is more of the message to process. */
  readonly settlement?: MessageSettlement | undefined;
  /** Nothing is written unless the message is open: what a repeat of it would be refused is no attempt. @default false */
  readonly whileOpen?: boolean | undefined;
}
