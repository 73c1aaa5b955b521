import type { AuditAction } from '../../../contract/audit.ts';
import type { Envelope } from '../../../contract/events.ts';
import type { Delivery, DeliveryAttempt, Subscription } from '../../../contract/subscriptions.ts';
import type { Origin } from '../envelope.ts';

/** A subscription with what signs its deliveries, as the store keeps it: sealed. */
export interface StoredSubscription {
  readonly subscription: Subscription;
  readonly sealedSecret: string;
  /** The secret before, which signs as well until an instant. */
  readonly previous?: { readonly sealedSecret: string; readonly until: string } | undefined;
  /** Counts the changes. */
  readonly revision: number;
  /** Of the request that created it, so that a repeat is recognised. */
  readonly fingerprint?: string | undefined;
}

/** A delivery with what is delivered. */
export interface StoredDelivery {
  readonly delivery: Delivery;
  /** How often it was tried since it was made, or asked for once more. */
  readonly tries: number;
  readonly payload: string;
}

/** What a try led to. */
export interface AttemptedDelivery {
  readonly attempt: DeliveryAttempt;
  readonly status: Delivery['status'];
  readonly nextAttemptAt?: string | undefined;
}

/** Who changes a subscription, and what of it. */
export interface SubscriptionAudit {
  readonly action: Extract<AuditAction, `subscription.${string}`>;
  readonly origin: Origin;
}

export interface SubscriptionStore {
  list(): Promise<readonly StoredSubscription[]>;
  get(subscriptionId: string): Promise<StoredSubscription | null>;
  /**
   * @param change for the audit trail; absent for what the loop notes of its deliveries
   * @returns false when it changed since it was read, or is gone
   */
  save(next: StoredSubscription, change?: SubscriptionAudit): Promise<boolean>;
  /** @returns whether there was one */
  remove(subscriptionId: string, origin?: Origin): Promise<boolean>;
}

export interface DeliveryLog {
  /** @returns false when the subscriber has a delivery of this event already */
  add(subscriptionId: string, kept: StoredDelivery): Promise<boolean>;
  find(subscriptionId: string, deliveryId: string): Promise<StoredDelivery | null>;
  /** Notes a try, the first to have this number; @returns false when another noted one first. */
  recordAttempt(
    subscriptionId: string,
    deliveryId: string,
    tries: number,
    tried: AttemptedDelivery,
  ): Promise<boolean>;
  /** Marks what is not to be tried any more. */
  skip(subscriptionId: string, deliveryId: string): Promise<void>;
  /** Restarts the attempts; @returns the delivery, or null when there is none. */
  restart(subscriptionId: string, deliveryId: string): Promise<Delivery | null>;
  /** @returns deliveries, newest first, older than a position */
  list(
    subscriptionId: string,
    limit: number,
    before: string | null,
  ): Promise<{ readonly items: readonly Delivery[]; readonly next: string | null }>;
}

/** A try that is due; travels through a queue. */
export interface DueAttempt {
  readonly subscriptionId: string;
  readonly deliveryId: string;
  /** Number of earlier attempts. */
  readonly tries: number;
  /** Epoch milliseconds before which it is not made. */
  readonly notBefore: number;
}

/** Queues attempts. */
export type Schedule = (due: DueAttempt) => Promise<void>;

/** Number of attempts that the log shows. */
export const MAX_ATTEMPTS_SHOWN = 10;

/** @returns whether a subscriber receives this event now */
export function wants({ status, types }: Subscription, type: string): boolean {
  return status === 'ACTIVE' && (types.includes('*') || types.includes(type));
}

/**
 * What a subscriber is sent (Standard Webhooks, "Payload structure"). An event that is published again is a delivery of its
 * own, so that a subscriber who asked for a replay does not take it for a repeat.
 */
export function deliveryOf(event: Envelope, now: string): StoredDelivery {
  const { eventId, type, occurredAt } = event;
  const { replayId } = event as { readonly replayId?: string };
  const delivery: Delivery = {
    deliveryId: replayId === undefined ? eventId : `${eventId}-${replayId}`,
    eventId,
    eventType: type,
    ...('orderId' in event && { orderId: event.orderId }),
    status: 'PENDING',
    createdAt: now,
    attempts: [],
  };
  return { delivery, tries: 0, payload: JSON.stringify({ type, timestamp: occurredAt, data: event }) };
}
