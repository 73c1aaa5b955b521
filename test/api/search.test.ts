import { beforeAll, describe, expect, test } from 'vitest';
import type { OrderResponse, OrderSummary } from '../../contract/responses.ts';
import { unique, useApi } from '../../testing/api.ts';
import { connect, type Page } from '../../testing/client.ts';

const api = useApi();
/** Begins a word of every order here, since the loop is shared. */
const mark = `srch${Date.now().toString(36)}`;
const sku = `${mark.toUpperCase()}-LMB`;

const orders: Record<'named' | 'shipped' | 'shop' | 'voided', OrderResponse> = Object.create(null);

beforeAll(async () => {
  await api().stock(sku, 'L1', 100);
  const lines = [{ sku, quantity: 1 }];
  orders.named = await api().receive({
    orderType: 'B2B',
    purchaseOrderNumber: `PO-${mark}-0089`,
    customer: { name: `Müller & Søn ${mark}x`, email: `einkauf@${mark}y.example`, reference: `C-${mark}z` },
    lines,
  });
  orders.shipped = await api().receive({ lines });
  await api().command(orders.shipped.orderId, 'fulfillment');
  await api().command(orders.shipped.orderId, 'shipments', {
    carrier: 'UPS',
    trackingNumber: `1Z${mark.toUpperCase()}TRACK`,
  });
  orders.shop = await api().receive({ channel: 'SQUARE', externalId: `9007-${mark}-ext`, lines });
  orders.voided = await api().receive({ lines: [{ sku: `${sku}-NONE`, quantity: 1 }] });
  await api().done('DELETE', `/v1/orders/${orders.voided.orderId}`);
});

type Name = keyof typeof orders;
const named = (found: readonly OrderSummary[]) =>
  found.map(({ orderId }) => Object.keys(orders).find((name) => orders[name as Name].orderId === orderId));
const search = async (text: string, more = '') =>
  named(await api().list(`search=${encodeURIComponent(text)}${more}`));

describe('a search finds an order by part of', () => {
  test.each<[string, () => string, readonly Name[]]>([
    ["the customer's name", () => `${mark}x`, ['named']],
    ['a name, whatever its accents and case', () => `MULLER ${mark}`, ['named']],
    ["the customer's reference", () => `c-${mark}z`, ['named']],
    ['the purchase order number, its end too', () => `${mark}-0089`, ['named']],
    ['a tracking number', () => `${mark}tra`, ['shipped']],
    ["the channel's id", () => `${mark}-ext`, ['shop']],
    ['a SKU, newest first', () => `${mark}-lm`, ['shop', 'shipped', 'named']],
    ['several words, each anywhere', () => `9007 ${mark} lmb`, ['shop']],
    ['nothing that is in no order', () => `${mark}-lmb nobody`, []],
    ['a voided order: not', () => `${mark}-lmb-none`, []],
  ])('%s', async (_what, text, found) => {
    expect(await search(text())).toEqual(found);
  });

  test('its own number, in capitals or not', async () => {
    const { orderId } = orders.named;
    expect(await search(orderId.toLowerCase())).toEqual(['named']);
    expect(await search(`${orderId.slice(-4)} ${mark}x`)).toEqual(['named']);
  });
});

test.each<[string, readonly Name[]]>([
  ['&channel=SQUARE', ['shop']],
  ['&state=SHIPPED', ['shipped']],
  ['&orderType=B2B', ['named']],
  ['&to=2020-01-01', []],
  [`&sku=${sku}&orderType=DTC`, ['shop', 'shipped']],
  ['&attention=HELD', []],
])('a search goes with the filter %s', async (filter, found) => {
  expect(await search(mark, filter)).toEqual(found);
});

test('a search within the orders of a SKU looks at their words', async () => {
  expect(await search(`${mark}tra`, `&sku=${sku}`)).toEqual(['shipped']);
  expect(await search('nobody', `&sku=${sku}`)).toEqual([]);
});

test('an e-mail address is found by those who may read customers', async () => {
  const foundWith = async (scope: string) => {
    const client = await connect(api().url, { scope });
    const { items } = await client.done<Page<OrderSummary>>('GET', `/v1/orders?search=${mark}y.exam`);
    return named(items);
  };
  expect(await foundWith('orders/read')).toEqual([]);
  expect(await foundWith('orders/read customers/read')).toEqual(['named']);
});

test('what is found comes in pages, each order once', async () => {
  const pages: string[] = [];
  for (let next = ''; pages.length < 9; ) {
    const query = `/v1/orders?search=${mark}-lmb&limit=1${next}`;
    const { items, nextCursor } = await api().done<Page<OrderSummary>>('GET', query);
    pages.push(...items.map(({ orderId }) => orderId));
    if (nextCursor === undefined) break;
    next = `&cursor=${nextCursor}`;
  }
  expect(pages).toEqual([orders.shop, orders.shipped, orders.named].map(({ orderId }) => orderId));
});

test('an amended order is found by what it says now', async () => {
  const [before, after] = [unique(`${mark}-before`), unique(`${mark}-after`)];
  const order = await api().receive({
    orderType: 'B2B',
    purchaseOrderNumber: before,
    lines: [{ sku: `${mark}-OTHER`, quantity: 1 }],
  });
  const found = async (text: string) => (await api().list(`search=${text}`)).map(({ orderId }) => orderId);
  expect(await found(before)).toEqual([order.orderId]);
  await api().done('PATCH', `/v1/orders/${order.orderId}`, {
    headers: { 'if-match': `"${order.version}"` },
    body: { purchaseOrderNumber: after },
  });
  expect(await found(after)).toEqual([order.orderId]);
  expect(await found(before)).toEqual([]);
});

test.each([
  ['blanks', '%20%20'],
  ['accents without a letter', '%CC%81'],
  ['more than ten words', 'a%20b%20c%20d%20e%20f%20g%20h%20i%20j%20k'],
  ['more than 200 characters', 'x'.repeat(201)],
])('a search for %s is refused by name', async (_what, text) => {
  const { status, body } = await api().send('GET', `/v1/orders?search=${text}`);
  expect([status, body.code, body.errors?.[0]?.path]).toEqual([422, 'validation_failed', 'search']);
});
