import { beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Table } from '../../functions/adapters/dynamodb/client.ts';
import { receiveMessage } from '../../functions/messages/receive-message.ts';
import { walkOpenOrders } from '../../functions/polling/open-orders.ts';
import { continueBackfill, newBackfill } from '../../functions/polling/poll-connection.ts';
import { createPorts } from '../../functions/wiring.ts';
import { TEST_ENVIRONMENT } from '../../testing/aws.ts';
import { useShops } from '../../testing/fakes.ts';
import { type TestLoop, testLoop } from '../../testing/loop.ts';
import {
  type PolledKind,
  type PolledLoop,
  polledLoop,
  SHOP_KINDS,
  type ShopOrder,
} from '../../testing/shops.ts';
import { useStore } from '../../testing/store.ts';

/** What a shop says when it is asked, in place of the webhooks that were lost. */
const store = useStore();
const shops = useShops();
const KINDS = Object.keys(SHOP_KINDS) as PolledKind[];
const DAY = 86_400_000;
/** By which shops are asked for several orders by their ids, and for one. */
const FIND_OPERATIONS = ['FindOrders', 'BatchRetrieveOrders', 'ListOrders'];
const READ_OPERATIONS = ['WholeOrder', 'RetrieveOrder'];

let table: Table;
let loop: TestLoop;
let polled: PolledLoop;
let ids = Date.now() % 1_000_000_000;

beforeAll(() => {
  Object.assign(process.env, TEST_ENVIRONMENT, { ORDER_NUMBER_PREFIX: 'LMB' });
});

beforeEach(async () => {
  shops.clear();
  table = await store.newTable();
  loop = testLoop(table, createPorts(table, { receivesOrders: true }));
  polled = polledLoop(table, loop.ports, shops);
  await loop.stock('GOODS', 'L1', 10_000);
});

const ago = (milliseconds: number) => new Date(Date.now() - milliseconds).toISOString();
const orderOf = (changes: Partial<ShopOrder> = {}): ShopOrder => ({
  ...{ id: ids++, sku: 'GOODS', quantity: 4, most: 4, isCancelled: false, sent: 0 },
  ...{ updatedAt: ago(60_000), version: 1, ...changes },
});
const put = (kind: PolledKind, order: ShopOrder) =>
  shops.put(SHOP_KINDS[kind].fake, JSON.stringify(SHOP_KINDS[kind].json(order)));
const webhook = async (kind: PolledKind, order: ShopOrder) => {
  const { context, sender, request } = polled;
  const { inbound } = await sender(kind);
  const message = SHOP_KINDS[kind].webhook(order, `delivery-${order.id}-${order.version}`);
  const logger = { info: () => {}, warn: () => {} };
  return receiveMessage({ log: context.messages, logger, now: loop.ports.now }, inbound, request(message));
};
const backfill = async (kind: PolledKind, from = ago(100 * DAY), until = Date.now() + 60_000) => {
  const sender = await polled.sender(kind);
  const asked = { requestedAt: loop.ports.now(), requestedBy: 'ada' };
  await polled.dependencies.store.startBackfill(sender.connectionId, newBackfill(sender.source, from, asked));
  return continueBackfill(polled.dependencies, sender, { correlationId: 'backfill', until });
};
/** Polls a quarter of an hour from now, when an order that has just been received is asked for as well. */
const pollLater = async (kind: PolledKind) => {
  loop.setClock(new Date(Date.now() + DAY / 96).toISOString());
  return polled.poll(kind).finally(() => loop.setClock(null));
};
const found = async (kind: PolledKind, { id }: ShopOrder) => {
  const { source, externalId } = SHOP_KINDS[kind];
  const external = await loop.ports.orders.findExternal(kind, source, externalId(id));
  return external?.orderId == null ? null : loop.order(external.orderId);
};
const messages = async (orderId?: string) =>
  (await polled.context.messages.list({ orderId }, 50, null)).items;

