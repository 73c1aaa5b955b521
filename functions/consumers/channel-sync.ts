import { queueDelayer } from '../adapters/queue.ts';
import { sftpMailboxes } from '../adapters/sftp.ts';
import { createChannelContext } from '../channel-context.ts';
import { notifyChannel } from '../channels/core/notify-channel.ts';
import { CHANNELS } from '../channels/registry.ts';
import { createLogger, createPorts, createTable, environment, optional } from '../wiring.ts';
import { forEachEvent } from './messages.ts';

const table = createTable();
const logger = createLogger();
const ports = createPorts(table, { receivesOrders: false });

/** Nobody waits for the answer; a message that fails is received again anyway. */
const deadlines = { inAll: 8_000, forOne: 5_000 };

const openMailbox = sftpMailboxes({ allowPrivate: optional('ALLOW_PRIVATE_ADDRESSES') === 'true' });
const context = createChannelContext(table, { ports, logger, deadlines, openMailbox });
const channels = Object.entries(CHANNELS).map(([kind, open]) => [kind, open(context)] as const);
const notify = notifyChannel(
  ports.orders,
  Object.fromEntries(channels.map(([kind, channel]) => [kind, channel.notify])),
  channels.flatMap(([, { notifyWarehouse }]) => notifyWarehouse ?? []),
);

/** Notifies channels of what became of their orders; one that cannot be reached is notified later, ever more slowly. */
export const handler = forEachEvent(
  logger,
  async (event) => {
    await notify(event);
    return false;
  },
  { delay: queueDelayer(environment('QUEUE_URL')) },
);
