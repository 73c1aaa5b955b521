import { createHash } from 'node:crypto';
import type { Order } from '../../domain/order/order.ts';
import type { Channel, PolledOrder, Polling, Sender } from '../channels/channel.ts';
import type { ShopOutcome } from '../channels/core/outcome.ts';
import { knownOrder } from '../channels/core/process-message.ts';
import { type MessageLog, messageIdOf, quarantineOf, refOf } from '../messages/message-log.ts';
import { processMessage } from '../messages/process-message.ts';
import type { Ports } from '../orders/ports.ts';
import { Busy } from '../write-failures.ts';

/** What looking at orders needs from outside. */
export interface PollDependencies {
  readonly ports: Ports;
  readonly log: MessageLog;
}

/** A sender that is polled. */
export interface PolledSender {
  readonly connectionId: string;
  /** What the channel calls it. */
  readonly source: string;
  /** Name of the secret that the connection names. */
  readonly secretName: string | null;
  readonly inbound: Channel['inbound'];
  readonly polling: Polling;
  readonly subscribe: Channel['subscribe'];
}

/** What was found of an order: `failed` where its message waits in the log for the sweep. */
export type Finding = 'unchanged' | 'received' | 'changed' | 'quarantined' | 'failed';

export interface Circumstances {
  readonly correlationId: string;
  /** Epoch milliseconds after which nothing further is begun. */
  readonly until: number;
  /**
   * Orders that changed then or later are compared though their version is known: two changes of one second may share it.
   * Null: none are.
   */
  readonly comparesEqualFrom: string | null;
  /** Whether they are earlier orders, of which what has left is no stock of ours any more. */
  readonly isHistory: boolean;
}

/** Who brings a polled order about in the log. */
const ACTOR = { type: 'automation', id: 'poll' } as const;

/**
 * Compares an order of a sender with what is known of it. Where they differ, it goes through the log of messages as a
 * webhook does, once for each state of the order there and here; where they do not, at most its version is noted.
 *
 * @throws Busy when the sender cannot be reached
 * @throws ShopRefused, ShopUnreadable when it does not give the order
 */
export async function lookAtOrder(
  dependencies: PollDependencies,
  sender: PolledSender,
  polled: PolledOrder,
  circumstances: Circumstances,
): Promise<Finding> {
  let finding = await lookAtState(dependencies, sender, polled, circumstances);
  const { besides = [] } = polled;
  if (finding === 'failed' || finding === 'quarantined' || besides.length === 0) return finding;
  let known = await loadKnown(dependencies, sender, polled);
  for (const { topic, body, update } of besides) {
    // It counts where it changes something here; what is for a person, its own message said.
    if (known === null || update.translate(known).kind !== 'run') continue;
    const differsFrom = `${polled.externalId} ${known.order.version}`;
    const { ports, log } = dependencies;
    const found = await processPolled(log, sender, { topic, body, differsFrom }, circumstances, ports.now());
    if (found !== 'unchanged') finding = found;
    if (found === 'failed' || found === 'quarantined') break;
    known = await loadKnown(dependencies, sender, polled);
  }
  return finding;
}

async function loadKnown({ ports }: PollDependencies, { inbound, source }: PolledSender, order: PolledOrder) {
  const external = await ports.orders.findExternal(inbound.channel, source, order.externalId);
  return knownOrder(ports, external);
}

