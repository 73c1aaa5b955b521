import { MetricUnit } from '@aws-lambda-powertools/metrics';
import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { METRICS } from '../../contract/metrics.ts';
import { heartbeatsIn, readableEvents } from '../adapters/dynamodb/stream-records.ts';
import { eventBus } from '../adapters/eventbridge.ts';
import { givenUpRecords } from '../adapters/given-up-records.ts';
import { publishEvents } from '../events/publish-events.ts';
import { observed } from '../middleware/observed.ts';
import { createLogger, environment, metrics, pause } from '../wiring.ts';
import { ALL_DONE, failedFrom } from './failed-from.ts';

/** Milliseconds that one try at a batch takes at most. What the function has beyond is there to wait in. */
const ONE_TRY = 30_000;

const bus = eventBus(environment('EVENT_BUS_NAME'));
const givenUp = givenUpRecords(environment('DEAD_LETTERS_URL'));
const logger = createLogger();

/**
 * Puts each new event of the table on the bus. What the bus would not take is reported by its place in the stream,
 * from which the stream redelivers; subscribers recognise repeats by the event's id. Events are counted here, where each
 * comes by once.
 *
 * A bus that is away gets the day for which the stream keeps its records: each attempt waits for as long as it may. A
 * record that no attempt can publish, since it cannot be read or the bus refuses what it says, becomes a dead letter at
 * once, so that it holds up nothing behind it.
 */
export const handler = observed<DynamoDBStreamEvent, DynamoDBBatchResponse>(
  logger,
  async ({ Records }, context) => {
    const { streamed, unreadable } = readableEvents(Records);
    const { left, refused } = await publishEvents(
      bus,
      streamed.map(({ event }) => event),
      pause,
    );
    const reasons = new Map(left.map(({ event, reason }) => [event, reason]));
    const never = new Map(refused.map(({ event, reason }) => [event, reason]));
    const first = streamed.find(({ event }) => reasons.has(event));
    const through = first === undefined ? streamed : streamed.slice(0, streamed.indexOf(first));
    for (const { event } of through.filter((each) => !never.has(each.event))) {
      const isTest = 'isTest' in event && event.isTest === true;
      if (!isTest) metrics.addMetric(event.type, MetricUnit.Count, 1);
    }
    // What lies behind the first comes again with it.
    const passed = first === undefined ? Records : Records.slice(0, indexOf(Records, first.sequenceNumber));
    const heartbeats = heartbeatsIn(passed);
    if (heartbeats > 0) metrics.addMetric(METRICS.heartbeats, MetricUnit.Count, heartbeats);
    await giveUp(passed, [
      ...unreadable.map(({ record, reason }) => ({ sequenceNumber: numberOf(record), reason })),
      ...streamed.flatMap(({ sequenceNumber, event }) => {
        const reason = never.get(event);
        return reason === undefined ? [] : [{ sequenceNumber, eventId: event.eventId, reason }];
      }),
    ]);
    if (first === undefined) return ALL_DONE;
    const isAway = left.length + refused.length === streamed.length;
    const about = { left: left.length, firstEventId: first.event.eventId, reason: reasons.get(first.event) };
    if (isAway) logger.warn('the bus accepts no events; the stream delivers them again for a day', about);
    else logger.debug('the stream delivers again what the bus did not accept', about);
    if (isAway) await sleep(context.getRemainingTimeInMillis() - ONE_TRY);
    return failedFrom(Records, first.sequenceNumber);
  },
);

/** An event that no attempt can publish. */
interface Lost {
  readonly sequenceNumber: string | undefined;
  /** Absent where the event cannot be read. */
  readonly eventId?: string;
  readonly reason: string;
}

/** Makes dead letters of those among the records that no attempt can publish. */
async function giveUp(records: readonly DynamoDBRecord[], lost: readonly Lost[]): Promise<void> {
  const givenUpNow = records.filter((record) =>
    lost.some(({ sequenceNumber }) => sequenceNumber === numberOf(record)),
  );
  await givenUp.add(givenUpNow);
  for (const each of lost) {
    const isNow = givenUpNow.some((record) => numberOf(record) === each.sequenceNumber);
    if (isNow)
      logger.error('an event is not published: it cannot be read, or the bus refuses it', { ...each });
  }
}

function numberOf({ dynamodb }: DynamoDBRecord): string | undefined {
  return dynamodb?.SequenceNumber;
}

function indexOf(records: readonly DynamoDBRecord[], sequenceNumber: string): number {
  return records.findIndex((record) => numberOf(record) === sequenceNumber);
}

/** Without time to spare it does not wait. */
async function sleep(milliseconds: number): Promise<void> {
  if (milliseconds > 0) await new Promise((resume) => setTimeout(resume, milliseconds));
}
