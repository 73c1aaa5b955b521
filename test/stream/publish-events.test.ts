import type { Context, DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Envelope, OrderEnvelope } from '../../functions/events/envelope.ts';
import { deliverBatch } from '../../local/events/batch.ts';
import { bodyDigest } from '../../local/events/queues.ts';
import { reportAt } from '../../local/report.ts';
import { AwsError, TEST_ENVIRONMENT, useAws } from '../../testing/aws.ts';
import { lambdaContext } from '../../testing/context.ts';
import { recordsOf } from '../../testing/stream.ts';

interface Entry {
  readonly EventBusName: string;
  readonly Source: string;
  readonly DetailType: string;
  readonly Detail: string;
  readonly Time: number;
  readonly Resources: readonly string[];
}

/** Requests as they came, each a list of entries, and the bus: the entries that were taken. */
const requests: Entry[][] = [];
const bus: Entry[] = [];
/** Says whether an entry is refused, or throws to refuse the request. */
let refuses: (event: Envelope) => boolean = () => false;
let errorCode = 'InternalFailure';
/** Places of records that became dead letters. */
const letters: unknown[] = [];

const aws = useAws({
  'AWSEvents.PutEvents': ({ Entries }) => {
    const entries = Entries as Entry[];
    requests.push(entries);
    const results = entries.map((entry) => {
      if (refuses(JSON.parse(entry.Detail) as Envelope))
        return { ErrorCode: errorCode, ErrorMessage: 'for the test' };
      return { EventId: 'taken', entry };
    });
    bus.push(...results.flatMap((result) => result.entry ?? []));
    return { FailedEntryCount: results.filter((result) => 'ErrorCode' in result).length, Entries: results };
  },
  'AmazonSQS.SendMessage': ({ MessageBody }) => {
    letters.push(JSON.parse(String(MessageBody)).DDBStreamBatchInfo);
    return { MessageId: '1', MD5OfMessageBody: bodyDigest(String(MessageBody)) };
  },
});

let handler: (event: DynamoDBStreamEvent, context: Context) => Promise<DynamoDBBatchResponse>;
beforeAll(async () => {
  Object.assign(process.env, TEST_ENVIRONMENT, {
    EVENT_BUS_NAME: 'order-loop',
    DEAD_LETTERS_URL: `${aws.endpoint}/given-up`,
    AWS_ENDPOINT_URL_EVENTBRIDGE: aws.endpoint,
  });
  ({ handler } = await import('../../functions/stream/publish-events.ts'));
});
beforeEach(() => {
  requests.length = 0;
  bus.length = 0;
  refuses = () => false;
  errorCode = 'InternalFailure';
  letters.length = 0;
});

function eventOf(orderId: string, sequence: number, note = ''): OrderEnvelope {
  return {
    eventId: `${orderId}/${sequence}`,
    type: 'OrderHeld',
    version: 1,
    orderId,
    sequence,
    occurredAt: '2026-03-10T14:07:00.000Z',
    actor: { type: 'human', id: 'ada' },
    channel: 'MANUAL',
    orderType: 'DTC',
    correlationId: 'c',
    data: { holdId: 'H', reason: 'OTHER', note },
  };
}

const idsOf = (entries: readonly Entry[]) =>
  entries.map(({ Detail }) => (JSON.parse(Detail) as Envelope).eventId);
const ofOrder = (orderId: string) => idsOf(bus).filter((id) => id.startsWith(`${orderId}/`));
const publish = (events: readonly Envelope[]) => handler({ Records: recordsOf(events) }, lambdaContext());

