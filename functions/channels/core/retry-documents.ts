import { type Connection, connectionIdentity } from '../../../contract/connections.ts';
import type { Ports } from '../../orders/ports.ts';
import { Busy } from '../../write-failures.ts';
import type { BlockedDocuments } from './documents.ts';
import type { Notifier } from './notify-channel.ts';

/** Events that are read at once. */
const PAGE = 100;
/** Blocked documents that one run looks at, and reads at once. */
const MAX_BLOCKED = 1000;
const PAGE_OF_BLOCKED = 100;

/**
 * Notifies a channel once more of all that happened to an order. What it was notified of is not sent again, so that only
 * documents leave that were blocked.
 *
 * @param until epoch milliseconds after which nothing further is begun
 * @throws Busy when the time is over, or the channel could not be reached; the same may be asked again
 */
export async function retryDocuments(
  ports: Pick<Ports, 'orders'>,
  notify: Notifier,
  orderId: string,
  until: number,
): Promise<void> {
  let after = 0;
  for (;;) {
    const events = await ports.orders.history(orderId, after, PAGE);
    for (const event of events) {
      if (Date.now() >= until) throw new Busy(`${orderId} has many documents; retry once more`);
      const order = await ports.orders.load(orderId);
      if (order === null || order.voided) return;
      await notify(event, order);
    }
    const last = events.at(-1);
    if (last === undefined || events.length < PAGE) return;
    after = last.sequence;
  }
}

/**
 * Retries the documents of orders that were blocked before the rules of their partner changed, or until their shop took
 * requests again.
 *
 * @param reachable ids of connections whose shop takes requests
 * @param notifierOf the notifier of the channel that an order came from, where it has one
 * @param report is called for an order whose documents could not be sent; the next run retries them
 * @returns how many orders were retried
 */
export async function retryBlockedDocuments(
  { ports, documents }: { readonly ports: Pick<Ports, 'orders'>; readonly documents: BlockedDocuments },
  notifierOf: (channel: string) => Notifier | undefined,
  connections: readonly Connection[],
  reachable: ReadonlySet<string>,
  until: number,
  report: (orderId: string, error: unknown) => void,
): Promise<number> {
  const oldest = new Map<string, string>();
  let after: string | null = null;
  for (let read = 0; read < MAX_BLOCKED; read += PAGE_OF_BLOCKED) {
    const page: Awaited<ReturnType<BlockedDocuments['blocked']>> = await documents.blocked(
      PAGE_OF_BLOCKED,
      after,
    );
    for (const { orderId, createdAt } of page.items) {
      if (!oldest.has(orderId)) oldest.set(orderId, createdAt);
    }
    after = page.next;
    if (after === null) break;
  }
  let retried = 0;
  for (const [orderId, blockedAt] of oldest) {
    if (Date.now() >= until) break;
    const order = await ports.orders.load(orderId);
    if (order === null) continue;
    const notify = notifierOf(order.channel);
    const isMended = connections.some((connection) => {
      const { connectionId, kind, updatedAt } = connection;
      if (kind !== order.channel) return false;
      if (updatedAt > blockedAt) return true;
      return reachable.has(connectionId) && connectionIdentity(connection)?.identity === order.source;
    });
    if (notify === undefined || !isMended) continue;
    retried += 1;
    try {
      await retryDocuments(ports, notify, orderId, until);
    } catch (error) {
      report(orderId, error);
    }
  }
  return retried;
}
