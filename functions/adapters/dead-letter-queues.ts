import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import * as z from 'zod';
import type { DeadLetter, DeadLetters, Span } from '../events/dead-letters.ts';

/** Where dead letters lie, and the queue of their consumer; a stream's reader has none. */
export const DeadLetterQueues = z.array(
  z.object({ consumer: z.string(), url: z.string(), source: z.string().nullable() }),
);
type DeadLetterQueue = z.infer<typeof DeadLetterQueues>[number];

/** A queue gives ten messages at a time; it is asked so often at most. */
const MAX_RECEIVES = 10;
/** Seconds that a queue looks for messages in all of its places; without, an empty answer says nothing about the rest. */
const LOOKING_SECONDS = 1;
/** Seconds for which messages are kept from others while they are looked at. */
const HIDDEN_SECONDS = 20;

/** What is shown of the event that a message carries. */
const Letter = z.object({
  detail: z.object({ eventId: z.string(), type: z.string(), orderId: z.string().optional() }),
});

/** What Lambda sends a stream's failure destination about the records that it gave up on. */
const GivenUp = z.object({
  DDBStreamBatchInfo: z.object({
    approximateArrivalOfFirstRecord: z.iso.datetime({ offset: true }),
    approximateArrivalOfLastRecord: z.iso.datetime({ offset: true }),
  }),
});

/** An event has the time of its command, and is in the stream when that was written, after all its attempts. */
const WRITTEN_WITHIN = 120_000;
/** The stream has its times in seconds. */
const SECOND = 1000;

/**
 * Looks into queues, which can only be read by receiving: what was received is released again at once. A queue gives
 * no order and no random access, so that a message is looked for among those that lie there.
 */
export function deadLetterQueues(
  queues: readonly DeadLetterQueue[],
  client = new SQSClient({}),
): DeadLetters {
  const release = async (queue: DeadLetterQueue, messages: readonly Message[]) => {
    await Promise.all(
      messages.map(({ ReceiptHandle }) =>
        client.send(
          new ChangeMessageVisibilityCommand({ QueueUrl: queue.url, ReceiptHandle, VisibilityTimeout: 0 }),
        ),
      ),
    );
  };
  const received = async (queue: DeadLetterQueue, until: (message: Message) => boolean = () => false) => {
    const messages: Message[] = [];
    for (let receive = 0; receive < MAX_RECEIVES; receive++) {
      const { Messages = [] } = await client.send(
        new ReceiveMessageCommand({
          QueueUrl: queue.url,
          MaxNumberOfMessages: 10,
          VisibilityTimeout: HIDDEN_SECONDS,
          WaitTimeSeconds: LOOKING_SECONDS,
          MessageSystemAttributeNames: ['SentTimestamp'],
        }),
      );
      messages.push(...Messages);
      if (Messages.length === 0 || Messages.some(until)) break;
    }
    return messages;
  };
  return {
    async list() {
      const lists = await Promise.all(
        queues.map(async (queue) => {
          const messages = await received(queue);
          await release(queue, messages);
          return messages.map((message) => letterOf(queue, message));
        }),
      );
      return lists.flat();
    },
    async redrive(deadLetterId, republishSpan) {
      const [, consumer, messageId] = /^([a-z-]+)\.(.{1,100})$/.exec(deadLetterId) ?? [];
      const queue = queues.find((each) => each.consumer === consumer);
      if (queue === undefined) return 'unknown';
      const isIt = (message: Message) => message.MessageId === messageId;
      let left: readonly Message[] = await received(queue, isIt);
      try {
        const wanted = left.find(isIt);
        if (wanted === undefined) return 'unknown';
        if (queue.source === null) {
          const span = spanOf(wanted);
          if (span === null) return 'not-possible';
          if (!(await republishSpan(queue.consumer, span))) return { unfinished: span };
        } else {
          await client.send(new SendMessageCommand({ QueueUrl: queue.source, MessageBody: wanted.Body }));
        }
        // In this order: what is in both queues is consumed twice, which does no harm, and what is in none is lost.
        await client.send(
          new DeleteMessageCommand({ QueueUrl: queue.url, ReceiptHandle: wanted.ReceiptHandle }),
        );
        left = left.filter((message) => !isIt(message));
        return 'redriven';
      } finally {
        await release(queue, left);
      }
    },
  };
}

function letterOf({ consumer, source }: DeadLetterQueue, message: Message): DeadLetter {
  const letter = Letter.safeParse(parsedJson(message.Body ?? ''));
  const detail = letter.success ? letter.data.detail : undefined;
  const span = source === null ? spanOf(message) : null;
  return {
    deadLetterId: `${consumer}.${message.MessageId}`,
    consumer,
    sentAt: new Date(Number(message.Attributes?.SentTimestamp ?? 0)).toISOString(),
    eventId: detail?.eventId,
    eventType: detail?.type,
    orderId: detail?.orderId,
    from: span?.from,
    to: span?.to,
    canBeRedriven: source !== null || span !== null,
  };
}

/** @returns when what a stream's reader gave up on happened; null for what no stream has sent. */
function spanOf({ Body = '' }: Message): Span | null {
  const given = GivenUp.safeParse(parsedJson(Body));
  if (!given.success) return null;
  const { approximateArrivalOfFirstRecord: first, approximateArrivalOfLastRecord: last } =
    given.data.DDBStreamBatchInfo;
  return {
    from: new Date(Date.parse(first) - WRITTEN_WITHIN).toISOString(),
    to: new Date(Date.parse(last) + SECOND).toISOString(),
  };
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
