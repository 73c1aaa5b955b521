import { type Connection, type ConnectionKind, connectionIdentity } from '../../contract/connections.ts';
import type { Channel } from '../channels/channel.ts';
import { type AccessStore, isResting } from '../channels/core/access.ts';
import { mapConcurrently } from '../map-concurrently.ts';
import type { PolledSender } from './look-at-order.ts';
import {
  type ConnectionPollDependencies,
  continueBackfill,
  pollConnection,
  type Run,
} from './poll-connection.ts';

/** Senders that are asked side by side, so that one that hangs does not keep the others waiting. */
export const AT_ONCE = 4;

/** The share of a run in which polls are begun; the rest is for backfills. */
const SHARE_OF_POLLS = 2 / 3;

/** How the channel of a kind is opened; kinds that are no channel have none. */
export type OpenChannels = Readonly<Partial<Record<ConnectionKind, () => Channel>>>;

/** @returns how the sender of a connection is polled; null where nobody can be asked, as with EDI and carriers. */
export function polledSender(channels: OpenChannels, connection: Connection): PolledSender | null {
  const channel = channels[connection.kind]?.();
  const identity = connectionIdentity(connection);
  if (channel?.polling === undefined || identity === null) return null;
  return {
    connectionId: connection.connectionId,
    source: identity.identity,
    secretName: connection.settings.secretName ?? null,
    inbound: channel.inbound,
    polling: channel.polling,
    subscribe: channel.subscribe,
  };
}

/** @returns the connections of which somebody may be asked: those whose sender refuses us rest, and are asked seldom. */
export async function askedConnections(
  access: Pick<AccessStore, 'find'>,
  connections: readonly Connection[],
  now: string,
): Promise<readonly Connection[]> {
  const asked: Connection[] = [];
  for (const connection of connections) {
    const source = connectionIdentity(connection)?.identity;
    const revoked = source === undefined ? null : await access.find(connection.connectionId, source);
    if (!isResting(revoked, connection, now)) asked.push(connection);
  }
  return asked;
}

/** @returns the ids of the connections whose sender can be asked and takes requests, as far as is known. */
export async function connectionsWithAccess(
  access: Pick<AccessStore, 'find'>,
  channels: OpenChannels,
  connections: readonly Connection[],
): Promise<ReadonlySet<string>> {
  const ids = new Set<string>();
  for (const connection of connections) {
    const sender = polledSender(channels, connection);
    if (sender === null) continue;
    const { connectionId, source } = sender;
    if ((await access.find(connectionId, source)) === null) ids.add(connectionId);
  }
  return ids;
}

/** What one run came to. */
export type PollTotals = Readonly<Record<'polled' | 'looked' | 'healed' | 'failedPolls', number>>;

/**
 * Polls the senders of all connections, the one that was not polled the longest first, and then continues their
 * backfills. A sender that cannot be reached keeps no other from being polled, and is polled by the next run.
 */
export async function pollConnections(
  dependencies: ConnectionPollDependencies,
  channels: OpenChannels,
  connections: readonly Connection[],
  { correlationId, until }: Run,
): Promise<PollTotals> {
  const senders: { sender: PolledSender; connection: Connection; at: string }[] = [];
  for (const connection of connections) {
    const sender = polledSender(channels, connection);
    if (sender === null) continue;
    const at = (await dependencies.store.poll(connection.connectionId))?.lastPoll.at ?? '';
    senders.push({ sender, connection, at });
  }
  senders.sort((one, other) => (one.at < other.at ? -1 : 1));
  const totals = { polled: 0, looked: 0, healed: 0, failedPolls: 0 };
  const attempt = async (connectionId: string, end: number, work: (run: Run) => Promise<void>) => {
    if (Date.now() >= end) return;
    try {
      await work({ correlationId, until: end });
    } catch (failure) {
      // One connection must not keep the others from being polled.
      totals.failedPolls += 1;
      dependencies.report(connectionId, { failure });
    }
  };
  const now = Date.now();
  const pollsUntil = now + (until - now) * SHARE_OF_POLLS;
  await mapConcurrently(senders, AT_ONCE, ({ sender, connection }) =>
    attempt(connection.connectionId, pollsUntil, async (run) => {
      const poll = await pollConnection(dependencies, sender, connection, run);
      totals.polled += 1;
      totals.looked += poll.looked;
      totals.healed += poll.received + poll.changed;
      if (poll.failure !== undefined) totals.failedPolls += 1;
    }),
  );
  await mapConcurrently(senders, AT_ONCE, ({ sender }) =>
    attempt(sender.connectionId, until, async (run) => {
      await continueBackfill(dependencies, sender, run);
    }),
  );
  return totals;
}
