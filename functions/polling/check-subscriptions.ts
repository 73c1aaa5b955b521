import type { Connection } from '../../contract/connections.ts';
import { mapConcurrently } from '../map-concurrently.ts';
import type { ConnectionPollDependencies, Run } from './poll-connection.ts';
import { AT_ONCE, type OpenChannels, polledSender } from './poll-connections.ts';
import type { SubscriptionCheck } from './ports.ts';
import { failureText } from './walk.ts';

/** Milliseconds after which subscriptions are looked at again. */
const DAILY = 24 * 3_600_000;
/** The same after a shop did not list them, or refused some. */
const AFTER_FAILURE = 3_600_000;

/**
 * Makes the webhook subscriptions that shops lack: when a connection was saved, and daily, since shops delete those whose
 * deliveries fail.
 *
 * @returns how many were made
 */
export async function checkSubscriptions(
  { ports, store, report }: Pick<ConnectionPollDependencies, 'ports' | 'store' | 'report'>,
  channels: OpenChannels,
  connections: readonly Connection[],
  { until }: Pick<Run, 'until'>,
): Promise<number> {
  let made = 0;
  await mapConcurrently(connections, AT_ONCE, async (connection) => {
    const { connectionId, updatedAt } = connection;
    const sender = polledSender(channels, connection);
    if (sender?.subscribe === undefined || Date.now() >= until) return;
    const { source } = sender;
    const now = ports.now();
    const before = await store.subscriptions(connectionId);
    if (before !== null && !isDue(before, source, updatedAt, now)) return;
    try {
      const subscribed = await sender.subscribe(source);
      if (subscribed === null) return;
      made += subscribed.made.length;
      await store.saveSubscriptions(connectionId, { source, checkedAt: now, ...subscribed });
    } catch (failure) {
      report(connectionId, { failure });
      const reason = failureText(failure);
      if (reason === null) return;
      const check = { source, checkedAt: now, made: [], refused: [], failure: reason };
      await store.saveSubscriptions(connectionId, check);
    }
  });
  return made;
}

function isDue(before: SubscriptionCheck, source: string, updatedAt: string, now: string): boolean {
  const age = Date.parse(now) - Date.parse(before.checkedAt);
  const isWell = before.failure === undefined && before.refused.length === 0;
  return before.source !== source || updatedAt > before.checkedAt || age > (isWell ? DAILY : AFTER_FAILURE);
}
