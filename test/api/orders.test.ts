import { afterAll, describe, expect, test } from 'vitest';
import type * as z from 'zod';
import type { AmendmentPreview, LotChangeResponse, OrderResponse } from '../../contract/responses.ts';
import { lotPath, orderRequest, unique, useApi, type Wanted } from '../../testing/api.ts';

const api = useApi();

/** Whatever was done, the counters of the lots are what the orders hold. */
afterAll(async () => expect(await api().drift()).toEqual([]));

const lotsOf = (order: OrderResponse, index = 0) =>
  order.lines[index]?.allocations.map(({ lotNumber, quantity }) => [lotNumber, quantity]);

describe('an order on its way', () => {
  test('goes through every state, each once, with a gapless history', async () => {
    const sku = unique('WAY');
    await api().stock(sku, 'L1', 100, { expiryDate: '2040-01-01' });
    const answer = await api().send<OrderResponse>('POST', '/v1/orders', {
      body: orderRequest({
        externalId: '9007199254740993',
        shipTo: { name: 'Ada', country: 'US' },
        lines: [{ sku, quantity: 24, unitPrice: '3.075', discount: '1.00', tax: '0.50' }],
        shippingAmount: '5.00',
      }),
    });
    const { orderId } = answer.body;
    expect(orderId).toMatch(/^LMB-ORD-\d{4}-\d{4,}$/);
    expect(answer.headers.location).toBe(`/v1/orders/${orderId}`);
    expect(answer.headers.etag).toBe(`"${answer.body.version}"`);
    expect(answer.body).toMatchObject({
      state: 'ALLOCATED',
      channel: 'MANUAL',
      orderType: 'DTC',
      externalId: '9007199254740993',
      total: '78.30',
      holds: [],
      shipments: [],
      lines: [
        {
          lineNumber: 1,
          ordered: 24,
          allocated: 24,
          backordered: 0,
          open: 0,
          allocations: [{ lotNumber: 'L1', quantity: 24, pinned: false, expiryDate: '2040-01-01' }],
        },
      ],
    });
    expect((await api().command(orderId, 'fulfillment')).state).toBe('FULFILLMENT_QUEUED');
    const shipped = await api().ship(orderId);
    expect(shipped).toMatchObject({
      state: 'SHIPPED',
      lines: [{ shipped: 24, allocated: 0, status: 'SHIPPED' }],
    });
    const early = await api().send('POST', `/v1/orders/${orderId}/close`, { body: {} });
    expect(early.body.code).toBe('illegal_transition');
    expect((await api().deliver(orderId, shipped.shipmentId)).state).toBe('DELIVERED');
    await api().orderWhen(orderId, ({ state }) => state === 'DELIVERED' || state === 'CLOSED');
    // The workflow may close it first.
    await api().send('POST', `/v1/orders/${orderId}/close`, { body: {} });
    const closed = await api().orderWhen(orderId, ({ state }) => state === 'CLOSED');
    expect(closed).toMatchObject({ lines: [{ delivered: 24 }], shipments: [{ carrier: 'UPS' }] });
    const history = await api().history(orderId);
    expect(history.map(({ sequence }) => sequence)).toEqual(history.map((_, index) => index + 1));
    const types = history.map(({ type }) => type).filter((type) => type !== 'TransitionRejected');
    expect(types).toEqual([
      'OrderReceived',
      'OrderAllocated',
      'FulfillmentQueued',
      'ShipmentShipped',
      'OrderShipped',
      'ShipmentDelivered',
      'OrderDelivered',
      'OrderClosed',
    ]);
  });

  test('a release gives everything back, and nobody reserves it again behind its back', async () => {
    const sku = unique('RELEASE');
    await api().stock(sku, 'L1', 10);
    const { orderId } = await api().receive({ lines: [{ sku, quantity: 4 }] });
    const released = await api().done<OrderResponse>('DELETE', `/v1/orders/${orderId}/allocation`);
    expect(released).toMatchObject({ state: 'RECEIVED', lines: [{ allocated: 0 }] });
    expect(await api().inventory(sku)).toMatchObject({ reserved: 0, available: 10 });
    await api().stock(sku, 'L1', 10);
    expect((await api().order(orderId)).state).toBe('RECEIVED');
    expect((await api().command(orderId, 'allocation')).state).toBe('ALLOCATED');
    expect((await api().inventory(sku)).reserved).toBe(4);
  });
});

