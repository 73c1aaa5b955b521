import type { Inbound, InboundMessage, MessageOutcome } from '../channels/channel.ts';
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
  circumstances: RetryCircumstances,
): Promise<MessageOutcome | null> {
  if (!(await log.countAttempt(message))) return null;
  const { endpoint } = message;
  const inbound = inboundOf(endpoint);
  if (inbound === null || body === null) {
    const reason =
      inbound === null
        ? `nothing processes messages of ${endpoint} any more`
        : 'its body expired; the sender has to send it again';
    await log.settle(refOf(message, circumstances.decidedBy), { state: 'QUARANTINED', reason });
    return { kind: 'quarantined', reason };
  }
  return processMessage(log, inbound, inboundMessage(message, body, circumstances));
}

/**
 * Answers the sender of an open message that an operator dismisses it, where its protocol has an answer for that.
 *
 * @returns why the answer may not be sent; empty where it was, or none is due
 * @throws Busy when the sender could not be reached; the message is still open
 */
export async function declineMessage(
  inboundOf: (endpoint: string) => Inbound | null,
  { message, body }: StoredMessage,
  circumstances: RetryCircumstances,
): Promise<readonly string[]> {
  if (body === null) return [];
  const declined = inboundOf(message.endpoint)?.decline?.(inboundMessage(message, body, circumstances));
  return (await declined) ?? [];
}

/** A message of the log as it is processed, for the sender that was proven when it arrived. */
function inboundMessage(
  message: StoredMessage['message'],
  body: Buffer,
  { correlationId, deadline, decidedBy }: RetryCircumstances,
): InboundMessage {
  const { connectionId, source, proof, topic, place, actor } = message;
  return {
    ...{ ref: refOf(message, decidedBy), sender: { connectionId, source, proof } },
    ...{ topic, body, place, deadline, isAwaited: false },
    origin: { actor, correlationId },
  };
}
