import { describe, expect, test } from 'vitest';
import { deliverBatch, type GivenUp, type StreamRecord } from '../../local/events/batch.ts';
import { reportAt } from '../../local/report.ts';
import type { MappingDescription } from '../../local/template/description.ts';

const MAPPING: MappingDescription = {
  id: 'Mapping',
  sourceArn: 'arn:aws:dynamodb:stream',
  functionArn: 'arn:aws:lambda:function',
  batchSize: 100,
  windowSeconds: 0,
  startingPosition: 'TRIM_HORIZON',
  filters: [],
  reportsItemFailures: true,
  bisects: true,
  mostRetries: 2,
  mostAgeSeconds: Number.POSITIVE_INFINITY,
  failureQueueArn: null,
};

interface Call {
  readonly records: readonly string[];
}

/** Delivers the records 1 to `count` and returns what the function saw, how far the reader came, and what was given up. */
async function deliver(
  count: number,
  answer: (numbers: readonly string[], call: number) => unknown,
  mapping: Partial<MappingDescription> = {},
  ages: readonly number[] = [],
) {
  const calls: Call[] = [];
  const done: string[] = [];
  const givenUp: GivenUp[] = [];
  const records: StreamRecord[] = Array.from({ length: count }, (_, index) => ({
    sequenceNumber: String(index + 1),
    createdAt: Date.now() - (ages[index] ?? 0),
    event: { number: String(index + 1) },
  }));
  const isDone = await deliverBatch(records, {
    mapping: { ...MAPPING, ...mapping },
    invoke: async (event) => {
      const numbers = (event as { Records: { number: string }[] }).Records.map(({ number }) => number);
      calls.push({ records: numbers });
      return answer(numbers, calls.length);
    },
    done: (last) => done.push(last.sequenceNumber),
    giveUp: (given) => givenUp.push(given),
    pause: async () => true,
    report: reportAt('SILENT'),
  });
  return { isDone, calls: calls.map((call) => call.records.join('')), done, givenUp };
}

const failed = (...identifiers: string[]) => ({
  batchItemFailures: identifiers.map((itemIdentifier) => ({ itemIdentifier })),
});

describe('a batch of a stream', () => {
  test('is done with when the function takes it', async () => {
    expect(await deliver(3, () => undefined)).toMatchObject({ isDone: true, calls: ['123'], done: ['3'] });
  });

  test('continues behind the records that were taken', async () => {
    const { calls, done } = await deliver(4, (_, call) => (call === 1 ? failed('3') : failed()));
    expect(calls).toEqual(['1234', '34']);
    expect(done).toEqual(['2', '4']);
  });

  test('counts from the first of several failures', async () => {
    const { calls } = await deliver(4, (_, call) => (call === 1 ? failed('4', '2') : failed()));
    expect(calls).toEqual(['1234', '234']);
  });

  test('is halved until the poison record is alone, which is given up without the others', async () => {
    const { isDone, calls, done, givenUp } = await deliver(4, (numbers) => {
      if (numbers.includes('3')) throw new Error('poison');
    });
    expect(calls).toEqual(['1234', '12', '34', '3', '3', '3', '4']);
    expect(givenUp).toMatchObject([
      { reason: 'RetryAttemptsExhausted', attempts: 3, records: [{ sequenceNumber: '3' }] },
    ]);
    expect(done).toEqual(['2', '3', '4']);
    expect(isDone).toBe(true);
  });

  test('stays whole where the template does not ask for halves', async () => {
    const { calls, givenUp } = await deliver(
      2,
      () => {
        throw new Error('poison');
      },
      { bisects: false },
    );
    expect(calls).toEqual(['12', '12', '12']);
    expect(givenUp[0]?.records).toHaveLength(2);
  });

  test('is tried again when what the function reports makes no sense', async () => {
    const { calls } = await deliver(1, (_, call) => (call === 1 ? failed('77') : failed()));
    expect(calls).toEqual(['1', '1']);
  });

  test('loses the records that are too old, and no others', async () => {
    const { calls, done, givenUp } = await deliver(
      3,
      () => undefined,
      { mostAgeSeconds: 60 },
      [120_000, 90_000, 0],
    );
    expect(calls).toEqual(['3']);
    expect(givenUp).toMatchObject([{ reason: 'MaximumRecordAgeExceeded', records: [{}, {}] }]);
    expect(done).toEqual(['2', '3']);
  });

  test('that fails for good reports nothing where the template does not let it', async () => {
    const { calls } = await deliver(1, () => failed('1'), { reportsItemFailures: false });
    expect(calls).toEqual(['1']);
  });
});
