import { bodyDigest, type Queues } from '../events/queues.ts';
import type { QueueDescription } from '../template/description.ts';
import { type Actions, AwsError } from './endpoint.ts';

/** The part of SQS that it takes to look into a queue and to send its messages on. */
export function queueActions(queues: Queues): Actions {
  const queueOf = (url: unknown): QueueDescription => {
    const queue = queues.find(String(url));
    if (queue === null) throw new AwsError('QueueDoesNotExist', `there is no queue ${url}`);
    return queue;
  };
  return {
    'AmazonSQS.SendMessage': ({ QueueUrl, MessageBody, DelaySeconds = 0 }) => {
      const body = String(MessageBody);
      const messageId = queues.send(queueOf(QueueUrl).arn, body, Number(DelaySeconds));
      return { MessageId: messageId, MD5OfMessageBody: bodyDigest(body) };
    },
    // A queue that is not waited for may answer empty though messages lie in it (its developer guide, short polling).
    'AmazonSQS.ReceiveMessage': ({ QueueUrl, MaxNumberOfMessages = 1, WaitTimeSeconds = 0 }) => {
      const { arn } = queueOf(QueueUrl);
      const received = WaitTimeSeconds === 0 ? [] : queues.receive(arn, Number(MaxNumberOfMessages));
      return {
        Messages: received.map((message) => ({
          MessageId: message.messageId,
          ReceiptHandle: message.receipt,
          Body: message.body,
          MD5OfBody: bodyDigest(message.body),
          Attributes: {
            ApproximateReceiveCount: String(message.receives),
            SentTimestamp: String(message.sentAt),
          },
        })),
      };
    },
    'AmazonSQS.DeleteMessage': ({ QueueUrl, ReceiptHandle }) => {
      queues.remove(queueOf(QueueUrl).arn, String(ReceiptHandle));
    },
    'AmazonSQS.ChangeMessageVisibility': ({ QueueUrl, ReceiptHandle, VisibilityTimeout }) => {
      queues.release(queueOf(QueueUrl).arn, String(ReceiptHandle), Number(VisibilityTimeout));
    },
    'AmazonSQS.GetQueueAttributes': ({ QueueUrl }) => {
      const { arn } = queueOf(QueueUrl);
      const state = queues.state().find((each) => each.arn === arn);
      return {
        Attributes: {
          QueueArn: arn,
          ApproximateNumberOfMessages: String(state?.waiting),
          ApproximateNumberOfMessagesNotVisible: String(state?.inFlight),
        },
      };
    },
  };
}
