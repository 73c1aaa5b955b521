import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { guardedFetch } from '../../../functions/adapters/guarded-fetch.ts';
import { ShopRefused } from '../../../functions/channels/core/shops.ts';
import type { AskShopify } from '../../../functions/channels/shopify/client/graphql.ts';
import { releaseHolds } from '../../../functions/channels/shopify/client/holds.ts';
import { shopifyShop } from '../../../functions/channels/shopify/client/shopify-shop.ts';
import { readMessage } from '../../../functions/channels/shopify/inbound/message.ts';
import { snapshotOf } from '../../../functions/channels/shopify/inbound/snapshot.ts';
import { Busy } from '../../../functions/write-failures.ts';
import { LOCAL_ACCESS_TOKEN } from '../../../local/aws/credentials.ts';
import { useShops } from '../../../testing/fakes.ts';

const SHOP = 'northfield-test.myshopify.com';
const shops = useShops();

const admin = (inAll = 3000, accessToken: string | undefined = LOCAL_ACCESS_TOKEN) =>
  shopifyShop({
    shop: SHOP,
    accessToken,
    apiBaseUrl: shops.url('shopify'),
    deadlines: { inAll, forOne: 1000 },
    fetch: guardedFetch({ allowPrivate: true }),
  });

const payload = (file: string) => readFileSync(new URL(`../../payloads/shopify/${file}`, import.meta.url));

const ORDERS = [
  'orders_create_01_discounts_tax_lots.json',
  'orders_create_02_b2b_company_net30.json',
  'orders_create_04_giftcard_digital_jpy.json',
  'orders_updated_06_edited_partly_fulfilled_refunded.json',
  'orders_cancelled_07.json',
];

describe('an order that is fetched', () => {
  test.each(ORDERS)('%s gives the same snapshot as the webhook does', async (file) => {
    await shops.put('shopify', payload(file));
    const read = readMessage('orders/updated', payload(file));
    if ('problem' in read || !('order' in read.message)) throw new Error('not a full order');
    expect(await admin().retrieveOrder(read.message.orderId)).toEqual(snapshotOf(read.message.order, SHOP));
  });

  test('keeps every digit of its id, and all of many lines', async () => {
    const id = '9007199254740993555';
    const line_items = Array.from({ length: 95 }, (_, index) => ({
      id: index + 1,
      sku: `S-${index}`,
      name: 'Thing',
      title: 'Thing',
      quantity: 1,
      price: '1.00',
    }));
    const body = JSON.stringify({ id: 0, updated_at: '2026-03-12T16:20:10Z', currency: 'USD', line_items });
    await shops.put('shopify', body.replace('"id":0', `"id":${id}`));
    const fetched = await admin().retrieveOrder(id);
    if (fetched === null || 'problem' in fetched) throw new Error('not fetched');
    const { identity, lines } = fetched.snapshot;
    expect([identity.externalId, lines.length, lines.at(-1)?.sku]).toEqual([id, 95, 'S-94']);
  });

  test('that the shop does not know is null', async () => {
    expect(await admin().retrieveOrder('404')).toBeNull();
  });
});

