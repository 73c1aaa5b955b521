import type { Inbound } from '../channels/channel.ts';
import { Busy } from '../write-failures.ts';
import { type MessageLog, refOf } from './message-log.ts';
import { type RetryCircumstances, retryMessage } from './retry-message.ts';

/** Milliseconds after its arrival in which a message may still be in the hands of the function that received it. */
const IN_HANDS = 5 * 60_000;
/** After so many attempts a message that could never be processed waits for an operator: an hour, every five minutes. */
const MAX_ATTEMPTS = 12;
/** Messages of one run. */
const MAX_MESSAGES = 200;

export interface SweepDependencies {
  readonly log: MessageLog;
  readonly inboundOf: (endpoint: string) => Inbound | null;
  readonly now: () => string;
  /** Called for each message that could not be processed. */
  readonly report: (messageId: string, error: unknown) => void;
}

/** How many messages came to what in one run. */
export type SweepCounts = Readonly<Record<'processed' | 'quarantined' | 'failed', number>>;

/**
 * Takes up messages that are still RECEIVED: the function that received them ended, or the store or a shop was busy, and
 * the sender did not send them again. One that cannot be processed is quarantined after a bounded number of attempts; it
 * never keeps the sweep from those behind it.
 *
 * @param until epoch milliseconds after which no further message is begun
 */
export async function sweepMessages(
  dependencies: SweepDependencies,
  correlationId: string,
  until: number,
): Promise<SweepCounts> {
  const { log, now, report } = dependencies;
  const counts = { processed: 0, quarantined: 0, failed: 0 };
  const before = new Date(Date.parse(now()) - IN_HANDS).toISOString();
  for (const messageId of await log.unprocessed(before, MAX_MESSAGES)) {
    if (Date.now() >= until) break;
    try {
      const outcome = await sweepMessage(dependencies, messageId, { correlationId, deadline: until });
      if (outcome !== null) counts[outcome] += 1;
    } catch (error) {
      report(messageId, error);
      counts.failed += 1;
    }
  }
  return counts;
}

async function sweepMessage(
  { log, inboundOf, report }: SweepDependencies,
  messageId: string,
  circumstances: RetryCircumstances,
): Promise<'processed' | 'quarantined' | null> {
  const found = await log.find(messageId);
  // The index lags: it may have been processed since.
  if (found === null || found.message.state !== 'RECEIVED') return null;
  const { attempts } = found.message;
  const quarantine = async (why: string) => {
    const reason = `not processed in ${MAX_ATTEMPTS} attempts: ${why}`;
    await log.settle(refOf(found.message), { state: 'QUARANTINED', reason });
    return 'quarantined' as const;
  };
  if (attempts >= MAX_ATTEMPTS) return quarantine('processing it ended the function');
  try {
    const outcome = await retryMessage(log, inboundOf, found, circumstances);
    if (outcome === null || outcome.kind === 'repeat') return null;
    return outcome.kind === 'processed' ? 'processed' : 'quarantined';
  } catch (error) {
    if (attempts + 1 < MAX_ATTEMPTS) throw error;
    report(messageId, error);
    return quarantine(error instanceof Busy ? error.message : 'processing it failed');
  }
}

/** Messages that are counted at most. */
const MAX_COUNTED = 100;
const DAY = 86_400_000;

/**
 * @param now ISO instant
 * @returns how many of the newest quarantined messages came within the last day; older ones are in the list and no longer
 *   an alarm
 */
export async function countQuarantined(log: Pick<MessageLog, 'list'>, now: string): Promise<number> {
  const { items } = await log.list({ state: 'QUARANTINED' }, MAX_COUNTED, null);
  const since = new Date(Date.parse(now) - DAY).toISOString();
  // A carrier may know a parcel before it is entered here, which needs nobody.
  return items.filter(({ receivedAt, channel }) => receivedAt >= since && channel !== 'CARRIER').length;
}
