import { ChangeMessageVisibilityCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';

/** @returns what sends a message to a queue, behind those that wait there already. */
export function queueSender(QueueUrl: string, client = new SQSClient({})): (body: string) => Promise<void> {
  return async (MessageBody) => {
    await client.send(new SendMessageCommand({ QueueUrl, MessageBody }));
  };
}

/** Seconds after which a message that failed comes again at first, and at most. */
const FIRST_DELAY = 5;
const LONGEST_DELAY = 900;

/** @returns what hides a message that failed, twice as long each time. */
export function queueDelayer(QueueUrl: string, client = new SQSClient({})) {
  return async (ReceiptHandle: string, receives: number): Promise<void> => {
    const VisibilityTimeout = Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** (receives - 1));
    await client.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout }));
  };
}
