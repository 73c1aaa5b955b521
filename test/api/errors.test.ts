import { beforeAll, describe, expect, test } from 'vitest';
import type { ProblemDocument } from '../../contract/problems.ts';
import type { OrderResponse } from '../../contract/responses.ts';
import { lotPath, orderRequest, TRACKED, unique, useApi } from '../../testing/api.ts';
import type { Answer } from '../../testing/client.ts';

const api = useApi();

function expectProblem(answer: Answer<ProblemDocument>, status: number, code: string, instance?: string) {
  expect(answer.body).toMatchObject({ code, status, type: `urn:order-loop:problem:${code}` });
  expect(answer.status).toBe(status);
  expect(answer.headers['content-type']).toMatch(/^application\/problem\+json\b/);
  expect(answer.body.title).not.toBe('');
  expect(answer.body.detail).not.toBe('');
  if (instance !== undefined) expect(answer.body.instance).toBe(instance);
  expect(answer.text).not.toMatch(/\bat .+:\d+:\d+|node_modules|\.ts\b/);
}

/** An order over 10 units of a SKU that has 100. */
async function allocatedOrder(quantity = 10): Promise<{ sku: string; order: OrderResponse }> {
  const sku = unique('ERR');
  await api().stock(sku, 'L1', 100);
  const order = await api().receive({ lines: [{ sku, quantity }] });
  expect(order.state).toBe('ALLOCATED');
  return { sku, order };
}

describe('who may ask', () => {
  test.each([
    ['no token', undefined],
    ['a token that is none', 'Bearer nonsense'],
    ['another scheme', 'Basic YTpi'],
  ])('%s is unauthorized', async (_, authorization) => {
    const headers = authorization === undefined ? {} : { authorization };
    const answer = await api().http.send<ProblemDocument>('GET', '/v1/orders', { headers });
    expectProblem(answer, 401, 'unauthorized', '/v1/orders');
    expect(answer.headers['www-authenticate']).toMatch(/^Bearer/);
  });

  test('an altered token is unauthorized', async () => {
    const [header, claims, signature = ''] = api().token.split('.');
    const altered = `${header}.${claims}.${[...signature].reverse().join('')}`;
    const answer = await api().send('GET', '/v1/orders', { headers: { authorization: `Bearer ${altered}` } });
    expectProblem(answer, 401, 'unauthorized');
  });

  test.each([
    ['POST', '/v1/orders', 'orders/read'],
    ['GET', '/v1/orders', 'orders/write'],
    ['DELETE', '/v1/orders/LMB-ORD-2026-0001', 'orders/read orders/write'],
    ['GET', '/v1/inventory/SKU', 'inventory/write'],
    ['POST', '/v1/inventory/SKU/lots', 'inventory/read'],
    ['GET', '/v1/inventory/drift', 'inventory/read inventory/write'],
    ['GET', '/v1/invoices', 'orders/read'],
    ['GET', '/v1/connections', 'orders/read'],
  ])('%s %s does not do with %s', async (method, path, scope) => {
    const authorization = `Bearer ${await api().stack.token(scope)}`;
    expectProblem(
      await api().send(method, path, { headers: { authorization } }),
      403,
      'insufficient_scope',
      path,
    );
  });
});

