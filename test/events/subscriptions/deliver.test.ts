import { beforeEach, describe, expect, test } from 'vitest';
import type { Subscription } from '../../../contract/subscriptions.ts';
import { deliveryLog } from '../../../functions/adapters/dynamodb/delivery-log.ts';
import { subscriptionStore } from '../../../functions/adapters/dynamodb/subscription-store.ts';
import type { OrderEnvelope } from '../../../functions/events/envelope.ts';
import {
  type DeliveryDependencies,
  deliver,
  type Posted,
} from '../../../functions/events/subscriptions/deliver.ts';
import { scheduleDeliveries } from '../../../functions/events/subscriptions/schedule-deliveries.ts';
import type {
  DeliveryLog,
  DueAttempt,
  SubscriptionStore,
} from '../../../functions/events/subscriptions/subscriptions.ts';
import { testLoop } from '../../../testing/loop.ts';
import { useStore } from '../../../testing/store.ts';

const store = useStore();
const HOUR = 3_600_000;
const START = Date.parse('2026-03-10T08:00:00.000Z');
const subscriptionId = '01TEST';

let subscriptions: SubscriptionStore;
let deliveries: DeliveryLog;
let event: OrderEnvelope;
let queue: DueAttempt[];
let now: number;
let posts: number[];
let answer: (post: number) => Posted;
let switchedOff: Subscription[];

beforeEach(async () => {
  const table = await store.newTable();
  subscriptions = subscriptionStore(table);
  deliveries = deliveryLog(table);
  const loop = testLoop(table);
  await loop.receive({ orderId: 'ORDER-1', lines: [{ sku: 'GOODS', quantity: 1 }] });
  [event] = (await loop.history('ORDER-1')) as [OrderEnvelope];
  [queue, posts, switchedOff] = [[], [], []];
  now = START;
  answer = () => ({ httpStatus: 500 });
  const createdAt = new Date(START).toISOString();
  const subscription: Subscription = {
    ...{ subscriptionId, url: 'https://example.com/', types: ['*'], status: 'ACTIVE' },
    ...{ createdAt, createdBy: 'ada', updatedAt: createdAt },
  };
  await subscriptions.save({ subscription, sealedSecret: 'sealed', revision: 0 });
});

const dependencies = (): DeliveryDependencies => ({
  ...{ subscriptions, deliveries },
  schedule: async (due) => {
    queue.push(due);
  },
  post: async () => {
    posts.push(now);
    return answer(posts.length);
  },
  now: () => now,
  random: () => 0.5,
  onSwitchedOff: (subscription) => switchedOff.push(subscription),
});

const publish = (published: OrderEnvelope = event) =>
  scheduleDeliveries(
    { subscriptions, deliveries, now: () => now, schedule: dependencies().schedule },
    published,
  );

/** Works off the queue, with the clock at whatever is due next. */
async function runQueue(): Promise<void> {
  for (let due = queue.shift(); due !== undefined; due = queue.shift()) {
    now = Math.max(now, due.notBefore);
    await deliver(dependencies(), due);
    queue.sort((one, other) => one.notBefore - other.notBefore);
  }
}

const found = async () => (await deliveries.find(subscriptionId, event.eventId))?.delivery;
const health = async () => (await subscriptions.get(subscriptionId))?.subscription;

