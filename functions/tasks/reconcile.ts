import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { METRICS } from '../../contract/metrics.ts';
import { documentStore } from '../adapters/dynamodb/document-store.ts';
import { beat } from '../adapters/dynamodb/heartbeat.ts';
import { liveOrders } from '../adapters/dynamodb/live-orders.ts';
import { stuckStore } from '../adapters/dynamodb/stuck-store.ts';
import { executions } from '../adapters/step-functions.ts';
import { countBlocked, countOverdue } from '../channels/core/documents.ts';
import { reconcileSome } from '../fulfillment/reconcile.ts';
import { isPassing } from '../middleware/log-failure.ts';
import { observed } from '../middleware/observed.ts';
import { createLogger, createTable, createWorkflowDependencies, environment, metrics } from '../wiring.ts';

/** Milliseconds before the end of the function in which no further order is looked at. */
const MARGIN = 15_000;

const table = createTable();
const stateMachineArn = environment('STATE_MACHINE_ARN');
const dependencies = {
  tools: createWorkflowDependencies(stateMachineArn),
  executions: executions(stateMachineArn),
  stuck: stuckStore(table),
};
const live = liveOrders(table);
const documents = documentStore(table);
const logger = createLogger();

/**
 * On a schedule: writes a heartbeat for the publisher of events; finds orders whose workflow is missing, failed or lags, and
 * restarts it; counts the documents that no partner acknowledged in time, or that its rules do not let leave.
 */
export const handler = observed<unknown, void>(logger, async (_, context) => {
  const until = Date.now() + context.getRemainingTimeInMillis() - MARGIN;
  // Where it cannot be written its alarm goes off, and orders are looked at all the same.
  await beat(table, new Date().toISOString()).catch((error: unknown) =>
    logger.error('no heartbeat was written', { error: error as Error }),
  );
  const findings = await reconcileSome(dependencies, live, until, (orderId, error) => {
    const about = { orderId, error: error as Error };
    if (isPassing(error)) logger.debug('an order is looked at in the next round', about);
    else logger.error('an order was not checked; the next run retries', about);
  });
  for (const [finding, metric] of [
    ['restarted', METRICS.restartedWorkflows],
    ['answered', METRICS.lostAnswers],
    ['stuck', METRICS.stuckOrders],
  ] as const) {
    metrics.addMetric(metric, MetricUnit.Count, findings[finding] ?? 0);
  }
  const now = new Date().toISOString();
  const overdue = await countOverdue(documents, now);
  const blocked = await countBlocked(documents, now);
  metrics.addMetric(METRICS.blockedDocuments, MetricUnit.Count, blocked);
  metrics.addMetric(METRICS.overdueDocuments, MetricUnit.Count, overdue);
  logger.info('workflows reconciled', { findings, overdue, blocked });
});
