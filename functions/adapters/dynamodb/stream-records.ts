import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBRecord } from 'aws-lambda';
import { ITEM_KIND } from '../../../contract/table.ts';
import type { Envelope } from '../../events/envelope.ts';
import { eventFromItem } from './events.ts';

/** An event as it comes out of the table's stream, and the number by which the stream knows it. */
export interface StreamedEvent {
  readonly sequenceNumber: string;
  readonly event: Envelope;
}

/**
 * Reads the events out of stream records; records that are no events are passed over.
 *
 * @throws Error for an event that cannot be read: the stream halves the batch until it is alone, and gives it up
 */
export function eventsOf(records: readonly DynamoDBRecord[]): readonly StreamedEvent[] {
  return records.flatMap((record) => eventOf(record) ?? []);
}

/** A record whose event cannot be read. */
export interface UnreadableRecord {
  readonly record: DynamoDBRecord;
  readonly reason: string;
}

/** Reads the events out of stream records, and names the records whose event cannot be read. */
export function readableEvents(records: readonly DynamoDBRecord[]): {
  readonly streamed: readonly StreamedEvent[];
  readonly unreadable: readonly UnreadableRecord[];
} {
  const streamed: StreamedEvent[] = [];
  const unreadable: UnreadableRecord[] = [];
  for (const record of records) {
    try {
      const read = eventOf(record);
      if (read !== null) streamed.push(read);
    } catch (error) {
      unreadable.push({ record, reason: error instanceof Error ? error.name : 'unknown' });
    }
  }
  return { streamed, unreadable };
}

/** @returns how many of the records are heartbeats. */
export function heartbeatsIn(records: readonly DynamoDBRecord[]): number {
  return records.filter(
    ({ dynamodb }) => dynamodb?.NewImage?.[ITEM_KIND.attribute]?.S === ITEM_KIND.heartbeat,
  ).length;
}

function eventOf(record: DynamoDBRecord): StreamedEvent | null {
  const image = record.dynamodb?.NewImage;
  const sequenceNumber = record.dynamodb?.SequenceNumber;
  if (image?.[ITEM_KIND.attribute]?.S !== ITEM_KIND.event || sequenceNumber === undefined) return null;
  return { sequenceNumber, event: eventFromItem(unmarshall(image as Record<string, AttributeValue>)) };
}
