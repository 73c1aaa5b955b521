import type { Logger } from '@aws-lambda-powertools/logger';
import { MetricUnit } from '@aws-lambda-powertools/metrics';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { type Envelope, parseEvent } from '../../contract/events.ts';
import { METRICS } from '../../contract/metrics.ts';
import { logFailure } from '../middleware/log-failure.ts';
import { appendIds, observed } from '../middleware/observed.ts';
import { part } from '../middleware/traced.ts';
import { metrics } from '../wiring.ts';

/** Milliseconds before the end of the function in which no further piece of work is begun. */
const MARGIN = 5_000;

/** What a consumer notes of work that is left: the message that is sent again brings it back. */
export type Left = Readonly<Record<string, unknown>>;

/**
 * Consumes one event; `until` (epoch milliseconds) is when it has to come to an end. True, or where to continue, when
 * there is more to do than the time sufficed for.
 *
 * @param left where to continue, in a message that was sent again
 */
export type Consume = (event: Envelope, until: number, left?: unknown) => Promise<boolean | Left>;

/** What a consumer may do with its own queue. */
export interface QueueDependencies {
  /** Puts a message with more to do back into the queue, as a new one: in progress is no failed try. */
  readonly sendAgain?: (body: string) => Promise<void>;
  /** Decides when a message that failed is received again. @default after the queue's own visibility timeout */
  readonly delay?: (receiptHandle: string, receives: number) => Promise<void>;
}

/**
 * Hands each event of a queue's batch to a consumer, one after another. A message that fails is received again by itself,
 * and ends in the dead-letter queue when it keeps failing, one that is no event of ours too; the others are done.
 */
export function forEachEvent(logger: Logger, consume: Consume, { sendAgain, delay }: QueueDependencies = {}) {
  return observed<SQSEvent, SQSBatchResponse>(logger, async ({ Records }, context) => {
    const until = Date.now() + context.getRemainingTimeInMillis() - MARGIN;
    const batchItemFailures: { itemIdentifier: string }[] = [];
    for (const { body, messageId, receiptHandle, attributes } of Records) {
      logger.resetKeys();
      try {
        const message = JSON.parse(body) as { detail?: unknown; left?: unknown };
        const event = parseEvent(message.detail);
        await part(event.type, async () => {
          appendIds(logger, idsOf(event));
          const left = await consume(event, until, message.left);
          const more = left !== false;
          if (more) await sendAgain?.(left === true ? body : JSON.stringify({ ...message, left }));
          logger.info('consumed', { type: event.type, more });
        });
      } catch (error) {
        metrics.addMetric(METRICS.failedMessages, MetricUnit.Count, 1);
        const receives = Number(attributes.ApproximateReceiveCount);
        logFailure(logger, error as Error, messageId, receives);
        batchItemFailures.push({ itemIdentifier: messageId });
        await delay?.(receiptHandle, receives);
      }
    }
    return { batchItemFailures };
  });
}

/** By these a message is found again in the logs of all functions. */
function idsOf(event: Envelope) {
  const { eventId, correlationId } = event;
  return 'orderId' in event
    ? { eventId, correlationId, orderId: event.orderId, channel: event.channel }
    : { eventId, correlationId };
}
