import { createChannelContext } from '../channel-context.ts';
import type { ChannelContext, WebhookInbound } from '../channels/channel.ts';
import { receiveMessage } from '../messages/receive-message.ts';
import { createLogger, createPorts, createTable } from '../wiring.ts';
import { httpFunction } from './http-function.ts';

/** Makes the Lambda handler of one webhook: the messages of one channel, or of carriers in one format. */
export function webhookFunction(inboundOf: (context: ChannelContext) => WebhookInbound) {
  const table = createTable();
  const logger = createLogger();
  const ports = createPorts(table, { receivesOrders: true });
  const context = createChannelContext(table, { ports, logger });
  const inbound = inboundOf(context);
  const dependencies = { log: context.messages, logger, now: ports.now };
  return httpFunction({
    logger,
    parsesJson: false,
    routes: {
      [`POST /webhooks/${inbound.webhook.path}`]: (request) => receiveMessage(dependencies, inbound, request),
    },
  });
}
