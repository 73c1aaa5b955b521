import type { Order } from '../../../domain/order/order.ts';
import type { OrderEnvelope } from '../../events/envelope.ts';
import type { Ports } from '../../orders/ports.ts';
import { type DispatchLog, notifyOnce } from './dispatch-log.ts';
import type { DocumentStore } from './documents.ts';

/** What telling a shop needs from outside. */
export interface ShopNotifierDependencies<Shop> {
  readonly ports: Pick<Ports, 'now'>;
  readonly deliveries: DispatchLog;
  readonly documents: DocumentStore;
  /**
   * @param source the shop's domain, or the merchant's id
   * @returns how the shop is reached, or null when we are connected to it no more
   */
  findShop(source: string): Promise<Shop | null>;
}

/** A piece of news for a shop, by the name under which it is told once. */
export interface OutboundUpdate {
  /** Of letters, digits, dots and hyphens: it also names the document. */
  readonly documentId: string;
  readonly kind: string;
  /**
   * Tells the shop.
   *
   * @returns what was sent, to be kept; null when the shop knew already
   */
  tell(): Promise<unknown>;
}

/**
 * Tells a shop a piece of news, once, and keeps what was sent beside the order.
 *
 * @throws Busy when it is just being told
 */
export async function notifyShop(
  { ports, deliveries, documents }: Omit<ShopNotifierDependencies<unknown>, 'findShop'>,
  order: Order,
  { documentId, kind, tell }: OutboundUpdate,
): Promise<void> {
  await notifyOnce(deliveries, `${order.orderId} ${documentId}`, async () => {
    const sent = await tell();
    if (sent === null) return;
    const now = ports.now();
    await documents.save(order.orderId, {
      documentId,
      kind,
      createdAt: now,
      status: 'SENT',
      sentAt: now,
      mediaType: 'application/json',
      content: JSON.stringify(sent, null, 2),
    });
  });
}

/** Whether the order's own shop brought the event about: it is not told what it said itself. */
export function isOwnUpdate({ actor }: OrderEnvelope, { source }: Order): boolean {
  return actor.type === 'channel' && actor.id === source;
}
