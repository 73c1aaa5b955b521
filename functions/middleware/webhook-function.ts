import { createChannelContext } from '../channel-context.ts';
import type { ChannelContext, Inbound } from '../channels/channel.ts';
import { receiveMessage } from '../messages/receive-message.ts';
import { createLogger, createPorts, createTable } from '../wiring.ts';
import { httpFunction } from './http-function.ts';

/** Makes the Lambda handler of one webhook: the messages of one channel, or of carriers in one format. */
export function webhookFunction(inboundOf: (context: ChannelContext) => Inbound) {
  const table = createTable();
  const logger = createLogger();
  const ports = createPorts(table, { receivesOrders: true });
  const inbound = inboundOf(createChannelContext(table, { ports, logger }));
  return httpFunction({
    logger,
    parsesJson: false,
    routes: {
      [`POST /webhooks/${inbound.webhook.path}`]: (request) =>
        receiveMessage({ ports, logger }, inbound, request),
    },
  });
}
