import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SCOPES } from '../../../contract/routes.ts';
import { webhookSecrets } from '../../../local/settings.ts';
import type { LocalStack } from '../../../local/stack.ts';
import { MERCHANT, orderEvent, squarePayload, squareSignature } from '../../../testing/square.ts';
import { startStack } from '../../../testing/stack.ts';

/** The deliveries of `test/payloads/square`, signed as Square signs, sent to the running loop one after another. */
const NOTIFICATION_URL = 'https://hush.example.com/webhooks/square?tenant=north';
const KEY = 'sq-test-signature-key-ABCdef123';

let stack: LocalStack;
let token: string;

beforeAll(async () => {
  stack = await startStack({
    context: { queueAfterSeconds: 3600 },
    webhookSecrets: { ...webhookSecrets(), square: KEY },
    passedThrough: { SQUARE_NOTIFICATION_URL: NOTIFICATION_URL },
  });
  token = await stack.token(SCOPES.join(' '));
});

afterAll(() => stack.stop());

async function api(path: string, init: RequestInit = {}) {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const response = await fetch(stack.url + path, { ...init, headers });
  // biome-ignore lint/suspicious/noExplicitAny: answers are looked into field by field
  return (await response.json()) as any;
}

async function send(body: Buffer, headers: Record<string, string>) {
  const response = await fetch(`${stack.url}/webhooks/square`, {
    method: 'POST',
    body: new Uint8Array(body),
    headers,
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

const signed = (body: Buffer) =>
  send(body, {
    'content-type': 'application/json',
    'x-square-hmacsha256-signature': squareSignature(body, NOTIFICATION_URL, KEY),
  });

const put = (path: string, body: unknown) =>
  api(`/dev/stand-ins${path}`, { method: 'PUT', body: JSON.stringify(body) });

const putOrder = (file: string) => put('/square/orders', JSON.parse(squarePayload(file).toString()).order);

const ordersOf = async (externalId: string) => (await api(`/v1/orders?externalId=${externalId}`)).items;

const receive = (sku: string, lotNumber: string, quantity: number) =>
  api(`/v1/inventory/${sku}/lots`, { method: 'POST', body: JSON.stringify({ lotNumber, quantity }) });

interface Listed {
  readonly label: string;
  readonly file: string;
  readonly headers: Record<string, string>;
  readonly expect: string;
}
const LISTED: readonly Listed[] = JSON.parse(squarePayload('deliveries.json').toString()).deliveries;

const deliver = async (label: string) => {
  const delivery = LISTED.find((each) => each.label === label);
  if (delivery === undefined) throw new Error(`no delivery ${label}`);
  return send(squarePayload(delivery.file), delivery.headers);
};

const FIRST = 'CAISENgvlJ6jLWAzERDzjyHVybA';

describe('an order, as it was really sent', () => {
  test('order.created: fetched, its items found in the catalog, reserved, held for its payment', async () => {
    await receive('NF-TS24', 'L26-071A', 100);
    await receive('NF-CC08', 'L26-064C', 100);
    await receive('NF-CARD', 'CARDS', 100);
    await putOrder('retrieve_order_01_v1_shipment.json');
    expect((await deliver('first')).status).toBe(200);
    const [summary, ...others] = await ordersOf(FIRST);
    expect(others).toEqual([]);
    const order = await api(`/v1/orders/${summary.orderId}`);
    expect(order).toMatchObject({
      state: 'ALLOCATED',
      channel: 'SQUARE',
      orderType: 'DTC',
      total: '64.48',
      channelTotal: '64.48',
      shippingAmount: '8.00',
      customer: { name: 'Zoë Nguyễn', email: 'zoe@example.com', reference: 'CUSTTEST0001' },
      shipTo: { address1: '77 Harbor Ln', address2: '#4', city: 'Tacoma', region: 'WA', country: 'US' },
      holds: [{ reason: 'AWAITING_PAYMENT' }],
    });
    expect(
      order.lines.map((line: Record<string, unknown>) => [line.sku, line.allocated, line.unitPrice]),
    ).toEqual([
      ['NF-TS24', 6, '4.75'],
      ['NF-CC08', 3, '9.50'],
      ['NF-CARD', 1, '0.00'],
    ]);
    expect(order.lines[0].allocations).toMatchObject([{ lotNumber: 'L26-071A', pinned: true }]);
  });

  test('the same event again does nothing', async () => {
    const answer = await deliver('retry after timeout');
    expect([answer.status, answer.body]).toEqual([200, { status: 'repeat' }]);
    expect(await ordersOf(FIRST)).toHaveLength(1);
  });

  test('payment.updated lets the goods go', async () => {
    expect((await deliver('payment')).status).toBe(200);
    const [{ orderId }] = await ordersOf(FIRST);
    expect((await api(`/v1/orders/${orderId}`)).holds).toEqual([]);
  });

  test('newer versions are fetched, older ones are not', async () => {
    await putOrder('retrieve_order_01_v4_prepared_paid.json');
    const before = (await api('/dev/stand-ins')).items.length;
    expect((await deliver('update v2')).status).toBe(200);
    expect((await deliver('fulfillment v4')).status).toBe(200);
    const late = await deliver('late v2 after v4');
    expect([late.status, late.body.status]).toEqual([200, 'repeat']);
    const asked = (await api('/dev/stand-ins')).items.slice(before);
    expect(asked.map((each: { operation: string }) => each.operation)).toEqual(['RetrieveOrder']);
  });

  test('a cancellation of an unknown order makes it known as cancelled, and holds no stock', async () => {
    await putOrder('retrieve_order_03_canceled.json');
    expect((await deliver('cancel')).status).toBe(200);
    const [summary] = await ordersOf('eA3vssLHKJrv9H0IdJCM3gNqfdcZC');
    expect(summary.state).toBe('CANCELLED');
    expect((await api('/v1/inventory/NF-TS24')).reserved).toBe(6);
  });

  test('a draft is no order', async () => {
    expect((await deliver('draft')).status).toBe(200);
    expect(await ordersOf('draftOrderTest0001')).toEqual([]);
  });

  test('an order that Square does not know is quarantined', async () => {
    const answer = await signed(orderEvent('order.created', 'e-404', { orderId: 'nowhere', version: 1 }));
    expect(answer.status).toBe(202);
  });

  test.each([
    ['too large to be exact', 2 ** 53],
    ['not whole', 64.48],
  ])('an order with an amount that is %s is quarantined', async (label, amount) => {
    const { order } = JSON.parse(squarePayload('retrieve_order_01_v1_shipment.json').toString());
    const orderId = `amount-${label.replaceAll(' ', '-')}`;
    await put('/square/orders', { ...order, id: orderId, total_money: { amount, currency: 'USD' } });
    const answer = await signed(orderEvent('order.created', `e-${orderId}`, { orderId, version: 1 }));
    expect(answer).toMatchObject({ status: 202, body: { reason: expect.stringContaining('totalMoney') } });
    expect(await ordersOf(orderId)).toEqual([]);
  });

  test('an event of a type that no rule deals with is quarantined', async () => {
    const event = { merchant_id: MERCHANT, type: 'loyalty.account.created', event_id: 'e-loyal', data: {} };
    expect((await signed(Buffer.from(JSON.stringify(event)))).status).toBe(202);
  });
});

describe('what is not signed by Square for this address', () => {
  test.each([
    'other signature key',
    'signed for the URL without its query string',
    'signed for the URL with a slash added',
    'body signed without the URL',
    'body changed after signing',
    'only the old SHA-1 header',
  ])('%s: 401', async (label) => {
    expect((await deliver(label)).status).toBe(401);
  });

  test.each(['', 'null', '{', '[]', '{"merchant_id":"M-OTHER","type":"order.created","event_id":"x"}'])(
    'a signed body of a stranger, %j: 401',
    async (text) => {
      expect((await signed(Buffer.from(text))).status).toBe(401);
    },
  );
});

describe('when Square cannot be asked', () => {
  test.each([
    ['failing', [{ operation: 'RetrieveOrder', status: 500, times: 100 }]],
    ['busy for longer than the webhook may wait', [{ status: 429, retryAfter: 60 }]],
  ])(
    '%s: 503, nothing is stored, and the message that comes again is taken in',
    { timeout: 20_000, tags: 'long' },
    async (name, faults) => {
      const orderId = `fault-${name.length}`;
      const { order } = JSON.parse(squarePayload('retrieve_order_01_v4_prepared_paid.json').toString());
      await put('/square/orders', { ...order, id: orderId });
      await put('/faults', faults);
      const event = orderEvent('order.created', `e-${orderId}`, { orderId, version: 4 });
      const refused = await signed(event);
      expect([refused.status, refused.body.code]).toEqual([503, 'busy']);
      expect(await ordersOf(orderId)).toEqual([]);
      await put('/faults', []);
      expect((await signed(event)).status).toBe(200);
      expect(await ordersOf(orderId)).toHaveLength(1);
    },
  );

  test('a short pause that Square asks for is waited out', async () => {
    const { order } = JSON.parse(squarePayload('retrieve_order_01_v4_prepared_paid.json').toString());
    await put('/square/orders', { ...order, id: 'patient' });
    await put('/faults', [{ operation: 'RetrieveOrder', status: 429, retryAfter: 1 }]);
    const answer = await signed(orderEvent('order.created', 'e-patient', { orderId: 'patient', version: 4 }));
    expect(answer.status).toBe(200);
  });
});

describe('a sale at the counter', () => {
  const sale = (id: string) => {
    const { order } = JSON.parse(squarePayload('retrieve_order_01_v4_prepared_paid.json').toString());
    return {
      ...order,
      id,
      state: 'COMPLETED',
      fulfillments: [],
      closed_at: '2026-03-13T16:30:12Z',
    };
  };
  const payment = (eventId: string, order_id: string | undefined, status = 'COMPLETED') => {
    const event = JSON.parse(squarePayload('event_04_payment_updated.json').toString());
    event.event_id = eventId;
    Object.assign(event.data.object.payment, { order_id, status });
    return Buffer.from(JSON.stringify(event));
  };

  test('is told by its payment alone; its goods are taken off the stock, and it is closed', async () => {
    await put('/square/orders', sale('counter-1'));
    expect((await signed(payment('pos-1', 'counter-1'))).status).toBe(200);
    const [{ orderId }] = await ordersOf('counter-1');
    const order = await api(`/v1/orders/${orderId}`);
    expect(['DELIVERED', 'CLOSED']).toContain(order.state);
    expect(order.shipments).toMatchObject([{ carrier: 'Counter' }]);
    expect(order.lines.map((line: { delivered: number }) => line.delivered)).toEqual([6, 3, 1]);
    expect((await signed(payment('pos-2', 'counter-1'))).status).toBe(200);
    expect(await ordersOf('counter-1')).toHaveLength(1);
  });

  test('of more than there is is a fact, and an operator corrects the stock', async () => {
    const [line] = sale('counter-2').line_items;
    const total = { amount: 90_000 * 475, currency: 'USD' };
    const none = { amount: 0, currency: 'USD' };
    const bare = { total_discount_money: none, total_tax_money: none, gross_sales_money: total };
    await put('/square/orders', {
      ...sale('counter-2'),
      line_items: [{ ...line, ...bare, quantity: '90000' }],
      service_charges: [],
      total_money: total,
    });
    expect((await signed(payment('pos-3', 'counter-2'))).status).toBe(202);
    const [{ orderId }] = await ordersOf('counter-2');
    const order = await api(`/v1/orders/${orderId}`);
    expect(order.holds).toEqual([]);
    expect(['DELIVERED', 'CLOSED']).toContain(order.state);
    const { items } = await api('/v1/operations/kept-messages');
    expect(items.map(({ reason }: { reason: string }) => reason).join()).toContain('Correct the stock');
  });

  test.each([
    ['that failed', payment('pos-4', 'counter-3', 'FAILED')],
    ['of no order', payment('pos-5', undefined)],
  ])('a payment %s asks nothing of Square', async (_, event) => {
    const before = (await api('/dev/stand-ins')).items.length;
    expect((await signed(event)).status).toBe(200);
    expect((await api('/dev/stand-ins')).items).toHaveLength(before);
  });
});

describe('several accounts', () => {
  const OTHER = 'https://other.example.com/hooks';
  const event = (eventId: string, merchant_id: string) => {
    const given = orderEvent('order.created', eventId, { orderId: 'several', version: 4 });
    return Buffer.from(JSON.stringify({ ...JSON.parse(given.toString()), merchant_id }));
  };
  const sendSigned = (body: Buffer, url: string) =>
    send(body, { 'x-square-hmacsha256-signature': squareSignature(body, url, KEY) });

  test('each signs for its own address, under a secret of its own name', async () => {
    await api('/v1/connections/other-square', {
      method: 'PUT',
      body: JSON.stringify({
        kind: 'SQUARE',
        name: 'Other',
        settings: {
          merchantId: 'MOTHER',
          notificationUrl: OTHER,
          apiBaseUrl: `${stack.url}/dev/stand-ins/square`,
          secretName: 'order-loop/connections/other-square',
        },
      }),
    });
    const { order } = JSON.parse(squarePayload('retrieve_order_01_v4_prepared_paid.json').toString());
    await put('/square/orders', { ...order, id: 'several' });
    expect((await sendSigned(event('o-1', 'MOTHER'), NOTIFICATION_URL)).status).toBe(401);
    expect((await sendSigned(event('o-2', MERCHANT), OTHER)).status).toBe(401);
    expect((await sendSigned(event('o-3', 'MOTHER'), OTHER)).status).toBe(200);
    expect((await sendSigned(event('o-3', MERCHANT), NOTIFICATION_URL)).status).toBe(200);
    expect(await ordersOf('several')).toHaveLength(2);
  });

  test('an account that cannot be reached: 503, so that the message comes again', {
    timeout: 20_000,
    tags: 'long',
  }, async () => {
    await api('/v1/connections/third-square', {
      method: 'PUT',
      body: JSON.stringify({
        kind: 'SQUARE',
        name: 'Third',
        settings: { merchantId: 'MTHIRD', apiBaseUrl: 'http://127.0.0.1:9' },
      }),
    });
    const answer = await sendSigned(event('t-1', 'MTHIRD'), NOTIFICATION_URL);
    expect([answer.status, answer.body.code]).toEqual([503, 'busy']);
  });
});
