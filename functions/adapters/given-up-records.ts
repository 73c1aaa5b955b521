import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { DynamoDBRecord } from 'aws-lambda';

/** Takes note of records of the table's stream that their reader will not try again. */
export interface GivenUpRecords {
  /** @throws Error when the queue does not take it; the records have to come again then */
  add(records: readonly DynamoDBRecord[]): Promise<void>;
}

/** The stream has its times in seconds. */
const SECOND = 1000;

/**
 * The reader's queue of dead letters. A letter has the form in which Lambda reports what it gave up itself: the place in
 * the stream and its time, and nothing of the record.
 */
export function givenUpRecords(queueUrl: string, client = new SQSClient({})): GivenUpRecords {
  return {
    async add(records) {
      for (const { dynamodb, eventSourceARN } of records) {
        const at = new Date((dynamodb?.ApproximateCreationDateTime ?? 0) * SECOND).toISOString();
        const letter = {
          requestContext: { condition: 'RefusedByTheReader' },
          timestamp: new Date().toISOString(),
          DDBStreamBatchInfo: {
            startSequenceNumber: dynamodb?.SequenceNumber,
            endSequenceNumber: dynamodb?.SequenceNumber,
            approximateArrivalOfFirstRecord: at,
            approximateArrivalOfLastRecord: at,
            batchSize: 1,
            streamArn: eventSourceARN,
          },
        };
        await client.send(
          new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: JSON.stringify(letter) }),
        );
      }
    },
  };
}
