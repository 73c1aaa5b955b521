import { hasReached } from '../../domain/order/lifecycle.ts';
import type { Order } from '../../domain/order/order.ts';
import type { SharedSecretValue } from '../channels/core/shared-secret.ts';
import type { Actor, Origin } from '../events/envelope.ts';
import { signPortalToken } from './portal-token.ts';
import type { Ports } from './ports.ts';

/** Days after which a link ends whatever became of its order. */
const MAX_DAYS = 180;
const DAY = 86_400_000;

/** A customer's link to the status page of an order; the token itself is kept nowhere. */
export interface PortalLink {
  readonly linkId: string;
  readonly orderId: string;
  readonly createdAt: string;
  readonly createdBy: Pick<Actor, 'type' | 'id'>;
  /** When it ends at the latest. */
  readonly endsAt: string;
  readonly revokedAt?: string | undefined;
  readonly revokedBy?: Pick<Actor, 'type' | 'id'> | undefined;
}

export interface PortalLinkStore {
  /** Notes a link and who made it, in the audit trail too. */
  add(link: PortalLink, origin: Origin): Promise<void>;
  get(orderId: string, linkId: string): Promise<PortalLink | null>;
  /**
   * @param after the id at which the page before ended
   * @returns links of an order, newest first, and whether there may be more
   */
  list(
    orderId: string,
    most: number,
    after: string | null,
  ): Promise<{ readonly items: readonly PortalLink[]; readonly more: boolean }>;
  /**
   * Revokes a link, in the audit trail too; one that is revoked already stays as it is.
   *
   * @returns false when there is no such link
   */
  revoke(orderId: string, linkId: string, origin: Origin): Promise<boolean>;
}

/** What makes and judges links. */
export interface PortalLinks {
  readonly store: PortalLinkStore;
  readonly readSecret: () => Promise<SharedSecretValue>;
  /** Address of the portal, without a slash at the end. */
  readonly baseUrl: string;
  /** Days that a link counts after its order was delivered or cancelled. */
  readonly daysAfterDelivery: number;
}

/** Makes a link for the customer of an order. */
export async function makePortalLink(
  ports: Pick<Ports, 'now' | 'newId' | 'orders'>,
  links: PortalLinks,
  order: Order,
  origin: Origin,
): Promise<{ readonly linkId: string; readonly url: string; readonly expiresAt: string }> {
  // A token holds whole seconds, so the link gives its end to the second.
  const createdAt = new Date(Math.floor(Date.parse(ports.now()) / 1000) * 1000);
  const { orderId } = order;
  const link: PortalLink = {
    linkId: ports.newId(),
    orderId,
    createdAt: createdAt.toISOString(),
    createdBy: { type: origin.actor.type, id: origin.actor.id },
    endsAt: new Date(createdAt.getTime() + MAX_DAYS * DAY).toISOString(),
  };
  const token = await signPortalToken(link, await links.readSecret());
  await links.store.add(link, origin);
  return {
    linkId: link.linkId,
    url: `${links.baseUrl}/portal/${token}`,
    expiresAt: endOf(link, await endedAt(ports, order), links.daysAfterDelivery),
  };
}

/**
 * @param link its `createdAt` and `endsAt`
 * @param ended when its order ended; null while it has not
 * @param days that it counts after that, or after it was made if that was later
 * @returns when a link ends, as things are
 */
export function endOf(
  { createdAt, endsAt }: Pick<PortalLink, 'createdAt' | 'endsAt'>,
  ended: string | null,
  days: number,
): string {
  if (ended === null) return endsAt;
  const from = ended > createdAt ? ended : createdAt;
  const end = new Date(Date.parse(from) + days * DAY).toISOString();
  return end < endsAt ? end : endsAt;
}

/** When the last parcel arrived, or the order was cancelled; null while the customer waits for something. */
export async function endedAt({ orders }: Pick<Ports, 'orders'>, order: Order): Promise<string | null> {
  const { state, shipments, updatedAt } = order;
  if (state === 'CANCELLED') return (await cancelledAt(orders, order)) ?? updatedAt;
  if (!hasReached(state, 'DELIVERED')) return null;
  const arrivals = shipments.flatMap(({ deliveredAt }) => deliveredAt ?? []);
  return arrivals.sort().at(-1) ?? updatedAt;
}

/** Events that are read at a time, from the last on: a cancelled order has few after its cancellation. */
const PAGE = 100;

async function cancelledAt(
  orders: Ports['orders'],
  { orderId, sequence }: Order,
): Promise<string | undefined> {
  for (let end = sequence; end > 0; end -= PAGE) {
    const events = await orders.history(orderId, Math.max(0, end - PAGE), Math.min(PAGE, end));
    const cancelled = events.findLast(({ type }) => type === 'OrderCancelled');
    if (cancelled !== undefined) return cancelled.occurredAt;
  }
  return undefined;
}
