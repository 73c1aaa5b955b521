import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { SCOPES } from '../../contract/routes.ts';
import { type LocalStack, startLocalStack } from '../../local/stack.ts';
import { orderEvent, squarePayload, squareSignature } from '../support/square.ts';

/** The whole circle: an order comes in from a shop, is allocated and shipped, and the shop hears of it. */
let stack: LocalStack;
let token: string;

beforeAll(async () => {
  stack = await startLocalStack({ context: { queueAfterSeconds: 0 } });
  token = await stack.token(SCOPES.join(' '));
  for (const sku of ['NF-TS24', 'NF-CC08', 'NF-CARD', 'CIRCLE-1', 'CIRCLE-2']) {
    // The lot that the sample order's sauce is bound to.
    const lotNumber = sku === 'NF-TS24' ? 'L26-071A' : `LOT-${sku}`;
    await api('POST', `/v1/inventory/${sku}/lots`, { lotNumber, quantity: 10_000 });
  }
}, 60_000);

afterAll(() => stack.stop());

beforeEach(() => api('PUT', '/dev/stand-ins/faults', []));

async function api(method: string, path: string, body?: unknown) {
  const response = await fetch(stack.url + path, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  // biome-ignore lint/suspicious/noExplicitAny: answers are looked into field by field
  return (await response.json()) as any;
}

const soon = { timeout: 20_000, interval: 100 };

interface Asked {
  readonly shop: string;
  readonly operation: string;
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: looked into field by field
  readonly input: any;
}

async function asked(operation: string, mentions: string): Promise<readonly Asked[]> {
  const { items } = await api('GET', '/dev/stand-ins');
  return (items as Asked[]).filter(
    (each) => each.operation === operation && JSON.stringify(each.input).includes(mentions),
  );
}

async function queued(orderId: string) {
  await vi.waitFor(
    async () => expect((await api('GET', `/v1/orders/${orderId}`)).state).toBe('FULFILLMENT_QUEUED'),
    soon,
  );
}

const ship = (orderId: string, trackingNumber: string, lines?: object) =>
  api('POST', `/v1/orders/${orderId}/shipments`, { carrier: 'UPS', trackingNumber, lines });

const cancel = (orderId: string, lines?: object) =>
  api('POST', `/v1/orders/${orderId}/cancellation`, { reason: 'The customer changed their mind', lines });

async function documents(orderId: string, kind: string) {
  const { items } = await api('GET', `/v1/orders/${orderId}/documents`);
  return (items as { kind: string; documentId: string }[]).filter((each) => each.kind === kind);
}

let number = 6_300_000_000_000;

describe('Shopify', () => {
  async function order(places: readonly (string | undefined)[] = [undefined]) {
    number += 10;
    const id = number;
    const body = JSON.stringify({
      id,
      name: `#${id}`,
      updated_at: '2026-03-12T16:20:10Z',
      currency: 'USD',
      financial_status: 'paid',
      total_price: `${places.length * 60}.00`,
      shipping_address: { name: 'A', address1: '1 Street', city: 'Town', zip: '1', country_code: 'US' },
      line_items: places.map((place, index) => ({
        id: id + index + 1,
        sku: `CIRCLE-${index + 1}`,
        name: 'Thing',
        title: 'Thing',
        quantity: 6,
        price: '10.00',
        requires_shipping: true,
        ...(place !== undefined && { origin_location: { id: place } }),
      })),
    });
    const response = await webhook('orders/create', body, `create-${id}`);
    const { orderId } = (await response.json()) as { orderId: string };
    await queued(orderId);
    return { id: String(id), orderId, body };
  }

  function webhook(topic: string, body: string, webhookId: string) {
    return fetch(`${stack.url}/webhooks/shopify`, {
      method: 'POST',
      body,
      headers: {
        'x-shopify-topic': topic,
        'x-shopify-shop-domain': 'northfield-test.myshopify.com',
        'x-shopify-webhook-id': webhookId,
        'x-shopify-hmac-sha256': createHmac('sha256', 'local-shopify-secret').update(body).digest('base64'),
      },
    });
  }

  const fulfillments = (number: string) => asked('CreateFulfillment', number);

  test('hears of each shipment, with tracking and quantities, once', async () => {
    const { orderId } = await order();
    await ship(orderId, '1Z-A', [{ lineNumber: 1, quantity: 2 }]);
    await ship(orderId, '1Z-B');
    await vi.waitFor(
      async () => expect(await documents(orderId, 'shopify-fulfillment')).toHaveLength(2),
      soon,
    );
    const quantities = async (tracking: string) =>
      (await fulfillments(tracking)).map(
        ({ input }) =>
          input.variables.fulfillment.lineItemsByFulfillmentOrder[0].fulfillmentOrderLineItems[0].quantity,
      );
    expect([await quantities('1Z-A'), await quantities('1Z-B')]).toEqual([[2], [4]]);
    const [document] = await documents(orderId, 'shopify-fulfillment');
    const sent = await api('GET', `/v1/orders/${orderId}/documents/${document?.documentId}`);
    expect(sent.fulfillments[0].trackingInfo).toEqual({ company: 'UPS', number: '1Z-A' });
  });

  test('is asked once for each place that it sends from', async () => {
    const { orderId } = await order(['11', '12']);
    await ship(orderId, '1Z-PLACES');
    await vi.waitFor(async () => expect(await fulfillments('1Z-PLACES')).toHaveLength(2), soon);
  });

  test('does not hear back of a fulfillment of its own', async () => {
    const { id, orderId } = await order();
    const body = JSON.stringify({
      id: Number(id) + 5,
      order_id: Number(id),
      status: 'success',
      tracking_company: 'UPS',
      tracking_number: '1Z-ECHO',
      line_items: [{ id: Number(id) + 1, quantity: 6 }],
    });
    expect((await webhook('fulfillments/create', body, `fulfilled-${id}`)).status).toBe(200);
    const other = await order();
    await ship(other.orderId, '1Z-AFTER-ECHO');
    await vi.waitFor(async () => expect(await fulfillments('1Z-AFTER-ECHO')).toHaveLength(1), soon);
    expect((await api('GET', `/v1/orders/${orderId}`)).state).toBe('SHIPPED');
    expect(await fulfillments('1Z-ECHO')).toEqual([]);
  });

  test('is told again when its answer was lost, and makes no second fulfillment', async () => {
    const { id, orderId } = await order();
    await api('PUT', '/dev/stand-ins/faults', [{ operation: 'CreateFulfillment', loseAnswer: true }]);
    await ship(orderId, '1Z-LOST', [{ lineNumber: 1, quantity: 2 }]);
    await vi.waitFor(
      async () => expect(await documents(orderId, 'shopify-fulfillment')).toHaveLength(1),
      soon,
    );
    expect(await fulfillments('1Z-LOST')).toHaveLength(1);
    const [document] = await documents(orderId, 'shopify-fulfillment');
    const sent = await api('GET', `/v1/orders/${orderId}/documents/${document?.documentId}`);
    expect(sent).toEqual({ fulfillments: [], unitsFoundThere: { [Number(id) + 1]: 2 } });
  });

  test.each([
    ['throttled', { throttled: true, times: 2 }],
    ['busy, with a pause it asks for', { status: 429, retryAfter: 0.2 }],
    ['failing', { status: 502 }],
  ])('that is %s is asked again', async (name, fault) => {
    const { orderId } = await order();
    await api('PUT', '/dev/stand-ins/faults', [{ operation: 'CreateFulfillment', ...fault }]);
    const tracking = `1Z-${name.slice(0, 4)}`;
    await ship(orderId, tracking);
    await vi.waitFor(
      async () => expect(await documents(orderId, 'shopify-fulfillment')).toHaveLength(1),
      soon,
    );
    expect((await fulfillments(tracking)).length).toBeGreaterThan(1);
  });

  test('hears of lines that are cancelled, also of what is left after a shipment, and of no more', async () => {
    const { id, orderId } = await order(['11', '11']);
    await cancel(orderId, [{ lineNumber: 2, quantity: 2 }]);
    await vi.waitFor(async () => expect(await documents(orderId, 'shopify-edit')).toHaveLength(1), soon);
    await ship(orderId, '1Z-SHORT', [{ lineNumber: 1, quantity: 5 }]);
    await vi.waitFor(async () => expect(await fulfillments('1Z-SHORT')).toHaveLength(1), soon);
    await cancel(orderId);
    await vi.waitFor(async () => expect(await documents(orderId, 'shopify-edit')).toHaveLength(2), soon);
    const set = (await asked('SetQuantity', String(Number(id) + 1)))
      .concat(await asked('SetQuantity', String(Number(id) + 2)))
      .map(({ input }) => [
        Number(input.variables.lineItemId.split('/').at(-1)) - Number(id),
        input.variables.quantity,
      ]);
    expect(set).toEqual([
      [1, 5],
      [2, 4],
      [2, 0],
    ]);
    expect(await asked('CancelOrder', id)).toEqual([]);
    const edited = JSON.stringify({ order_edit: { order_id: Number(id) } });
    const before = (await api('GET', `/v1/orders/${orderId}`)).version;
    expect((await webhook('orders/edited', edited, `edited-${id}`)).status).toBe(200);
    expect((await api('GET', `/v1/orders/${orderId}`)).version).toBe(before);
  });

  test('hears of a cancellation, and not of one of its own', async () => {
    const { id, orderId } = await order();
    await cancel(orderId);
    await vi.waitFor(
      async () => expect(await documents(orderId, 'shopify-cancellation')).toHaveLength(1),
      soon,
    );
    const [told] = await asked('CancelOrder', id);
    expect(told?.input.variables).toMatchObject({ reason: 'CUSTOMER', restock: true });
    const own = await order();
    const now = JSON.stringify({ ...JSON.parse(own.body), cancelled_at: '2026-03-13T00:00:00Z' });
    expect((await webhook('orders/cancelled', now, `own-${own.id}`)).status).toBe(200);
    expect((await api('GET', `/v1/orders/${own.orderId}`)).state).toBe('CANCELLED');
    const last = await order();
    await cancel(last.orderId);
    await vi.waitFor(async () => expect(await asked('CancelOrder', last.id)).toHaveLength(1), soon);
    expect(await asked('CancelOrder', own.id)).toEqual([]);
  });
});

describe('Square', () => {
  async function order(changes: object = {}) {
    number += 1;
    const id = `circle-${number}`;
    const { order: sample } = JSON.parse(squarePayload('retrieve_order_01_v1_shipment.json').toString());
    await api('PUT', '/dev/stand-ins/square/orders', {
      ...sample,
      id,
      net_amount_due_money: { amount: 0, currency: 'USD' },
      ...changes,
    });
    const response = await webhook(orderEvent('order.created', `created-${id}`, { orderId: id, version: 1 }));
    const { orderId } = (await response.json()) as { orderId: string };
    await queued(orderId);
    return { id, orderId };
  }

  function webhook(body: Buffer) {
    const signature = squareSignature(body, `${stack.url}/webhooks/square`);
    return fetch(`${stack.url}/webhooks/square`, {
      method: 'POST',
      body: new Uint8Array(body),
      headers: { 'x-square-hmacsha256-signature': signature },
    });
  }

  const updates = async (mentions: string) =>
    (await asked('UpdateOrder', mentions)).filter(({ status }) => status === 200);

  test('sees the fulfillment prepared, then completed, with the newest tracking', async () => {
    const { orderId } = await order();
    await ship(orderId, 'SQ-1', [{ lineNumber: 1, quantity: 2 }]);
    await vi.waitFor(async () => expect(await updates('SQ-1')).toHaveLength(1), soon);
    await ship(orderId, 'SQ-2');
    await vi.waitFor(
      async () => expect(await documents(orderId, 'square-fulfillment')).toHaveLength(2),
      soon,
    );
    const [first] = await updates('SQ-1');
    const [second] = await updates('SQ-2');
    expect(first?.input.order.fulfillments[0]).toMatchObject({
      state: 'PREPARED',
      shipment_details: { carrier: 'UPS', tracking_number: 'SQ-1' },
    });
    expect(second?.input.order.fulfillments[0].state).toBe('COMPLETED');
  });

  test('tells of our own change, and nothing happens', async () => {
    const { id, orderId } = await order();
    await ship(orderId, 'SQ-ECHO');
    await vi.waitFor(async () => expect(await updates('SQ-ECHO')).toHaveLength(1), soon);
    const before = (await api('GET', `/v1/orders/${orderId}`)).version;
    const event = orderEvent('order.fulfillment.updated', `echo-${id}`, { orderId: id, version: 2 });
    expect((await webhook(event)).status).toBe(200);
    const after = await api('GET', `/v1/orders/${orderId}`);
    expect([after.version, after.shipments.length]).toEqual([before, 1]);
  });

  test('does not hear back of a fulfillment of its own', async () => {
    const { id, orderId } = await order();
    const { order: sample } = JSON.parse(squarePayload('retrieve_order_01_v4_prepared_paid.json').toString());
    const [fulfillment] = sample.fulfillments;
    await api('PUT', '/dev/stand-ins/square/orders', {
      ...sample,
      id,
      fulfillments: [{ ...fulfillment, state: 'COMPLETED' }],
    });
    const event = orderEvent('order.fulfillment.updated', `own-${id}`, { orderId: id, version: 4 });
    expect((await webhook(event)).status).toBe(200);
    const shipped = await api('GET', `/v1/orders/${orderId}`);
    expect(shipped).toMatchObject({
      state: 'SHIPPED',
      shipments: [{ trackingNumber: '1Z9999W99999999997' }],
    });
    const other = await order();
    await ship(other.orderId, 'SQ-AFTER');
    await vi.waitFor(async () => expect(await updates('SQ-AFTER')).toHaveLength(1), soon);
    expect(await documents(orderId, 'square-fulfillment')).toEqual([]);
  });

  test('hears of a cancellation', async () => {
    const { orderId } = await order();
    await cancel(orderId);
    await vi.waitFor(
      async () => expect(await documents(orderId, 'square-cancellation')).toHaveLength(1),
      soon,
    );
    const [told] = await updates('changed their mind');
    expect(told?.input.order).toMatchObject({ state: 'CANCELED', fulfillments: [{ state: 'CANCELED' }] });
  });

  test('that is busy is asked again', async () => {
    const { orderId } = await order();
    await api('PUT', '/dev/stand-ins/faults', [{ operation: 'UpdateOrder', status: 429, retryAfter: 1 }]);
    await ship(orderId, 'SQ-BUSY');
    await vi.waitFor(async () => expect(await updates('SQ-BUSY')).toHaveLength(1), soon);
  });
});