describe('allocation', () => {
  test('takes the lots that expire first and tells why, with what was there before and after', async () => {
    const sku = unique('FEFO');
    await api().stock(sku, 'LATE', 100, { expiryDate: '2041-01-01' });
    await api().stock(sku, 'EARLY', 30, { expiryDate: '2040-01-01' });
    await api().stock(sku, 'EXPIRED', 100, { expiryDate: '2020-01-01' });
    await api().stock(sku, 'HELD', 100, { expiryDate: '2039-01-01', status: 'HOLD' });
    await api().stock(sku, 'FOREVER', 100);
    expect(await api().inventory(sku)).toMatchObject({ onHand: 430, reserved: 0, available: 230 });
    const order = await api().receive({ lines: [{ sku, quantity: 50 }] });
    expect(lotsOf(order)).toEqual([
      ['EARLY', 30],
      ['LATE', 20],
    ]);
    const { items } = await api().panel(order.orderId);
    expect(items).toMatchObject([
      { lotNumber: 'EARLY', availableBefore: 30, reserved: 30, availableAfter: 0, pinned: false },
      { lotNumber: 'LATE', availableBefore: 100, reserved: 20, availableAfter: 80, pinned: false },
    ]);
    expect(items[1]?.reason).toMatch(/EXPIRED/);
    expect(items[1]?.reason).toMatch(/HELD/);
  });

  test('shows what two lines leave of one lot, one after the other', async () => {
    const sku = unique('PANEL');
    await api().stock(sku, 'L1', 2840);
    const lines = [480, 100].map((quantity) => ({ sku, quantity }));
    const { items } = await api().panel((await api().receive({ lines })).orderId);
    expect(
      items.map(({ availableBefore, reserved, availableAfter }) => [
        availableBefore,
        reserved,
        availableAfter,
      ]),
    ).toEqual([
      [2840, 480, 2360],
      [2360, 100, 2260],
    ]);
  });

  test('minds the shelf life at the delivery date', async () => {
    const sku = unique('SHELF');
    await api().stock(sku, 'SHORT', 50, { expiryDate: '2040-03-20' });
    await api().stock(sku, 'LONG', 50, { expiryDate: '2040-06-01' });
    const deliveryWindow = { start: '2040-03-01', end: '2040-03-14' };
    const lines = [{ sku, quantity: 10 }];
    const strict = await api().receive({ deliveryWindow, minimumShelfLifeDays: 30, lines });
    expect(lotsOf(strict)).toEqual([['LONG', 10]]);
    const lax = await api().receive({ deliveryWindow, minimumShelfLifeDays: 3, lines });
    expect(lotsOf(lax)).toEqual([['SHORT', 10]]);
  });

  test('pins swap lots at once, and a pin that cannot be met leaves everything as it was', async () => {
    const sku = unique('PINS');
    await api().stock(sku, 'A', 20, { expiryDate: '2040-01-01' });
    await api().stock(sku, 'B', 20, { expiryDate: '2041-01-01' });
    const { orderId } = await api().receive({ lines: [{ sku, quantity: 15 }] });
    const path = `/v1/orders/${orderId}/allocation`;
    const swapped = await api().command(orderId, 'allocation', { pins: [{ lineNumber: 1, lotNumber: 'B' }] });
    expect(lotsOf(swapped)).toEqual([['B', 15]]);
    expect(swapped).toMatchObject({ state: 'ALLOCATED', lines: [{ allocations: [{ pinned: true }] }] });
    const counters = async () =>
      (await api().inventory(sku)).lots.map(({ lotNumber, reserved, available }) => [
        lotNumber,
        reserved,
        available,
      ]);
    expect(new Set(await counters())).toEqual(
      new Set([
        ['A', 0, 20],
        ['B', 15, 5],
      ]),
    );
    const parts = [
      { lineNumber: 1, lotNumber: 'A', quantity: 5 },
      { lineNumber: 1, lotNumber: 'B', quantity: 10 },
    ];
    expect(new Set(lotsOf(await api().command(orderId, 'allocation', { pins: parts })))).toEqual(
      new Set([
        ['A', 5],
        ['B', 10],
      ]),
    );
    await api().receive({ lines: [{ sku, quantity: 12, lotPin: 'A' }] });
    const before = await api().order(orderId);
    const refused = await api().send('POST', path, { body: { pins: [{ lineNumber: 1, lotNumber: 'A' }] } });
    expect(refused.body).toMatchObject({
      code: 'insufficient_stock',
      shortages: [{ lotNumber: 'A', requested: 15 }],
    });
    expect(lotsOf(await api().order(orderId))).toEqual(lotsOf(before));
  });
});

