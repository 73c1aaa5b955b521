import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SCOPES } from '../../../contract/routes.ts';
import type { LocalStack } from '../../../local/stack.ts';
import { startStack } from '../../../testing/stack.ts';
import { until } from '../../../testing/until.ts';
import { deliver, payload, wooOrder } from './support.ts';

let stack: LocalStack;
let token: string;

beforeAll(async () => {
  stack = await startStack();
  token = await stack.token(SCOPES.join(' '));
  for (const sku of ['WOO-BAG', 'WOO-MUG']) {
    await api(`/v1/inventory/${sku}/lots`, { lotNumber: `${sku}-1`, quantity: 1000 });
  }
});
afterAll(() => stack.stop());

async function api(path: string, body?: unknown, method = body === undefined ? 'GET' : 'POST') {
  const response = await fetch(stack.url + path, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  // biome-ignore lint/suspicious/noExplicitAny: answers are looked into field by field
  return (await response.json()) as any;
}

const send = (topic: string, body: unknown, headers = {}) => deliver(stack.url, topic, body, headers);
const find = async (id: number) => {
  const [summary] = (await api(`/v1/orders?externalId=${id}`)).items;
  return summary && api(`/v1/orders/${summary.orderId}`);
};
const put = (order: unknown) => api('/dev/stand-ins/woocommerce/orders', order, 'PUT');

const at = (second: number) => ({ date_modified_gmt: `2026-03-10T14:00:${String(second).padStart(2, '0')}` });

describe('an order', () => {
  test('is received, reserved and found by the number of the store', async () => {
    expect(await send('order.created', wooOrder({ id: 1001 }))).toMatchObject({ status: 200 });
    expect(await find(1001)).toMatchObject({
      channel: 'WOOCOMMERCE',
      externalId: '1001',
      total: '59.08',
      holds: [],
      lines: [{ sku: 'WOO-BAG', ordered: 2, allocated: 2 }, { sku: 'WOO-MUG', allocated: 1 }, { sku: null }],
    });
  });

  test('comes once, however often it is delivered and under whatever delivery id', async () => {
    for (let times = 0; times < 3; times++) await send('order.created', wooOrder({ id: 1002 }));
    const { items } = await api('/v1/orders?externalId=1002');
    expect(items).toHaveLength(1);
    expect((await api(`/v1/orders/${items[0].orderId}`)).lines[0].ordered).toBe(2);
  });

  test('that waits for its money is held until it has come; an older message changes nothing', async () => {
    await send('order.created', wooOrder({ id: 1003, status: 'on-hold', ...at(1) }));
    expect((await find(1003)).holds).toMatchObject([{ reason: 'AWAITING_PAYMENT' }]);
    await send('order.updated', wooOrder({ id: 1003, ...at(20) }));
    expect((await find(1003)).holds).toEqual([]);
    await send('order.updated', wooOrder({ id: 1003, status: 'cancelled', ...at(30) }));
    await send('order.updated', wooOrder({ id: 1003, ...at(2) }));
    expect((await find(1003)).state).toBe('CANCELLED');
  });

  test('of which units are refunded before they leave: they are cancelled', async () => {
    await send('order.created', wooOrder({ id: 1004, status: 'on-hold' }));
    const refunds = [{ id: 726, reason: '', total: '-14.58' }];
    const changed = wooOrder({ id: 1004, status: 'on-hold', refunds, ...at(30) });
    await put({ ...changed, fake_refunds: payload('refunds.json') });
    await send('order.updated', changed);
    expect((await find(1004)).lines[0]).toMatchObject({ ordered: 2, cancelled: 1, allocated: 1 });
  });

  test('that is deleted is gone; restored it is for a person', async () => {
    await send('order.created', wooOrder({ id: 1005, status: 'on-hold' }));
    expect(await send('order.deleted', { id: 1005 })).toMatchObject({ status: 200 });
    const { items } = await api('/v1/orders?externalId=1005');
    expect(items).toEqual([]);
    expect(await send('order.restored', wooOrder({ id: 1005, ...at(40) }))).toMatchObject({ status: 202 });
  });

  test('that was deleted before it was known stays unknown, and restored it is for a person', async () => {
    await send('order.deleted', { id: 1007 });
    expect(await send('order.created', wooOrder({ id: 1007 }))).toMatchObject({ status: 200 });
    expect(await find(1007)).toBeUndefined();
    expect(await send('order.restored', wooOrder({ id: 1007, ...at(40) }))).toMatchObject({ status: 202 });
  });

  test('of a customer who has not placed it is no order', async () => {
    expect(await send('order.created', wooOrder({ id: 1006, status: 'checkout-draft' }))).toMatchObject({
      status: 200,
    });
    expect(await find(1006)).toBeUndefined();
  });
});

describe('the way back', () => {
  test('tracking, a note to the customer, and completed when all has left; its echo ships nothing twice', async () => {
    await send('order.created', wooOrder({ id: 1010 }));
    const { orderId } = await until(
      () => find(1010),
      (order) => order?.state === 'FULFILLMENT_QUEUED',
    );
    const ship = (lines: unknown, trackingNumber: string) =>
      api(`/v1/orders/${orderId}/shipments`, { lines, carrier: 'UPS', trackingNumber });
    await ship([{ lineNumber: 1, quantity: 2 }], '1Z1');
    await ship([{ lineNumber: 2, quantity: 1 }], '1Z2');
    const requests = await until(
      async () =>
        // biome-ignore lint/suspicious/noExplicitAny: as the fake lists it
        (await api('/dev/stand-ins')).items.filter((each: any) => each.shop === 'woocommerce'),
      // Each shipment is a message of its own, and they may be handled side by side.
      (own) => {
        const operations = own.map(({ operation }: { operation: string }) => operation);
        const trackings = operations.filter((each: string) => each === 'CreateTracking');
        return trackings.length >= 2 && operations.includes('UpdateOrder');
      },
    );
    const inputs = (operation: string) =>
      // biome-ignore lint/suspicious/noExplicitAny: as the fake lists it
      requests.filter((each: any) => each.operation === operation).map((each: any) => each.input);
    expect(inputs('CreateTracking').map((each: { tracking_number: string }) => each.tracking_number)).toEqual(
      expect.arrayContaining(['1Z1', '1Z2']),
    );
    expect(inputs('CreateNote')).toEqual(
      expect.arrayContaining([expect.objectContaining({ customer_note: true })]),
    );
    expect(inputs('UpdateOrder')).toEqual([{ status: 'completed' }]);
    await send('order.updated', wooOrder({ id: 1010, status: 'completed', ...at(50) }));
    expect(await find(1010)).toMatchObject({ state: 'SHIPPED', holds: [] });
  });

  test('completed in the store while it waits here: held, and for a person', async () => {
    await send('order.created', wooOrder({ id: 1011, status: 'on-hold' }));
    const answer = await send('order.updated', wooOrder({ id: 1011, status: 'completed', ...at(50) }));
    expect(answer.status).toBe(202);
    expect((await find(1011)).holds).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ note: expect.stringContaining('not shipped twice') }),
      ]),
    );
  });

  test('processing again after it was completed by mistake: the hold is released', async () => {
    await send('order.created', wooOrder({ id: 1013 }));
    await send('order.updated', wooOrder({ id: 1013, status: 'completed', ...at(40) }));
    expect((await find(1013)).holds).toHaveLength(1);
    await send('order.updated', wooOrder({ id: 1013, ...at(50) }));
    expect((await find(1013)).holds).toEqual([]);
  });

  test('a cancellation here cancels there', async () => {
    await send('order.created', wooOrder({ id: 1012, status: 'on-hold' }));
    const { orderId } = await find(1012);
    await api(`/v1/orders/${orderId}/cancellation`, { reason: 'CUSTOMER' });
    const document = await until(
      async () => {
        const { items } = await api(`/v1/orders/${orderId}/documents`);
        return items.find((each: { kind: string }) => each.kind === 'woocommerce-cancellation');
      },
      (found) => found !== undefined,
    );
    expect(document.status).toBe('SENT');
  });
});

