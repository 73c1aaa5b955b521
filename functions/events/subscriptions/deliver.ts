import type { DeliveryAttempt, Subscription } from '../../../contract/subscriptions.ts';
import { pauseAfter } from './retries.ts';
import type {
  DeliveryLog,
  DueAttempt,
  Schedule,
  StoredDelivery,
  StoredSubscription,
  SubscriptionStore,
} from './subscriptions.ts';

/** What came of posting a delivery. */
export type Posted = Pick<DeliveryAttempt, 'httpStatus' | 'error'>;

export interface DeliveryDependencies {
  readonly subscriptions: Pick<SubscriptionStore, 'get' | 'save'>;
  readonly deliveries: Pick<DeliveryLog, 'find' | 'recordAttempt' | 'skip'>;
  readonly schedule: Schedule;
  /** Signs and posts; never throws. */
  post(to: StoredSubscription, kept: StoredDelivery): Promise<Posted>;
  readonly now: () => number;
  readonly random: () => number;
  /** Called when a subscription is disabled. */
  onSwitchedOff(subscription: Subscription): void;
}

/** The subscriber wants nothing more (RFC 9110, section 15.5.11; Standard Webhooks, "Receiver"). */
const GONE = 410;

/**
 * Makes a try that is due: posts the delivery, notes what came of it, and puts the next try into the queue. A try that
 * comes twice is made once, unless both come at the same instant: a subscriber knows a repeat by its `webhook-id`.
 */
export async function deliver(dependencies: DeliveryDependencies, due: DueAttempt): Promise<void> {
  const { subscriptionId, deliveryId, tries } = due;
  // What is not due yet goes back: a queue delays a message by a quarter of an hour at most.
  if (dependencies.now() < due.notBefore) return dependencies.schedule(due);
  const kept = await dependencies.deliveries.find(subscriptionId, deliveryId);
  if (kept === null || kept.delivery.status !== 'PENDING' || kept.tries < tries) return;
  if (kept.tries > tries) {
    // Noted, and cut off before the next try was in the queue.
    const notBefore = Date.parse(kept.delivery.nextAttemptAt ?? '') || dependencies.now();
    return dependencies.schedule({ ...due, tries: kept.tries, notBefore });
  }
  const to = await dependencies.subscriptions.get(subscriptionId);
  if (to === null || to.subscription.status !== 'ACTIVE') {
    return dependencies.deliveries.skip(subscriptionId, deliveryId);
  }
  const began = dependencies.now();
  const posted = await dependencies.post(to, kept);
  const ended = dependencies.now();
  const attempt: DeliveryAttempt = {
    at: new Date(began).toISOString(),
    ...posted,
    milliseconds: ended - began,
  };
  const isDelivered = isSuccess(posted);
  const pause =
    isDelivered || posted.httpStatus === GONE ? null : pauseAfter(tries + 1, dependencies.random());
  const status = isDelivered ? 'DELIVERED' : pause === null ? 'FAILED' : 'PENDING';
  const notBefore = ended + (pause ?? 0);
  const nextAttemptAt = status === 'PENDING' ? new Date(notBefore).toISOString() : undefined;
  const isFirst = await dependencies.deliveries.recordAttempt(subscriptionId, deliveryId, tries + 1, {
    attempt,
    status,
    nextAttemptAt,
  });
  if (!isFirst) return;
  if (status === 'PENDING') await dependencies.schedule({ ...due, tries: tries + 1, notBefore });
  await noteHealth(dependencies, to, {
    posted,
    gaveUp: status === 'FAILED',
    firstTriedAt: kept.delivery.attempts.at(-tries)?.at ?? attempt.at,
    at: attempt.at,
  });
}

interface Outcome {
  readonly posted: Posted;
  readonly gaveUp: boolean;
  /** When the delivery was first tried. */
  readonly firstTriedAt: string;
  readonly at: string;
}

/**
 * Keeps since when a subscriber has been failing, and switches off one that wants no more, or that has taken nothing
 * for as long as a delivery was tried.
 */
async function noteHealth(
  dependencies: DeliveryDependencies,
  seen: StoredSubscription,
  outcome: Outcome,
): Promise<void> {
  for (let to: StoredSubscription | null = seen; to !== null; ) {
    const next = healthAfter(to.subscription, outcome);
    if (next === null) return;
    if (await dependencies.subscriptions.save({ ...to, subscription: { ...next, updatedAt: outcome.at } })) {
      if (next.status === 'DISABLED') dependencies.onSwitchedOff(next);
      return;
    }
    to = await dependencies.subscriptions.get(seen.subscription.subscriptionId);
  }
}

/** @returns the subscription with what a try says of it, or null when it says nothing new */
function healthAfter(subscription: Subscription, outcome: Outcome): Subscription | null {
  const { failingSince, ...healthy } = subscription;
  if (subscription.status !== 'ACTIVE') return null;
  if (isSuccess(outcome.posted)) return failingSince === undefined ? null : healthy;
  const { httpStatus, error } = outcome.posted;
  const last = httpStatus === undefined ? error : `status ${httpStatus}`;
  if (httpStatus === GONE) {
    return { ...subscription, status: 'DISABLED', note: 'the address answered 410: it wants no more events' };
  }
  if (outcome.gaveUp && failingSince !== undefined && failingSince <= outcome.firstTriedAt) {
    return {
      ...subscription,
      status: 'DISABLED',
      note: `nothing was delivered since ${failingSince}; the last try ended with ${last}`,
    };
  }
  return failingSince === undefined ? { ...subscription, failingSince: outcome.at } : null;
}

function isSuccess({ httpStatus }: Posted): boolean {
  return httpStatus !== undefined && httpStatus >= 200 && httpStatus < 300;
}
