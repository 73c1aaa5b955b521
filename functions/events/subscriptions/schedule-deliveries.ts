import type { Envelope } from '../../../contract/events.ts';
import {
  type DeliveryLog,
  deliveryOf,
  type Schedule,
  type SubscriptionStore,
  wants,
} from './subscriptions.ts';

export interface SchedulingDependencies {
  readonly subscriptions: Pick<SubscriptionStore, 'list'>;
  readonly deliveries: Pick<DeliveryLog, 'add'>;
  readonly schedule: Schedule;
  readonly now: () => number;
}

/**
 * Makes a delivery of an event for each subscriber who wants it. A repeat of the event makes none again; its first try
 * is put into the queue once more, in case it was lost between the two.
 */
export async function scheduleDeliveries(
  { subscriptions, deliveries, schedule, now }: SchedulingDependencies,
  event: Envelope,
): Promise<void> {
  const wanting = (await subscriptions.list()).filter(({ subscription }) => wants(subscription, event.type));
  const at = now();
  const made = deliveryOf(event, new Date(at).toISOString());
  for (const { subscription } of wanting) {
    const { subscriptionId } = subscription;
    await deliveries.add(subscriptionId, made);
    await schedule({ subscriptionId, deliveryId: made.delivery.deliveryId, tries: 0, notBefore: at });
  }
}
