import { describe, expect, test } from 'vitest';
import type { OrderResponse } from '../../contract/responses.ts';
import { type Lines, lotPath, orderRequest, TRACKED, unique, useApi } from '../../testing/api.ts';
import type { Answer } from '../../testing/client.ts';
import { caseCount } from '../../testing/property-runs.ts';
import { until } from '../../testing/until.ts';

const api = useApi();

/** Sends all at once, and as a client is told to: again after `busy`, with the same key. */
function together<Body = OrderResponse>(
  count: number,
  request: (index: number) => {
    method: string;
    path: string;
    body?: unknown;
    headers?: Record<string, string>;
  },
): Promise<Answer<Body>[]> {
  return Promise.all(
    Array.from({ length: count }, async (_, index) => {
      const { method, path, body, headers } = request(index);
      for (let goes = 1; ; goes += 1) {
        const answer = await api().send<Body>(method, path, { body, headers });
        if (answer.status !== 503 || goes === 10) return answer;
        expect(answer.headers['retry-after']).toBeDefined();
      }
    }),
  );
}

const place = (lines: Lines, terms: Record<string, unknown> = {}) => ({
  method: 'POST',
  path: '/v1/orders',
  body: orderRequest({ lines, ...terms }),
  headers: { 'idempotency-key': unique('race') },
});

const codes = (answers: readonly Answer<unknown>[]) =>
  answers.map(({ status, body }) => `${status} ${(body as { code?: string }).code ?? ''}`.trim()).sort();

/** What must be true of a history, whatever raced: no gap, no repeat. */
async function expectGapless(orderId: string): Promise<void> {
  const sequences = (await api().history(orderId)).map(({ sequence }) => sequence);
  expect(sequences).toEqual(sequences.map((_, index) => index + 1));
}

