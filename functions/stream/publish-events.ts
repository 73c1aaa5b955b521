import { MetricUnit } from '@aws-lambda-powertools/metrics';
import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import { eventsOf } from '../adapters/dynamodb/stream-records.ts';
import { eventBus } from '../adapters/eventbridge.ts';
import { publishEvents } from '../events/publish-events.ts';
import { observed } from '../middleware/observed.ts';
import { createLogger, environment, metrics, pause } from '../wiring.ts';
import { ALL_DONE, failedFrom } from './failed-from.ts';

/** Milliseconds that one try at a batch takes at most. What the function has beyond is there to wait in. */
const ONE_TRY = 30_000;

const bus = eventBus(environment('EVENT_BUS_NAME'));
const logger = createLogger();

/**
 * Puts each new event of the table on the bus. What the bus would not take is reported by its place in the stream,
 * from which the stream redelivers; subscribers recognise repeats by the event's id. Events are counted here, where each
 * comes by once.
 *
 * A bus that accepts nothing at all is unavailable. The stream's few attempts would be over in a moment, so each
 * of them waits for as long as it may.
 */
export const handler = observed<DynamoDBStreamEvent, DynamoDBBatchResponse>(
  logger,
  async ({ Records }, context) => {
    const streamed = eventsOf(Records);
    const left = await publishEvents(
      bus,
      streamed.map(({ event }) => event),
      pause,
    );
    const reasons = new Map(left.map(({ event, reason }) => [event, reason]));
    const first = streamed.find(({ event }) => reasons.has(event));
    const through = first === undefined ? streamed : streamed.slice(0, streamed.indexOf(first));
    for (const { event } of through) {
      const isTest = 'isTest' in event && event.isTest === true;
      if (!isTest) metrics.addMetric(event.type, MetricUnit.Count, 1);
    }
    if (first === undefined) return ALL_DONE;
    const isAway = left.length === streamed.length;
    const about = { left: left.length, firstEventId: first.event.eventId, reason: reasons.get(first.event) };
    if (isAway) logger.warn('the bus accepts no events; the stream delivers them again for an hour', about);
    else logger.debug('the stream delivers again what the bus did not accept', about);
    if (isAway) await sleep(context.getRemainingTimeInMillis() - ONE_TRY);
    return failedFrom(Records, first.sequenceNumber);
  },
);

/** Without time to spare it does not wait. */
async function sleep(milliseconds: number): Promise<void> {
  if (milliseconds > 0) await new Promise((resume) => setTimeout(resume, milliseconds));
}
