import type { Logger } from '@aws-lambda-powertools/logger';
import type { Connection } from '../../contract/connections.ts';
import type { MessageChannel } from '../../contract/inbound-messages.ts';
import type { HeldOrderOutcome, UnknownItem } from '../../contract/partner-masters.ts';
import type { WebhookPath } from '../../contract/webhooks.ts';
import type { Order } from '../../domain/order/order.ts';
import type { OrderEnvelope, Origin } from '../events/envelope.ts';
import type { InvoiceStore } from '../finance/invoices.ts';
import type { ChannelVersion, MessageRef, Proof } from '../messages/message.ts';
import type { MessageLog } from '../messages/message-log.ts';
import type { HttpAnswer, HttpRequest } from '../middleware/http.ts';
import type { Ports } from '../orders/ports.ts';
import type { OrderQueries } from '../orders/queries.ts';
import type { PersonalRequestStore } from '../privacy/ports.ts';
import type { AccessStore } from './core/access.ts';
import type { Authorization } from './core/authorization.ts';
import type { ChannelUpdate } from './core/channel-update.ts';
import type { ConnectionStore } from './core/connections.ts';
import type { ControlNumbers } from './core/control-numbers.ts';
import type { DispatchLog } from './core/dispatch-log.ts';
import type { DocumentStore } from './core/documents.ts';
import type { OpenMailbox } from './core/mailbox.ts';
import type { PartnerMasterStore } from './core/partner-master-store.ts';
import type { SharedSecretValue } from './core/shared-secret.ts';
import type { StockAdviceStore } from './core/stock-advice-store.ts';
import type { StockPublishing } from './core/stock-publishing.ts';
import type { WebhookDescriptor } from './descriptor.ts';

/** A channel: how its messages are received, and how it is notified of what became of its orders. */
export interface Channel {
  readonly inbound: WebhookInbound;
  /**
   * Notifies the channel of an event of an order of its own. Is called many times for one event, late and out of order:
   * what the channel was notified of already is not sent again.
   *
   * @param order as it is now
   * @throws Error when the channel cannot be reached; the same event is brought again later
   */
  notify(event: OrderEnvelope, order: Order): Promise<void>;
  /**
   * Sends the other side of a connection the stock that it can order, where its settings ask for it and it is due.
   *
   * @param until epoch milliseconds after which nothing further is begun
   * @returns how many documents were sent
   * @throws Error when it cannot be reached; the next call continues
   */
  adviseStock?(connection: Connection, until: number): Promise<number>;
  /** How a sender is shown how much it may sell; absent where it keeps no stock that we can change. */
  readonly stock?: StockPublishing | undefined;
  /**
   * Has a third party's warehouse ship what is queued for it, of orders of any channel. As `notify` it is called many times
   * for one event. Absent where no connection can be a warehouse.
   *
   * @throws Error when the warehouse cannot be reached; the same event is brought again later
   */
  notifyWarehouse?(event: OrderEnvelope, order: Order): Promise<void>;
  /** Orders that are held for codes which nobody has entered; absent where messages have no codes of their own. */
  readonly heldForCodes?: HeldForCodes | undefined;
  /** How a sender is asked what changed; absent where none can be asked. */
  readonly polling?: Polling | undefined;
  /**
   * Takes what senders leave in a mailbox in place of sending it. Absent where they have none.
   *
   * @param until epoch milliseconds after which no further file is begun
   * @returns null where the connection has no mailbox, or another run is at it
   * @throws Busy when the mailbox cannot be reached
   */
  collect?(connection: Connection, take: TakeMessage, until: number): Promise<Collected | null>;
  /**
   * Has a sender send its messages here: makes the subscriptions that are missing, and none twice. Absent where that is
   * done by hand.
   *
   * @param source what the channel calls the sender
   * @returns null where they are not to be made: the connection says so, or this loop is not reached from outside
   * @throws Busy when the sender cannot be reached
   * @throws ShopRefused, ShopUnreadable when it does not list them
   */
  subscribe?(source: string): Promise<Subscribed | null>;
  /** How an operator gives the loop access to a sender; absent where there is no page for that. */
  readonly authorization?: Authorization | undefined;
}

/** Receives the content of one file; @returns what became of it, and what its sender is answered. */
export type TakeFile = (
  body: Buffer,
) => Promise<{ readonly kind: 'received' | 'quarantined'; readonly reply?: string | undefined }>;

/** The same for the file of a sender that is proven. */
export type TakeMessage = (sender: Sender, body: Buffer) => ReturnType<TakeFile>;

/** How many files of a mailbox came to what in one run. */
export interface Collected {
  readonly looked: number;
  readonly received: number;
  readonly quarantined: number;
  /** Taken up again by the next run. */
  readonly failed: number;
  /** Whether there are no others. */
  readonly isComplete: boolean;
  /** What kept the first file from being taken, for people to read. */
  readonly failure?: string | undefined;
}

