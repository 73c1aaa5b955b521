import { type Connection, connectionIdentity } from '../../contract/connections.ts';
import type { Channel, Collected, TakeMessage } from '../channels/channel.ts';
import { mapConcurrently } from '../map-concurrently.ts';
import { type ReceiveDependencies, receiveProven } from '../messages/receive-message.ts';
import { Busy } from '../write-failures.ts';
import type { ConnectionPollDependencies, Run } from './poll-connection.ts';
import { AT_ONCE, type OpenChannels } from './poll-connections.ts';
import { failureText } from './walk.ts';

export interface CollectDependencies extends ReceiveDependencies {
  readonly store: Pick<ConnectionPollDependencies['store'], 'poll' | 'savePoll'>;
  readonly report: ConnectionPollDependencies['report'];
}

/** What one run came to. */
export interface CollectTotals {
  readonly collected: number;
  readonly failedMailboxes: number;
}

/** Milliseconds for one mailbox; what it has besides is taken by the next run. */
const FOR_ONE = 20_000;
/** Milliseconds before the end of a run in which no file is begun any more. */
const MARGIN = 10_000;
/** Who brings the files of a mailbox in the log. */
const ACTOR = { type: 'automation', id: 'mailbox' } as const;

/**
 * Receives the files in the mailboxes of all connections, each as a message of its sender, those first that were not looked
 * into the longest. A mailbox that cannot be reached
 * keeps back no other; what was found in each, and what failed, is kept as its last poll.
 */
export async function collectMailboxes(
  dependencies: CollectDependencies,
  channels: OpenChannels,
  connections: readonly Connection[],
  run: Run,
): Promise<CollectTotals> {
  const totals = { collected: 0, failedMailboxes: 0 };
  const mailboxes: { connection: Connection; at: string }[] = [];
  for (const connection of connections) {
    if (channels[connection.kind]?.().collect === undefined) continue;
    const at = (await dependencies.store.poll(connection.connectionId))?.lastPoll.at ?? '';
    mailboxes.push({ connection, at });
  }
  mailboxes.sort((one, other) => (one.at < other.at ? -1 : 1));
  await mapConcurrently(mailboxes, AT_ONCE, async ({ connection }) => {
    const channel = channels[connection.kind]?.();
    const until = Math.min(run.until - MARGIN, Date.now() + FOR_ONE);
    if (channel?.collect === undefined || Date.now() >= until) return;
    const { connectionId } = connection;
    try {
      const take = takeInto(dependencies, channel, run);
      const found = await channel.collect(connection, take, until);
      if (found === null) return;
      totals.collected += found.received + found.quarantined;
      if (found.failure !== undefined) {
        totals.failedMailboxes += 1;
        dependencies.report(connectionId, { failure: new Busy(found.failure) });
      }
      await note(dependencies, connection, found);
    } catch (failure) {
      totals.failedMailboxes += 1;
      dependencies.report(connectionId, { failure });
      const reason = failureText(failure);
      if (reason !== null) await note(dependencies, connection, { ...NOTHING, failure: reason });
    }
  });
  return totals;
}

const NOTHING: Collected = { looked: 0, received: 0, quarantined: 0, failed: 0, isComplete: false };

function takeInto(dependencies: CollectDependencies, { inbound }: Channel, run: Run): TakeMessage {
  const { correlationId, until } = run;
  return async (sender, rawBody) => {
    const request = {
      headers: {},
      rawBody,
      origin: { actor: ACTOR, correlationId },
      deadline: until - MARGIN,
    };
    const outcome = await receiveProven(dependencies, inbound, sender, request);
    const kind = outcome.kind === 'quarantined' ? 'quarantined' : 'received';
    return { kind, reply: 'reply' in outcome ? outcome.reply : undefined };
  };
}

async function note(
  { store, now }: CollectDependencies,
  connection: Connection,
  { looked, received, quarantined, failed, isComplete, failure }: Collected,
): Promise<void> {
  const at = now();
  await store.savePoll(connection.connectionId, {
    source: connectionIdentity(connection)?.identity ?? '',
    watermark: at,
    pass: null,
    lastPoll: {
      ...{ at, looked, received, changed: 0, quarantined, failed, isComplete },
      ...(failure !== undefined && { failure: failure.slice(0, 500) }),
    },
  });
}
