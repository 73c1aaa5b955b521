import type { Order } from '../../../domain/order/order.ts';
import type { Origin } from '../../events/envelope.ts';
import { handleOrderCommand, type Outcome } from '../../orders/handle-order-command.ts';
import type {
  ExternalIdentity,
  ExternalOrder,
  Ports,
  QuarantinedMessage,
  Receipt,
} from '../../orders/ports.ts';
import { receiveOrder } from '../../orders/receive-order.ts';
import type { Instruction, KnownOrder, ShopOutcome } from './outcome.ts';
import { ShopRefused } from './shops.ts';

/** How often a message is translated anew when its order changes meanwhile. */
const ATTEMPTS = 8;

/** What became of a message; «kept aside» waits for an operator. */
export type TakenIn =
  | { readonly kind: 'done'; readonly orderId: string | null; readonly detail: string }
  | { readonly kind: 'quarantined'; readonly reason: string };

/** News of one order of a shop, read and ready to be translated. */
export interface ChannelUpdate {
  /** The order as the shop knows it. */
  readonly order: ExternalIdentity;
  /** How new the state is that the news tells in full; null where it tells no full state. */
  readonly version: string | null;
  /** What the news asks for, given what is known of the order; pure. */
  translate(known: KnownOrder | null): ShopOutcome;
  /**
   * The full order, for news that does not tell enough; null where the shop no longer has it.
   *
   * @throws Busy when the shop cannot be reached; the message comes again
   * @throws ShopRefused when it does not tell
   */
  fetch?(): Promise<ChannelUpdate | null>;
}

export interface Delivery {
  readonly channel: 'SHOPIFY' | 'SQUARE';
  /** The shop or merchant that sent it. */
  readonly source: string;
  readonly topic: string;
  readonly origin: Origin;
  /** Notes by which a repeat of the delivery is known. */
  readonly receipts: readonly Receipt[];
  readonly body: Uint8Array;
}

/**
 * Carries out what news of a shop asks for, once: an order that is new is received, one that is known is changed as
 * far as it can be, and what nothing here can do is kept aside.
 *
 * @throws Busy when contention outlasted every attempt, or the shop could not be asked; the message comes again
 */
export async function takeIn(ports: Ports, delivery: Delivery, news: ChannelUpdate): Promise<TakenIn> {
  const { receipts } = delivery;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const { channel, source, externalId } = news.order;
    const external = await ports.orders.findExternal(channel, source, externalId);
    const known = await knownOrder(ports, external);
    const outcome = news.translate(known);
    switch (outcome.kind) {
      case 'receive': {
        const reception = await receiveOrder(ports, {
          command: outcome.command,
          cancellation: outcome.cancellation ?? undefined,
          origin: delivery.origin,
          // What is not done yet must not be known as a repeat.
          receipts: outcome.hasMore === true ? undefined : receipts,
        });
        if (reception.kind === 'known') continue; // Someone else took it in meanwhile: translate for a known order.
        if (reception.kind === 'refused') return quarantine(ports, delivery, reception.rejection.detail);
        if (reception.kind === 'duplicate-purchase-order') {
          const { purchaseOrderNumber } = reception;
          return quarantine(
            ports,
            delivery,
            `purchase order ${purchaseOrderNumber} is used by another order`,
          );
        }
        if (reception.kind === 'key-used') throw new Error('a webhook has no idempotency key');
        if (outcome.hasMore === true) continue;
        await noteVersion(ports, news);
        return { kind: 'done', orderId: reception.order.orderId, detail: 'received' };
      }
      case 'run': {
        const ran = await runAll(ports, delivery, known, outcome.commands);
        if (ran === 'changed-meanwhile') continue;
        if (outcome.hasMore === true && ran.refused === null) {
          attempt = 0; // Something was done: what is left to do has its own attempts.
          continue;
        }
        const undone = [ran.refused, outcome.aside?.detail].filter((detail) => typeof detail === 'string');
        await noteVersion(ports, news);
        if (undone.length > 0) return quarantine(ports, delivery, undone.join('; '));
        await ports.receipts.note(receipts);
        return { kind: 'done', orderId: known?.order.orderId ?? null, detail: 'changed' };
      }
      case 'ignore':
        await noteVersion(ports, news);
        await ports.receipts.note(receipts);
        return { kind: 'done', orderId: known?.order.orderId ?? null, detail: outcome.reason };
      case 'fetch-order': {
        const whole = await wholeOrder(news);
        if (typeof whole !== 'string') return takeIn(ports, delivery, whole);
        return quarantine(ports, delivery, `${outcome.reason}; ${whole}`);
      }
      case 'quarantine':
        return quarantine(ports, delivery, outcome.problem.detail);
    }
  }
  return quarantine(ports, delivery, 'the order kept changing while the message was taken in');
}

/** @returns the full order, or why there is none. */
async function wholeOrder(news: ChannelUpdate): Promise<ChannelUpdate | string> {
  if (news.fetch === undefined) return 'the full order does not tell enough either';
  try {
    return (await news.fetch()) ?? 'the shop has no such order';
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
  delivery: Delivery,
  known: KnownOrder | null,
  commands: readonly Instruction[],
): Promise<'changed-meanwhile' | { readonly refused: string | null }> {
  if (known === null) throw new Error('there is no order to run commands on');
  let { version } = known.order;
  for (const command of commands) {
    const outcome: Outcome = await handleOrderCommand(ports, {
      orderId: known.order.orderId,
      command,
      origin: delivery.origin,
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

/** Keeps a message for an operator, under its first receipt, so that a repeat of it is known. */
export async function quarantine(
  ports: Pick<Ports, 'receipts'>,
  { channel, source, topic, body, receipts, origin }: Delivery,
  reason: string,
): Promise<TakenIn> {
  const unnamed: Receipt = { channel, id: `unnamed ${origin.correlationId}` };
  const [receipt = unnamed, ...others] = receipts;
  const message: QuarantinedMessage = { source, topic, reason, body };
  await ports.receipts.quarantine(receipt, message);
  await ports.receipts.note(others);
  return { kind: 'quarantined', reason };
}
