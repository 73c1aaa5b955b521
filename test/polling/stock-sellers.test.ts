import { expect, test } from 'vitest';
import type { Connection } from '../../contract/connections.ts';
import type { Channel } from '../../functions/channels/channel.ts';
import type { LoggedMessage } from '../../functions/messages/message.ts';
import type { MessageLog } from '../../functions/messages/message-log.ts';
import type { PollState } from '../../functions/polling/ports.ts';
import { stockSellers } from '../../functions/polling/stock-sellers.ts';

const SHOP = 'one.myshopify.com';
const connection = {
  connectionId: 'one',
  kind: 'SHOPIFY',
  name: 'One',
  updatedAt: '2026-01-01T00:00:00.000Z',
  settings: { shop: SHOP, stock: {} },
} as unknown as Connection;
const channels = { SHOPIFY: () => ({ stock: {} }) as unknown as Channel };
const lastPoll = { looked: 1, received: 0, changed: 0, quarantined: 0, failed: 0 };

async function seenUntil(
  messages: readonly (readonly [string, string])[],
  poll: Partial<PollState['lastPoll']> = {},
  next: string | null = null,
  state = 'QUARANTINED',
) {
  const polls = {
    poll: async (): Promise<PollState> => ({
      ...{ source: SHOP, watermark: '', pass: null },
      lastPoll: { ...lastPoll, at: '2026-02-01T00:10:00.000Z', isComplete: true, ...poll },
    }),
  };
  const items = messages.map(([channel, source]) => ({ channel, source }) as LoggedMessage);
  const log: Pick<MessageLog, 'list'> = {
    list: async (filter) => ({ items: filter.state === state ? items : [], next }),
  };
  return (await stockSellers(polls, log, channels, [connection]))[0]?.seenUntil;
}

test('the sales of a sender are known up to shortly before a whole poll', async () => {
  expect(await seenUntil([])).toBe('2026-02-01T00:08:00.000Z');
  expect(await seenUntil([], { isComplete: false })).toBe('');
  expect(await seenUntil([], { failed: 1 })).toBe('');
});

test('they are not while one of its orders waits for an operator, or for another attempt', async () => {
  expect(await seenUntil([['SHOPIFY', 'two.myshopify.com']])).not.toBe('');
  expect(await seenUntil([['SHOPIFY', SHOP]])).toBe('');
  expect(await seenUntil([], { quarantined: 1 })).toBe('');
  expect(await seenUntil([], {}, 'more')).toBe('');
  expect(await seenUntil([['SHOPIFY', SHOP]], {}, null, 'RECEIVED')).toBe('');
});