/** Orders of a connection that are held for codes which its lists lack. */
export interface HeldForCodes {
  /** @returns product numbers that held orders name and the list does not have, the most wanted first */
  unknownItems(connection: Connection): Promise<readonly UnknownItem[]>;
  /**
   * Continues held orders with what the lists say by now.
   *
   * @param until epoch milliseconds after which no further order is begun
   */
  retry(connection: Connection, origin: Origin, until: number): Promise<readonly HeldOrderOutcome[]>;
}

/** What a look at the subscriptions of a sender came to, by topic. */
export interface Subscribed {
  readonly made: readonly string[];
  /** Topics that the sender does not subscribe us to, with its reason. */
  readonly refused: readonly string[];
  /** What an operator has to do instead of the loop. */
  readonly note?: string | undefined;
}

/** Asks a sender which of its orders changed, for messages that were lost and orders from before it was connected. */
export interface Polling {
  /** Whether two states of an order never share a version; dates of whole seconds may. */
  readonly hasExactVersions: boolean;
  /**
   * Asks for orders that changed at an instant or later, those first that have been unchanged the longest.
   *
   * @param source what the channel calls the sender
   * @param since UTC, in the sender's own time
   * @param cursor where the page begins, from the page before
   * @throws Busy when the sender cannot be reached
   * @throws ShopRefused, ShopUnreadable when it does not say
   */
  page(source: string, since: string, cursor: string | null): Promise<PolledPage>;
  /**
   * Asks for orders by their ids.
   *
   * @param externalIds at most `MAX_FOUND_AT_ONCE`
   * @throws Busy when the sender cannot be reached
   * @throws ShopRefused, ShopUnreadable when it does not say
   */
  find(source: string, externalIds: readonly string[]): Promise<FoundOrders>;
  /**
   * Asks for one order that a list lacks, by itself.
   *
   * @returns the message by which the sender would say that it has the order no more; null where it still has it
   * @throws Busy when the sender cannot be reached
   * @throws ShopRefused, ShopUnreadable when it does not say
   */
  deletion(source: string, externalId: string): Promise<Pick<PolledMessage, 'topic' | 'body'> | null>;
}

/** The most orders that one `find` asks for: a page of WooCommerce's. */
export const MAX_FOUND_AT_ONCE = 50;

/** Orders that were asked for by their ids. One that is in neither list may be hidden from us, which says nothing. */
export interface FoundOrders {
  readonly orders: readonly PolledOrder[];
  /** Ids of orders that the sender would have given, if it had them. */
  readonly missing: readonly string[];
}

export interface PolledPage {
  readonly orders: readonly PolledOrder[];
  /** Where the next page begins; null behind the last one. */
  readonly next: string | null;
}

/** An order that a sender says has changed. */
export interface PolledOrder {
  readonly externalId: string;
  /** Compares with the version that is known of the order; null where the sender gives none. */
  readonly version: string | null;
  /** UTC, in the sender's own time. */
  readonly updatedAt: string;
  /** The page has all of the order, so that it can be compared without a further request. @default false */
  readonly isWhole?: boolean;
  /** What the version of the order does not cover, as the messages that the sender sends of it. @default none */
  readonly besides?: readonly PolledMessage[];
  /**
   * The order as it is now, asked for where the page does not have it.
   *
   * @param isHistory whether what has left of it is no stock of ours any more: it is of a backfill
   * @returns null when it is no more
   * @throws Busy when the sender cannot be reached
   * @throws ShopRefused, ShopUnreadable when it does not say
   */
  read(isHistory: boolean): Promise<PolledMessage | null>;
}

/** What a polled order says: a message as `process` of the same channel takes it, and the update in it. */
export interface PolledMessage {
  readonly topic: string;
  readonly body: Buffer;
  readonly update: ChannelUpdate;
}

/** How messages of one format are processed. */
export interface Inbound {
  /** What the log calls it: the path of the webhook, or `imports`. */
  readonly endpoint: MessageEndpoint;
  /** What messages of this format are filed under. */
  readonly channel: MessageChannel;
  /**
   * Does what a message asks for, once, however often it is called with the same message: the transaction that has the
   * effect also settles the message in the log.
   *
   * @throws Busy when contention outlasted every attempt, or the sender could not be asked; the message is tried again
   * @throws WriteFailed `message-settled` when it was processed meanwhile
   */
  process(message: InboundMessage): Promise<MessageOutcome>;
  /**
   * Answers the sender that what a message asks for is not done, since an operator dismisses it; once, however often it is
   * called. A protocol without such an answer has none.
   *
   * @returns why the answer may not be sent; empty where it was, or none is due
   * @throws Busy when the sender could not be reached
   */
  decline?(message: InboundMessage): Promise<readonly string[]>;
}

/** How the messages of a webhook are received. */
export interface WebhookInbound extends Inbound {
  readonly endpoint: WebhookPath;
  readonly webhook: Webhook;
  /** Whether a repeat is processed, too: the protocol answers it as the first one, which only processing it shows. */
  readonly answersRepeats?: boolean;
  /** Whether a request only asks that we are here: it says nothing, is signed by nobody, and is answered and not kept. */
  isPing?(request: Received): boolean;
  /**
   * Proves who sent a request, before anything else of it is looked at.
   *
   * @returns the sender, or why the request is refused: for our log alone, the sender is answered 401 in any case
   * @throws Busy when a secret cannot be read
   */
  authenticate(request: Received): Promise<Sender | Refused>;
  /** Names the message within its sender; never throws. */
  identify(request: Received, sender: Sender): MessageIdentity;
  /** @throws Problem where the sender is refused */
  answer(outcome: MessageOutcome): HttpAnswer;
}

