import type { Inbound, InboundMessage, MessageOutcome } from '../channels/channel.ts';
import { WriteFailed } from '../write-failures.ts';
import type { MessageSettlement } from './message.ts';
import { type MessageLog, quarantineOf } from './message-log.ts';

/**
 * Processes a message of the log, and settles it there unless the transaction of its effect did.
 *
 * @throws Busy when it could not be processed now; it stays open
 */
export async function processMessage(
  log: MessageLog,
  inbound: Inbound,
  message: InboundMessage,
): Promise<MessageOutcome> {
  const outcome = await unlessSettled(inbound.process(message));
  if (outcome.kind !== 'quarantined' || outcome.awaits === undefined) {
    await settle(log, message, outcome);
    return outcome;
  }
  await log.awaitEvent(message.ref.messageId, outcome.awaits);
  await settle(log, message, outcome);
  // What it waits for may have happened since it was looked at, before the message could be found by it.
  const again = await unlessSettled(inbound.process(message));
  if (again.kind === 'quarantined') return outcome;
  await settle(log, { ...message, ref: { ...message.ref, wasQuarantined: true } }, again);
  return again;
}

async function unlessSettled(processing: Promise<MessageOutcome>): Promise<MessageOutcome> {
  try {
    return await processing;
  } catch (error) {
    if (error instanceof WriteFailed && error.conflict === 'message-settled') return { kind: 'repeat' };
    throw error;
  }
}

async function settle(log: MessageLog, { ref }: InboundMessage, outcome: MessageOutcome): Promise<void> {
  if (outcome.kind === 'repeat' || outcome.isLogged === true) return;
  const { version } = outcome;
  const settlements: Readonly<Record<typeof outcome.kind, MessageSettlement['state']>> = {
    processed: 'PROCESSED',
    quarantined: 'QUARANTINED',
    rejected: 'REJECTED',
  };
  await log.settle(ref, {
    state: settlements[outcome.kind],
    version,
    ...(outcome.kind === 'processed' ? { detail: outcome.detail } : { reason: outcome.reason }),
    ...('orderIds' in outcome && { orderIds: outcome.orderIds }),
  });
  // Who asks the channel for its orders finds that this state of one waits for an operator already.
  if (outcome.kind === 'quarantined' && outcome.about !== undefined) {
    await log.awaitEvent(ref.messageId, quarantineOf(outcome.about));
  }
}
