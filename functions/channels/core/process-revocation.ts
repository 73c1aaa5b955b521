import type { InboundMessage, MessageOutcome } from '../channel.ts';
import { type AccessStore, revokeIfRefused } from './access.ts';

/**
 * Processes a message by which a sender says that it takes its access back. It counts when the sender also refuses a
 * request: the topic of a message may not be signed.
 *
 * @param ask makes a request that reads
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
  const refusal = { source, since: now, reason: notice };
  const actor = { type: 'channel', id: source } as const;
  const isRevoked = await revokeIfRefused(access, connectionId, refusal, { ...origin, actor }, ask);
  const reason = isRevoked
    ? notice
    : `${notice} It still takes requests of ours, so that nothing was changed.`;
  return { kind: 'quarantined', reason };
}