describe.each(KINDS)('%s', (kind) => {
  beforeEach(() => polled.connect(kind, ago(DAY / 2)));

  test('an order whose message was lost is received once, as a message of the log', async () => {
    const order = orderOf();
    await put(kind, order);
    expect(await polled.poll(kind)).toMatchObject({ received: 1, isComplete: true });
    const received = await found(kind, order);
    expect(received?.lines[0]).toMatchObject({
      ...{ sku: 'GOODS', ordered: 4, allocations: [{ quantity: 4 }] },
    });
    expect(await messages(received?.orderId)).toMatchObject([
      { state: 'PROCESSED', proof: { method: 'asked of the shop' }, connectionId: SHOP_KINDS[kind].fake },
    ]);
    expect(await polled.poll(kind)).toMatchObject({ received: 0, changed: 0 });
    expect(await messages()).toHaveLength(1);
    expect(polled.reported).toEqual([]);
  });

  test('what the messages said already is no message, and changes nothing', async () => {
    const order = orderOf();
    await put(kind, order);
    expect(await webhook(kind, order)).toMatchObject({ status: 200 });
    const before = await found(kind, order);
    expect(await polled.poll(kind)).toMatchObject({ received: 0, changed: 0, quarantined: 0 });
    expect(await found(kind, order)).toEqual(before);
    expect(await messages()).toHaveLength(1);
  });

  test('a change whose message was lost is made; the message that comes late changes nothing', async () => {
    const order = orderOf({ quantity: 4, updatedAt: ago(300_000) });
    await put(kind, order);
    await webhook(kind, order);
    const more = { ...order, quantity: 6, most: 6, version: 2, updatedAt: ago(120_000) };
    const over = { ...more, isCancelled: true, version: 3, updatedAt: ago(60_000) };
    await put(kind, more);
    expect(await polled.poll(kind)).toMatchObject({ changed: 1 });
    expect((await found(kind, order))?.lines[0]).toMatchObject({ ordered: 6 });
    await put(kind, over);
    expect(await polled.poll(kind)).toMatchObject({ changed: 1 });
    await webhook(kind, more);
    expect((await found(kind, order))?.state).toBe('CANCELLED');
  });

  test('a shop that cannot be reached is polled again by the next run', async () => {
    const order = orderOf();
    await put(kind, order);
    await shops.fail({ status: 503, times: 1000 });
    const failed = await polled.poll(kind);
    expect(failed).toMatchObject({ looked: 0, isComplete: false });
    expect(failed.failure).toContain('could not be asked');
    await shops.fail();
    expect(await polled.poll(kind)).toMatchObject({ received: 1, isComplete: true });
  });

  test('a shop that refuses is named', async () => {
    await shops.fail({ status: 403 });
    expect((await polled.poll(kind)).failure).toMatch(/refused \(403\)/);
  });

  test('an order that had left before it was known is history, and takes nothing from stock', async () => {
    // Square is a till as well: what was sold there lately left our stock.
    const order = orderOf({ sent: 4, updatedAt: ago(40 * DAY) });
    await put(kind, order);
    await backfill(kind);
    const received = await found(kind, order);
    expect(received?.lines[0]).toMatchObject({ shipped: 4 });
    expect(received?.state).not.toBe('ALLOCATED');
    const lots = await loop.ports.stock.lotsOf(['GOODS']);
    expect(lots.get('GOODS')?.[0]).toMatchObject({ available: 10_000 });
  });

  test('an order that its shop deleted without a message is cancelled and voided by the next poll', async () => {
    const [oldest, deleted, kept] = [orderOf(), orderOf(), orderOf()];
    for (const order of [oldest, deleted, kept]) {
      await put(kind, order);
      await webhook(kind, order);
    }
    const { fake, externalId } = SHOP_KINDS[kind];
    await shops.lose(fake, externalId(deleted.id));
    // A shop may not give an order in the moment in which it sends it.
    expect(await polled.poll(kind)).toMatchObject({ changed: 0 });
    expect(await pollLater(kind)).toMatchObject({ changed: 1, isComplete: true, failed: 0 });
    expect(await found(kind, deleted)).toMatchObject({ state: 'CANCELLED', voided: true });
    expect(await found(kind, kept)).toMatchObject({ state: 'ALLOCATED' });
    expect(await pollLater(kind)).toMatchObject({ changed: 0, quarantined: 0 });
    const said = await messages((await found(kind, deleted))?.orderId);
    expect(said.filter(({ proof }) => proof.method === 'asked of the shop')).toHaveLength(1);
    expect(polled.reported).toEqual([]);
  });

  test('an order that has left in part and is deleted in its shop waits for an operator, once', async () => {
    await put(kind, orderOf());
    const order = orderOf();
    await put(kind, order);
    await webhook(kind, order);
    const { orderId = '' } = (await found(kind, order)) ?? {};
    await loop.command(orderId, { type: 'QueueFulfillment' });
    const sent = { carrier: 'UPS', trackingNumber: `1Z${order.id}`, lines: [{ lineNumber: 1, quantity: 1 }] };
    await loop.command(orderId, { type: 'RecordShipment', ...sent });
    await shops.lose(SHOP_KINDS[kind].fake, SHOP_KINDS[kind].externalId(order.id));
    expect(await pollLater(kind)).toMatchObject({ changed: 0, quarantined: 1 });
    expect(await pollLater(kind)).toMatchObject({ changed: 0, quarantined: 0 });
    expect((await found(kind, order))?.lines[0]).toMatchObject({ shipped: 1 });
  });

  test('an order that a list lacks and the shop has is left alone', async () => {
    const order = orderOf();
    await put(kind, order);
    await webhook(kind, order);
    const { polling, ...sender } = await polled.sender(kind);
    const missing = [SHOP_KINDS[kind].externalId(order.id)];
    const hiding = { ...sender, polling: { ...polling, find: async () => ({ orders: [], missing }) } };
    loop.setClock(ago(-DAY));
    const circumstances = { correlationId: 'poll', until: Date.now() + 60_000 };
    const walked = await walkOpenOrders(
      polled.dependencies,
      hiding,
      null,
      { ...circumstances, comparesEqualFrom: null, isHistory: false },
      () => {},
    );
    expect(walked).toMatchObject({ position: null, counts: { looked: 1, changed: 0 } });
    expect((await found(kind, order))?.state).toBe('ALLOCATED');
  });

  test('a shop that fails to say which orders it has deletes none', async () => {
    const order = orderOf();
    await put(kind, order);
    await webhook(kind, order);
    await put(kind, orderOf());
    await shops.lose(SHOP_KINDS[kind].fake, SHOP_KINDS[kind].externalId(order.id));
    for (const status of [404, 403, 503]) {
      await shops.fail(...FIND_OPERATIONS.map((operation) => ({ operation, status, times: 100 })));
      expect((await pollLater(kind)).failure).toBeDefined();
      expect((await found(kind, order))?.state).toBe('ALLOCATED');
      await shops.fail(...READ_OPERATIONS.map((operation) => ({ operation, status, times: 100 })));
      await pollLater(kind);
      expect((await found(kind, order))?.state).toBe('ALLOCATED');
    }
    await shops.fail();
  });

  test('what cannot be processed waits for an operator once, whether a message or a poll brought it', async () => {
    const unpriced = { ...orderOf(), sku: 'GOODS', quantity: 2_000_000, most: 2_000_000 };
    await put(kind, unpriced);
    expect((await webhook(kind, unpriced)).status).toBe(202);
    expect(await polled.poll(kind)).toMatchObject({ received: 0, quarantined: 0 });
    expect(await messages()).toMatchObject([{ state: 'QUARANTINED' }]);
    const other = { ...unpriced, id: ids++ };
    await put(kind, other);
    expect(await polled.poll(kind)).toMatchObject({ quarantined: 1 });
    expect(await polled.poll(kind)).toMatchObject({ quarantined: 0 });
    expect(await messages()).toHaveLength(2);
  });

  test('what a person changed here stays, until the shop changes the order', async () => {
    const order = orderOf({ updatedAt: ago(300_000) });
    await put(kind, order);
    await webhook(kind, order);
    const { orderId = '' } = (await found(kind, order)) ?? {};
    await loop.command(orderId, {
      type: 'AmendOrder',
      note: 'ring twice',
      lines: [{ lineNumber: 1, quantity: 5 }],
    });
    expect(await polled.poll(kind)).toMatchObject({ changed: 0 });
    expect((await loop.order(orderId)).lines[0]).toMatchObject({ ordered: 5 });
  });

  // One shop shows it; the others page by the same code.
  const tags = kind === KINDS[0] ? [] : ['long'];
  test('a poll that is cut off continues where it was', { timeout: 60_000, tags }, async () => {
    for (let number = 0; number < 110; number++) {
      await put(kind, orderOf({ updatedAt: ago(1_000_000 + 1000 * number), quantity: 1, most: 1 }));
    }
    let received = 0;
    let runs = 0;
    for (let isComplete = false; !isComplete && runs < 100; runs++) {
      const poll = await polled.poll(kind, Date.now() + 300);
      received += poll.received;
      ({ isComplete } = poll);
    }
    expect(runs).toBeLessThan(100);
    const { items } = await polled.context.messages.list({}, 200, null);
    expect(items).toHaveLength(110);
    expect(received).toBeLessThanOrEqual(110);
  });

  test('many orders are looked at in pages, each once', { timeout: 60_000, tags: 'long' }, async () => {
    const orders = Array.from({ length: 130 }, (_, index) =>
      orderOf({ updatedAt: ago(1_000_000 + 100 * index), quantity: 1, most: 1 }),
    );
    for (const order of orders) await put(kind, order);
    const poll = await polled.poll(kind);
    expect(poll).toMatchObject({ received: 130, failed: 0, isComplete: true });
    expect(await polled.poll(kind)).toMatchObject({ received: 0, changed: 0 });
  });
});