describe('a shop that does not answer as asked', () => {
  test.each([
    ['throttled', { throttled: true, times: 2 }],
    ['busy', { status: 429, retryAfter: 0.1 }],
    ['failing', { status: 503 }],
    ['cutting the connection off', { loseAnswer: true }],
    ['slow', { delay: 1500 }],
  ])('%s: is asked again', async (_, fault) => {
    await shops.fail({ operation: 'WholeOrder', ...fault });
    expect(await admin(6000).retrieveOrder('404')).toBeNull();
  });

  test.each([
    ['failing for good', { status: 503, times: 100 }],
    ['asking for a longer pause than there is time', { status: 429, retryAfter: 60 }],
  ])('%s: is given up in time', async (_, fault) => {
    await shops.fail({ operation: 'WholeOrder', ...fault });
    await expect(admin(800).retrieveOrder('404')).rejects.toBeInstanceOf(Busy);
    await shops.fail();
  });

  test('a wrong token, or none, is refused and not tried again', async () => {
    await expect(admin(800, 'another').retrieveOrder('404')).rejects.toBeInstanceOf(ShopRefused);
    const none = shopifyShop({
      shop: SHOP,
      accessToken: undefined,
      deadlines: { inAll: 800, forOne: 500 },
      fetch: guardedFetch({ allowPrivate: true }),
    });
    await expect(none.retrieveOrder('1')).rejects.toBeInstanceOf(ShopRefused);
  });

  test('a mutation whose answer was lost is not made again by itself', async () => {
    await shops.put('shopify', payload('orders_create_01_discounts_tax_lots.json'));
    const known = await admin().findFulfillments('6200407294101', null);
    const [place] = known?.fulfillmentOrders ?? [];
    const [line] = place?.lines ?? [];
    if (place === undefined || line === undefined) throw new Error('nothing to fulfill');
    await shops.fail({ operation: 'CreateFulfillment', loseAnswer: true });
    const input = {
      lineItemsByFulfillmentOrder: [
        { fulfillmentOrderId: place.id, fulfillmentOrderLineItems: [{ id: line.id, quantity: 1 }] },
      ],
      trackingInfo: { company: 'UPS', number: '1Z-ONCE' },
      notifyCustomer: false,
    };
    await expect(admin().createFulfillment(input)).rejects.toThrow();
    const after = await admin().findFulfillments('6200407294101', '1Z-ONCE');
    expect([...(after?.sent ?? [])]).toEqual([[line.lineItemId, 1]]);
    const made = (await shops.asked()).filter(({ operation }) => operation === 'CreateFulfillment');
    expect(made).toHaveLength(1);
  });
});

describe('holds of fulfillment orders', () => {
  test('whose release was answered, and not heard, are released', async () => {
    const id = '6200407294171';
    const sample = JSON.parse(payload('orders_create_01_discounts_tax_lots.json').toString());
    const fulfillment_holds = [
      { id: 1, reason: 'OTHER' },
      { id: 2, reason: 'AWAITING_PAYMENT' },
    ];
    await shops.put('shopify', JSON.stringify({ ...sample, id: Number(id), fulfillment_holds }));
    await shops.fail({ operation: 'ReleaseHolds', loseAnswer: true });
    const hold = (number: number) => `gid://shopify/FulfillmentHold/${number}`;
    const fulfillmentOrder = `gid://shopify/FulfillmentOrder/${id}`;
    const ofPayment = await admin().releaseHolds(id, { reason: 'AWAITING_PAYMENT' });
    expect(ofPayment).toEqual([{ id: fulfillmentOrder, holdIds: [hold(2)] }]);
    await shops.fail();
    expect(await admin().releaseHolds(id, { fulfillmentOrderId: '1' })).toEqual([]);
    const all = await admin().releaseHolds(id, { fulfillmentOrderId: id });
    expect(all).toEqual([{ id: fulfillmentOrder, holdIds: [hold(1)] }]);
    expect(await admin().releaseHolds(id, { fulfillmentOrderId: id })).toEqual([]);
    expect(await admin().releaseHolds('404', { fulfillmentOrderId: id })).toBeNull();
  });

  test('that Shopify keeps are refused in its words', async () => {
    const held = { nodes: [{ id: 'F/1', fulfillmentHolds: [{ id: 'H/1', reason: 'OTHER' }] }] };
    const order = { fulfillmentOrders: { ...held, pageInfo: { hasNextPage: false, endCursor: null } } };
    const userErrors = [{ field: ['id'], message: 'Not yours to release.' }];
    const ask: AskShopify = async (_query, _variables, schema) =>
      schema.parse({ order, fulfillmentOrderReleaseHold: { userErrors } });
    const released = releaseHolds(ask, '1', { fulfillmentOrderId: '1' });
    await expect(released).rejects.toEqual(new ShopRefused('Shopify', 200, 'Not yours to release.'));
  });
});

describe('what is deployed', () => {
  const deployed = guardedFetch({ allowPrivate: false });
  test.each([
    ['http://example.com/', 'is not https'],
    ['https://127.0.0.1:1/', 'private'],
    ['https://169.254.169.254/', ''],
  ])('does not ask %s', async (url, why) => {
    await expect(deployed(url)).rejects.toThrow(why);
  });
});