describe('what cannot be read', () => {
  test.each(['{', '', '{"a":1,}', 'NaN', '"open', '{"a":1}{"b":2}'])('%j is not JSON', async (body) => {
    const answer = await api().send('POST', '/v1/orders', {
      body,
      headers: { 'content-type': 'application/json' },
    });
    // A missing body is an order without its fields.
    if (body === '') expectProblem(answer, 422, 'validation_failed');
    else expectProblem(answer, 400, 'malformed_json', '/v1/orders');
  });

  test.each(['text/plain', 'application/xml', 'application/x-www-form-urlencoded', 'application/jsonx'])(
    'a body of the type %s is not read',
    async (type) => {
      const body = JSON.stringify(orderRequest({ lines: [{ sku: 'ANY', quantity: 1 }] }));
      const answer = await api().send('POST', '/v1/orders', { body, headers: { 'content-type': type } });
      expectProblem(answer, 415, 'unsupported_media_type');
    },
  );

  test('a body over 1 MiB is too large, one just below it is looked at', async () => {
    const note = (bytes: number) =>
      JSON.stringify({ note: 'x'.repeat(bytes - JSON.stringify({ note: '' }).length) });
    const limit = 1024 * 1024;
    expectProblem(
      await api().send('POST', '/v1/orders', { body: note(limit + 1) }),
      413,
      'payload_too_large',
    );
    expectProblem(await api().send('POST', '/v1/orders', { body: note(limit) }), 422, 'validation_failed');
  });

  test('a cursor that no list gave is invalid, also that of another list', async () => {
    await api().receive({ lines: [{ sku: unique('CURSOR'), quantity: 1 }] });
    await api().receive({ lines: [{ sku: unique('CURSOR'), quantity: 1 }] });
    const { body } = await api().send<{ nextCursor: string }>('GET', '/v1/orders?limit=1');
    const { nextCursor } = body;
    expect(nextCursor).toBeDefined();
    for (const query of [`cursor=${nextCursor}x`, 'cursor=', `cursor=${nextCursor}&state=RECEIVED`]) {
      expectProblem(await api().send('GET', `/v1/orders?${query}`), 400, 'invalid_cursor');
    }
    expectProblem(await api().send('GET', `/v1/invoices?cursor=${nextCursor}`), 400, 'invalid_cursor');
  });

  test('every field at fault is named', async () => {
    const body = {
      currency: 'XXY',
      customer: {},
      lines: [{ sku: 'A', quantity: 0, unitPrice: 1 }],
      colour: 'red',
    };
    const answer = await api().send('POST', '/v1/orders', { body });
    expectProblem(answer, 422, 'validation_failed', '/v1/orders');
    expect(answer.body.errors?.map(({ path }) => path).sort()).toEqual([
      'colour',
      'currency',
      'customer.name',
      'lines[0].quantity',
      'lines[0].unitPrice',
    ]);
  });
});

describe('what is not there', () => {
  test.each([
    ['GET', '/v1/orders/LMB-ORD-2020-9999'],
    ['GET', '/v1/orders/LMB-ORD-2020-9999/events'],
    ['GET', '/v1/orders/LMB-ORD-2020-9999/allocation'],
    ['GET', '/v1/orders/LMB-ORD-2020-9999/documents'],
    ['DELETE', '/v1/orders/LMB-ORD-2020-9999'],
    ['POST', '/v1/orders/LMB-ORD-2020-9999/allocation'],
    ['POST', '/v1/orders/LMB-ORD-2020-9999/portal-link'],
    ['GET', '/v1/invoices/NONE'],
    ['GET', '/v1/connections/none'],
    ['GET', '/v1/nothing'],
    ['PUT', '/v1/orders'],
  ])('%s %s', async (method, path) => {
    expectProblem(await api().send(method, path), 404, 'not_found', path);
  });

  test('a lot, a shipment, a hold and a document of an order that is there', async () => {
    const { sku, order } = await allocatedOrder();
    const change = { body: { status: 'HOLD', reason: 'none' } };
    expectProblem(await api().send('PATCH', lotPath(sku, 'L2'), change), 404, 'not_found');
    const path = `/v1/orders/${order.orderId}`;
    expectProblem(await api().send('DELETE', `${path}/holds/none`), 404, 'not_found');
    expectProblem(await api().send('GET', `${path}/documents/none`), 404, 'not_found');
    await api().command(order.orderId, 'fulfillment');
    const delivery = { body: { deliveredAt: new Date().toISOString() } };
    expectProblem(await api().send('POST', `${path}/shipments/none/delivery`, delivery), 404, 'not_found');
  });
});

describe('what an order does not take', () => {
  const commands: readonly [string, string, string, unknown][] = [
    ['RecordShipment', 'POST', '/shipments', TRACKED],
    ['CloseOrder', 'POST', '/close', undefined],
    ['ConfirmDelivery', 'POST', '/shipments/S1/delivery', { deliveredAt: '2026-03-10T14:07:00Z' }],
    [
      'ReceiveReturn',
      'POST',
      '/returns',
      { lines: [{ lineNumber: 1, quantity: 1, disposition: 'RESTOCK' }] },
    ],
    ['VoidOrder', 'DELETE', '', undefined],
  ];

  test.each(commands)(
    '%s of an ALLOCATED order is refused, recorded, and changes nothing',
    async (command, method, path, body) => {
      const { order } = await allocatedOrder();
      const url = `/v1/orders/${order.orderId}`;
      const before = await api().send('GET', url);
      const refused = await api().send(method, `${url}${path}`, { body });
      expectProblem(refused, 409, 'illegal_transition');
      expect(refused.body).toMatchObject({ state: 'ALLOCATED', command });
      expect(refused.body.allowed).toContain('QueueFulfillment');
      expect(refused.body.allowed).not.toContain(command);
      const after = await api().send('GET', url);
      expect(after.text).toBe(before.text);
      expect(after.headers.etag).toBe(before.headers.etag);
      const history = await api().history(order.orderId);
      expect(history.at(-1)).toMatchObject({ type: 'TransitionRejected', data: { command } });
      expect(history.map(({ sequence }) => sequence)).toEqual(history.map((_, index) => index + 1));
    },
  );

  test('shipping more than is allocated is refused with what is short', async () => {
    const { sku, order } = await allocatedOrder(10);
    await api().command(order.orderId, 'fulfillment');
    const path = `/v1/orders/${order.orderId}/shipments`;
    const body = { ...TRACKED, lines: [{ lineNumber: 1, quantity: 11 }] };
    const before = await api().order(order.orderId);
    const answer = await api().send('POST', path, { body });
    expect(answer.status).toBe(409);
    expect(['insufficient_stock', 'illegal_transition']).toContain(answer.body.code);
    expect(await api().order(order.orderId)).toEqual(before);
    expect(await api().inventory(sku)).toMatchObject({ onHand: 100, reserved: 10, available: 90 });
  });
});

