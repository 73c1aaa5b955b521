import type { Order } from '../../../domain/order/order.ts';
import type { OrderEnvelope } from '../../events/envelope.ts';
import type { Ports } from '../../orders/ports.ts';
import { type AccessStore, isAccessRefused, revokeIfRefused } from './access.ts';
import type { ConnectionStore } from './connections.ts';
import { type DispatchLog, notifyOnce } from './dispatch-log.ts';
import type { DocumentStore, SentDocument } from './documents.ts';

/** What telling a shop needs from outside. */
export interface ShopNotifierDependencies<Shop> {
  readonly ports: Pick<Ports, 'now'>;
  readonly deliveries: DispatchLog;
  readonly documents: DocumentStore;
  readonly access: AccessStore;
  readonly connections: Pick<ConnectionStore, 'find'>;
  /**
   * @param source the shop's domain, or the merchant's id
   * @returns how the shop is reached, or null when we are connected to it no more
   */
  findShop(source: string): Promise<Shop | null>;
  /**
   * Makes a request to a shop that reads.
   *
   * @throws Busy, ShopRefused, ShopUnreadable when it is not answered as asked
   */
  ask(source: string): Promise<unknown>;
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
 * Sends a shop an update, once, and keeps what was sent beside the order. While the shop takes no request of ours the update
 * is kept as blocked, and sent when it does.
 *
 * @throws Busy when it is just being sent, or the shop cannot be reached
 * @throws ShopRefused when the shop refuses this update
 */
export async function notifyShop(
  dependencies: Omit<ShopNotifierDependencies<unknown>, 'findShop'>,
  order: Order,
  { documentId, kind, send }: OutboundUpdate,
): Promise<void> {
  const { ports, deliveries, documents, access, connections, ask } = dependencies;
  const { orderId, channel, source = '' } = order;
  const keep = (what: Pick<SentDocument, 'status' | 'content' | 'sentAt' | 'objections'>) =>
    documents.save(orderId, {
      ...{ documentId, kind, createdAt: ports.now(), mediaType: 'application/json', ...what },
    });
  const block = async (reason: string): Promise<never> => {
    await keep({ status: 'BLOCKED', content: '{}', objections: [reason] });
    throw new Blocked(reason);
  };
  const connectionId =
    channel === 'MANUAL' ? undefined : (await connections.find(channel, source))?.connectionId;
  const blockIfRevoked = async (error: unknown): Promise<never> => {
    if (connectionId === undefined || !isAccessRefused(error)) throw error;
    const refusal = { source, since: ports.now(), reason: error.message };
    const origin = { actor: OUTBOUND, correlationId: documentId };
    const isRevoked = await revokeIfRefused(access, connectionId, refusal, origin, () => ask(source));
    if (!isRevoked) throw error;
    return block(error.message);
  };
  try {
    await notifyOnce(deliveries, `${orderId} ${documentId}`, async () => {
      const revoked = connectionId === undefined ? null : await access.find(connectionId, source);
      if (revoked !== null) return block(revoked.reason);
      const sent = await send().catch(blockIfRevoked);
      if (sent === null) return documents.removeBlocked(orderId, documentId);
      await keep({ status: 'SENT', sentAt: ports.now(), content: JSON.stringify(sent, null, 2) });
    });
  } catch (error) {
    if (!(error instanceof Blocked)) throw error;
  }
}

/** That an update is kept as blocked: it does not count as sent. */
class Blocked extends Error {}

/** Who notes in the audit trail that a shop refused an update. */
const OUTBOUND = { type: 'automation', id: 'outbound' } as const;

/** Whether the order's own shop brought the event about: it is not notified of what it said itself. */
export function isOwnUpdate({ actor }: OrderEnvelope, { source }: Order): boolean {
  return actor.type === 'channel' && actor.id === source;
}
