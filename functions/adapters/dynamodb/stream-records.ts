import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBRecord } from 'aws-lambda';
import * as z from 'zod';
import type { Envelope } from '../../events/envelope.ts';
import { envelopeFromItem } from './order-store.ts';

/** An event as it comes out of the table's stream, and the number by which the stream knows it. */
export interface StreamedEvent {
  readonly sequenceNumber: string;
  readonly event: Envelope;
}

/** What every event has, and no reader can do without. */
const Readable = z.object({ eventId: z.string(), type: z.string(), occurredAt: z.iso.datetime() });

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
    const event = envelopeFromItem(unmarshall(image as Record<string, AttributeValue>));
    Readable.parse(event);
    return [{ sequenceNumber, event: event as Envelope }];
  });
}
