import type { Logger } from '@aws-lambda-powertools/logger';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import type { Envelope } from '../application/envelope.ts';

/**
 * Hands each event of a queue's batch to a consumer, one after another. A message that fails comes again by itself,
 * and ends in the dead-letter queue when it keeps failing; the others are done.
 */
export function forEachEvent(logger: Logger, consume: (event: Envelope) => Promise<void>) {
  return async ({ Records }: SQSEvent): Promise<SQSBatchResponse> => {
    const batchItemFailures: { itemIdentifier: string }[] = [];
    for (const { body, messageId } of Records) {
      try {
        await consume((JSON.parse(body) as { detail: Envelope }).detail);
      } catch (error) {
        logger.error('a message was not consumed; the queue brings it again', {
          error: error as Error,
          messageId,
        });
        batchItemFailures.push({ itemIdentifier: messageId });
      }
    }
    return { batchItemFailures };
  };
}
