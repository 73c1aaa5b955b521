import { setTimeout as pause } from 'node:timers/promises';
import { beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { auditTrail } from '../../functions/adapters/dynamodb/audit-trail.ts';
import type { Table } from '../../functions/adapters/dynamodb/client.ts';
import { documentStore } from '../../functions/adapters/dynamodb/document-store.ts';
import { retryBlockedDocuments } from '../../functions/channels/core/retry-documents.ts';
import { CHANNELS } from '../../functions/channels/registry.ts';
import type { OrderEnvelope } from '../../functions/events/envelope.ts';
import { receiveMessage } from '../../functions/messages/receive-message.ts';
import {
  askedConnections,
  connectionsWithAccess,
  pollConnections,
} from '../../functions/polling/poll-connections.ts';
import { createPorts } from '../../functions/wiring.ts';
import { TEST_ENVIRONMENT } from '../../testing/aws.ts';
import { useShops } from '../../testing/fakes.ts';
import { type TestLoop, testLoop } from '../../testing/loop.ts';
import { type ChannelMessage, channelMessage, SHOP, shopifyMessage } from '../../testing/messages.ts';
import {
  type PolledKind,
  type PolledLoop,
  polledLoop,
  SHOP_KINDS,
  type ShopOrder,
} from '../../testing/shops.ts';
import { MERCHANT } from '../../testing/square.ts';
import { useStore } from '../../testing/store.ts';

/** Shops that take our access back: the app is uninstalled there, or its token ends. */
const store = useStore();
const shops = useShops();
const KINDS = Object.keys(SHOP_KINDS) as PolledKind[];
const HOUR = 3_600_000;
const REFUSED = { status: 401, times: 1000 };
/** The first request by which a shop is notified of a shipment. */
const WRITES = {
  SHOPIFY: 'CreateFulfillment',
  SQUARE: 'UpdateOrder',
  WOOCOMMERCE: 'CreateTracking',
} as const;

let table: Table;
let loop: TestLoop;
let polled: PolledLoop;
let number = Date.now() % 1_000_000_000;

beforeAll(() => {
  Object.assign(process.env, TEST_ENVIRONMENT, { ORDER_NUMBER_PREFIX: 'LMB' });
});

beforeEach(async () => {
  shops.clear();
  await shops.fail();
  table = await store.newTable();
  loop = testLoop(table, createPorts(table, { receivesOrders: true }));
  polled = polledLoop(table, loop.ports, shops);
  await loop.stock('GOODS', 'L1', 100);
});

const hence = (milliseconds: number) => new Date(Date.now() + milliseconds).toISOString();
const sourceOf = (kind: PolledKind) => SHOP_KINDS[kind].source;
const access = (kind: PolledKind) => polled.context.access.find(SHOP_KINDS[kind].fake, sourceOf(kind));
const acts = async () =>
  (await auditTrail(table).list({}, 50, null)).items.map(({ action, actor }) => `${action} by ${actor.id}`);
const asked = async (now: string) =>
  (await askedConnections(polled.context.access, await polled.context.connections.list(), now)).length;
const channels = () =>
  Object.fromEntries(Object.entries(CHANNELS).map(([kind, open]) => [kind, () => open(polled.context)]));
const send = async (kind: PolledKind, message: ChannelMessage) => {
  const { inbound } = await polled.sender(kind);
  const logger = { info: () => {}, warn: () => {} };
  const dependencies = { log: polled.context.messages, logger, now: loop.ports.now };
  return receiveMessage(dependencies, inbound, polled.request(message));
};

describe.each(KINDS)('%s', (kind) => {
  beforeEach(() => polled.connect(kind, hence(-HOUR)));

  test('refuses, is asked once an hour, and is shown until it takes a request', async () => {
    await shops.fail(REFUSED);
    expect((await polled.poll(kind)).failure).toMatch(/refused \(401\)/);
    const first = await access(kind);
    expect(first).toMatchObject({ source: sourceOf(kind), reason: expect.stringContaining('401') });
    expect(await asked(hence(0.9 * HOUR))).toBe(0);
    expect(await asked(hence(1.1 * HOUR))).toBe(1);
    loop.setClock(hence(1.1 * HOUR));
    await polled.poll(kind);
    expect(await access(kind)).toMatchObject({ since: first?.since });
    expect(await asked(hence(2 * HOUR))).toBe(0);
    // A connection that was saved is asked at once.
    await polled.connect(kind, hence(1.5 * HOUR));
    expect(await asked(hence(1.6 * HOUR))).toBe(1);
    await shops.fail();
    expect((await polled.poll(kind)).failure).toBeUndefined();
    expect(await access(kind)).toBeNull();
    expect(await acts()).toEqual(['connection.access-restored by poll', 'connection.access-revoked by poll']);
  });

  test('is refused by nothing else than a refusal of every request', async () => {
    for (const status of [403, 404, 429, 500]) {
      await shops.fail({ status, times: 1000 });
      await polled.poll(kind);
      expect(await access(kind)).toBeNull();
    }
  });

  const received = async () => {
    const order = {
      id: number++,
      sku: 'GOODS',
      quantity: 4,
      most: 4,
      isCancelled: false,
      sent: 0,
      version: 1,
    };
    const put = (changes: Partial<ShopOrder> = {}) => {
      const json = SHOP_KINDS[kind].json({ ...order, updatedAt: hence(-60_000), ...changes });
      return shops.put(SHOP_KINDS[kind].fake, JSON.stringify(json));
    };
    await put();
    await polled.poll(kind);
    const externalId = SHOP_KINDS[kind].externalId(order.id);
    const external = await loop.ports.orders.findExternal(kind, sourceOf(kind), externalId);
    const orderId = external?.orderId ?? '';
    return {
      put,
      ship: async () => {
        await loop.command(orderId, { type: 'QueueFulfillment' });
        const shipment = { carrier: 'UPS', trackingNumber: `1Z${order.id}` };
        return loop.command(orderId, { type: 'RecordShipment', ...shipment });
      },
      cancel: () => loop.command(orderId, { type: 'CancelOrder', reason: 'no longer wanted' }),
      notify: async (events: readonly OrderEnvelope[]) => {
        for (const event of events)
          await CHANNELS[kind](polled.context).notify(event, await loop.order(orderId));
      },
      documents: async () => (await polled.context.documents.list(orderId)).map(({ status }) => status),
    };
  };

  test('one that refuses to be written to, and is read, has not taken its access back', async () => {
    const { ship, notify, documents } = await received();
    const events = await ship();
    await shops.fail({ ...REFUSED, operation: WRITES[kind] });
    await expect(notify(events)).rejects.toThrow(/refused \(401\)/);
    expect(await access(kind)).toBeNull();
    expect(await documents()).toEqual([]);
    await polled.poll(kind);
    expect(await acts()).toEqual([]);
    await shops.fail();
    await notify(events);
    expect(await documents()).toEqual(['SENT']);
  });

  test('an update that needed no document gets none when it is repeated to a shop that refuses', async () => {
    const { put, cancel, notify, documents } = await received();
    const events = await cancel();
    // The shop did the same by itself.
    await put({ isCancelled: true });
    await notify(events);
    expect(await documents()).toEqual([]);
    await shops.fail(REFUSED);
    await polled.poll(kind);
    expect(await access(kind)).not.toBeNull();
    await notify(events);
    expect(await documents()).toEqual([]);
  });

  test('a poll that asks nothing says nothing of the access', async () => {
    await shops.fail(REFUSED);
    await polled.poll(kind);
    await shops.fail();
    const before = (await shops.asked()).length;
    await polled.poll(kind, Date.now() - 1);
    expect((await shops.asked()).length).toBe(before);
    expect(await access(kind)).not.toBeNull();
  });

  test('what it has to hear is kept, and sent when it takes requests again', async () => {
    const { ship, notify: notifyOf, documents } = await received();
    const events = await ship();
    const notify = () => notifyOf(events);
    await shops.fail(REFUSED);
    await notify();
    expect(await access(kind)).not.toBeNull();
    expect(await documents()).toEqual(['BLOCKED']);
    const before = (await shops.asked()).length;
    await notify();
    expect((await shops.asked()).length).toBe(before);
    await shops.fail();
    const retry = async () => {
      const connections = await polled.context.connections.list();
      const reachable = await connectionsWithAccess(polled.context.access, channels(), connections);
      return retryBlockedDocuments(
        { ports: loop.ports, documents: documentStore(table) },
        () => CHANNELS[kind](polled.context).notify,
        ...([connections, reachable, Date.now() + HOUR] as const),
        (_, error) => {
          throw error;
        },
      );
    };
    expect(await retry()).toBe(0);
    await polled.poll(kind);
    expect(await retry()).toBe(1);
    expect(await documents()).toEqual(['SENT']);
    expect(await retry()).toBe(0);
  });
});

test('no poll is begun in the time of the backfills', async () => {
  const { connections } = polled.context;
  const shopsOf = Array.from({ length: 6 }, (_, index) => `${MERCHANT}${index}`);
  for (const merchantId of shopsOf) {
    await connections.save({
      ...{
        connectionId: merchantId.toLowerCase(),
        kind: 'SQUARE',
        name: merchantId,
        updatedAt: hence(-HOUR),
      },
      settings: { merchantId },
    });
  }
  const asked: string[] = [];
  const start = Date.now();
  vi.useFakeTimers({ toFake: ['Date'], now: start });
  try {
    const channel = CHANNELS.SQUARE(polled.context);
    const page = async (source: string) => {
      asked.push(source);
      // The others are asked at the same time.
      if (asked.length === 4) vi.setSystemTime(start + 0.7 * HOUR);
      while (asked.length < 4) await pause(1);
      return { orders: [], next: null };
    };
    const polling = {
      ...{ hasExactVersions: true, page },
      find: async () => ({ orders: [], missing: [] }),
      deletion: async () => null,
    };
    const channelsOf = { SQUARE: () => ({ ...channel, polling }) };
    const run = { correlationId: 'poll', until: start + HOUR };
    const totals = await pollConnections(polled.dependencies, channelsOf, await connections.list(), run);
    expect(totals).toMatchObject({ polled: 4, failedPolls: 0 });
    expect(asked).toHaveLength(4);
  } finally {
    vi.useRealTimers();
  }
});

describe('a message that says so', () => {
  const revoked = JSON.stringify({
    ...{ merchant_id: MERCHANT, type: 'oauth.authorization.revoked', event_id: 'revoked-1' },
    data: { type: 'revocation', object: { revocation: { revoker_type: 'MERCHANT' } } },
  });
  const uninstalled = JSON.stringify({ id: 1, domain: SHOP, myshopify_domain: SHOP });

  test.each([
    ['SHOPIFY', shopifyMessage('app/uninstalled', uninstalled, { webhookId: 'uninstalled-1' })],
    ['SQUARE', channelMessage('square', Buffer.from(revoked))],
  ] as const)(
    'of %s counts when the shop refuses a request, and is for an operator',
    async (kind, message) => {
      await polled.connect(kind, hence(-HOUR));
      await shops.fail(REFUSED);
      expect(await send(kind, message)).toMatchObject({ status: 202 });
      expect(await access(kind)).toMatchObject({ source: sourceOf(kind) });
      expect(await acts()).toEqual([`connection.access-revoked by ${sourceOf(kind)}`]);
      const { items } = await polled.context.messages.list({ state: 'QUARANTINED' }, 10, null);
      expect(items).toHaveLength(1);
    },
  );

  test('changes nothing while the shop takes requests', async () => {
    await polled.connect('SHOPIFY', hence(-HOUR));
    await send('SHOPIFY', shopifyMessage('app/uninstalled', uninstalled, { webhookId: 'uninstalled-2' }));
    expect(await access('SHOPIFY')).toBeNull();
    expect(await acts()).toEqual([]);
  });
});