describe('an order that the store cancelled for want of money', () => {
  const reasons = async () => {
    const { items } = await api('/v1/operations/kept-messages?limit=100');
    return items.map(({ reason }: { reason: string }) => reason).join();
  };

  test('and that was paid late is for a person, once', async () => {
    await send('order.created', wooOrder({ id: 1040, status: 'pending' }));
    await send('order.updated', wooOrder({ id: 1040, status: 'cancelled', ...at(30) }));
    expect((await send('order.updated', wooOrder({ id: 1040, ...at(40) }))).status).toBe(202);
    expect(await reasons()).toContain('opened order 1040 again');
    expect((await send('order.updated', wooOrder({ id: 1040, ...at(50) }))).status).toBe(200);
    expect(await find(1040)).toMatchObject({ state: 'CANCELLED', holds: [] });
  });

  test('and that was paid before we heard of the cancellation is not cancelled', async () => {
    await send('order.created', wooOrder({ id: 1042, status: 'pending' }));
    await send('order.updated', wooOrder({ id: 1042, ...at(40) }));
    const late = wooOrder({ id: 1042, status: 'cancelled', ...at(30) });
    expect(await send('order.updated', late)).toMatchObject({ status: 200 });
    expect((await find(1042)).state).not.toBe('CANCELLED');
    await send('order.updated', { ...late, ...at(50) });
    expect((await find(1042)).state).toBe('CANCELLED');
  });

  test('stays so without a word where it was cancelled here', async () => {
    await send('order.created', wooOrder({ id: 1041, status: 'pending' }));
    const { orderId } = await find(1041);
    await api(`/v1/orders/${orderId}/cancellation`, { reason: 'CUSTOMER' });
    expect((await send('order.updated', wooOrder({ id: 1041, ...at(40) }))).status).toBe(200);
  });
});

