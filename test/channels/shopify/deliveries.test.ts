import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SCOPES } from '../../../contract/routes.ts';
import type { LocalStack } from '../../../local/stack.ts';
import { startStack } from '../../../testing/stack.ts';

/** The deliveries of `test/payloads/shopify`, signed as Shopify signs, sent to the running loop one after another. */
const SHOP = 'northfield-test.myshopify.com';
const SECRET = 'local-shopify-secret';

let stack: LocalStack;
let token: string;

beforeAll(async () => {
  stack = await startStack({ context: { queueAfterSeconds: 3600 } });
  token = await stack.token(SCOPES.join(' '));
});

afterAll(() => stack.stop());

const payload = (file: string) => readFileSync(new URL(`../../payloads/shopify/${file}`, import.meta.url));

interface Delivery {
  readonly file?: string;
  readonly body?: Buffer;
  readonly topic: string;
  readonly webhookId: string;
  readonly eventId?: string;
  readonly shop?: string;
  readonly signature?: string | null;
}

async function deliver({ file, body = payload(file ?? ''), ...delivery }: Delivery) {
  const signature =
    delivery.signature === undefined
      ? createHmac('sha256', SECRET).update(body).digest('base64')
      : delivery.signature;
  const response = await fetch(`${stack.url}/webhooks/shopify`, {
    method: 'POST',
    body: new Uint8Array(body),
    headers: {
      'content-type': 'application/json',
      'x-shopify-topic': delivery.topic,
      'x-shopify-shop-domain': delivery.shop ?? SHOP,
      'x-shopify-webhook-id': delivery.webhookId,
      ...(delivery.eventId !== undefined && { 'x-shopify-event-id': delivery.eventId }),
      ...(signature !== null && { 'x-shopify-hmac-sha256': signature }),
    },
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

async function api(path: string, init: RequestInit = {}) {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const response = await fetch(stack.url + path, { ...init, headers });
  // biome-ignore lint/suspicious/noExplicitAny: answers are looked into field by field
  return (await response.json()) as any;
}

const ordersOf = async (externalId: string) => (await api(`/v1/orders?externalId=${externalId}`)).items;

const receive = (sku: string, lotNumber: string, quantity: number) =>
  api(`/v1/inventory/${sku}/lots`, { method: 'POST', body: JSON.stringify({ lotNumber, quantity }) });

const FIRST = 'orders_create_01_discounts_tax_lots.json';
const BUSINESS = 'orders_create_02_b2b_company_net30.json';
const DIGITAL = 'orders_create_04_giftcard_digital_jpy.json';

describe('orders/create', () => {
  test('becomes one order, reserved where stock is there, pinned as the shop asks', async () => {
    await receive('NF-TS24', 'L26-071A', 2000);
    await receive('NF-CC08', 'L26-064C', 2);
    await receive('NF-SS1K', 'SALT-1', 500);
    const answer = await deliver({ file: FIRST, topic: 'orders/create', webhookId: 'w1', eventId: 'e1' });
    expect(answer.status).toBe(200);

    const [summary, ...others] = await ordersOf('6200407294101');
    expect(others).toEqual([]);
    const order = await api(`/v1/orders/${summary.orderId}`);
    expect(order).toMatchObject({
      state: 'ALLOCATED',
      channel: 'SHOPIFY',
      orderType: 'DTC',
      total: '64.92',
      channelTotal: '64.92',
    });
    expect(
      order.lines.map((line: Record<string, unknown>) => [line.sku, line.allocated, line.backordered]),
    ).toEqual([
      ['NF-TS24', 6, 0],
      ['NF-CC08', 2, 1],
      ['NF-SS1K', 1, 0],
      ['NF-CARD', 0, 1],
    ]);
    expect(order.lines[0].allocations).toEqual([
      { locationId: 'MAIN', lotNumber: 'L26-071A', quantity: 6, pinned: true, expiryDate: null },
    ]);
    expect(await api('/v1/inventory/NF-TS24')).toMatchObject({ onHand: 2000, reserved: 6, available: 1994 });
  });

  test('sent again, under the same or another webhook id, stays one order', async () => {
    const repeats = [
      { webhookId: 'w1', eventId: 'e1' },
      { webhookId: 'w2', eventId: 'e1' },
      { webhookId: 'w3', eventId: 'e3' },
    ];
    for (const ids of repeats) {
      expect((await deliver({ file: FIRST, topic: 'orders/create', ...ids })).status).toBe(200);
    }
    expect(await ordersOf('6200407294101')).toHaveLength(1);
    expect(await api('/v1/inventory/NF-TS24')).toMatchObject({ reserved: 6 });
  });

  test('sent eight times at once becomes one order', async () => {
    const body = Buffer.from(
      payload(FIRST).toString('utf8').replaceAll('6200407294101', '9007199254740993123'),
    );
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        deliver({ body, topic: 'orders/create', webhookId: `storm-${index}` }),
      ),
    );
    expect(answers.map((answer) => answer.status)).toEqual(Array(8).fill(200));
    expect(await ordersOf('9007199254740993123')).toHaveLength(1);
    expect(await api('/v1/inventory/NF-TS24')).toMatchObject({ reserved: 12 });
  });

  test('of a company is a B2B order on its terms; a fee without a SKU is a line that ships nothing', async () => {
    const answer = await deliver({ file: BUSINESS, topic: 'orders/create', webhookId: 'b1' });
    expect(answer.status).toBe(200);
    const [summary] = await ordersOf('6200407294102');
    const order = await api(`/v1/orders/${summary.orderId}`);
    expect(order).toMatchObject({
      orderType: 'B2B',
      purchaseOrderNumber: 'SG-88213-A',
      paymentTerms: 'NET30',
      total: '3706.40',
    });
    expect(order.lines.map((line: Record<string, unknown>) => [line.sku, line.status])).toEqual([
      ['NF-TS24', 'ALLOCATED'],
      ['NF-SS1K', 'ALLOCATED'],
      [null, 'NOT_SHIPPED'],
    ]);
  });

  test('of gift cards and downloads demands no stock and waits on hold', async () => {
    await deliver({ file: DIGITAL, topic: 'orders/create', webhookId: 'g1' });
    const [summary] = await ordersOf('6200407294104');
    const order = await api(`/v1/orders/${summary.orderId}`);
    expect(order).toMatchObject({ state: 'RECEIVED', currency: 'JPY', total: '6200' });
    expect(order.holds).toHaveLength(1);
    expect(
      order.lines.every((line: Record<string, unknown>) => line.allocated === 0 && line.backordered === 0),
    ).toBe(true);
  });
});

describe('what is not from a connected shop', () => {
  const body = payload(BUSINESS);
  const signed = (secret: string, encoding: 'base64' | 'hex') =>
    createHmac('sha256', secret).update(body).digest(encoding);
  test.each<[string, Partial<Delivery>]>([
    ['a wrong secret', { signature: signed('another-secret', 'base64') }],
    ['hex in place of base64', { signature: signed(SECRET, 'hex') }],
    [
      'a body that was changed',
      {
        body: Buffer.from(body.toString('utf8').replace('1200', '1201')),
        signature: signed(SECRET, 'base64'),
      },
    ],
    ['no signature', { signature: null }],
    ['a shop that is not connected', { shop: 'someone-else.myshopify.com' }],
  ])('%s: 401, and nothing is kept', async (_, difference) => {
    const before = (await api('/v1/orders?limit=100')).items.length;
    const answer = await deliver({ body, topic: 'orders/create', webhookId: 'no', ...difference });
    expect(answer).toMatchObject({ status: 401, body: { code: 'unauthorized' } });
    expect((await api('/v1/orders?limit=100')).items).toHaveLength(before);
  });
});

describe('other topics', () => {
  test('an unknown one is quarantined', async () => {
    const answer = await deliver({ body: Buffer.from('{"id": 1}'), topic: 'carts/update', webhookId: 'k1' });
    expect(answer).toMatchObject({ status: 202, body: { status: 'kept aside' } });
  });

  test('a cancellation of an order never seen makes it known as cancelled, and a later creation does not reopen it', async () => {
    const cancelled = 'orders_cancelled_07.json';
    expect((await deliver({ file: cancelled, topic: 'orders/cancelled', webhookId: 'c1' })).status).toBe(200);
    const { id } = JSON.parse(payload(cancelled).toString('utf8')) as { id: number };
    const [order] = await ordersOf(String(id));
    expect(order).toMatchObject({ state: 'CANCELLED', units: { allocated: 0, backordered: 0 } });

    const later = {
      ...JSON.parse(payload(cancelled).toString('utf8')),
      cancelled_at: null,
      cancel_reason: null,
    };
    later.updated_at = later.created_at;
    await deliver({ body: Buffer.from(JSON.stringify(later)), topic: 'orders/create', webhookId: 'c2' });
    expect(await ordersOf(String(id))).toMatchObject([{ state: 'CANCELLED' }]);
  });

  test('a cancellation that a newer state has overtaken still cancels the order', async () => {
    const order = { ...JSON.parse(payload(FIRST).toString()), id: 6200407299931 };
    const send = (topic: string, changes: object) =>
      deliver({
        ...{ topic, webhookId: `overtaken-${topic}` },
        body: Buffer.from(JSON.stringify({ ...order, ...changes })),
      });
    await send('orders/updated', { updated_at: '2026-03-14T20:00:00Z' });
    const late = { updated_at: '2026-03-14T19:00:00Z', cancelled_at: '2026-03-14T19:00:00Z' };
    expect((await send('orders/cancelled', late)).status).toBe(200);
    expect(await ordersOf(String(order.id))).toMatchObject([{ state: 'CANCELLED' }]);
  });

  test('malformed JSON under a good signature is quarantined', async () => {
    const answer = await deliver({ body: Buffer.from('{"id": '), topic: 'orders/create', webhookId: 'm1' });
    expect(answer.status).toBe(202);
  });
});

test('an order that was deleted before it was known stays unknown, however late its messages come', async () => {
  const order = { ...JSON.parse(payload(FIRST).toString()), id: 6200407299901 };
  const body = (value: unknown) => Buffer.from(JSON.stringify(value));
  const deletion = { topic: 'orders/delete', body: body({ id: order.id }) };
  expect(await deliver({ ...deletion, webhookId: 'gone-1' })).toMatchObject({ status: 200 });
  expect(await deliver({ ...deletion, webhookId: 'gone-2' })).toMatchObject({ status: 200 });
  const creation = { topic: 'orders/create', body: body(order), webhookId: 'gone-3' };
  expect(await deliver(creation)).toMatchObject({
    status: 200,
    body: { orderId: null, detail: 'the channel had deleted the order' },
  });
  expect(await ordersOf(String(order.id))).toEqual([]);
});

describe('messages that a person has to act on', () => {
  test.each([
    [
      'customers/redact',
      { customer: { id: 7, email: 'a@example.com' }, orders_to_redact: [1, 2] },
      'customer 7',
    ],
    ['customers/data_request', { customer: { id: 7 }, data_request: { id: 99 } }, 'request 99'],
    ['shop/redact', { shop_domain: SHOP }, SHOP],
    ['app/uninstalled', { domain: SHOP }, 'access token is void'],
    ['customers/redact', [], 'a customer'],
  ])('%s is quarantined with what is to be done', async (topic, body, words) => {
    const answer = await deliver({
      topic,
      body: Buffer.from(JSON.stringify(body)),
      webhookId: `${topic}${words}`,
    });
    expect(answer).toMatchObject({ status: 202, body: { reason: expect.stringContaining(words) } });
    expect(JSON.stringify(answer.body)).not.toContain('a@example.com');
  });
});

describe('goods that Shopify holds back', () => {
  let number = 0;
  const json = (value: unknown) => Buffer.from(JSON.stringify(value));
  const send = (topic: string, value: unknown) =>
    deliver({ topic, body: json(value), webhookId: `held-${number++}` });
  const created = async (id: number) => {
    const order = { ...JSON.parse(payload(FIRST).toString()), id };
    await fetch(`${stack.url}/dev/stand-ins/shopify/orders`, {
      method: 'PUT',
      body: new Uint8Array(json(order)),
    });
    await send('orders/create', order);
    return order;
  };
  const holdsOf = async (id: number) => {
    const [summary] = await ordersOf(String(id));
    const { holds } = await api(`/v1/orders/${summary.orderId}`);
    return holds.map(({ reason, note }: { reason: string; note: string }) => `${reason} ${note}`);
  };
  const risk = (order_id: number, risk_level: string, provider_title: string | null = null) =>
    send('orders/risk_assessment_changed', { order_id, risk_level, provider_title });

  test('a high risk holds the order, through later messages of it, until its provider rates it lower', async () => {
    const id = 6200407299911;
    const order = await created(id);
    const before = await holdsOf(id);
    const held = ['HIGH_RISK_OF_FRAUD Shopify rates the risk of fraud as high.'];
    await risk(id, 'high');
    await risk(id, 'high');
    expect(await holdsOf(id)).toEqual([...before, ...held]);
    await send('orders/updated', { ...order, updated_at: '2027-01-01T00:00:00Z', note: 'Ring twice' });
    await risk(id, 'low', 'Riskified');
    expect(await holdsOf(id)).toEqual([...before, ...held]);
    await risk(id, 'low');
    expect(await holdsOf(id)).toEqual(before);
  });

  test('a fulfillment order on hold holds the order that the shop names, until it is released', async () => {
    const id = 6200407299912;
    const order = await created(id);
    const hold = { id: 21, reason: 'INCORRECT_ADDRESS', reason_notes: 'No such street' };
    const keep = (fulfillment_holds: readonly unknown[]) =>
      fetch(`${stack.url}/dev/stand-ins/shopify/orders`, {
        method: 'PUT',
        body: new Uint8Array(json({ ...order, fulfillment_holds })),
      });
    await keep([hold]);
    const before = await holdsOf(id);
    const fulfillment_order = { id: `gid://shopify/FulfillmentOrder/${id}`, status: 'on_hold' };
    const created_fulfillment_hold = { reason: 'incorrect_address', reason_notes: 'No such street' };
    const answer = await send('fulfillment_orders/placed_on_hold', {
      fulfillment_order,
      created_fulfillment_hold,
    });
    expect(answer).toMatchObject({ status: 200, body: { detail: 'changed' } });
    const [, note] = (await holdsOf(id)).filter((hold: string) => !before.includes(hold))[0].split(/ (.*)/);
    expect(note).toBe(`Shopify holds fulfillment order ${id} (hold 21): incorrect address, No such street`);
    await keep([]);
    const released = { fulfillment_order: { ...fulfillment_order, status: 'open' } };
    await send('fulfillment_orders/hold_released', released);
    expect(await holdsOf(id)).toEqual(before);
  });

  test('of an order that is not known yet: it is fetched, and held', async () => {
    const id = 6200407299913;
    const order = { ...JSON.parse(payload(FIRST).toString()), id };
    await fetch(`${stack.url}/dev/stand-ins/shopify/orders`, {
      method: 'PUT',
      body: new Uint8Array(json(order)),
    });
    expect(await risk(id, 'high')).toMatchObject({ status: 200 });
    expect(await holdsOf(id)).toContain('HIGH_RISK_OF_FRAUD Shopify rates the risk of fraud as high.');
  });

  test('a fulfillment order that the shop does not know is for a person', async () => {
    const fulfillment_order = { id: 'gid://shopify/FulfillmentOrder/1', status: 'on_hold' };
    const answer = await send('fulfillment_orders/placed_on_hold', { fulfillment_order });
    expect(answer).toMatchObject({
      status: 202,
      body: { reason: expect.stringContaining('fulfillment order 1') },
    });
  });

  test('a return has its order fetched', async () => {
    const id = 6200407299914;
    await created(id);
    const answer = await send('returns/approve', { id: 1, status: 'open', order: { id } });
    expect(answer).toMatchObject({ status: 200 });
  });
});
