import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import { eventsOf } from '../adapters/dynamodb/stream-records.ts';
import { eventBus } from '../adapters/eventbridge.ts';
import { publishEvents } from '../application/publish-events.ts';
import { createLogger, environment, pause } from '../wiring.ts';

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
  const first = streamed.find(({ event }) => left.includes(event));
  if (first === undefined) return { batchItemFailures: [] };
  logger.warn('the bus did not take every event; the stream brings them again', {
    left: left.length,
    firstEventId: first.event.eventId,
  });
  return { batchItemFailures: [{ itemIdentifier: first.sequenceNumber }] };
}