describe('what stock does not cover', () => {
  test('an order that accepts no backorder', async () => {
    const sku = unique('SHORT');
    await api().stock(sku, 'L1', 5);
    const body = orderRequest({ backorderPolicy: 'REJECT', lines: [{ sku, quantity: 8 }] });
    const answer = await api().send('POST', '/v1/orders', { body });
    expectProblem(answer, 409, 'insufficient_stock');
    expect(answer.body.shortages).toEqual([{ lineNumber: 1, sku, requested: 8, available: 5 }]);
    expect(await api().inventory(sku)).toMatchObject({ reserved: 0, available: 5 });
    expect(await api().list(`sku=${sku}`)).toEqual([]);
  });

  test('a pin that its lot cannot meet, by name', async () => {
    const sku = unique('PIN');
    await api().stock(sku, 'L1', 5);
    await api().stock(sku, 'L2', 50);
    const body = orderRequest({ lines: [{ sku, quantity: 8, lotPin: 'L1' }] });
    const answer = await api().send('POST', '/v1/orders', { body });
    expectProblem(answer, 409, 'insufficient_stock');
    expect(answer.body.shortages).toMatchObject([
      { lineNumber: 1, sku, lotNumber: 'L1', requested: 8, available: 5 },
    ]);
  });

  test('an adjustment below what is reserved', async () => {
    const { sku } = await allocatedOrder(60);
    const body = { adjustment: -41, reason: 'counted' };
    const answer = await api().send('PATCH', lotPath(sku, 'L1'), { body });
    expectProblem(answer, 409, 'insufficient_stock');
    expect(answer.body.shortages).toMatchObject([{ sku, lotNumber: 'L1', requested: 41, available: 40 }]);
  });
});

describe('B2B', () => {
  test('a purchase order number is used once by a customer', async () => {
    const customer = { name: unique('Customer') };
    const wanted = { orderType: 'B2B', customer, purchaseOrderNumber: 'PO-1' };
    const lines = [{ sku: unique('PO'), quantity: 1 }];
    await api().receive({ ...wanted, lines });
    const again = await api().send('POST', '/v1/orders', { body: orderRequest({ ...wanted, lines }) });
    expectProblem(again, 409, 'duplicate_purchase_order');
    await api().receive({ ...wanted, customer: { name: unique('Customer') }, lines });
  });

  test('a quantity is whole cases', async () => {
    const lines = [{ sku: unique('CASE'), quantity: 25, unitsPerCase: 12 }];
    const body = orderRequest({ orderType: 'B2B', lines });
    const answer = await api().send('POST', '/v1/orders', { body });
    expectProblem(answer, 422, 'case_pack');
    expect((await api().receive({ lines })).lines[0]?.ordered).toBe(25);
  });
});

