import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBRecord } from 'aws-lambda';
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
  return records.flatMap((record) => {
    const image = record.dynamodb?.NewImage;
    const sequenceNumber = record.dynamodb?.SequenceNumber;
    if (image?.kind?.S !== 'EVENT' || sequenceNumber === undefined) return [];
    return [{ sequenceNumber, event: eventFromItem(unmarshall(image as Record<string, AttributeValue>)) }];
  });
}
