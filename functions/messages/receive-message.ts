import type { Logger } from '@aws-lambda-powertools/logger';
import type { InboundMessage, MessageOutcome, Sender, WebhookInbound } from '../channels/channel.ts';
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
  const { channel } = inbound;
  if (inbound.isPing?.(request) === true) {
    return inbound.answer({ kind: 'processed', orderIds: [], detail: 'ping' });
  }
  const sender = await inbound.authenticate(request);
  if ('refused' in sender) {
    logger.warn('webhook refused', { channel, reason: sender.refused });
    throw new Problem('unauthorized', 'the signature is missing or wrong, or the sender is not connected');
  }
  return inbound.answer(await receiveProven({ log, logger, now }, inbound, sender, request));
}

/**
 * Receives one message of a sender that is proven: logs it before anything is done with it, and processes it unless it is
 * a repeat that is not answered again.
 *
 * @throws Busy when the message could not be processed now; the sweep retries it
 */
export async function receiveProven(
  { log, logger, now }: ReceiveDependencies,
  inbound: WebhookInbound,
  sender: Sender,
  request: Pick<HttpRequest, 'headers' | 'rawBody' | 'origin' | 'deadline'>,
): Promise<MessageOutcome> {
  const { channel, endpoint } = inbound;
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
  if (!isOpen && inbound.answersRepeats !== true) return { kind: 'repeat' };
  const message: InboundMessage = {
    ...{ ref: refOf(logged.message), sender, topic, body: rawBody, origin, deadline },
    isAwaited: true,
  };
  return processMessage(log, inbound, message);
}
