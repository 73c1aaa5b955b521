import type { Logger } from '@aws-lambda-powertools/logger';
import type { Inbound, InboundMessage, MessageOutcome } from '../channels/channel.ts';
import { receiptOf } from '../channels/core/process-message.ts';
import { type HttpAnswer, type HttpRequest, Problem } from '../middleware/http.ts';
import type { Ports } from '../orders/ports.ts';

/** What receiving needs from outside. */
export interface ReceiveDependencies {
  readonly ports: Pick<Ports, 'receipts'>;
  readonly logger: Pick<Logger, 'warn'>;
}

/**
 * Receives one message of a channel: proves who sent it, processes it unless it is a repeat, and answers in the
 * channel's way.
 *
 * @throws Problem `unauthorized`, the same for a wrong signature and for a sender that is not connected
 * @throws Busy when the message could not be processed now; its sender sends it again
 */
export async function receiveMessage(
  { ports, logger }: ReceiveDependencies,
  inbound: Inbound,
  request: HttpRequest,
): Promise<HttpAnswer> {
  const sender = await inbound.authenticate(request);
  if ('refused' in sender) {
    logger.warn('webhook refused', { channel: inbound.channel, reason: sender.refused });
    throw new Problem('unauthorized', 'the signature is missing or wrong, or the sender is not connected');
  }
  const { origin, deadline, rawBody } = request;
  const message: InboundMessage = {
    ...inbound.identify(request, sender),
    ...{ channel: inbound.channel, sender, body: rawBody, origin, deadline },
  };
  const isRepeat = await ports.receipts.isKnown(receiptOf(message));
  const outcome: MessageOutcome = isRepeat ? { kind: 'repeat' } : await inbound.process(message);
  return inbound.answer(outcome);
}
