import type { DynamoDBBatchResponse, DynamoDBRecord } from 'aws-lambda';

/**
 * Reports to the stream from which record on to redeliver a batch.
 *
 * Where that is the first of several records, the batch fails as a whole instead: the stream then halves it until the
 * record that cannot pass is alone and ends alone in the failure destination. A batch that keeps being reported from
 * its first record on would be given up with all that is in it.
 *
 * @throws Error that makes the stream halve the batch
 */
export function failedFrom(
  records: readonly DynamoDBRecord[],
  sequenceNumber: string,
): DynamoDBBatchResponse {
  if (records.length > 1 && records[0]?.dynamodb?.SequenceNumber === sequenceNumber)
    throw new Error(`nothing passes after record ${sequenceNumber}, the first of ${records.length}`);
  return { batchItemFailures: [{ itemIdentifier: sequenceNumber }] };
}

/** Reports to the stream that every record was processed. */
export const ALL_DONE: DynamoDBBatchResponse = { batchItemFailures: [] };
