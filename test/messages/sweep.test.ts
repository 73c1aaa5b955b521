import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, test } from 'vitest';
import { messageKey } from '../../functions/adapters/dynamodb/keys.ts';
import { messageLog } from '../../functions/adapters/dynamodb/message-log.ts';
import type { Inbound } from '../../functions/channels/channel.ts';
import { mapConcurrently } from '../../functions/map-concurrently.ts';
import { messageIdOf } from '../../functions/messages/message-log.ts';
import { countQuarantined, sweepMessages } from '../../functions/messages/sweep.ts';
import { Busy } from '../../functions/write-failures.ts';
import { useStore } from '../../testing/store.ts';

const store = useStore();

const inboundOf = (process: Inbound['process']) => () =>
  ({ endpoint: 'shopify', channel: 'SHOPIFY', process }) as const;

async function fixture() {
  const table = await store.newTable();
  const log = messageLog(table);
  let failures: string[] = [];
  return {
    table,
    log,
    /** Logs messages of these names, each a second after the one before, and processes none. */
    async logged(...names: readonly string[]) {
      await mapConcurrently([...names.entries()], 20, async ([index, topic]) => {
        const receivedAt = new Date(Date.UTC(2026, 2, 1, 0, 0, index)).toISOString();
        const messageId = messageIdOf('shopify', 'shop', topic);
        await log.receive(
          {
            ...{ messageId, channel: 'SHOPIFY', endpoint: 'shopify', connectionId: 'shop', source: 'shop' },
            ...{ proof: { method: 'test', secretName: null }, topic, receivedAt },
            ...{ actor: { type: 'channel', id: 'shop' }, correlationId: 'test' },
          },
          Buffer.from(topic),
        );
      });
    },
    async sweep(
      process: Inbound['process'] | null,
      until = Date.now() + 60_000,
      now = '2026-03-01T01:00:00Z',
    ) {
      failures = [];
      const report = (_: string, error: unknown) => failures.push(String(error));
      const inbound = process === null ? () => null : inboundOf(process);
      const counts = await sweepMessages({ log, inboundOf: inbound, now: () => now, report }, 'sweep', until);
      return { ...counts, failures };
    },
    async states() {
      const { items } = await log.list({}, 500, null);
      return Object.fromEntries(items.map(({ topic, state }) => [topic, state]));
    },
    async message(topic: string) {
      return (await log.find(messageIdOf('shopify', 'shop', topic)))?.message;
    },
  };
}

const done: Inbound['process'] = async () => ({ kind: 'processed', orderIds: [], detail: 'done' });
const broken: Inbound['process'] = async () => {
  throw new Error('broken');
};
const busy: Inbound['process'] = async () => {
  throw new Busy('the shop does not answer');
};

