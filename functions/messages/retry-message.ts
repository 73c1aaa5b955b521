import type { Inbound, MessageOutcome } from '../channels/channel.ts';
import type { Origin } from '../events/envelope.ts';
import type { StoredMessage } from './quarantined-messages.ts';

/**
 * Processes a quarantined message once more, by the rules of its channel: what it waited for may be there now. It has
 * one effect however often it is tried, since each channel's orders and changes are known by themselves.
 *
 * @throws Busy when contention outlasted every attempt, or the sender could not be asked; it may be tried again
 */
export async function retryMessage(
  inbound: Inbound,
  { message, body, isCutOff, place }: StoredMessage,
  { origin, deadline }: { readonly origin: Origin; readonly deadline: number },
): Promise<MessageOutcome> {
  if (isCutOff) {
    const reason = 'it was too large to be kept whole; have the channel send it again';
    return { kind: 'quarantined', reason };
  }
  const { channel, source = '', topic } = message;
  const proof = { signature: inbound.webhook.signatureHeader, secretName: null };
  return inbound.process({
    ...{ channel, topic, place, origin, deadline },
    ...{ sender: { connectionId: null, source, proof }, key: message.keptMessageId, body: Buffer.from(body) },
  });
}