describe('backorders', () => {
  test('SHIP_PARTIAL takes what is there; stock that comes in serves the oldest first', async () => {
    const sku = unique('BACK');
    await api().stock(sku, 'L1', 5);
    const [first, second, third] = [
      await api().receive({ lines: [{ sku, quantity: 8 }] }),
      await api().receive({ lines: [{ sku, quantity: 4 }] }),
      await api().receive({ lines: [{ sku, quantity: 4 }] }),
    ];
    expect(first).toMatchObject({ state: 'ALLOCATED', lines: [{ allocated: 5, backordered: 3 }] });
    expect(second).toMatchObject({ state: 'RECEIVED', lines: [{ allocated: 0, backordered: 4 }] });
    await api().stock(sku, 'L2', 8);
    expect((await api().order(first.orderId)).lines[0]).toMatchObject({ allocated: 8, backordered: 0 });
    expect(await api().order(second.orderId)).toMatchObject({
      state: 'ALLOCATED',
      lines: [{ allocated: 4 }],
    });
    expect(await api().order(third.orderId)).toMatchObject({ lines: [{ allocated: 1, backordered: 3 }] });
    const types = (await api().history(first.orderId)).map(({ type }) => type);
    expect(types).toContain('BackorderAllocated');
  });

  test('SHIP_COMPLETE holds nothing until it can hold everything', async () => {
    const [one, other] = [unique('WHOLE'), unique('WHOLE')];
    await api().stock(one, 'L1', 10);
    const wanted: Wanted = {
      backorderPolicy: 'SHIP_COMPLETE',
      lines: [
        { sku: one, quantity: 10 },
        { sku: other, quantity: 1 },
      ],
    };
    const { orderId, state } = await api().receive(wanted);
    expect(state).toBe('RECEIVED');
    expect((await api().inventory(one)).reserved).toBe(0);
    await api().stock(other, 'L1', 1);
    expect(await api().order(orderId)).toMatchObject({
      state: 'ALLOCATED',
      lines: [{ allocated: 10 }, { allocated: 1 }],
    });
  });

  test('a lot that is set free again serves those who wait', async () => {
    const sku = unique('FREED');
    await api().stock(sku, 'L1', 10, { status: 'QUARANTINE' });
    const { orderId } = await api().receive({ lines: [{ sku, quantity: 3 }] });
    await api().done('PATCH', lotPath(sku, 'L1'), { body: { status: 'AVAILABLE', reason: 'inspected' } });
    expect(await api().order(orderId)).toMatchObject({ state: 'ALLOCATED', lines: [{ allocated: 3 }] });
  });

  test('what a cancellation gives back serves those who wait', async () => {
    const sku = unique('GIVEN');
    await api().stock(sku, 'L1', 10);
    const holder = await api().receive({ lines: [{ sku, quantity: 10 }] });
    const waiting = await api().receive({ lines: [{ sku, quantity: 6 }] });
    await api().command(holder.orderId, 'cancellation', { reason: 'changed mind' });
    await api().orderWhen(waiting.orderId, ({ state }) => state === 'ALLOCATED');
  });
});