describe('the sweep', () => {
  test('takes up the oldest first, and so many in a run', { tags: 'long' }, async () => {
    const { logged, sweep, states } = await fixture();
    await logged(...Array.from({ length: 203 }, (_, index) => `m${index}`));
    expect(await sweep(done)).toMatchObject({ processed: 200, quarantined: 0, failed: 0 });
    const left = Object.entries(await states()).filter(([, state]) => state === 'RECEIVED');
    expect(left.map(([topic]) => topic).sort()).toEqual(['m200', 'm201', 'm202']);
    expect(await sweep(done)).toMatchObject({ processed: 3 });
  });

  test('leaves alone what may still be in the hands of the function that received it', async () => {
    const { logged, sweep, states } = await fixture();
    await logged('fresh');
    expect(await sweep(done, Date.now() + 60_000, '2026-03-01T00:04:00Z')).toMatchObject({ processed: 0 });
    expect(await states()).toEqual({ fresh: 'RECEIVED' });
  });

  test('begins nothing after its time', async () => {
    const { logged, sweep, states } = await fixture();
    await logged('late');
    expect(await sweep(done, Date.now() - 1)).toMatchObject({ processed: 0 });
    expect(await states()).toEqual({ late: 'RECEIVED' });
  });

  test.each([
    { process: broken, why: 'processing it failed' },
    { process: busy, why: 'the shop does not answer' },
  ])('quarantines for an operator what failed twelve times: $why', async ({ process, why }) => {
    const { logged, sweep, message } = await fixture();
    await logged('poison', 'sound');
    for (let attempt = 1; attempt < 12; attempt++) {
      expect(await sweep(process)).toMatchObject({ failed: 2, quarantined: 0 });
    }
    expect(await message('poison')).toMatchObject({ state: 'RECEIVED', attempts: 11 });
    expect(await sweep(process)).toMatchObject({ failed: 0, quarantined: 2 });
    expect(await message('poison')).toMatchObject({
      ...{ state: 'QUARANTINED', attempts: 12, reason: `not processed in 12 attempts: ${why}` },
    });
    expect(await sweep(process)).toMatchObject({ failed: 0, quarantined: 0 });
  });

  test('quarantines what ends the function each time', async () => {
    const { table, logged, sweep, message } = await fixture();
    await logged('deadly');
    const Key = { ...messageKey(messageIdOf('shopify', 'shop', 'deadly')) };
    await table.client.send(
      new UpdateCommand({
        ...{ TableName: table.name, Key, UpdateExpression: 'SET attempts = :counted' },
        ExpressionAttributeValues: { ':counted': 12 },
      }),
    );
    expect(await sweep(done)).toMatchObject({ processed: 0, quarantined: 1 });
    expect(await message('deadly')).toMatchObject({ state: 'QUARANTINED' });
  });

  test('quarantines at once what nothing processes any more', async () => {
    const { logged, sweep, message } = await fixture();
    await logged('orphan');
    expect(await sweep(null)).toMatchObject({ quarantined: 1 });
    expect(await message('orphan')).toMatchObject({
      ...{ state: 'QUARANTINED', reason: 'nothing processes messages of shopify any more' },
    });
  });

  test('continues behind a message that cannot be read, and reports it', async () => {
    const { table, logged, sweep, states, log } = await fixture();
    await logged('unreadable', 'sound');
    const Key = { ...messageKey(messageIdOf('shopify', 'shop', 'unreadable')) };
    await table.client.send(
      new UpdateCommand({
        ...{ TableName: table.name, Key, UpdateExpression: 'REMOVE topic' },
      }),
    );
    expect(await sweep(done)).toMatchObject({
      ...{ processed: 1, failed: 1, failures: [expect.stringContaining('cannot be read: topic')] },
    });
    expect((await log.list({ state: 'PROCESSED' }, 10, null)).items.map(({ topic }) => topic)).toEqual([
      'sound',
    ]);
    await expect(states()).rejects.toThrow('cannot be read: topic');
  });

  test('settles each message once, though three runs meet', async () => {
    const { logged, sweep, states } = await fixture();
    await logged('a', 'b', 'c', 'd');
    const runs = await Promise.all([sweep(done), sweep(done), sweep(done)]);
    expect(runs.flatMap(({ failures }) => failures)).toEqual([]);
    expect(await states()).toEqual({ a: 'PROCESSED', b: 'PROCESSED', c: 'PROCESSED', d: 'PROCESSED' });
  });
});

test('quarantined messages are counted for a day, processed ones never', async () => {
  const { log, logged, sweep } = await fixture();
  await logged('understood', 'not understood');
  const reject: Inbound['process'] = async ({ topic }) =>
    topic === 'understood'
      ? { kind: 'processed', orderIds: [], detail: 'done' }
      : { kind: 'quarantined', reason: 'it cannot be read' };
  expect(await sweep(reject)).toMatchObject({ processed: 1, quarantined: 1 });
  expect(await countQuarantined(log, '2026-03-01T23:59:00.000Z')).toBe(1);
  expect(await countQuarantined(log, '2026-03-02T00:01:00.000Z')).toBe(0);
});
