import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';

/** @returns what sends a message to a queue, behind those that wait there already. */
export function queueSender(QueueUrl: string, client = new SQSClient({})): (body: string) => Promise<void> {
  return async (MessageBody) => {
    await client.send(new SendMessageCommand({ QueueUrl, MessageBody }));
  };
}