describe('holds', () => {
  test('stop queueing, not allocation, until the last one is released', async () => {
    const sku = unique('HOLD');
    const { orderId } = await api().receive({ lines: [{ sku, quantity: 2 }] });
    const place = (reason: string) =>
      api().done<OrderResponse & { holdId: string }>('POST', `/v1/orders/${orderId}/holds`, {
        body: { reason },
      });
    const first = await place('CREDIT_LIMIT');
    const second = await place('INCORRECT_ADDRESS');
    expect(second.holds.map(({ reason }) => reason)).toEqual(['CREDIT_LIMIT', 'INCORRECT_ADDRESS']);
    await api().stock(sku, 'L1', 2);
    expect((await api().order(orderId)).state).toBe('ALLOCATED');
    const queue = () => api().send('POST', `/v1/orders/${orderId}/fulfillment`, { body: {} });
    expect((await queue()).body).toMatchObject({ code: 'illegal_transition', command: 'QueueFulfillment' });
    await api().done('DELETE', `/v1/orders/${orderId}/holds/${first.holdId}`);
    expect((await queue()).status).toBe(409);
    const free = await api().done<OrderResponse>('DELETE', `/v1/orders/${orderId}/holds/${second.holdId}`);
    expect(free.holds).toEqual([]);
    expect((await api().send('DELETE', `/v1/orders/${orderId}/holds/${first.holdId}`)).status).toBe(404);
    expect((await queue()).status).toBe(200);
  });

  test('stop shipping too', async () => {
    const sku = unique('HOLD');
    await api().stock(sku, 'L1', 2);
    const { orderId } = await api().receive({ lines: [{ sku, quantity: 2 }] });
    await api().command(orderId, 'fulfillment');
    await api().command(orderId, 'holds', { reason: 'LOT_QUALITY' });
    const body = { carrier: 'UPS', trackingNumber: 'T1' };
    const refused = await api().send('POST', `/v1/orders/${orderId}/shipments`, { body });
    expect(refused.body.code).toBe('illegal_transition');
  });
});

describe('amendments', () => {
  async function amendable(quantity = 10) {
    const sku = unique('AMEND');
    await api().stock(sku, 'L1', 20);
    const order = await api().receive({ lines: [{ sku, quantity }] });
    const amend = <Body>(body: unknown, query = '') =>
      api().send<Body>('PATCH', `/v1/orders/${order.orderId}${query}`, {
        body,
        headers: { 'if-match': `"${order.version}"` },
      });
    return { sku, order, amend };
  }

  test('a dry run tells what would change and writes nothing', async () => {
    const { order, amend } = await amendable();
    const before = await api().quietStore();
    const body = { lines: [{ lineNumber: 1, quantity: 25, unitPrice: '19.00' }] };
    const preview = await amend<z.infer<typeof AmendmentPreview>>(body, '?dryRun=true');
    expect(preview.body).toMatchObject({
      dryRun: true,
      order: { total: '475.00', lines: [{ ordered: 25, allocated: 20, backordered: 5 }] },
    });
    expect(preview.body.events.map(({ type }) => type)).toContain('OrderAmended');
    expect((await api().quietStore()) === before).toBe(true);
    const written = await amend<OrderResponse>(body);
    expect(written.body.lines).toEqual(preview.body.order.lines);
    expect(written.body.version).toBeGreaterThan(order.version);
  });

  test('a smaller quantity gives back the rest; the history shows before and after', async () => {
    const { sku, order, amend } = await amendable();
    const shipTo = { name: 'Grace', city: 'Arlington', country: 'US' };
    const amended = await amend<OrderResponse>({ shipTo, lines: [{ lineNumber: 1, quantity: 4 }] });
    expect(amended.body).toMatchObject({ total: '80.00', shipTo, lines: [{ ordered: 4, allocated: 4 }] });
    expect(await api().inventory(sku)).toMatchObject({ reserved: 4, available: 16 });
    const event = (await api().history(order.orderId)).find(({ type }) => type === 'OrderAmended');
    expect(JSON.stringify(event?.data)).toMatch(/"before"/);
    expect(JSON.stringify(event?.data)).toMatch(/"after"/);
  });

  test('of terms, not of lines, once the warehouse has it, and none once goods have left', async () => {
    const { order } = await amendable();
    await api().command(order.orderId, 'fulfillment');
    const patch = (body: object) =>
      api().send('PATCH', `/v1/orders/${order.orderId}`, { body, headers: { 'if-match': '*' } });
    expect((await patch({ customerReference: 'X', note: 'Ring twice' })).body).toMatchObject({
      state: 'FULFILLMENT_QUEUED',
      note: 'Ring twice',
      customer: { reference: 'X' },
    });
    const refused = { code: 'illegal_transition', state: 'FULFILLMENT_QUEUED' };
    expect((await patch({ lines: [{ lineNumber: 1, quantity: 1 }] })).body).toMatchObject(refused);
    const parcel = { carrier: 'UPS', trackingNumber: '1Z', lines: [{ lineNumber: 1, quantity: 1 }] };
    await api().command(order.orderId, 'shipments', parcel);
    expect((await patch({ customerReference: 'Y' })).body).toMatchObject(refused);
  });
});

