import { MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Connection } from '../../contract/connections.ts';
import { METRICS } from '../../contract/metrics.ts';
import { authorizationStore } from '../adapters/dynamodb/authorization-store.ts';
import { documentStore } from '../adapters/dynamodb/document-store.ts';
import { personalDataStore } from '../adapters/dynamodb/personal-data-store.ts';
import { personalRequestStore } from '../adapters/dynamodb/personal-request-store.ts';
import { pollStore } from '../adapters/dynamodb/poll-store.ts';
import { publishedStockStore } from '../adapters/dynamodb/published-stock-store.ts';
import { checkpointProgress } from '../adapters/dynamodb/sealed-events.ts';
import { grantVault } from '../adapters/secrets.ts';
import { sftpMailboxes } from '../adapters/sftp.ts';
import { refreshTokens } from '../authorizations/refresh.ts';
import { createChannelContext } from '../channel-context.ts';
import { adviseStock } from '../channels/core/advise-stock.ts';
import { publishStock } from '../channels/core/publish-stock.ts';
import { retryBlockedDocuments } from '../channels/core/retry-documents.ts';
import { openChannels } from '../channels/registry.ts';
import { createCheckpoints } from '../checkpoints.ts';
import { writeCheckpoint } from '../events/checkpoints.ts';
import { allocateBackorders } from '../inventory/allocate-backorders.ts';
import { openInbounds } from '../messages/inbound-registry.ts';
import { countQuarantined, sweepMessages } from '../messages/sweep.ts';
import { observed } from '../middleware/observed.ts';
import { checkSubscriptions } from '../polling/check-subscriptions.ts';
import { collectMailboxes } from '../polling/collect-mailboxes.ts';
import { type Run, reportPoll } from '../polling/poll-connection.ts';
import { askedConnections, connectionsWithAccess, pollConnections } from '../polling/poll-connections.ts';
import { leasingOwner, stockSellers } from '../polling/stock-sellers.ts';
import { processRequests } from '../privacy/process-requests.ts';
import { createLogger, createPorts, createTable, metrics, optional } from '../wiring.ts';

/** Milliseconds before the end of the function in which nothing further is begun. */
const MARGIN = 20_000;
/** Milliseconds for the messages that are there; the rest is for mailboxes and for asking shops. */
const FOR_MESSAGES = 60_000;
/** Milliseconds for the mailboxes of partners. */
const FOR_MAILBOXES = 60_000;
/** Milliseconds that are left for requests about persons. */
const FOR_PERSONAL_REQUESTS = 30_000;
/** Orders of a SKU that wait, and are looked at when units are leased no more. */
const MAX_WAITING_ORDERS = 50;
/** Who reserves such units in the histories of orders. */
const LEASES = { type: 'automation', id: 'leases' } as const;

const table = createTable();
const logger = createLogger();
const ports = createPorts(table, { receivesOrders: true });
const deadlines = { inAll: 15_000, forOne: 5_000 };
const openMailbox = sftpMailboxes({ allowPrivate: optional('ALLOW_PRIVATE_ADDRESSES') === 'true' });
const vault = grantVault();
const context = createChannelContext(table, {
  ...{ ports, logger, deadlines, openMailbox },
  saveSigningKey: vault.writeSigningKey,
});
const inboundOf = openInbounds(context);
const channels = openChannels(context);
const log = context.messages;
const documents = documentStore(table);
const authorizing = {
  ...{ store: authorizationStore(table), vault, now: ports.now },
  connections: context.connections,
  access: context.access,
  authorizationOf: ({ kind }: Connection) =>
    (kind in channels ? channels[kind as keyof typeof channels]().authorization : undefined) ?? null,
};
const personalRequests = {
  ...{ ports, requests: personalRequestStore(table), data: personalDataStore(table) },
  report: (requestId: string | null, place: string, error: unknown) =>
    logger.error('personal data was not erased or read; the next run retries', {
      ...{ requestId, place, error: error as Error },
    }),
};
const checkpoints = createCheckpoints(table);
const polling = {
  ...{ ports, log, queries: context.queries },
  ...{ store: pollStore(table), access: context.access, report: reportPoll(logger) },
};

/**
 * On a schedule: processes messages that were received and never processed, collects what partners left in mailboxes, and
 * asks shops for what no message said. Once a day it writes a checkpoint over the histories.
 */