describe('publishing events', () => {
  it('tells the bus the envelope under the name of the event', async () => {
    const event = eventOf('A', 1);
    expect(await publish([event])).toEqual({ batchItemFailures: [] });
    expect(bus).toEqual([
      {
        EventBusName: 'order-loop',
        Source: 'order-loop',
        DetailType: 'OrderHeld',
        Detail: expect.any(String),
        Time: Date.parse(event.occurredAt) / 1000,
        Resources: ['A'],
      },
    ]);
    expect(JSON.parse(bus[0]?.Detail ?? '')).toEqual(event);
  });

  it('passes over records that are no events', async () => {
    const records = recordsOf([eventOf('A', 1)]);
    for (const record of records) Object.assign(record.dynamodb?.NewImage ?? {}, { kind: { S: 'ORDER' } });
    expect(await handler({ Records: records }, lambdaContext())).toEqual({ batchItemFailures: [] });
    expect(requests).toEqual([]);
  });

  it('fills requests with ten entries of different orders', async () => {
    await publish(Array.from({ length: 25 }, (_, index) => eventOf(`O${index}`, 1)));
    expect(requests.map((request) => request.length)).toEqual([10, 10, 5]);
  });

  it('counts the size of a request in bytes', async () => {
    const note = 'ü'.repeat(45_000); // 90,000 bytes
    await publish([eventOf('A', 1, note), eventOf('B', 1, note), eventOf('C', 1, note)]);
    expect(requests.map((request) => request.length)).toEqual([2, 1]);
  });

  it('resends only the entry that failed, and no later event of its order overtakes it', async () => {
    let refusals = 2;
    refuses = ({ eventId }) => eventId === 'A/1' && refusals-- > 0;
    const events = [eventOf('A', 1), eventOf('B', 1), eventOf('A', 2), eventOf('C', 1), eventOf('B', 2)];
    expect(await publish(events)).toEqual({ batchItemFailures: [] });
    expect(requests.map(idsOf)).toEqual([['A/1', 'B/1', 'C/1'], ['A/1', 'B/2'], ['A/1'], ['A/2']]);
    expect(ofOrder('A')).toEqual(['A/1', 'A/2']);
  });

  it('reports the first event that the bus would not take, with everything else published', async () => {
    refuses = ({ eventId }) => eventId === 'B/1';
    const events = [eventOf('A', 1), eventOf('B', 1), eventOf('C', 1), eventOf('B', 2), eventOf('A', 2)];
    expect(await publish(events)).toEqual({ batchItemFailures: [{ itemIdentifier: '2' }] });
    expect(idsOf(bus).sort()).toEqual(['A/1', 'A/2', 'C/1']);
  });

  it('sends each alone when the bus refuses a request for what is in it', async () => {
    refuses = ({ eventId }) => {
      if (eventId !== 'B/1') return false;
      throw new AwsError(
        'ValidationException',
        'Total size of the entries in the request is over the limit.',
      );
    };
    expect(await publish([eventOf('A', 1), eventOf('B', 1), eventOf('C', 1)])).toEqual({
      batchItemFailures: [],
    });
    expect(idsOf(bus).sort()).toEqual(['A/1', 'C/1']);
    expect(letters).toMatchObject([{ startSequenceNumber: '2' }]);
  });

  it('gives up an entry that the bus will never take at its first refusal, and publishes what is behind it', async () => {
    errorCode = 'MalformedDetail';
    refuses = ({ eventId }) => eventId === 'A/1';
    const events = [eventOf('A', 1), eventOf('B', 1), eventOf('A', 2)];
    expect(await publish(events)).toEqual({ batchItemFailures: [] });
    expect(requests.flat().filter(({ Resources }) => Resources[0] === 'A')).toHaveLength(2);
    expect(idsOf(bus).sort()).toEqual(['A/2', 'B/1']);
    expect(letters).toMatchObject([{ startSequenceNumber: '1', endSequenceNumber: '1', batchSize: 1 }]);
  });

  it('gives up a record that is no readable event, and nothing else', async () => {
    const records = recordsOf([eventOf('A', 1), eventOf('B', 1)]);
    Object.assign(records[0]?.dynamodb?.NewImage ?? {}, { occurredAt: { S: 'yesterday' } });
    expect(await handler({ Records: records }, lambdaContext())).toEqual({ batchItemFailures: [] });
    expect(idsOf(bus)).toEqual(['B/1']);
    expect(letters).toMatchObject([{ startSequenceNumber: '1' }]);
  });

  it('fails as a whole when nothing passes after the first of several records', async () => {
    refuses = ({ eventId }) => eventId === 'A/1';
    await expect(publish([eventOf('A', 1), eventOf('B', 1)])).rejects.toThrow('nothing passes');
    await expect(publish([eventOf('A', 1)])).resolves.toEqual({
      batchItemFailures: [{ itemIdentifier: '1' }],
    });
  });
});