export type Webhook = WebhookDescriptor<WebhookPath>;

/** What receives messages: a webhook, or the import of files. */
export type MessageEndpoint = WebhookPath | 'imports';

/** What of a request is signed, and with what. */
export type Received = Pick<HttpRequest, 'headers' | 'rawBody'>;

/** Who sent a message, as it was proven when it arrived; whoever processes it later does so on this proof. */
export interface Sender {
  /** Null where the signature fits and no connection names the sender. */
  readonly connectionId: string | null;
  /** What the channel calls the sender: the shop's domain, the merchant's id, a partner's identity. */
  readonly source: string;
  readonly proof: Proof;
}

export interface Refused {
  readonly refused: string;
}

export interface MessageIdentity {
  /** Equal for the repeats of one message, and for no other of the same sender. */
  readonly key: string;
  /** What the message is, in the words of its channel. */
  readonly topic: string;
}

/** A message of the log whose sender is proven. */
export interface InboundMessage {
  /** By this writes refer to the message. */
  readonly ref: MessageRef;
  readonly sender: Sender;
  readonly topic: string;
  /** As it was sent, byte for byte. */
  readonly body: Buffer;
  readonly origin: Origin;
  /** Epoch milliseconds after which nothing further is begun. */
  readonly deadline: number;
  /** Whether its sender waits for an answer, which a retry has none of. */
  readonly isAwaited: boolean;
  /** Which part of the body is meant, where one body holds several messages. */
  readonly place?: readonly number[] | undefined;
}

/** What became of a message. */
export type MessageOutcome =
  | (Settled & {
      readonly kind: 'processed';
      readonly orderIds: readonly string[];
      /** What was done, for people to read. */
      readonly detail: string;
    })
  /** An operator has to see to it. */
  | (Settled & {
      readonly kind: 'quarantined';
      readonly reason: string;
      readonly orderIds?: readonly string[] | undefined;
      /** What has to happen before it can be processed; when it does, it is found by this. */
      readonly awaits?: string | undefined;
      /** The state of the channel's order that it holds, where nothing of it was done. */
      readonly about?: ChannelVersion | undefined;
    })
  /** It was refused, and the sender learns why. */
  | (Settled & { readonly kind: 'rejected'; readonly reason: string })
  | { readonly kind: 'repeat' };

interface Settled {
  /** Whether the log has it already, by the transaction of the effect. @default false */
  readonly isLogged?: boolean | undefined;
  /** The state of the channel's order that the message holds, where the log does not have it yet. */
  readonly version?: ChannelVersion | undefined;
  /** What the sender is answered, where the protocol has an answer of its own. */
  readonly reply?: string | undefined;
}

/** What channels need from outside. */
export interface ChannelContext {
  readonly ports: Ports;
  readonly messages: MessageLog;
  readonly personalRequests: Pick<PersonalRequestStore, 'add'>;
  readonly queries: OrderQueries;
  readonly connections: ConnectionStore;
  readonly access: AccessStore;
  readonly masters: PartnerMasterStore;
  readonly documents: DocumentStore;
  readonly stockAdvices: StockAdviceStore;
  readonly invoices: Pick<InvoiceStore, 'find' | 'notePayment'>;
  readonly dispatches: DispatchLog;
  readonly numbers: ControlNumbers;
  /** Takes so many serial numbers for labels at once; @returns the first. None is given twice. */
  readonly takeSerials: (companyPrefix: string, count: number) => Promise<number>;
  readonly logger: Pick<Logger, 'error' | 'info' | 'warn'>;
  /** `fetch` that reaches no private address where it is deployed. */
  readonly fetch: typeof fetch;
  /** Opens mailboxes; absent in functions that neither deliver documents nor collect them. */
  readonly openMailbox?: OpenMailbox | undefined;
  /** Milliseconds that a channel may be asked for, in all and for one request. @default what the webhook's sender waits */
  readonly deadlines?: Deadlines | undefined;
  /**
   * @param secretName the secret that the connection names. @default the webhook's own
   * @throws Busy when the secret cannot be read
   */
  readSecret(webhook: Webhook, secretName: string | undefined): Promise<SharedSecretValue>;
  /**
   * Puts a new signing key into the secret that a connection names; the one before still counts. Absent in functions that
   * make no subscriptions.
   *
   * @throws Busy when the secret cannot be read or written
   */
  readonly saveSigningKey?: ((secretName: string, key: string) => Promise<void>) | undefined;
  /** Reads the password or key of a login elsewhere. */
  readLogin(secretName: string): Promise<string>;
  /** @returns the address at which a webhook is reached from outside; some senders sign it. */
  webhookUrl(webhook: Webhook): string;
}

export interface Deadlines {
  readonly inAll: number;
  readonly forOne: number;
}
