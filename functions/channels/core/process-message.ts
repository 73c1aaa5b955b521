import type { Order } from '../../../domain/order/order.ts';
import type { Origin } from '../../events/envelope.ts';
import { handleOrderCommand, type Outcome } from '../../orders/handle-order-command.ts';
import type { ExternalIdentity, ExternalOrder, Ports, Receipt } from '../../orders/ports.ts';
import { receiveOrder } from '../../orders/receive-order.ts';
import type { InboundMessage, MessageOutcome } from '../channel.ts';
import type { Instruction, KnownOrder, ShopOutcome } from './outcome.ts';
import { ShopRefused } from './shops.ts';

/** How often a message is translated anew when its order changes meanwhile. */
const ATTEMPTS = 8;

/** An update of one order of a shop, read and ready to be translated. */
export interface ChannelUpdate {
  /** The order as the shop knows it. */
  readonly order: ExternalIdentity;
  /** How new the state is that the update holds in full; null where it holds no full state. */
  readonly version: string | null;
  /** What the update asks for, given what is known of the order; pure. */
  translate(known: KnownOrder | null): ShopOutcome;
  /**
   * The full order, for an update that does not hold it; null where the shop no longer has it.
   *
   * @throws Busy when the shop cannot be reached; the message comes again
   * @throws ShopRefused when it does not tell
   */
  fetch?(): Promise<ChannelUpdate | null>;
}

/**
 * Carries out what an update of a shop asks for, once: an order that is new is received, one that is known is changed as
 * far as it can be, and what nothing here can do is quarantined.
 *
 * @throws Busy when contention outlasted every attempt, or the shop could not be asked; the message comes again
 */
export async function processUpdate(
  ports: Ports,
  message: InboundMessage,
  update: ChannelUpdate,
): Promise<MessageOutcome> {
  const receipts = [receiptOf(message)];
  const origin = originOf(message);
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const { channel, source, externalId } = update.order;
    const external = await ports.orders.findExternal(channel, source, externalId);
    const known = await knownOrder(ports, external);
    const outcome = update.translate(known);
    switch (outcome.kind) {
      case 'receive': {
        const reception = await receiveOrder(ports, {
          command: outcome.command,
          cancellation: outcome.cancellation ?? undefined,
          origin,
          // What is not done yet must not be known as a repeat.
          receipts: outcome.hasMore === true ? undefined : receipts,
        });
        if (reception.kind === 'known') continue; // Someone else took it in meanwhile: translate for a known order.
        if (reception.kind === 'refused') return quarantine(ports, message, reception.rejection.detail);
        if (reception.kind === 'duplicate-purchase-order') {
          const { purchaseOrderNumber } = reception;
          return quarantine(ports, message, `purchase order ${purchaseOrderNumber} is used by another order`);
        }
        if (reception.kind === 'key-used') throw new Error('a webhook has no idempotency key');
        if (outcome.hasMore === true) continue;
        await noteVersion(ports, update);
        return processed(reception.order.orderId, 'received');
      }
      case 'run': {
        const ran = await runAll(ports, origin, known, outcome.commands);
        if (ran === 'changed-meanwhile') continue;
        if (outcome.hasMore === true && ran.refused === null) {
          attempt = 0; // Something was done: what is left to do has its own attempts.
          continue;
        }
        const undone = [ran.refused, outcome.aside?.detail].filter((detail) => typeof detail === 'string');
        await noteVersion(ports, update);
        if (undone.length > 0) return quarantine(ports, message, undone.join('; '));
        await ports.receipts.note(receipts);
        return processed(known?.order.orderId, 'changed');
      }
      case 'ignore':
        await noteVersion(ports, update);
        await ports.receipts.note(receipts);
        return processed(known?.order.orderId, outcome.reason);
      case 'fetch-order': {
        const whole = await wholeOrder(update);
        if (typeof whole !== 'string') return processUpdate(ports, message, whole);
        return quarantine(ports, message, `${outcome.reason}; ${whole}`);
      }
      case 'quarantine':
        return quarantine(ports, message, outcome.problem.detail);
    }
  }
  return quarantine(ports, message, 'the order kept changing while the message was taken in');
}

/** @returns the full order, or why there is none. */
async function wholeOrder(update: ChannelUpdate): Promise<ChannelUpdate | string> {
  if (update.fetch === undefined) return 'the full order does not tell enough either';
  try {
    return (await update.fetch()) ?? 'the shop has no such order';
  } catch (error) {
    if (error instanceof ShopRefused) return error.message;
    throw error;
  }
}

/**
 * Runs commands one after another, each on the version that the one before left, and stops at the first that is
 * refused: those behind it may only be right after it.
 */
async function runAll(
  ports: Ports,
  origin: Origin,
  known: KnownOrder | null,
  commands: readonly Instruction[],
): Promise<'changed-meanwhile' | { readonly refused: string | null }> {
  if (known === null) throw new Error('there is no order to run commands on');
  let { version } = known.order;
  for (const command of commands) {
    const outcome: Outcome = await handleOrderCommand(ports, {
      orderId: known.order.orderId,
      command,
      origin,
      expectedVersion: version,
    });
    if (outcome.kind === 'stale') return 'changed-meanwhile';
    if (outcome.kind === 'refused') return { refused: `${command.type}: ${outcome.rejection.detail}` };
    version = outcome.order.version;
  }
  return { refused: null };
}

async function knownOrder(ports: Ports, external: ExternalOrder | null): Promise<KnownOrder | null> {
  if (external === null) return null;
  const order = await ports.orders.load(external.orderId);
  if (order === null) return null;
  const { channelVersion } = external;
  return { order, channelVersion, cancelledHere: await cancelledHere(ports, order) };
}

async function cancelledHere(ports: Ports, order: Order): Promise<ReadonlyMap<number, number>> {
  const units = new Map<number, number>();
  if (order.lines.every(({ cancelled }) => cancelled === 0)) return units;
  for (const event of await ports.orders.history(order.orderId, 0, order.sequence)) {
    const isTheirs = event.actor.type === 'channel' && event.actor.id === order.source;
    if (event.type !== 'LinesCancelled' || isTheirs) continue;
    for (const { lineNumber, quantity } of event.data.lines) {
      units.set(lineNumber, (units.get(lineNumber) ?? 0) + quantity);
    }
  }
  return units;
}

async function noteVersion(ports: Ports, { order, version }: ChannelUpdate): Promise<void> {
  if (version !== null) await ports.orders.noteChannelVersion(order, version);
}

/** @returns that a message was dealt with, and the order it was about, where there is one. */
export function processed(orderId: string | undefined, detail: string): MessageOutcome {
  return { kind: 'processed', orderIds: orderId === undefined ? [] : [orderId], detail };
}

/** Keeps a message for an operator, so that a repeat of it is known. */
export async function quarantine(
  ports: Pick<Ports, 'receipts'>,
  message: InboundMessage,
  reason: string,
): Promise<MessageOutcome> {
  const { topic, body, sender } = message;
  await ports.receipts.quarantine(receiptOf(message), { source: sender.source, topic, reason, body });
  return { kind: 'quarantined', reason };
}

/** By this a repeat of the message is known. */
export function receiptOf({ channel, sender, key }: InboundMessage): Receipt {
  return { channel, id: `${sender.source} ${key}` };
}

/** The shop itself brought about what its messages say. */
function originOf({ origin, sender }: InboundMessage): Origin {
  return { ...origin, actor: { type: 'channel', id: sender.source } };
}
