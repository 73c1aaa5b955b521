import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import { eventsOf } from '../adapters/dynamodb/stream-records.ts';
import type { OrderEnvelope } from '../events/envelope.ts';
import { driveWorkflow } from '../fulfillment/drive-workflow.ts';
import { mapConcurrently } from '../map-concurrently.ts';
import { isPassing } from '../middleware/log-failure.ts';
import { observed } from '../middleware/observed.ts';
import { createLogger, createWorkflowDependencies, environment } from '../wiring.ts';
import { ALL_DONE, failedFrom } from './failed-from.ts';

/** Orders that are looked at at once. */
const AT_ONCE = 8;

const logger = createLogger();
const tools = createWorkflowDependencies(environment('STATE_MACHINE_ARN'));

/** Starts the workflow of a new order and answers what a workflow waits for. */
export const handler = observed<DynamoDBStreamEvent, DynamoDBBatchResponse>(logger, async ({ Records }) => {
  const streamed = eventsOf(Records).flatMap(({ sequenceNumber, event }) =>
    'orderId' in event ? [{ sequenceNumber, event }] : [],
  );
  const failed = new Set<string>();
  await mapConcurrently(
    [...Map.groupBy(streamed, ({ event }) => event.orderId)],
    AT_ONCE,
    async ([orderId, own]) => {
      const events: readonly OrderEnvelope[] = own.map(({ event }) => event);
      try {
        await driveWorkflow(tools, orderId, events);
      } catch (error) {
        const about = { error: error as Error, orderId, eventIds: events.map(({ eventId }) => eventId) };
        if (isPassing(error)) logger.debug('events are delivered again', about);
        else logger.error('a workflow was not driven on; the stream delivers the events again', about);
        failed.add(orderId);
      }
    },
  );
  const first = streamed.find(({ event }) => failed.has(event.orderId));
  return first === undefined ? ALL_DONE : failedFrom(Records, first.sequenceNumber);
});