describe('an order that was refunded by its amount alone before it was known', () => {
  const refunds = [{ id: 726, reason: '', total: '-59.08' }];
  const refunded = { id: 1050, status: 'refunded', refunds };
  const fake_refunds = [{ id: 726, amount: '59.08', line_items: [] }];

  test('stays cancelled without a word while it is refunded, and is for a person when it is not', async () => {
    await put({ ...wooOrder({ ...refunded, ...at(30) }), fake_refunds });
    expect((await send('order.updated', wooOrder({ ...refunded, ...at(30) }))).status).toBe(200);
    const noted = wooOrder({ ...refunded, customer_note: 'Thank you', ...at(40) });
    expect(await send('order.updated', noted)).toMatchObject({ status: 200 });
    expect(await find(1050)).toMatchObject({ state: 'CANCELLED', holds: [] });
    expect((await send('order.updated', wooOrder({ id: 1050, ...at(50) }))).status).toBe(202);
  });
});

describe('an order of downloads alone', () => {
  const downloads = { needs_processing: false, shipping_lines: [] };

  test('waits for its payment, and is over when the store has completed it', async () => {
    await send('order.created', wooOrder({ id: 1030, status: 'pending', ...downloads }));
    expect((await find(1030)).holds).not.toEqual([]);
    const completed = wooOrder({ id: 1030, status: 'completed', ...downloads, ...at(40) });
    expect((await send('order.updated', completed)).status).toBe(200);
    const order = await until(
      () => find(1030),
      ({ state }) => state === 'CLOSED',
    );
    expect(order.holds).toEqual([]);
    expect((await send('order.updated', { ...completed, ...at(50) })).status).toBe(200);
  });
});

describe('the ping of a webhook that is saved', () => {
  const ping = (body: string) =>
    fetch(`${stack.url}/webhooks/woocommerce`, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });

  test('is answered with 200, and nothing is kept of it', async () => {
    const { items: before } = await api('/v1/inbound-messages?limit=1');
    expect((await ping('webhook_id=7')).status).toBe(200);
    expect((await api('/v1/inbound-messages?limit=1')).items).toEqual(before);
  });

  test('anything else without a signature is refused', async () => {
    expect((await ping('webhook_id=7&id=5')).status).toBe(401);
  });
});

describe('who may speak', () => {
  test.each([
    ['a wrong signature', { 'x-wc-webhook-signature': 'A'.repeat(43).concat('=') }],
    ['no signature', { 'x-wc-webhook-signature': '' }],
    ['a store that is not connected', { 'x-wc-webhook-source': 'https://other.example/' }],
  ])('%s is refused, and nothing is kept', async (_, headers) => {
    expect(await send('order.created', wooOrder({ id: 1020 }), headers)).toMatchObject({ status: 401 });
    expect(await find(1020)).toBeUndefined();
  });

  test.each([
    ['an unknown topic', 'product.updated', { id: 1 }],
    ['a body that is no order', 'order.created', { id: 'x' }],
    ['an order without lines', 'order.created', wooOrder({ id: 1021, line_items: [], fee_lines: [] })],
    ['an unknown currency', 'order.created', wooOrder({ id: 1022, currency: 'XYZ' })],
  ])('%s is quarantined with its reason', async (_, topic, body) => {
    const answer = await send(topic, body);
    expect(answer).toMatchObject({ status: 202, body: { reason: expect.any(String) } });
  });
});
