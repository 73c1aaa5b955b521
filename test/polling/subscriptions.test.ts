import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Connection } from '../../contract/connections.ts';
import { CHANNELS } from '../../functions/channels/registry.ts';
import { REVOKED, readMessage } from '../../functions/channels/square/inbound/message.ts';
import { checkSubscriptions } from '../../functions/polling/check-subscriptions.ts';
import { createPorts } from '../../functions/wiring.ts';
import { LOCAL_ACCESS_TOKEN } from '../../local/aws/credentials.ts';
import { TEST_ENVIRONMENT } from '../../testing/aws.ts';
import { useShops } from '../../testing/fakes.ts';
import { type TestLoop, testLoop } from '../../testing/loop.ts';
import { type PolledKind, type PolledLoop, polledLoop, SHOP_KINDS } from '../../testing/shops.ts';
import { useStore } from '../../testing/store.ts';

/** Webhook subscriptions, which shops delete when deliveries fail, are made by the loop. */
const store = useStore();
const shops = useShops();

let loop: TestLoop;
let polled: PolledLoop;

beforeAll(() => {
  Object.assign(process.env, TEST_ENVIRONMENT, { ORDER_NUMBER_PREFIX: 'LMB' });
});

beforeEach(async () => {
  shops.clear();
  const table = await store.newTable();
  loop = testLoop(table, createPorts(table, { receivesOrders: true }));
  polled = polledLoop(table, loop.ports, shops);
});

const hence = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString();
const check = async () => {
  const connections = await polled.context.connections.list();
  const channels = Object.fromEntries(
    Object.entries(CHANNELS).map(([kind, open]) => [kind, () => open(polled.context)]),
  );
  return checkSubscriptions(polled.dependencies, channels, connections, { until: Date.now() + 30_000 });
};
const last = (kind: PolledKind) => polled.dependencies.store.subscriptions(SHOP_KINDS[kind].fake);

test.each([
  ['SHOPIFY', 20],
  ['WOOCOMMERCE', 4],
] as const)('%s: missing ones are made, once, and looked after daily', async (kind, topics) => {
  await polled.connect(kind, hence(-1));
  expect(await check()).toBe(topics);
  expect(await last(kind)).toMatchObject({ refused: [] });
  expect(await check()).toBe(0);
  loop.setClock(hence(25));
  expect(await check()).toBe(0);
  expect((await last(kind))?.made).toEqual([]);
  // The shop deletes them; the next day they are there again.
  shops.clear();
  loop.setClock(hence(26));
  expect(await check()).toBe(0);
  loop.setClock(hence(51));
  expect(await check()).toBe(topics);
});

