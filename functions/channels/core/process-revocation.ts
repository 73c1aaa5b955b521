import type { InboundMessage, MessageOutcome } from '../channel.ts';
import { type AccessStore, isAccessRefused } from './access.ts';

/**
 * Processes a message by which a sender says that it takes its access back. It counts when the sender also refuses a
 * request: the topic of a message may not be signed.
 *
 * @param ask makes a request
 * @param notice what an operator has to do
 * @throws Busy when the sender cannot be reached
 */
export async function processRevocation(
  access: Pick<AccessStore, 'revoke'>,
  { sender: { connectionId, source }, origin }: Pick<InboundMessage, 'sender' | 'origin'>,
  now: string,
  ask: () => Promise<unknown>,
  notice: string,
): Promise<MessageOutcome> {
  try {
    await ask();
  } catch (error) {
    if (!isAccessRefused(error)) throw error;
    if (connectionId !== null) {
      const actor = { type: 'channel', id: source } as const;
      await access.revoke(connectionId, { source, since: now, reason: notice }, { ...origin, actor });
    }
    return { kind: 'quarantined', reason: notice };
  }
  return {
    kind: 'quarantined',
    reason: `${notice} It still takes requests of ours, so that nothing was changed.`,
  };
}