describe('stock that many want', () => {
  test('200 orders for 50 units: 50 reserved, 150 backordered, none lost', async () => {
    const sku = unique('HOT');
    await api().stock(sku, 'L1', 50);
    const answers = await together(200, () => place([{ sku, quantity: 1 }]));
    expect(codes(answers)).toEqual(Array(200).fill('201'));
    const sum = (units: (line: OrderResponse['lines'][number] | undefined) => number) =>
      answers.reduce((total, { body }) => total + units(body.lines[0]), 0);
    expect(sum((line) => line?.allocated ?? 0)).toBe(50);
    expect(sum((line) => line?.backordered ?? 0)).toBe(150);
    expect(new Set(answers.map(({ body }) => body.orderId)).size).toBe(200);
    expect(await api().inventory(sku)).toMatchObject({ onHand: 50, reserved: 50, available: 0 });
    expect(await api().list(`sku=${sku}&limit=100`)).toHaveLength(200);
    expect(await api().list(`sku=${sku}&limit=100&state=ALLOCATED`)).toHaveLength(50);
    expect(await api().drift()).toEqual([]);
  });

  test('orders of several units over two hot lots take all of them and no unit more', {
    tags: 'long',
  }, async () => {
    const sku = unique('HOT');
    await Promise.all([api().stock(sku, 'L1', 37), api().stock(sku, 'L2', 40)]);
    const answers = await together(60, (index) => place([{ sku, quantity: (index % 3) + 1 }]));
    const lines = answers.map(({ body }) => body.lines[0]);
    expect(lines.reduce((total, line) => total + (line?.allocated ?? 0), 0)).toBe(77);
    expect(lines.reduce((total, line) => total + (line?.backordered ?? 0), 0)).toBe(120 - 77);
    expect(await api().inventory(sku)).toMatchObject({ reserved: 77, available: 0 });
    expect(await api().drift()).toEqual([]);
  });

  test('orders that accept no backorder: as many as there is stock for, the rest refused', {
    tags: 'long',
  }, async () => {
    const sku = unique('HOT');
    await api().stock(sku, 'L1', 10);
    const answers = await together(40, () => place([{ sku, quantity: 1 }], { backorderPolicy: 'REJECT' }));
    expect(codes(answers)).toEqual([...Array(10).fill('201'), ...Array(30).fill('409 insufficient_stock')]);
    expect(await api().inventory(sku)).toMatchObject({ reserved: 10, available: 0 });
    expect(await api().drift()).toEqual([]);
  });

  test('two lines of one SKU share its stock', async () => {
    const sku = unique('TWICE');
    await api().stock(sku, 'L1', 200);
    const lines = [
      { sku, quantity: 150 },
      { sku, quantity: 150 },
    ];
    const refused = await api().send('POST', '/v1/orders', {
      body: orderRequest({ backorderPolicy: 'REJECT', lines }),
    });
    expect(refused.body).toMatchObject({
      code: 'insufficient_stock',
      shortages: [{ lineNumber: 2, sku, requested: 150, available: 50 }],
    });
    const order = await api().receive({ lines });
    expect(order.lines.map(({ allocated, backordered }) => [allocated, backordered])).toEqual([
      [150, 0],
      [50, 100],
    ]);
    expect(await api().inventory(sku)).toMatchObject({ reserved: 200, available: 0 });
  });

  test('lines in opposite orders do not block each other', async () => {
    const [one, other] = [unique('A'), unique('B')];
    await Promise.all([api().stock(one, 'L1', 1000), api().stock(other, 'L1', 1000)]);
    const answers = await together(80, (index) => {
      const skus = index % 2 === 0 ? [one, other] : [other, one];
      return place(skus.map((sku) => ({ sku, quantity: 2 })));
    });
    expect(answers.every(({ body }) => body.state === 'ALLOCATED')).toBe(true);
    expect(await api().inventory(one)).toMatchObject({ reserved: 160, available: 840 });
    expect(await api().inventory(other)).toMatchObject({ reserved: 160, available: 840 });
    expect(await api().drift()).toEqual([]);
  });

  test('stock that comes in while orders are placed, cancelled and re-allocated is neither lost nor doubled', {
    tags: 'long',
  }, async () => {
    const sku = unique('FLOW');
    const early = await Promise.all(
      Array.from({ length: 10 }, () => api().receive({ lines: [{ sku, quantity: 3 }] })),
    );
    const answers = await together<unknown>(60, (index) => {
      const { orderId } = early[index % 10] as OrderResponse;
      if (index % 3 === 0) {
        const body = { lotNumber: `L${index % 2}`, quantity: 2 };
        return { method: 'POST', path: lotPath(sku), body, headers: { 'idempotency-key': unique('race') } };
      }
      if (index % 3 === 1) return place([{ sku, quantity: 1 }]);
      if (index < 15) {
        return { method: 'POST', path: `/v1/orders/${orderId}/cancellation`, body: { reason: 'race' } };
      }
      return { method: 'POST', path: `/v1/orders/${orderId}/allocation`, body: {} };
    });
    expect(answers.filter(({ status }) => status >= 500)).toEqual([]);
    const ordersOfSku = async () =>
      Promise.all((await api().list(`sku=${sku}&limit=100`)).map(({ orderId }) => api().order(orderId)));
    const sum = (orders: readonly OrderResponse[], name: 'allocated' | 'backordered') =>
      orders.reduce((total, { lines }) => total + (lines[0]?.[name] ?? 0), 0);
    // What a receipt leaves to the consumer comes a moment later.
    const { orders, inventory } = await until(
      async () => ({ orders: await ordersOfSku(), inventory: await api().inventory(sku) }),
      (now) => Math.min(now.inventory.available, sum(now.orders, 'backordered')) === 0,
    );
    const held = sum(orders, 'allocated');
    expect(inventory).toMatchObject({ onHand: 40, reserved: held, available: 40 - held });
    expect(await api().drift()).toEqual([]);
    await Promise.all(orders.map(({ orderId }) => expectGapless(orderId)));
  });
});

