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

/** An update for a shop, by the name under which it is sent once. */
export interface OutboundUpdate {
  /** Of letters, digits, dots and hyphens: it also names the document. */
  readonly documentId: string;
  readonly kind: string;
  /**
   * Sends it to the shop.
   *
   * @returns what was sent, to be kept; null when the shop knew already
   */
  send(): Promise<unknown>;
}

/**
 * Sends a shop an update, once, and keeps what was sent beside the order.
 *
 * @throws Busy when it is just being sent
 */
export async function notifyShop(
  { ports, deliveries, documents }: Omit<ShopNotifierDependencies<unknown>, 'findShop'>,
  order: Order,
  { documentId, kind, send }: OutboundUpdate,
): Promise<void> {
  await notifyOnce(deliveries, `${order.orderId} ${documentId}`, async () => {
    const sent = await send();
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

/** Whether the order's own shop brought the event about: it is not notified of what it said itself. */
export function isOwnUpdate({ actor }: OrderEnvelope, { source }: Order): boolean {
  return actor.type === 'channel' && actor.id === source;
}