describe('a request that is sent again', () => {
  test('gets the first answer again, marked as such', async () => {
    const sku = unique('KEY');
    await api().stock(sku, 'L1', 100);
    const headers = { 'idempotency-key': unique('key') };
    const body = orderRequest({ lines: [{ sku, quantity: 10 }] });
    const first = await api().send<OrderResponse>('POST', '/v1/orders', { body, headers });
    const second = await api().send<OrderResponse>('POST', '/v1/orders', { body, headers });
    expect([first.status, second.status]).toEqual([201, 201]);
    expect(first.headers['idempotent-replayed']).toBeUndefined();
    expect(second.headers['idempotent-replayed']).toBe('true');
    expect(second.text).toBe(first.text);
    expect(second.headers.location).toBe(first.headers.location);
    expect(second.headers.etag).toBe(first.headers.etag);
    expect(await api().inventory(sku)).toMatchObject({ reserved: 10 });
  });

  test('gets what the last step of a command led to, though few lines were asked for', async () => {
    // Twelve lines that wait, each for three lots: more reservations than one transaction takes.
    const [there = '', ...skus] = Array.from({ length: 13 }, () => unique('STEPS'));
    await api().stock(there, 'L1', 1);
    const lines = [{ sku: there, quantity: 1 }, ...skus.map((sku) => ({ sku, quantity: 3 }))];
    const { orderId } = await api().receive({ lines });
    const path = `/v1/orders/${orderId}/allocation`;
    // What was released on purpose is not reserved again when the stock comes.
    expect((await api().send('DELETE', path)).status).toBe(200);
    const lots = ['L1', 'L2', 'L3'];
    await Promise.all(skus.flatMap((sku) => lots.map((lotNumber) => api().stock(sku, lotNumber, 1))));

    const sent = { body: {}, headers: { 'idempotency-key': unique('key') } };
    const first = await api().send<OrderResponse>('POST', path, sent);
    expect(first.body.lines.map(({ allocated }) => allocated)).toEqual([1, ...skus.map(() => 3)]);
    const again = await api().send<OrderResponse>('POST', path, sent);
    expect(again.headers['idempotent-replayed']).toBe('true');
    expect(again.text).toBe(first.text);
  });

  test('belongs to its caller: another one under the same key makes a request of its own', async () => {
    const sku = unique('KEY');
    const key = { 'idempotency-key': unique('key') };
    const send = async (subject: string) => {
      const authorization = `Bearer ${await api().stack.token('orders/write', subject)}`;
      const body = orderRequest({ lines: [{ sku, quantity: 1 }] });
      return api().send<OrderResponse>('POST', '/v1/orders', { body, headers: { ...key, authorization } });
    };
    const [ada, bob, again] = [await send('ada'), await send('bob'), await send('ada')];
    expect(bob.body.orderId).not.toBe(ada.body.orderId);
    expect(again.text).toBe(ada.text);
  });

  test('with another body is a conflict', async () => {
    const headers = { 'idempotency-key': unique('key') };
    const sku = unique('KEY');
    const send = (quantity: number) =>
      api().send('POST', '/v1/orders', { body: orderRequest({ lines: [{ sku, quantity }] }), headers });
    expect((await send(1)).status).toBe(201);
    expectProblem(await send(2), 422, 'idempotency_conflict');
    expect(await api().list(`sku=${sku}`)).toHaveLength(1);
  });

  test('is told for each kind of command, stock included', async () => {
    const { sku, order } = await allocatedOrder(10);
    const headers = { 'idempotency-key': unique('key') };
    const receipt = { body: { lotNumber: 'L1', quantity: 5 }, headers };
    const receipts = [
      await api().send('POST', lotPath(sku), receipt),
      await api().send('POST', lotPath(sku), receipt),
    ];
    expect(receipts.map((answer) => answer.headers['idempotent-replayed'])).toEqual([undefined, 'true']);
    expect(await api().inventory(sku)).toMatchObject({ onHand: 105 });
    const hold = { body: { reason: 'OTHER' }, headers };
    const path = `/v1/orders/${order.orderId}/holds`;
    const [first, second] = [await api().send('POST', path, hold), await api().send('POST', path, hold)];
    expect([first?.status, second?.status]).toEqual([201, 201]);
    expect(second?.text).toBe(first?.text);
    expect((await api().order(order.orderId)).holds).toHaveLength(1);
  });
});

describe('the version that a change starts from', () => {
  let order: OrderResponse;
  beforeAll(async () => {
    order = (await allocatedOrder()).order;
  });
  const amend = (headers: Record<string, string>) =>
    api().send('PATCH', `/v1/orders/${order.orderId}`, { body: { customerReference: 'C-9' }, headers });

  test('is required', async () => {
    expectProblem(await amend({}), 428, 'precondition_required');
  });

  test.each(['"99"', '"0"', 'W/"1"', 'nonsense', '""'])('%s is not it', async (version) => {
    expectProblem(await amend({ 'if-match': version }), 412, 'precondition_failed');
  });

  test('is the ETag that was read, and is then used up', async () => {
    const { headers } = await api().send('GET', `/v1/orders/${order.orderId}`);
    const etag = headers.etag ?? '';
    expect(etag).toMatch(/^"\d+"$/);
    expect((await amend({ 'if-match': etag })).status).toBe(200);
    const stale = await api().send('PATCH', `/v1/orders/${order.orderId}`, {
      body: { customerReference: 'C-10' },
      headers: { 'if-match': etag },
    });
    expectProblem(stale, 412, 'precondition_failed');
  });
});
