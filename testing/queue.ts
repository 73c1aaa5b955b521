import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import type { Envelope } from '../functions/events/envelope.ts';
import { lambdaContext } from './context.ts';

/** A function that consumes a queue. */
export type Consumer = (event: SQSEvent, context: Context) => Promise<SQSBatchResponse>;

/** Hands messages to a consumer as a batch of its queue; @returns the indexes of those that it did not consume. */
export async function deliver(
  consumer: Consumer,
  messages: readonly unknown[],
  milliseconds = 30_000,
): Promise<readonly number[]> {
  const Records = messages.map((message, index) => ({
    messageId: String(index),
    attributes: { ApproximateReceiveCount: '1' },
    body: typeof message === 'string' ? message : JSON.stringify(message),
  })) as SQSEvent['Records'];
  const context = lambdaContext(milliseconds);
  const { batchItemFailures } = await consumer({ Records }, context);
  return batchItemFailures.map(({ itemIdentifier }) => Number(itemIdentifier));
}

/** An event as the bus puts it into a queue. */
export function busMessage(detail: Envelope): unknown {
  return { version: '0', source: 'order-loop', 'detail-type': detail.type, detail };
}

/** The same items in an order that the seed fixes, every third one twice. */
export function shuffledWithRepeats<Item>(items: readonly Item[], seed: number): readonly Item[] {
  let state = seed;
  const random = () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state / 2 ** 31;
  };
  const repeated = items.filter((_, index) => index % 3 === 0);
  return [...items, ...repeated]
    .map((item) => ({ item, place: random() }))
    .sort((one, other) => one.place - other.place)
    .map(({ item }) => item);
}