describe('a subscriber who fails', () => {
  test('is tried for a day, ever more slowly, and is then switched off with a note', async () => {
    await publish();
    await runQueue();
    const hours = posts.map((at) => (at - START) / HOUR);
    expect(hours.at(-1)).toBeGreaterThan(22);
    expect(hours.at(-1)).toBeLessThan(26);
    const pauses = hours.slice(1).map((at, index) => at - (hours[index] ?? 0));
    expect(pauses).toEqual([...pauses].sort((one, other) => one - other));
    expect(await found()).toMatchObject({ status: 'FAILED' });
    expect((await found())?.attempts).toHaveLength(8);
    expect(await health()).toMatchObject({
      status: 'DISABLED',
      note: 'nothing was delivered since 2026-03-10T08:00:00.000Z; the last try ended with status 500',
    });
    expect(switchedOff).toHaveLength(1);
  });

  test('is not switched off when something else got through meanwhile', async () => {
    await publish();
    const other = { ...event, eventId: 'OTHER' };
    answer = () => ({ httpStatus: now > START + 10 * HOUR && now < START + 12 * HOUR ? 200 : 500 });
    queue.push({ subscriptionId, deliveryId: 'OTHER', tries: 0, notBefore: START + 11 * HOUR });
    await deliveries.add(subscriptionId, {
      delivery: {
        ...{ deliveryId: 'OTHER', eventId: 'OTHER', eventType: other.type, status: 'PENDING' },
        ...{ createdAt: new Date(START).toISOString(), attempts: [] },
      },
      tries: 0,
      payload: '{}',
    });
    await runQueue();
    expect(await found()).toMatchObject({ status: 'FAILED' });
    expect(await health()).toMatchObject({ status: 'ACTIVE' });
  });

  test('and answers in the end is well again', async () => {
    answer = (post) => (post < 4 ? { error: 'ECONNREFUSED' } : { httpStatus: 202 });
    await publish();
    await runQueue();
    expect(await found()).toMatchObject({ status: 'DELIVERED' });
    expect((await found())?.attempts.map(({ error }) => error)).toEqual([
      ...Array(3).fill('ECONNREFUSED'),
      undefined,
    ]);
    expect(await health()).not.toHaveProperty('failingSince');
  });
});

describe('a try', () => {
  test('that comes five times, and out of order, is made once', async () => {
    answer = (post) => ({ httpStatus: post === 1 ? 500 : 200 });
    for (let times = 0; times < 5; times++) await publish();
    expect(queue).toHaveLength(5);
    queue.reverse();
    await runQueue();
    expect(posts).toHaveLength(2);
    expect(await found()).toMatchObject({ status: 'DELIVERED' });
  });

  test('whose process ends before the next is in the queue continues when it is brought again', async () => {
    await publish();
    const [due] = queue.splice(0) as [DueAttempt];
    const dies = { ...dependencies(), schedule: () => Promise.reject(new Error('killed')) };
    await expect(deliver(dies, due)).rejects.toThrow('killed');
    answer = () => ({ httpStatus: 200 });
    await deliver(dependencies(), due);
    expect(queue).toMatchObject([{ tries: 1 }]);
    await runQueue();
    expect(posts).toHaveLength(2);
    expect(await found()).toMatchObject({ status: 'DELIVERED' });
  });

  test('is not made before its time', async () => {
    await publish();
    const [due] = queue.splice(0) as [DueAttempt];
    await deliver(dependencies(), { ...due, notBefore: START + HOUR });
    expect(posts).toEqual([]);
    expect(queue).toMatchObject([{ notBefore: START + HOUR }]);
  });

  test('for a subscription that is off, or gone, is not made', async () => {
    await publish();
    const kept = await subscriptions.get(subscriptionId);
    if (kept === null) throw new Error('it is there');
    await subscriptions.save({ ...kept, subscription: { ...kept.subscription, status: 'DISABLED' } });
    await runQueue();
    expect(await found()).toMatchObject({ status: 'SKIPPED' });
    await deliveries.restart(subscriptionId, event.eventId);
    await subscriptions.remove(subscriptionId);
    queue.push({ subscriptionId, deliveryId: event.eventId, tries: 0, notBefore: now });
    await runQueue();
    expect(posts).toEqual([]);
  });
});

test('an event that is published again is a delivery of its own', async () => {
  answer = () => ({ httpStatus: 200 });
  await publish();
  await publish({ ...event, replay: true, replayId: 'R1' } as OrderEnvelope);
  await runQueue();
  expect(posts).toHaveLength(2);
  const { items } = await deliveries.list(subscriptionId, 10, null);
  expect(items.map(({ deliveryId }) => deliveryId).sort()).toEqual([event.eventId, `${event.eventId}-R1`]);
});
