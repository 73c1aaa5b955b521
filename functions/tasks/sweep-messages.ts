import { createChannelContext } from '../channel-context.ts';
import { openInbounds } from '../messages/inbound-registry.ts';
import { sweepMessages } from '../messages/sweep.ts';
import { observed } from '../middleware/observed.ts';
import { createLogger, createPorts, createTable } from '../wiring.ts';

/** Milliseconds before the end of the function in which no further message is begun. */
const MARGIN = 20_000;

const table = createTable();
const logger = createLogger();
const ports = createPorts(table, { receivesOrders: true });
const deadlines = { inAll: 15_000, forOne: 5_000 };
const context = createChannelContext(table, { ports, logger, deadlines });
const inboundOf = openInbounds(context);

/** On a schedule: processes messages that were received and never processed. */
export const handler = observed<unknown, void>(logger, async (_, invocation) => {
  const until = Date.now() + invocation.getRemainingTimeInMillis() - MARGIN;
  const report = (messageId: string, error: unknown) =>
    logger.error('a message was not processed; the next run retries it', {
      messageId,
      error: error as Error,
    });
  const dependencies = { log: context.messages, inboundOf, now: ports.now, report };
  const counts = await sweepMessages(dependencies, invocation.awsRequestId, until);
  logger.info('messages swept', counts);
});
