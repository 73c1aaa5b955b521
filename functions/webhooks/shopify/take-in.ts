import type { Origin } from '../../application/envelope.ts';
import { handleOrderCommand, type Outcome } from '../../application/handle-order-command.ts';
import type { ExternalOrder, KeptMessage, Ports, Receipt } from '../../application/ports.ts';
import { receiveOrder } from '../../application/receive-order.ts';
import type { ShopifyMessage } from './message.ts';
import type { Instruction, Known } from './outcome.ts';
import { translateMessage } from './translate-change.ts';

/** How often a message is translated anew when its order changes meanwhile. */
const ATTEMPTS = 8;

/** What became of a message; «kept aside» waits for an operator. */
export type TakenIn =
  | { readonly kind: 'done'; readonly orderId: string | null; readonly detail: string }
  | { readonly kind: 'kept-aside'; readonly reason: string };

export interface Delivery {
  readonly message: ShopifyMessage;
  readonly shop: string;
  readonly origin: Origin;
  /** Notes by which a repeat of the delivery is known. */
  readonly receipts: readonly Receipt[];
  readonly body: Buffer;
}

/**
 * Carries out what a message of Shopify asks for, once: an order that is new is received, one that is known is
 * changed as far as it can be, and what nothing here can do is kept aside.
 *
 * @throws Busy when contention outlasted every attempt; Shopify sends the message again
 */
export async function takeIn(ports: Ports, delivery: Delivery): Promise<TakenIn> {
  const { message, shop, receipts } = delivery;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const external = await ports.orders.findExternal('SHOPIFY', shop, message.orderId);
    const known = await knownOrder(ports, external);
    const outcome = translateMessage(message, known, shop);
    switch (outcome.kind) {
      case 'receive': {
        const reception = await receiveOrder(ports, {
          command: outcome.command,
          cancellation: outcome.cancellation ?? undefined,
          origin: delivery.origin,
          receipts,
        });
        if (reception.kind === 'known') continue; // Someone else took it in meanwhile: translate for a known order.
        if (reception.kind === 'refused') return keepAside(ports, delivery, reception.rejection.detail);
        if (reception.kind === 'duplicate-purchase-order') {
          const { purchaseOrderNumber } = reception;
          return keepAside(ports, delivery, `purchase order ${purchaseOrderNumber} is used by another order`);
        }
        if (reception.kind === 'key-used') throw new Error('a webhook has no idempotency key');
        await noteVersion(ports, delivery);
        return { kind: 'done', orderId: reception.order.orderId, detail: 'received' };
      }
      case 'run': {
        const ran = await runAll(ports, delivery, known, outcome.commands);
        if (ran === 'changed-meanwhile') continue;
        const undone = [ran.refused, outcome.aside?.detail].filter((detail) => typeof detail === 'string');
        await noteVersion(ports, delivery);
        if (undone.length > 0) return keepAside(ports, delivery, undone.join('; '));
        await ports.receipts.note(receipts);
        return { kind: 'done', orderId: known?.order.orderId ?? null, detail: 'changed' };
      }
      case 'ignore':
        await noteVersion(ports, delivery);
        await ports.receipts.note(receipts);
        return { kind: 'done', orderId: known?.order.orderId ?? null, detail: outcome.reason };
      case 'fetch-order':
        return keepAside(ports, delivery, outcome.reason);
      case 'keep-aside':
        return keepAside(ports, delivery, outcome.problem.detail);
    }
  }
  return keepAside(ports, delivery, 'the order kept changing while the message was taken in');
}

/**
 * Runs commands one after another, each on the version that the one before left, and stops at the first that is
 * refused: those behind it may only be right after it.
 */
async function runAll(
  ports: Ports,
  delivery: Delivery,
  known: Known | null,
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

async function knownOrder(ports: Ports, external: ExternalOrder | null): Promise<Known | null> {
  if (external === null) return null;
  const order = await ports.orders.load(external.orderId);
  return order === null ? null : { order, updatedAt: external.channelVersion };
}

/** Only full orders say how new they are. */
async function noteVersion(ports: Ports, { message, shop }: Delivery): Promise<void> {
  if (!('updatedAt' in message) || message.updatedAt === null) return;
  const identity = { channel: 'SHOPIFY', source: shop, externalId: message.orderId };
  await ports.orders.noteChannelVersion(identity, message.updatedAt);
}

async function keepAside(ports: Ports, delivery: Delivery, reason: string): Promise<TakenIn> {
  const { shop, origin } = delivery;
  const unnamed: Receipt = { channel: 'SHOPIFY', id: `${shop} unnamed ${origin.correlationId}` };
  const [receipt = unnamed, ...others] = delivery.receipts;
  const message: KeptMessage = { topic: delivery.message.topic, reason, body: delivery.body };
  await ports.receipts.keepAside(receipt, message);
  await ports.receipts.note(others);
  return { kind: 'kept-aside', reason };
}