describe('cancelling', () => {
  test('lines gives back exactly what was held for them, the rest cancels the order', async () => {
    const sku = unique('CANCEL');
    await api().stock(sku, 'L1', 8);
    const { orderId } = await api().receive({
      lines: [
        { sku, quantity: 6 },
        { sku, quantity: 6 },
      ],
    });
    const some = await api().command(orderId, 'cancellation', {
      reason: 'too much',
      lines: [{ lineNumber: 2, quantity: 5 }],
    });
    expect(some.lines[1]).toMatchObject({ ordered: 6, cancelled: 5, allocated: 1, backordered: 0 });
    expect(await api().inventory(sku)).toMatchObject({ reserved: 7, available: 1 });
    const all = await api().command(orderId, 'cancellation', { reason: 'all of it' });
    expect(all).toMatchObject({ state: 'CANCELLED', lines: [{ cancelled: 6 }, { cancelled: 6 }] });
    expect(await api().inventory(sku)).toMatchObject({ reserved: 0, available: 8 });
    expect((await api().send('POST', `/v1/orders/${orderId}/allocation`)).body.code).toBe(
      'illegal_transition',
    );
  });
});

describe('a lot that goes bad', () => {
  test.each(['HOLD', 'QUARANTINE', 'RECALLED'])(
    '%s takes orders off it and lists those it has reached',
    async (status) => {
      const sku = unique('BAD');
      await api().stock(sku, 'BAD', 20, { expiryDate: '2040-01-01' });
      const shipped = await api().receive({ lines: [{ sku, quantity: 5 }] });
      await api().command(shipped.orderId, 'fulfillment');
      await api().ship(shipped.orderId);
      const moved = await api().receive({ lines: [{ sku, quantity: 4 }] });
      const short = await api().receive({ lines: [{ sku, quantity: 6, lotPin: 'BAD' }] });
      await api().stock(sku, 'GOOD', 7, { expiryDate: '2041-01-01' });
      const answer = await api().done<z.infer<typeof LotChangeResponse>>('PATCH', lotPath(sku, 'BAD'), {
        body: { status, reason: 'mould' },
      });
      expect(answer).toMatchObject({ status, reserved: 0, onHand: 15, replacement: 'COMPLETE' });
      const affected = answer.affectedOrders?.map(({ orderId, reserved, shipped: gone }) => [
        orderId,
        reserved,
        gone,
      ]);
      expect(new Set(affected)).toEqual(
        new Set([
          [shipped.orderId, 0, 5],
          [moved.orderId, 4, 0],
          [short.orderId, 6, 0],
        ]),
      );
      expect(lotsOf(await api().order(moved.orderId))).toEqual([['GOOD', 4]]);
      const left = (await api().order(short.orderId)).lines[0];
      expect((left?.allocated ?? 0) + (left?.backordered ?? 0)).toBe(6);
      expect(left?.allocations.map(({ lotNumber }) => lotNumber)).not.toContain('BAD');
      // What cannot be promised is not available.
      expect((await api().inventory(sku)).available).toBe(7 - 4 - (left?.allocated ?? 0));
    },
  );
});
