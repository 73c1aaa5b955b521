import { Interrupted } from '../interrupted.ts';
import type { Report } from '../report.ts';
import type { MappingDescription } from '../template/description.ts';
import { LOCAL_REGION } from '../template/intrinsics.ts';
import { itemFailures } from './batch.ts';
import { type Loop, startLoop } from './polling-loop.ts';
import { bodyDigest, type Queues, type ReceivedMessage } from './queues.ts';

/** Batches of one queue that are worked on at once, as many as Lambda starts with. */
const AT_ONCE = 5;

/**
 * Seconds before a failed message is tried again at first, twice as long each further time. On AWS it stays away for
 * the queue's whole visibility timeout; nobody wants to wait for that in front of a laptop. All attempts together last
 * longer than a lease that a killed function left behind, so that they do not end in the dead-letter queue for it.
 */
const FIRST_RETRY_SECONDS = 0.5;

/** A message that lost several of its attempts to kills of the stack is not put off for minutes because of them. */
const MAX_RETRY_SECONDS = 30;

/** Milliseconds between two looks at a queue in which nothing is sent, put back or finished: each of these wakes it. */
const MAX_REST = 60_000;

export interface QueueReaderOptions {
  readonly mapping: MappingDescription;
  readonly queues: Queues;
  invoke(functionArn: string, event: unknown): Promise<unknown>;
  readonly report: Report;
}

/**
 * Carries the messages of a queue to the function of one event source mapping. A message is removed after the function
 * has taken it; one that fails is received again, and ends in the dead-letter queue.
 *
 * @throws Error for a mapping with filters, which the local stack knows for streams alone
 */
export function startQueueReader(options: QueueReaderOptions): Loop {
  const { mapping, queues, report } = options;
  if (mapping.filters.length > 0)
    throw new Error(`${mapping.id} filters a queue, which is not known locally`);
  const running = new Set<Promise<void>>();

  const deliver = async (messages: readonly ReceivedMessage[]) => {
    let failed: readonly ReceivedMessage[] = messages;
    try {
      const answer = await options.invoke(mapping.functionArn, {
        Records: messages.map((each) => record(each, mapping)),
      });
      failed = failedOf(messages, mapping.reportsItemFailures ? itemFailures(answer) : []);
    } catch (error) {
      if (error instanceof Interrupted) {
        for (const { receipt } of messages) queues.handBack(mapping.sourceArn, receipt);
        return;
      }
      report.failure(`${mapping.id}: the function failed with ${messages.length} messages`, error);
    }
    for (const message of messages) {
      const delay = Math.min(MAX_RETRY_SECONDS, FIRST_RETRY_SECONDS * 2 ** (message.receives - 1));
      if (failed.includes(message)) queues.putBack(mapping.sourceArn, message.receipt, delay);
      else queues.remove(mapping.sourceArn, message.receipt);
    }
  };

  /** @returns milliseconds for which more messages are still to be gathered. */
  const gathering = (): number => {
    const window = mapping.windowSeconds * 1000;
    if (window === 0) return 0;
    const { count, since } = queues.receivable(mapping.sourceArn);
    return count === 0 || count >= mapping.batchSize ? 0 : Math.max(0, since + window - Date.now());
  };

  const turn = async (): Promise<number> => {
    while (running.size < AT_ONCE) {
      const wait = gathering();
      if (wait > 0) return wait;
      const messages = queues.receive(mapping.sourceArn, mapping.batchSize);
      if (messages.length === 0) break;
      const delivery = deliver(messages).finally(() => {
        running.delete(delivery);
        loop.wake();
      });
      running.add(delivery);
    }
    if (running.size >= AT_ONCE) return MAX_REST;
    const next = queues.nextVisible(mapping.sourceArn);
    return next === null ? MAX_REST : Math.min(MAX_REST, Math.max(1, next - Date.now()));
  };
  const loop = startLoop(turn, (error) => report.failure(`${mapping.id}: the queue cannot be read`, error));
  queues.onReceivable((queueArn) => {
    if (queueArn === mapping.sourceArn) loop.wake();
  });
  return {
    wake: loop.wake,
    async stop() {
      await loop.stop();
      await Promise.all(running);
    },
  };
}

function failedOf(
  messages: readonly ReceivedMessage[],
  failures: readonly string[] | null,
): readonly ReceivedMessage[] {
  // An answer that is not understood, or names a message that is not in the batch, fails them all.
  if (failures === null) return messages;
  const failed = messages.filter(({ messageId }) => failures.includes(messageId));
  return new Set(failures).size === failed.length ? failed : messages;
}

function record(message: ReceivedMessage, mapping: MappingDescription): unknown {
  return {
    messageId: message.messageId,
    receiptHandle: message.receipt,
    body: message.body,
    attributes: {
      ApproximateReceiveCount: String(message.receives),
      SentTimestamp: String(message.sentAt),
      SenderId: 'local',
      ApproximateFirstReceiveTimestamp: String(message.firstReceivedAt),
    },
    messageAttributes: {},
    md5OfBody: bodyDigest(message.body),
    eventSource: 'aws:sqs',
    eventSourceARN: mapping.sourceArn,
    awsRegion: LOCAL_REGION,
  };
}