describe('Square', () => {
  const clientId = 'sq0idp-loop';
  const subscribed = async () => {
    const answer = await fetch(`${shops.url('square')}/v2/webhooks/subscriptions`, {
      headers: { authorization: `Bearer ${LOCAL_ACCESS_TOKEN}` },
    });
    const { subscriptions } = (await answer.json()) as {
      subscriptions: { id: string; event_types: string[]; enabled: boolean; signature_key: string }[];
    };
    return subscriptions;
  };
  const connect = async (settings: object, secret: object = {}) => {
    await polled.connect('SQUARE', hence(-1));
    const connection = await polled.context.connections.get('square');
    await polled.context.connections.save({
      ...connection,
      settings: { ...connection?.settings, ...settings },
    } as Connection);
    const saved: [string, string][] = [];
    const read = polled.context.readSecret;
    Object.assign(polled.context, {
      readSecret: async (...given: Parameters<typeof read>) => ({ ...(await read(...given)), ...secret }),
      saveSigningKey: async (name: string, key: string) => void saved.push([name, key]),
    });
    return saved;
  };

  test('a subscription is made with the token of the application, and its key is kept', async () => {
    const secretName = 'order-loop/connections/square';
    const saved = await connect({ clientId, secretName }, { applicationToken: LOCAL_ACCESS_TOKEN });
    expect(await check()).toBe(8);
    const [made, ...others] = await subscribed();
    expect(others).toEqual([]);
    expect(made).toMatchObject({ enabled: true, event_types: expect.arrayContaining(['order.created']) });
    expect(saved).toEqual([[secretName, made?.signature_key]]);
    loop.setClock(hence(25));
    expect(await check()).toBe(0);
    // Somebody takes an event off, and Square disables it: the next day both are mended.
    const event_types = made?.event_types.filter((event) => event !== 'order.updated');
    await fetch(`${shops.url('square')}/v2/webhooks/subscriptions/${made?.id}`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${LOCAL_ACCESS_TOKEN}`, 'content-type': 'application/json' },
      body: JSON.stringify({ subscription: { enabled: false, event_types } }),
    });
    loop.setClock(hence(51));
    expect(await check()).toBe(1);
    expect(await subscribed()).toMatchObject([{ enabled: true }]);
    expect((await subscribed())[0]?.event_types.sort()).toEqual(made?.event_types.sort());
  });

  test('without the token of the application it is made by hand, and the connection says so', async () => {
    await connect({ clientId });
    expect(await check()).toBe(0);
    expect(await last('SQUARE')).toMatchObject({ refused: [], note: expect.stringContaining('by hand') });
    expect(await subscribed()).toEqual([]);
  });

  test('one whose key is not known here and cannot be kept is named', async () => {
    const applicationToken = LOCAL_ACCESS_TOKEN;
    await connect({ secretName: 'order-loop/connections/square' }, { applicationToken });
    await check();
    const [made] = await subscribed();
    await connect({}, { applicationToken });
    loop.setClock(hence(25));
    expect(await check()).toBe(0);
    expect((await last('SQUARE'))?.note).toMatch(/key is not known here.* no secret of its own/);
    // Where the key is in the secret of all connections, nothing is missing.
    await connect({}, { applicationToken, previous: made?.signature_key });
    loop.setClock(hence(51));
    await check();
    expect((await last('SQUARE'))?.note).toBeUndefined();
  });

  test('it is for the events that are acted on, and each of them', async () => {
    const secretName = 'order-loop/connections/square';
    await connect({ secretName }, { applicationToken: LOCAL_ACCESS_TOKEN });
    await check();
    const types = (await subscribed())[0]?.event_types ?? [];
    const isUnknown = (type: string) => {
      const read = readMessage(type, {});
      return 'problem' in read && read.problem.code === 'unknown_topic';
    };
    // Of a revocation the channel itself takes care.
    expect(types.filter(isUnknown)).toEqual([REVOKED]);
    expect([...types].sort()).toEqual([
      ...['oauth.authorization.revoked', 'order.created', 'order.fulfillment.updated', 'order.updated'],
      ...['payment.created', 'payment.updated', 'refund.created', 'refund.updated'],
    ]);
  });

  test('none is made whose key could not be kept', async () => {
    await connect({}, { applicationToken: LOCAL_ACCESS_TOKEN });
    expect(await check()).toBe(0);
    expect((await last('SQUARE'))?.refused[0]).toMatch(/^order.created: .* no secret of its own/);
  });
});

test('those that WooCommerce disabled after failures are activated', async () => {
  await polled.connect('WOOCOMMERCE', hence(-1));
  await check();
  const response = await fetch(`${shops.url('woocommerce')}/webhooks/2`, {
    method: 'PUT',
    headers: { authorization: `Basic ${Buffer.from('local-access-token').toString('base64')}` },
    body: JSON.stringify({ status: 'disabled' }),
  });
  expect(response.status).toBe(200);
  loop.setClock(hence(25));
  expect(await check()).toBe(1);
});

test('a shop that refuses is named, keeps no other from being looked after, and is asked again in an hour', async () => {
  await polled.connect('SHOPIFY', hence(-1));
  await polled.connect('WOOCOMMERCE', hence(-1));
  await shops.fail({ operation: 'ListWebhooks', status: 403 });
  expect(await check()).toBe(20);
  expect((await last('WOOCOMMERCE'))?.failure).toContain('403');
  loop.setClock(hence(2));
  expect(await check()).toBe(4);
});

test('a connection that looks after its own is left alone', async () => {
  await polled.context.connections.save({
    ...{ connectionId: 'own', kind: 'SHOPIFY', name: 'Own', updatedAt: hence(-1) },
    settings: { shop: SHOP_KINDS.SHOPIFY.source, apiBaseUrl: shops.url('shopify'), manageWebhooks: false },
  });
  expect(await check()).toBe(0);
  expect(polled.reported).toEqual([]);
});
