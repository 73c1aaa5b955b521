import type { Logger } from '@aws-lambda-powertools/logger';
import type { WebhookPath } from '../../contract/webhooks.ts';
import type { Order } from '../../domain/order/order.ts';
import type { OrderEnvelope, Origin } from '../events/envelope.ts';
import type { HttpAnswer, HttpRequest } from '../middleware/http.ts';
import type { Ports } from '../orders/ports.ts';
import type { ConnectionStore } from './core/connections.ts';
import type { ControlNumbers } from './core/control-numbers.ts';
import type { DispatchLog } from './core/dispatch-log.ts';
import type { DocumentStore } from './core/documents.ts';
import type { SharedSecretValue } from './core/shared-secret.ts';
import type { WebhookDescriptor } from './descriptor.ts';
import type { ConnectedChannel } from './descriptors.ts';

/** A channel: how its messages are received, and how it is notified of what became of its orders. */
export interface Channel {
  readonly inbound: Inbound;
  /**
   * Notifies the channel of an event of an order of its own. Is called many times for one event, late and out of order:
   * what the channel was notified of already is not sent again.
   *
   * @param order as it is now
   * @throws Error when the channel cannot be reached; the same event is brought again later
   */
  notify(event: OrderEnvelope, order: Order): Promise<void>;
}

/** How the messages of one sender's format are received. Each step may be repeated. */
export interface Inbound {
  readonly webhook: Webhook;
  /** What messages of this format are filed under. */
  readonly channel: MessageChannel;
  /**
   * Proves who sent a request, before anything else of it is looked at.
   *
   * @returns the sender, or why the request is refused: for the log alone, the sender is answered 401 in any case
   * @throws Busy when a secret cannot be read
   */
  authenticate(request: Received): Promise<Sender | Refused>;
  /** Names the message within its sender; never throws. */
  identify(request: Received, sender: Sender): MessageIdentity;
  /**
   * Does what the message asks for, once, however often it is called with the same message.
   *
   * @throws Busy when contention outlasted every attempt, or the sender could not be asked; the message is tried again
   */
  process(message: InboundMessage): Promise<MessageOutcome>;
  /** @throws Problem where the channel is refused aloud */
  answer(outcome: MessageOutcome): HttpAnswer;
}

export type Webhook = WebhookDescriptor<WebhookPath>;

/** The channel of an inbound message; carriers report on orders of every channel. */
export type MessageChannel = ConnectedChannel | 'CARRIER';

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

/** How it was proven who sent a message. */
export interface Proof {
  /** The header that held the signature. */
  readonly signature: string;
  /** Name of the secret that it was made with; null for the channel's own. */
  readonly secretName: string | null;
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

/** A message whose sender is proven. */
export interface InboundMessage extends MessageIdentity {
  readonly channel: MessageChannel;
  readonly sender: Sender;
  /** As it was sent, byte for byte. */
  readonly body: Buffer;
  readonly origin: Origin;
  /** Epoch milliseconds after which nothing further is begun. */
  readonly deadline: number;
  /** Which part of the body is meant, where one body holds several messages. */
  readonly place?: readonly number[] | undefined;
}

/** What became of a message. */
export type MessageOutcome =
  | {
      readonly kind: 'processed';
      readonly orderIds: readonly string[];
      /** What was done, for people to read. */
      readonly detail: string;
      /** What the sender is answered, where the channel's protocol has an answer of its own. */
      readonly reply?: string;
    }
  | { readonly kind: 'repeat' }
  /** An operator has to see to it; nothing of it was done. */
  | { readonly kind: 'quarantined'; readonly reason: string }
  /** It was refused, and the sender is told why. */
  | { readonly kind: 'rejected'; readonly reason: string };

/** What channels need from outside. */
export interface ChannelContext {
  readonly ports: Ports;
  readonly connections: ConnectionStore;
  readonly documents: DocumentStore;
  readonly dispatches: DispatchLog;
  readonly numbers: ControlNumbers;
  /** Takes so many serial numbers for labels at once; @returns the first. None is given twice. */
  readonly takeSerials: (companyPrefix: string, count: number) => Promise<number>;
  readonly logger: Pick<Logger, 'error' | 'info' | 'warn'>;
  /** `fetch` that reaches no private address where it is deployed. */
  readonly fetch: typeof fetch;
  /** Milliseconds that a channel may be asked for, in all and for one request. @default what the webhook's sender waits */
  readonly deadlines?: Deadlines | undefined;
  /**
   * @param secretName the secret that the connection names. @default the webhook's own
   * @throws Busy when the secret cannot be read
   */
  readSecret(webhook: Webhook, secretName: string | undefined): Promise<SharedSecretValue>;
  /** @returns the address at which a webhook is reached from outside; some senders sign it. */
  webhookUrl(webhook: Webhook): string;
}

export interface Deadlines {
  readonly inAll: number;
  readonly forOne: number;
}
