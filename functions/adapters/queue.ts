import { ChangeMessageVisibilityCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';

/** Seconds for which a queue hides a new message at most (Amazon SQS, message timers). */
const MAX_TIMER = 900;

/**
 * @returns what sends a message to a queue, behind those that wait there already; it is hidden for so many
 * milliseconds, a quarter of an hour at most
 */
export function queueSender(QueueUrl: string, client = new SQSClient({})) {
  return async (MessageBody: string, hiddenFor = 0): Promise<void> => {
    const DelaySeconds = Math.min(MAX_TIMER, Math.max(0, Math.ceil(hiddenFor / 1000)));
    await client.send(
      new SendMessageCommand({ QueueUrl, MessageBody, ...(DelaySeconds > 0 && { DelaySeconds }) }),
    );
  };
}

/** Seconds after which a message that failed is received again at first, and at most. */
const FIRST_DELAY = 5;
const MAX_DELAY = 900;

/** @returns what hides a message that failed, twice as long each time. */
export function queueDelayer(QueueUrl: string, client = new SQSClient({})) {
  return async (ReceiptHandle: string, receives: number): Promise<void> => {
    const VisibilityTimeout = Math.min(MAX_DELAY, FIRST_DELAY * 2 ** (receives - 1));
    await client.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout }));
  };
}