async function lookAtState(
  { ports, log }: PollDependencies,
  sender: PolledSender,
  polled: PolledOrder,
  circumstances: Circumstances,
): Promise<Finding> {
  const { inbound, polling, source } = sender;
  const { channel } = inbound;
  const external = await ports.orders.findExternal(channel, source, polled.externalId);
  // The channel deleted it before it was known here.
  if (external !== null && external.orderId === null) return 'unchanged';
  const known = external?.channelVersion ?? null;
  const isEqual = known !== null && polled.version === known;
  if (known !== null && polled.version !== null && polled.version < known) return 'unchanged';
  const { comparesEqualFrom } = circumstances;
  const isTooEarly = comparesEqualFrom === null || polled.updatedAt < comparesEqualFrom;
  const isDone = polling.hasExactVersions || (isTooEarly && polled.isWhole !== true);
  if (isEqual && isDone) return 'unchanged';
  const message = await polled.read(circumstances.isHistory);
  if (message === null) return 'unchanged';
  const order = await knownOrder(ports, external);
  const { version } = message.update;
  const outcome = message.update.translate(order);
  if (outcome.kind === 'ignore' || outcome.kind === 'fetch-order') {
    const isNewer = order !== null && version !== null && version !== known;
    if (isNewer) await ports.orders.noteChannelVersion({ ...message.update.order, version });
    return 'unchanged';
  }
  if (isEqual && !(order !== null && (await wasMissed(ports, outcome, order.order)))) return 'unchanged';
  if (outcome.kind === 'quarantine' && version !== null) {
    const isLogged = (await log.awaiting(quarantineOf({ ...message.update.order, version }))).length > 0;
    if (isLogged) return 'unchanged';
  }
  return processPolled(
    log,
    sender,
    { ...message, differsFrom: `${polled.externalId} ${order?.order.version ?? 0}` },
    circumstances,
    ports.now(),
  );
}

/**
 * Has an order deleted of which its sender says that it has it no more: by the message that it would have sent, once for
 * each state of the order here.
 *
 * @throws Busy when the sender cannot be reached
 * @throws ShopRefused, ShopUnreadable when it does not say
 */
export async function lookAtMissingOrder(
  { ports, log }: PollDependencies,
  sender: PolledSender,
  externalId: string,
  circumstances: Circumstances,
): Promise<Finding> {
  const { inbound, polling, source } = sender;
  const external = await ports.orders.findExternal(inbound.channel, source, externalId);
  const order = external?.orderId == null ? null : await ports.orders.load(external.orderId);
  if (order === null) return 'unchanged';
  const message = await polling.deletion(source, externalId);
  if (message === null) return 'unchanged';
  const differsFrom = `${externalId} ${order.version}`;
  return processPolled(log, sender, { ...message, differsFrom }, circumstances, ports.now());
}

/**
 * Of two changes in one second the message of the second one may be lost. It counts as missed where nobody here touched
 * the order, whose own changes are not to be undone, and where it is more than another way to say the same.
 */
async function wasMissed(ports: Ports, outcome: ShopOutcome, order: Order): Promise<boolean> {
  if (outcome.kind !== 'run' || outcome.quarantined !== null) return false;
  if (outcome.commands.every(({ type }) => type === 'RecordChannelData')) return false;
  const history = await ports.orders.history(order.orderId, 0, order.sequence);
  return history.every(
    ({ actor }) => actor.type === 'automation' || (actor.type === 'channel' && actor.id === order.source),
  );
}

async function processPolled(
  log: MessageLog,
  { connectionId, source, secretName, inbound }: PolledSender,
  {
    differsFrom,
    topic,
    body,
  }: { readonly differsFrom: string; readonly topic: string; readonly body: Buffer },
  { correlationId, until }: Circumstances,
  receivedAt: string,
): Promise<Finding> {
  const sender: Sender = { connectionId, source, proof: { method: 'asked of the shop', secretName } };
  const digest = createHash('sha256').update(body).digest('base64url');
  const { channel, endpoint } = inbound;
  const messageId = messageIdOf(endpoint, connectionId, `poll ${differsFrom} ${digest}`);
  const origin = { actor: ACTOR, correlationId };
  const { message } = await log.receive(
    { ...sender, ...origin, messageId, channel, endpoint, topic, receivedAt },
    body,
  );
  if (message.state !== 'RECEIVED') return 'unchanged';
  const inboundMessage = {
    ref: refOf(message),
    sender,
    topic,
    body,
    origin,
    deadline: until,
    isAwaited: false,
  };
  try {
    const outcome = await processMessage(log, inbound, inboundMessage);
    if (outcome.kind === 'repeat') return 'unchanged';
    if (outcome.kind !== 'processed') return 'quarantined';
    return outcome.detail === 'received' || outcome.detail === 'changed' ? outcome.detail : 'unchanged';
  } catch (error) {
    // It is in the log, from where the sweep takes it up.
    if (error instanceof Busy) return 'failed';
    throw error;
  }
}