describe('a record that can never be published, behind one that waits for the bus', () => {
  it('becomes a dead letter once, when it is the first that is left', async () => {
    const [first, second, third] = [eventOf('A', 1), eventOf('B', 1), eventOf('C', 1)];
    const records = recordsOf([first, second, third]);
    Object.assign(records[2]?.dynamodb?.NewImage ?? {}, { occurredAt: { S: 'yesterday' } });
    refuses = ({ eventId }) => eventId === 'B/1';
    for (let attempt = 0; attempt < 3; attempt++) {
      expect(await handler({ Records: records }, lambdaContext())).toEqual({
        batchItemFailures: [{ itemIdentifier: '2' }],
      });
    }
    expect(letters).toEqual([]);
    refuses = () => false;
    expect(await handler({ Records: records.slice(1) }, lambdaContext())).toEqual({ batchItemFailures: [] });
    expect(letters).toMatchObject([{ startSequenceNumber: '3' }]);
  });
});

describe('a bus that is away', () => {
  /** How long the function waited, in milliseconds. */
  async function waited(events: readonly Envelope[], remaining: number): Promise<readonly unknown[]> {
    const timers = vi.spyOn(globalThis, 'setTimeout');
    // A batch that fails as a whole was waited for all the same.
    await Promise.allSettled([handler({ Records: recordsOf(events) }, lambdaContext(remaining))]);
    const delays = timers.mock.calls.map(([, milliseconds]) => milliseconds);
    timers.mockRestore();
    return delays.filter((each) => each === 31);
  }

  it('is waited for as long as the function may, before the stream retries', async () => {
    refuses = () => true;
    expect(await waited([eventOf('A', 1)], 30_031)).toEqual([31]);
  });

  it('is waited for when the rest is what it will never take', async () => {
    refuses = ({ eventId }) => {
      if (eventId === 'A/1') throw new AwsError('ValidationException', 'for the test');
      return true;
    };
    // The event that it will never take is the last, and comes again with the first.
    expect(await waited([eventOf('B', 1), eventOf('A', 1)], 30_031)).toEqual([31]);
    expect(letters).toEqual([]);
  });

  it('is not waited for when it took anything', async () => {
    refuses = ({ eventId }) => eventId === 'B/1';
    expect(await waited([eventOf('A', 1), eventOf('B', 1)], 30_031)).toEqual([]);
  });
});

describe('behind a stream that halves what fails', () => {
  /** Delivers records as the event source mapping of the template does, and tells what was given up. */
  async function deliver(records: readonly DynamoDBRecord[]): Promise<readonly (readonly string[])[]> {
    const givenUp: string[][] = [];
    const numbered = records.map((event) => ({
      sequenceNumber: event.dynamodb?.SequenceNumber ?? '',
      createdAt: Date.now(),
      event,
    }));
    await deliverBatch(numbered, {
      mapping: {
        id: 'publisher',
        sourceArn: '',
        functionArn: '',
        batchSize: 100,
        windowSeconds: 0,
        startingPosition: 'TRIM_HORIZON',
        filters: [],
        reportsItemFailures: true,
        bisects: true,
        mostRetries: 2,
        mostAgeSeconds: 3600,
        failureQueueArn: null,
      },
      invoke: (event) => handler(event as DynamoDBStreamEvent, lambdaContext()),
      done: () => {},
      giveUp: ({ records: given }) => givenUp.push(given.map(({ sequenceNumber }) => sequenceNumber)),
      pause: async () => true,
      report: reportAt('SILENT'),
    });
    return givenUp;
  }

  it('gives up a poison event alone, and the rest is published, each order in its order', async () => {
    refuses = ({ eventId }) => eventId === 'B/1';
    const events = ['A', 'B', 'C', 'A', 'B', 'D', 'A'].map((orderId, index, all) =>
      eventOf(orderId, all.slice(0, index + 1).filter((each) => each === orderId).length),
    );
    expect(await deliver(recordsOf(events))).toEqual([['2']]);
    expect([...new Set(idsOf(bus))].sort()).toEqual(['A/1', 'A/2', 'A/3', 'B/2', 'C/1', 'D/1']);
    expect([...new Set(ofOrder('A'))]).toEqual(['A/1', 'A/2', 'A/3']);
  });
});
