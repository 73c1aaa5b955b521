import type { Logger } from '@aws-lambda-powertools/logger';
import type { InboundMessage, WebhookInbound } from '../channels/channel.ts';
import { type HttpAnswer, type HttpRequest, Problem } from '../middleware/http.ts';
import { type MessageLog, messageIdOf, refOf } from './message-log.ts';
import { processMessage } from './process-message.ts';

/** What receiving needs from outside. */
export interface ReceiveDependencies {
  readonly log: MessageLog;
  readonly logger: Pick<Logger, 'info' | 'warn'>;
  readonly now: () => string;
}

/**
 * Receives one message of a webhook: proves who sent it, logs it before anything is done with it, processes it unless it
 * is a repeat, and answers in the channel's way.
 *
 * @throws Problem `unauthorized`, the same for a wrong signature and for a sender that is not connected
 * @throws Busy when the message could not be processed now; its sender sends it again, and the sweep retries it
 */
export async function receiveMessage(
  { log, logger, now }: ReceiveDependencies,
  inbound: WebhookInbound,
  request: HttpRequest,
): Promise<HttpAnswer> {
  const { channel, endpoint } = inbound;
  const sender = await inbound.authenticate(request);
  if ('refused' in sender) {
    logger.warn('webhook refused', { channel, reason: sender.refused });
    throw new Problem('unauthorized', 'the signature is missing or wrong, or the sender is not connected');
  }
  const { origin, deadline, rawBody } = request;
  const { key, topic } = inbound.identify(request, sender);
  const messageId = messageIdOf(endpoint, sender.connectionId ?? sender.source, key);
  const { actor, correlationId } = origin;
  const logged = await log.receive(
    { ...sender, messageId, channel, endpoint, topic, receivedAt: now(), actor, correlationId },
    rawBody,
  );
  const { state } = logged.message;
  logger.info('message received', { messageId, channel, topic: logged.message.topic, state });
  const isOpen = state === 'RECEIVED' || state === 'REJECTED';
  if (!isOpen && inbound.answersRepeats !== true) return inbound.answer({ kind: 'repeat' });
  const message: InboundMessage = {
    ...{ ref: refOf(logged.message), sender, topic, body: rawBody, origin, deadline },
    isAwaited: true,
  };
  return inbound.answer(await processMessage(log, inbound, message));
}
