import type { Inbound } from '../channels/channel.ts';
import { Busy } from '../orders/ports.ts';
import type { LoggedMessage } from './message.ts';
import { type MessageLog, refOf } from './message-log.ts';
import { retryMessage } from './retry-message.ts';

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
  /** Told of each message that could not be processed. */
  readonly report: (messageId: string, error: unknown) => void;
}

/** How many messages came to what in one run. */
export type SweepCounts = Readonly<Record<'processed' | 'quarantined' | 'failed', number>>;

/**
 * Takes up messages that are still RECEIVED: the function that received them ended, or the store or a shop was busy, and
 * the sender did not send them again. One that cannot be processed is quarantined after a bounded number of attempts.
 *
 * @param until epoch milliseconds after which no further message is begun
 */
export async function sweepMessages(
  { log, inboundOf, now, report }: SweepDependencies,
  correlationId: string,
  until: number,
): Promise<SweepCounts> {
  const counts = { processed: 0, quarantined: 0, failed: 0 };
  const quarantine = (message: LoggedMessage, why: string) => {
    const reason = `not processed in ${MAX_ATTEMPTS} attempts: ${why}`;
    return log.settle(refOf(message), { state: 'QUARANTINED', reason });
  };
  const before = new Date(Date.parse(now()) - IN_HANDS).toISOString();
  for (const messageId of await log.unprocessed(before, MAX_MESSAGES)) {
    if (Date.now() >= until) break;
    const found = await log.find(messageId);
    // The index lags: it may have been processed since.
    if (found === null || found.message.state !== 'RECEIVED') continue;
    if (found.message.attempts >= MAX_ATTEMPTS) {
      await quarantine(found.message, 'processing it ended the function');
      counts.quarantined += 1;
      continue;
    }
    try {
      const outcome = await retryMessage(log, inboundOf, found, { correlationId, deadline: until });
      if (outcome === null || outcome.kind === 'repeat') continue;
      counts[outcome.kind === 'processed' ? 'processed' : 'quarantined'] += 1;
    } catch (error) {
      report(messageId, error);
      if (found.message.attempts + 1 < MAX_ATTEMPTS) counts.failed += 1;
      else {
        await quarantine(found.message, error instanceof Busy ? error.message : 'processing it failed');
        counts.quarantined += 1;
      }
    }
  }
  return counts;
}
