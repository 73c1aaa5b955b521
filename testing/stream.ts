import { marshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBRecord } from 'aws-lambda';
import type { Envelope } from '../functions/events/envelope.ts';

/** Stream records of events, numbered from 1 as the stream would number them. */
export function recordsOf(events: readonly Envelope[]): DynamoDBRecord[] {
  return events.map((event, index) => ({
    eventName: 'INSERT',
    dynamodb: {
      SequenceNumber: String(index + 1),
      NewImage: marshall(
        { pk: 'P', sk: `S${index}`, kind: 'EVENT', ...event },
        { removeUndefinedValues: true },
      ) as NonNullable<DynamoDBRecord['dynamodb']>['NewImage'] & {},
    },
  }));
}
