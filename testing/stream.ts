import { marshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBRecord } from 'aws-lambda';
import type { Envelope } from '../functions/events/envelope.ts';

/** Stream records of events, numbered from 1 as the stream would number them. */
export function recordsOf(events: readonly Envelope[]): DynamoDBRecord[] {
  return events.map((event, index) =>
    recordOf({ pk: 'P', sk: `S${index}`, kind: 'EVENT', ...event }, String(index + 1)),
  );
}

/** The stream record of an item that is new. */
export function recordOf(item: object, sequenceNumber: string): DynamoDBRecord {
  const NewImage = marshall(item, { removeUndefinedValues: true }) as NonNullable<
    DynamoDBRecord['dynamodb']
  >['NewImage'] & {};
  return { eventName: 'INSERT', dynamodb: { SequenceNumber: sequenceNumber, NewImage } };
}
