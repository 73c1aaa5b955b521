import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import { eventsOf } from '../adapters/dynamodb/stream-records.ts';
import { eventBus } from '../adapters/eventbridge.ts';
import { publishEvents } from '../application/publish-events.ts';
import { createLogger, environment, pause } from '../wiring.ts';
import { ALL_DONE, failedFrom } from './failed-from.ts';

const bus = eventBus(environment('EVENT_BUS_NAME'));
const logger = createLogger();

/**
 * Puts each new event of the table on the bus. What the bus would not take is reported by its place in the stream,
 * from which the stream delivers again; subscribers tell repeats by the event's id.
 */
export async function handler({ Records }: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> {
  const streamed = eventsOf(Records);
  const left = await publishEvents(
    bus,
    streamed.map(({ event }) => event),
    pause,
  );
  const reasons = new Map(left.map(({ event, reason }) => [event, reason]));
  const first = streamed.find(({ event }) => reasons.has(event));
  if (first === undefined) return ALL_DONE;
  logger.warn('the bus did not take every event; the stream brings them again', {
    left: left.length,
    firstEventId: first.event.eventId,
    reason: reasons.get(first.event),
  });
  return failedFrom(Records, first.sequenceNumber);
}
