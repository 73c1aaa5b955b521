import type { Inbound, MessageOutcome } from '../channels/channel.ts';
import { type MessageLog, refOf, type StoredMessage } from './message-log.ts';
import { processMessage } from './process-message.ts';

/** When a retry has to come to an end, and who asked for it. */
export interface RetryCircumstances {
  readonly correlationId: string;
  /** Epoch milliseconds after which nothing further is begun. */
  readonly deadline: number;
  /** The operator; absent for what the loop does by itself. */
  readonly decidedBy?: string | undefined;
}

/**
 * Processes an open message of the log once more, as its sender, which was proven when it arrived: what it waited for may
 * be there now. The body is never asked who sent it.
 *
 * @returns what became of it; null when it was settled, or is being retried by somebody else
 * @throws Busy when it could not be processed now; it may be retried
 */
export async function retryMessage(
  log: MessageLog,
  inboundOf: (endpoint: string) => Inbound | null,
  { message, body }: StoredMessage,
  { correlationId, deadline, decidedBy }: RetryCircumstances,
): Promise<MessageOutcome | null> {
  if (!(await log.countAttempt(message))) return null;
  const { connectionId, source, proof, topic, place, actor, endpoint } = message;
  const inbound = inboundOf(endpoint);
  if (inbound === null || body === null) {
    const reason =
      inbound === null
        ? `nothing processes messages of ${endpoint} any more`
        : 'its body expired; the sender has to send it again';
    await log.settle(refOf(message, decidedBy), { state: 'QUARANTINED', reason });
    return { kind: 'quarantined', reason };
  }
  return processMessage(log, inbound, {
    ...{ ref: refOf(message, decidedBy), sender: { connectionId, source, proof } },
    ...{ topic, body, place, deadline, isAwaited: false },
    origin: { actor, correlationId },
  });
}