export const handler = observed<unknown, void>(logger, async (_, invocation) => {
  const end = Date.now() + invocation.getRemainingTimeInMillis() - MARGIN;
  const until = end - FOR_PERSONAL_REQUESTS;
  const correlationId = invocation.awsRequestId;
  const report = (messageId: string, error: unknown) =>
    logger.error('a message was not processed; the next run retries it', {
      messageId,
      error: error as Error,
    });
  const counts = await sweepMessages(
    { log, inboundOf, now: ports.now, report },
    correlationId,
    Math.min(until, Date.now() + FOR_MESSAGES),
  );
  logger.info('messages swept', counts);
  const connections = await context.connections.list();
  const collected = await collectMailboxes({ ...polling, logger, now: ports.now }, channels, connections, {
    correlationId,
    until: Math.min(until, Date.now() + FOR_MAILBOXES),
  });
  logger.info('mailboxes collected', { ...collected });
  let failedRefreshes = 0;
  const tokensRefreshed = await refreshTokens(authorizing, connections, until, (connectionId, error) => {
    failedRefreshes += 1;
    logger.warn('an access token was not refreshed; the next run retries', {
      connectionId,
      error: error as Error,
    });
  });
  const asked = await askedConnections(context.access, connections, ports.now());
  const resting = connections.length - asked.length;
  const totals = await pollConnections(polling, channels, asked, { correlationId, until });
  if (totals.healed > 0) metrics.addMetric(METRICS.healedOrders, MetricUnit.Count, totals.healed);
  for (const [metric, count] of [
    [METRICS.failedPolls, totals.failedPolls + collected.failedMailboxes],
    [METRICS.failedRefreshes, failedRefreshes],
    [METRICS.revokedConnections, resting],
    [METRICS.quarantinedMessages, await countQuarantined(log, ports.now())],
  ] as const) {
    // Zero as well: an alarm that waits for several runs must see that there were runs.
    if (connections.length > 0) metrics.addMetric(metric, MetricUnit.Count, count);
  }
  const channelOf = (kind: string) =>
    kind in channels ? channels[kind as keyof typeof channels]() : undefined;
  const stockAdvices = await adviseStock(channelOf, connections, until, (connectionId, error) =>
    logger.error('stock was not sent to the partner; the next run continues', {
      connectionId,
      error: error as Error,
    }),
  );
  const numbersChanged = await publishDueStock(asked, connections, { correlationId, until });
  const reachable = await connectionsWithAccess(context.access, channels, asked);
  const ordersRetried = await retryBlockedDocuments(
    { ports, documents },
    (channel) => channelOf(channel)?.notify,
    connections,
    reachable,
    until,
    (orderId, error) =>
      logger.error('blocked documents were not sent; the next run retries them', {
        orderId,
        error: error as Error,
      }),
  );
  const subscriptionsMade = await checkSubscriptions(polling, channels, asked, { until });
  const checkpointFault = await writeDueCheckpoint(until);
  const requestsFinished = await processRequests(personalRequests, end);
  logger.info('shops polled', {
    ...totals,
    subscriptionsMade,
    tokensRefreshed,
    ordersRetried,
    stockAdvices,
    numbersChanged,
    requestsFinished,
  });
  // The run ends as failed, which operators are alarmed of.
  if (checkpointFault !== null) throw checkpointFault;
});

/** @returns how many numbers were changed; a fault of ours keeps nothing else of the run waiting */
async function publishDueStock(
  asked: readonly Connection[],
  connections: readonly Connection[],
  { correlationId, until }: Run,
): Promise<number> {
  try {
    return await publishStock(
      {
        ...{ ...ports, published: publishedStockStore(table), report: reportStock },
        allocate: async (sku) => {
          const bounds = { mostOrders: MAX_WAITING_ORDERS, until };
          const { done } = await allocateBackorders(ports, sku, { actor: LEASES, correlationId }, bounds);
          return done.length > 0;
        },
      },
      await stockSellers(polling.store, log, channels, asked),
      new Set(connections.flatMap((each) => leasingOwner(each) ?? [])),
      () => Date.now() >= until,
    );
  } catch (error) {
    logger.error('stock was not published; the next run continues', { error: error as Error });
    return 0;
  }
}

/** A number that was not changed stays leased, and is looked at again. */
function reportStock(connectionId: string, error: unknown): void {
  logger.warn('stock was not published; the next run continues', { connectionId, error: error as Error });
}

/** @returns why no checkpoint was written that is due; what is done after it is done all the same */
async function writeDueCheckpoint(until: number): Promise<Error | null> {
  if (checkpoints === null) return null;
  try {
    const progress = checkpointProgress(table);
    const day = await writeCheckpoint({ ...checkpoints, progress, now: ports.now }, until);
    if (day !== null) logger.info('checkpoint written', { day });
    return null;
  } catch (error) {
    logger.error('the checkpoint was not written; the next run retries', { error: error as Error });
    return new Error('the checkpoint was not written', { cause: error });
  }
}