describe('what the version of an open order does not show', () => {
  const HELD = { id: '91', reason: 'INCORRECT_ADDRESS', reason_notes: 'no house number' };
  const keep = (order: ShopOrder, changes: object) =>
    shops.put('shopify', JSON.stringify({ ...SHOP_KINDS.SHOPIFY.json(order), ...changes }));
  const notes = async (order: ShopOrder) =>
    (await found('SHOPIFY', order))?.holds.map(({ note }) => note?.split(/ [0-9]/)[0]);

  test.each([
    ['a hold', { fulfillment_holds: [HELD] }, 'Shopify holds fulfillment order'],
    [
      'a high risk',
      { risk_assessments: [{ risk_level: 'high', provider_title: 'Guard' }] },
      'Guard rates the risk of fraud as high.',
    ],
  ])('%s of Shopify whose message was lost is noticed, and so is its end', async (_, changes, note) => {
    await polled.connect('SHOPIFY', ago(DAY / 2));
    const order = orderOf();
    await put('SHOPIFY', order);
    await webhook('SHOPIFY', order);
    await keep(order, changes);
    expect(await pollLater('SHOPIFY')).toMatchObject({ changed: 1, quarantined: 0 });
    expect(await notes(order)).toEqual([note]);
    expect(await pollLater('SHOPIFY')).toMatchObject({ changed: 0 });
    await keep(order, { risk_assessments: [{ risk_level: 'low', provider_title: 'Guard' }] });
    expect(await pollLater('SHOPIFY')).toMatchObject({ changed: 1 });
    expect(await notes(order)).toEqual([]);
    expect(polled.reported).toEqual([]);
  });

  test('holds and ratings that are known already cost no reading of the order each', async () => {
    await polled.connect('SHOPIFY', ago(DAY / 2));
    const order = orderOf();
    await put('SHOPIFY', order);
    await webhook('SHOPIFY', order);
    const rating = (provider_title: string) => ({ risk_level: 'low', provider_title });
    const load = vi.spyOn(loop.ports.orders, 'load');
    const loads = async (providers: readonly string[]) => {
      await keep(order, { fulfillment_holds: [HELD], risk_assessments: providers.map(rating) });
      await pollLater('SHOPIFY');
      load.mockClear();
      expect(await pollLater('SHOPIFY')).toMatchObject({ changed: 0 });
      return load.mock.calls.length;
    };
    const ofOne = await loads(['Guard']);
    expect(ofOne).toBeGreaterThan(0);
    expect(await loads(['Guard', 'Watch', 'Keeper'])).toBe(ofOne);
  });

  test('a hold that was released here stays released while Shopify still has it', async () => {
    await polled.connect('SHOPIFY', ago(DAY / 2));
    const order = orderOf();
    await put('SHOPIFY', order);
    await webhook('SHOPIFY', order);
    await keep(order, { fulfillment_holds: [HELD] });
    await pollLater('SHOPIFY');
    const { orderId = '', holds = [] } = (await found('SHOPIFY', order)) ?? {};
    for (const { holdId } of holds) await loop.command(orderId, { type: 'ReleaseHold', holdId });
    expect(await pollLater('SHOPIFY')).toMatchObject({ changed: 0 });
    expect(await notes(order)).toEqual([]);
  });

  test('a change of WooCommerce that shares its second with a later message is healed hours later', async () => {
    await polled.connect('WOOCOMMERCE', ago(DAY / 2));
    const order = orderOf({ updatedAt: ago(DAY / 8) });
    await put('WOOCOMMERCE', order);
    await webhook('WOOCOMMERCE', order);
    await put('WOOCOMMERCE', orderOf());
    await polled.poll('WOOCOMMERCE');
    await put('WOOCOMMERCE', { ...order, quantity: 3 });
    expect(await pollLater('WOOCOMMERCE')).toMatchObject({ changed: 1 });
    expect((await found('WOOCOMMERCE', order))?.lines[0]).toMatchObject({ ordered: 4, cancelled: 1 });
    expect(await pollLater('WOOCOMMERCE')).toMatchObject({ changed: 0 });
  });
});
