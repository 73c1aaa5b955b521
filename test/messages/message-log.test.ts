import { randomBytes } from 'node:crypto';
import { DeleteCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import type { MessageChannel, MessageState } from '../../contract/inbound-messages.ts';
import type { Table } from '../../functions/adapters/dynamodb/client.ts';
import { queryAll } from '../../functions/adapters/dynamodb/items.ts';
import { messageKey } from '../../functions/adapters/dynamodb/keys.ts';
import { messageLog } from '../../functions/adapters/dynamodb/message-log.ts';
import type { NewMessage } from '../../functions/messages/message.ts';
import {
  type MessageFilter,
  type MessageLog,
  messageIdOf,
  refOf,
} from '../../functions/messages/message-log.ts';
import { useStore } from '../../testing/store.ts';

const store = useStore();

const message = (key: string, more: Partial<NewMessage> = {}): NewMessage => ({
  messageId: messageIdOf('shopify', 'shop', key),
  ...{ channel: 'SHOPIFY', endpoint: 'shopify', connectionId: 'shop', source: 'shop', topic: key },
  ...{ proof: { method: 'test', secretName: null }, receivedAt: new Date().toISOString() },
  ...{ actor: { type: 'channel', id: 'shop' }, correlationId: 'test' },
  ...more,
});

/** Every item of a message: the message itself and what of its body lies beside it. */
function itemsOf(table: Table, messageId: string) {
  return queryAll(table, z.looseObject({ expiresAt: z.number() }), {
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: { ':pk': messageKey(messageId).pk },
  });
}

describe('a body that no item holds', () => {
  // Random bytes do not shrink: four items of the store.
  const body = randomBytes(1_200_000);

  test('is read back whole, and does not stay when its message expired', async () => {
    const table = await store.newTable();
    const log = messageLog(table);
    const { message: logged } = await log.receive(message('large'), body);
    expect((await log.find(logged.messageId))?.body?.equals(body)).toBe(true);
    await log.settle(refOf(logged), { state: 'PROCESSED' });
    const items = await itemsOf(table, logged.messageId);
    expect(items).toHaveLength(5);
    expect(items.every(({ expiresAt }) => expiresAt > Date.now() / 1000)).toBe(true);
  });

  test('stays when another body comes under its key', async () => {
    const log = messageLog(await store.newTable());
    const { message: logged } = await log.receive(message('large'), body);
    const other = await log.receive(message('large'), randomBytes(1_100_000));
    expect(other.isNew).toBe(false);
    expect((await log.find(logged.messageId))?.body?.equals(body)).toBe(true);
  });

  test('is one body, though eight received it at once', async () => {
    const log = messageLog(await store.newTable());
    const bodies = Array.from({ length: 8 }, () => randomBytes(800_000));
    const received = await Promise.all(bodies.map((each) => log.receive(message('large'), each)));
    expect(received.filter(({ isNew }) => isNew)).toHaveLength(1);
    const first = received.findIndex(({ isNew }) => isNew);
    const found = await log.find(message('large').messageId);
    expect(found?.body?.equals(bodies[first] ?? Buffer.alloc(0))).toBe(true);
  });
});

test('a part whose parent expired is shown without its body', async () => {
  const table = await store.newTable();
  const log = messageLog(table);
  const { message: parent } = await log.receive(message('parent'), Buffer.from('all parts'));
  const part = message('part', { partOf: parent.messageId, place: [0, 0] });
  await log.settle({ ...part, wasQuarantined: false, part }, { state: 'REJECTED', reason: 'AK5' });
  expect((await log.find(part.messageId))?.body?.toString()).toBe('all parts');
  const deletion = { TableName: table.name, Key: { ...messageKey(parent.messageId) } };
  await table.client.send(new DeleteCommand(deletion));
  expect(await log.find(part.messageId)).toMatchObject({ message: { state: 'REJECTED' }, body: null });
});

describe('the list of messages', () => {
  const STATES: readonly MessageState[] = ['RECEIVED', 'PROCESSED', 'QUARANTINED', 'REJECTED', 'DISMISSED'];
  const CHANNELS: readonly MessageChannel[] = ['SHOPIFY', 'EDI', 'CARRIER'];

  async function filled(): Promise<MessageLog> {
    const log = messageLog(await store.newTable());
    for (let number = 0; number < 45; number++) {
      const receivedAt = new Date(Date.UTC(2026, 2, 1, 0, 0, number)).toISOString();
      const channel = CHANNELS[number % 3] as MessageChannel;
      const logged = await log.receive(message(`${number}`, { channel, receivedAt }), Buffer.from('{}'));
      const state = STATES[Math.floor(number / 3) % 5] as MessageState;
      const orderIds = number % 2 === 0 ? ['O-1'] : ['O-2'];
      if (state !== 'RECEIVED') await log.settle(refOf(logged.message), { state, orderIds });
    }
    return log;
  }

  async function pages(log: MessageLog, filter: MessageFilter, limit: number) {
    const found: string[][] = [];
    let before: string | null = null;
    do {
      const page = await log.list(filter, limit, before);
      found.push(page.items.map(({ topic }) => topic));
      before = page.next;
    } while (before !== null && found.length < 100);
    return found;
  }

  const expected = ({ state, channel, orderId }: MessageFilter) =>
    Array.from({ length: 45 }, (_, number) => number)
      .filter((number) => {
        const its = STATES[Math.floor(number / 3) % 5];
        return (
          (state === undefined || its === state) &&
          (channel === undefined || CHANNELS[number % 3] === channel) &&
          (orderId === undefined || (its !== 'RECEIVED' && (number % 2 === 0 ? 'O-1' : 'O-2') === orderId))
        );
      })
      .map(String)
      .reverse();

  const filters: readonly MessageFilter[] = [
    {},
    ...STATES.map((state) => ({ state })),
    { channel: 'EDI' },
    { channel: 'EDI', state: 'PROCESSED' },
    { orderId: 'O-1' },
    { orderId: 'O-1', state: 'QUARANTINED' },
    { orderId: 'O-2', channel: 'CARRIER', state: 'PROCESSED' },
    { orderId: 'O-3' },
    { channel: 'SQUARE' },
  ];

  test('gives full pages, each message once, the newest first', { tags: 'long' }, async () => {
    const log = await filled();
    for (const filter of filters) {
      for (const limit of [2, 7]) {
        const found = await pages(log, filter, limit);
        const all = expected(filter);
        expect(found.flat(), JSON.stringify({ filter, limit })).toEqual(all);
        const sizes = found.map((page) => page.length);
        expect(sizes.slice(0, -1), JSON.stringify({ filter, limit })).toEqual(
          Array.from({ length: sizes.length - 1 }, () => limit),
        );
      }
    }
  });
});
