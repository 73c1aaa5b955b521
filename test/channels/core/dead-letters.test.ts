import { SQSClient } from '@aws-sdk/client-sqs';
import { beforeEach, expect, test } from 'vitest';
import { deadLetterQueues } from '../../../functions/adapters/dead-letter-queues.ts';
import type { DeadLetters } from '../../../functions/events/dead-letters.ts';
import { queueActions } from '../../../local/aws/queue-service.ts';
import { openQueues } from '../../../local/events/queues.ts';
import { openSqliteStore } from '../../../local/sqlite-store.ts';
import { useAws } from '../../../testing/aws.ts';

const queue = (name: string) => ({
  name,
  arn: `arn:aws:sqs:us-east-1:000000000000:${name}`,
  url: `https://sqs.example/${name}`,
  visibilitySeconds: 30,
  retentionSeconds: 86_400,
  deadLetter: null,
});
const source = queue('ChannelSync');
const letters = queue('ChannelSyncDeadLetters');
const places = queue('PublisherDeadLetters');
const queues = openQueues(openSqliteStore(':memory:'), [source, letters, places]);
const aws = useAws(queueActions(queues));
let dead: DeadLetters;

beforeEach(() => {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  dead = deadLetterQueues(
    [
      { consumer: 'channel-sync', url: letters.url, source: source.url },
      { consumer: 'event-publisher', url: places.url, source: null },
    ],
    new SQSClient({ endpoint: aws.endpoint, region: 'us-east-1', credentials }),
  );
});

/** Of a queue that a consumer reads, nothing is told from the history. */
const redrive = (deadLetterId: string) =>
  dead.redrive(deadLetterId, () => Promise.reject(new Error('nothing is to be told')));

const message = (number: number) =>
  JSON.stringify({
    source: 'order-loop',
    detail: {
      eventId: `E${number}`,
      type: 'ShipmentShipped',
      orderId: 'LMB-ORD-2026-0041',
      data: { name: 'Mara' },
    },
  });

test('letters are shown by their ids alone, and can be handed to their consumer again, one by one', async () => {
  for (let number = 0; number < 25; number++) queues.send(letters.arn, message(number));
  const listed = await dead.list();
  expect(listed).toHaveLength(25);
  expect(listed[0]).toMatchObject({
    consumer: 'channel-sync',
    eventType: 'ShipmentShipped',
    orderId: 'LMB-ORD-2026-0041',
    canBeRedriven: true,
  });
  expect(JSON.stringify(listed)).not.toContain('Mara');
  expect(await dead.list()).toHaveLength(25);

  const [first, last] = [listed[0], listed[24]];
  for (const letter of [first, last]) {
    expect(await redrive(letter?.deadLetterId ?? '')).toBe('redriven');
    expect(await redrive(letter?.deadLetterId ?? '')).toBe('unknown');
  }
  expect(await dead.list()).toHaveLength(23);
  const handed = queues.receive(source.arn, 10).map(({ body }) => JSON.parse(body).detail.eventId);
  expect(handed.sort()).toEqual([first?.eventId, last?.eventId].sort());
});

test('a place in the stream is listed with its span of time, which is told again', async () => {
  const id = queues.send(
    places.arn,
    JSON.stringify({
      DDBStreamBatchInfo: {
        shardId: 'shardId-1',
        approximateArrivalOfFirstRecord: '2026-03-10T14:02:00Z',
        approximateArrivalOfLastRecord: '2026-03-10T14:05:00Z',
      },
    }),
  );
  const span = { from: '2026-03-10T14:00:00.000Z', to: '2026-03-10T14:05:01.000Z' };
  const givenUp = async () => (await dead.list()).filter(({ consumer }) => consumer === 'event-publisher');
  expect(await givenUp()).toMatchObject([
    { deadLetterId: `event-publisher.${id}`, canBeRedriven: true, ...span },
  ]);
  const told: unknown[] = [];
  const tell = (isAll: boolean) => (reader: string, given: object) => {
    told.push({ reader, ...given });
    return Promise.resolve(isAll);
  };
  expect(await dead.redrive(`event-publisher.${id}`, tell(false))).toEqual({ unfinished: span });
  expect(await givenUp()).toHaveLength(1);
  expect(await dead.redrive(`event-publisher.${id}`, tell(true))).toBe('redriven');
  expect(await givenUp()).toEqual([]);
  expect(told).toEqual([
    { reader: 'event-publisher', ...span },
    { reader: 'event-publisher', ...span },
  ]);
});

test('what is no event, and no place, is listed and left alone', async () => {
  const id = queues.send(places.arn, '{"DDBStreamBatchInfo": {}}');
  const place = (await dead.list()).find(({ consumer }) => consumer === 'event-publisher');
  expect(place).toMatchObject({ deadLetterId: `event-publisher.${id}`, canBeRedriven: false });
  expect(await redrive(`event-publisher.${id}`)).toBe('not-possible');
  // It is no longer kept from whoever looks next.
  expect((await dead.list()).map(({ deadLetterId }) => deadLetterId)).toContain(`event-publisher.${id}`);
  for (const unknown of ['', 'channel-sync', 'channel-sync.', 'nobody.1', 'channel-sync.none', '../../x']) {
    expect(await redrive(unknown)).toBe('unknown');
  }
});