describe('commands that race', () => {
  async function queued(quantity = 80): Promise<{ sku: string; orderId: string; path: string }> {
    const sku = unique('RACE');
    await api().stock(sku, 'L1', 100);
    const { orderId } = await api().receive({ lines: [{ sku, quantity }] });
    await api().command(orderId, 'fulfillment');
    return { sku, orderId, path: `/v1/orders/${orderId}` };
  }

  test('eight identical shipments: one wins, stock is taken once', async () => {
    const { sku, orderId, path } = await queued();
    const answers = await together(8, () => ({ method: 'POST', path: `${path}/shipments`, body: TRACKED }));
    expect(codes(answers)).toEqual(['201', ...Array(7).fill('409 illegal_transition')]);
    expect(await api().inventory(sku)).toMatchObject({ onHand: 20, reserved: 0, available: 20 });
    const order = await api().order(orderId);
    expect(order).toMatchObject({ state: 'SHIPPED', lines: [{ shipped: 80, allocated: 0 }] });
    expect(order.shipments).toHaveLength(1);
    await expectGapless(orderId);
    const rejected = (await api().history(orderId)).filter(({ type }) => type === 'TransitionRejected');
    expect(rejected).toHaveLength(7);
  });

  test('eight shipments of the same lines: no unit more than is allocated', { tags: 'long' }, async () => {
    const { sku, orderId, path } = await queued();
    const body = { ...TRACKED, lines: [{ lineNumber: 1, quantity: 50 }] };
    const answers = await together(8, () => ({ method: 'POST', path: `${path}/shipments`, body }));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(7);
    expect(await api().inventory(sku)).toMatchObject({ onHand: 50, reserved: 30, available: 20 });
    await expectGapless(orderId);
  });

  test.each(Array.from({ length: caseCount(6, 2) }, (_, index) => [index]))(
    'cancel against ship, round %i: exactly one',
    async (round) => {
      const { sku, orderId, path } = await queued();
      const cancellation = { method: 'POST', path: `${path}/cancellation`, body: { reason: 'changed mind' } };
      const shipment = { method: 'POST', path: `${path}/shipments`, body: TRACKED };
      const answers = await together(2, (index) => ((index + round) % 2 === 0 ? cancellation : shipment));
      const won = answers.filter(({ status }) => status < 300);
      expect(won).toHaveLength(1);
      expect(codes(answers)[1]).toBe('409 illegal_transition');
      const { state } = await api().order(orderId);
      const onHand = state === 'SHIPPED' ? 20 : 100;
      expect(['SHIPPED', 'CANCELLED']).toContain(state);
      expect(won[0]?.body.state).toBe(state);
      expect(await api().inventory(sku)).toMatchObject({ onHand, reserved: 0, available: onHand });
      await expectGapless(orderId);
    },
  );

  test('one key from eight clients: one order', async () => {
    const sku = unique('KEY');
    await api().stock(sku, 'L1', 100);
    const one = place([{ sku, quantity: 5 }]);
    const answers = await together(8, () => one);
    for (const code of codes(answers)) expect(['201', '409 idempotency_in_flight']).toContain(code);
    const placed = answers.filter(({ status }) => status === 201);
    expect(new Set(placed.map(({ body }) => body.orderId)).size).toBe(1);
    expect(placed.filter(({ headers }) => headers['idempotent-replayed'] === undefined)).toHaveLength(1);
    expect(await api().list(`sku=${sku}`)).toHaveLength(1);
    expect(await api().inventory(sku)).toMatchObject({ reserved: 5 });
  });

  test('one key from eight clients: one shipment', async () => {
    const { sku, orderId, path } = await queued();
    const headers = { 'idempotency-key': unique('race') };
    const body = { ...TRACKED, lines: [{ lineNumber: 1, quantity: 10 }] };
    const answers = await together(8, () => ({ method: 'POST', path: `${path}/shipments`, body, headers }));
    for (const code of codes(answers)) expect(['201', '409 idempotency_in_flight']).toContain(code);
    const again = await api().send('POST', `${path}/shipments`, { body, headers });
    expect([again.status, again.headers['idempotent-replayed']]).toEqual([201, 'true']);
    expect((await api().order(orderId)).shipments).toHaveLength(1);
    expect(await api().inventory(sku)).toMatchObject({ onHand: 90, reserved: 70 });
  });

  test('one key from eight clients: one receipt of stock', { tags: 'long' }, async () => {
    const sku = unique('KEY');
    const headers = { 'idempotency-key': unique('race') };
    const body = { lotNumber: 'L1', quantity: 10 };
    const answers = await together(8, () => ({ method: 'POST', path: lotPath(sku), body, headers }));
    for (const code of codes(answers)) expect(['201', '409 idempotency_in_flight']).toContain(code);
    expect((await api().inventory(sku)).onHand).toBe(10);
  });

  test('one key from eight clients for the last units: one order, and all hear of it', {
    tags: 'long',
  }, async () => {
    const sku = unique('RACE');
    await api().stock(sku, 'L1', 3);
    const request = place([{ sku, quantity: 3 }], { backorderPolicy: 'REJECT' });
    const answers = await together(8, () => request);
    expect(codes(answers)).toEqual(Array(8).fill('201'));
    expect(new Set(answers.map(({ body }) => body.orderId)).size).toBe(1);
  });

  test('one key from eight clients: one amendment, and all hear of it', async () => {
    const sku = unique('RACE');
    await api().stock(sku, 'L1', 10);
    const { orderId, version } = await api().receive({ lines: [{ sku, quantity: 3 }] });
    const headers = { 'idempotency-key': unique('race'), 'if-match': `"${version}"` };
    const body = { lines: [{ lineNumber: 1, quantity: 5 }] };
    const answers = await together(8, () => ({
      method: 'PATCH',
      path: `/v1/orders/${orderId}`,
      body,
      headers,
    }));
    // While the first is still at it, the others are told so.
    expect(codes(answers).filter((code) => code !== '200' && code !== '409 idempotency_in_flight')).toEqual(
      [],
    );
    const again = await api().send('PATCH', `/v1/orders/${orderId}`, { body, headers });
    expect([again.status, again.headers['idempotent-replayed']]).toEqual([200, 'true']);
    const amended = (await api().history(orderId)).filter(({ type }) => type === 'OrderAmended');
    expect(amended).toHaveLength(1);
  });

  test('one key from eight clients: one adjustment of a lot', { tags: 'long' }, async () => {
    const sku = unique('RACE');
    await api().stock(sku, 'L1', 10);
    const headers = { 'idempotency-key': unique('race') };
    const body = { adjustment: -3, reason: 'broken' };
    const send = () => ({ method: 'PATCH', path: lotPath(sku, 'L1'), body, headers });
    const answers = await together(8, send);
    expect(codes(answers).filter((code) => code !== '200' && code !== '409 idempotency_in_flight')).toEqual(
      [],
    );
    expect(await api().inventory(sku)).toMatchObject({ onHand: 7 });
    const again = await api().send('PATCH', lotPath(sku, 'L1'), { body, headers });
    expect([again.status, again.headers['idempotent-replayed']]).toEqual([200, 'true']);
    const other = { adjustment: -4, reason: 'broken' };
    expect((await api().send('PATCH', lotPath(sku, 'L1'), { body: other, headers })).body.code).toBe(
      'idempotency_conflict',
    );
    expect(await api().inventory(sku)).toMatchObject({ onHand: 7 });
  });

  test('two amendments that start from one version: one is told that the order has changed', async () => {
    const sku = unique('AMEND');
    await api().stock(sku, 'L1', 100);
    const { orderId } = await api().receive({ lines: [{ sku, quantity: 10 }] });
    const { headers } = await api().send('GET', `/v1/orders/${orderId}`);
    const answers = await together(2, (index) => ({
      method: 'PATCH',
      path: `/v1/orders/${orderId}`,
      body: { lines: [{ lineNumber: 1, quantity: 20 + index }] },
      headers: { 'if-match': headers.etag ?? '' },
    }));
    expect(codes(answers)).toEqual(['200', '412 precondition_failed']);
    const winner = answers.find(({ status }) => status === 200)?.body;
    const order = await api().order(orderId);
    expect(order.lines).toEqual(winner?.lines);
    expect(await api().inventory(sku)).toMatchObject({ reserved: order.lines[0]?.ordered });
  });

  test('eight orders with one purchase order number: one', async () => {
    const sku = unique('PO');
    const terms = { orderType: 'B2B', customer: { name: unique('Customer') }, purchaseOrderNumber: 'PO-7' };
    const answers = await together(8, () => place([{ sku, quantity: 1 }], terms));
    expect(codes(answers)).toEqual(['201', ...Array(7).fill('409 duplicate_purchase_order')]);
    expect(await api().list(`sku=${sku}`)).toHaveLength(1);
  });

  test('eight deliveries, closes and queues of one order: each happens once', async () => {
    const { orderId, path } = await queued();
    const { shipmentId } = await api().ship(orderId);
    const delivery = { deliveredAt: new Date().toISOString() };
    await together(8, () => ({
      method: 'POST',
      path: `${path}/shipments/${shipmentId}/delivery`,
      body: delivery,
    }));
    await together(8, () => ({ method: 'POST', path: `${path}/close`, body: {} }));
    expect((await api().order(orderId)).state).toBe('CLOSED');
    const types = (await api().history(orderId)).map(({ type }) => type);
    for (const type of ['FulfillmentQueued', 'ShipmentDelivered', 'OrderDelivered', 'OrderClosed']) {
      expect(types.filter((each) => each === type)).toEqual([type]);
    }
    await expectGapless(orderId);
  });

  test('a lot is recalled while orders reserve it: nothing stays on it', async () => {
    const sku = unique('RECALL');
    await api().stock(sku, 'BAD', 30);
    await api().stock(sku, 'GOOD', 100, { expiryDate: '9998-01-01' });
    const placing = together(20, () => place([{ sku, quantity: 2 }]));
    const recall = api().done('PATCH', lotPath(sku, 'BAD'), {
      body: { status: 'RECALLED', reason: 'mould' },
    });
    const [answers] = await Promise.all([placing, recall]);
    expect(codes(answers)).toEqual(Array(20).fill('201'));
    const { lots } = await until(
      () => api().inventory(sku),
      ({ reserved, lots }) =>
        reserved === 40 && lots.every((lot) => lot.lotNumber === 'GOOD' || lot.reserved === 0),
    );
    expect(lots.find(({ lotNumber }) => lotNumber === 'BAD')).toMatchObject({ reserved: 0, onHand: 30 });
    expect(lots.find(({ lotNumber }) => lotNumber === 'GOOD')).toMatchObject({ reserved: 40, onHand: 100 });
    expect(await api().drift()).toEqual([]);
  });
});
