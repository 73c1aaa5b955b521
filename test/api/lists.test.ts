import { beforeAll, describe, expect, test } from 'vitest';
import type { BoardResponse, OrderResponse, OrderSummary } from '../../contract/responses.ts';
import { ORDER_STATES } from '../../domain/order/lifecycle.ts';
import { unique, useOwnApi } from '../../testing/api.ts';
import type { Page } from '../../testing/client.ts';

const api = useOwnApi();

/** One order of every kind; the table tells which of them each filter finds. */
const orders: Record<'plain' | 'b2b' | 'square' | 'edi' | 'shipped' | 'cancelled', OrderResponse> =
  Object.create(null);
let startedAt = '';
beforeAll(async () => {
  startedAt = new Date().toISOString();
  await api().stock('LIST-A', 'L1', 1000);
  const line = { sku: 'LIST-A', quantity: 1 };
  const customer = { name: 'Ada Lovelace', email: 'ada@ada.example', reference: 'C-88' };
  orders.plain = await api().receive({ lines: [{ sku: 'LIST-NONE', quantity: 1 }] });
  orders.b2b = await api().receive({
    orderType: 'B2B',
    purchaseOrderNumber: 'PO/1 #7',
    customer,
    lines: [line, { sku: 'LIST-B', quantity: 1 }],
  });
  orders.square = await api().receive({ channel: 'SQUARE', externalId: '9007199254740993', lines: [line] });
  orders.edi = await api().receive({ channel: 'EDI', customer, lines: [line] });
  orders.shipped = await api().receive({ lines: [line] });
  await api().command(orders.shipped.orderId, 'fulfillment');
  await api().command(orders.shipped.orderId, 'shipments', { carrier: 'UPS', trackingNumber: '1Z-LISTS' });
  orders.cancelled = await api().receive({ lines: [line] });
  // A held order that is cancelled needs nobody any more.
  await api().command(orders.cancelled.orderId, 'holds', { reason: 'OTHER' });
  await api().command(orders.cancelled.orderId, 'cancellation', { reason: 'a mistake' });
  await api().command(orders.edi.orderId, 'holds', { reason: 'CREDIT_LIMIT' });
});

describe('GET /v1/orders finds', () => {
  test.each([
    ['', ['cancelled', 'shipped', 'edi', 'square', 'b2b', 'plain']],
    ['state=RECEIVED', ['plain']],
    ['state=ALLOCATED', ['edi', 'square', 'b2b']],
    ['state=SHIPPED', ['shipped']],
    ['state=CANCELLED', ['cancelled']],
    ['state=CLOSED', []],
    ['channel=SQUARE', ['square']],
    ['channel=EDI', ['edi']],
    ['channel=SHOPIFY', []],
    ['orderType=B2B', ['b2b']],
    ['orderType=DTC', ['cancelled', 'shipped', 'edi', 'square', 'plain']],
    ['sku=LIST-A', ['cancelled', 'shipped', 'edi', 'square', 'b2b']],
    ['sku=LIST-B', ['b2b']],
    ['sku=LIST-none', []],
    ['customer=Ada%20Lovelace', ['edi', 'b2b']],
    ['customer=C-88', ['edi', 'b2b']],
    ['customer=nobody', []],
    ['purchaseOrderNumber=PO%2F1%20%237', ['b2b']],
    ['externalId=9007199254740993', ['square']],
    ['externalId=9007199254740992', []],
    ['trackingNumber=1Z-LISTS', ['shipped']],
    ['trackingNumber=1Z-LISTS&externalId=9007199254740993', []],
    ['trackingNumber=1Z', []],
    ['number=1Z-LISTS', ['shipped']],
    ['number=po%2F1%20%237', ['b2b']],
    ['number=9007199254740993', ['square']],
    ['number=9007199254740993&orderType=B2B', []],
    ['number=nothing', []],
    ['attention=BACKORDERED', ['b2b', 'plain']],
    ['attention=BACKORDERED&state=RECEIVED', ['plain']],
    ['attention=HELD', ['edi']],
    ['attention=HELD&customer=C-88', ['edi']],
    ['attention=AT_RISK', []],
    ['customer=C-88&orderType=B2B', ['b2b']],
    ['sku=LIST-A&state=ALLOCATED&channel=EDI', ['edi']],
    ['state=ALLOCATED&sku=LIST-B&orderType=DTC', []],
    ['from=2020-01-01&to=9998-01-01', ['cancelled', 'shipped', 'edi', 'square', 'b2b', 'plain']],
    ['to=2020-01-01', []],
    ['from=9998-01-01', []],
  ] as const)('%s', async (query, found) => {
    const ids = (await api().list(query)).map(({ orderId }) => orderId);
    expect(ids).toEqual(found.map((name) => orders[name].orderId));
  });

  test('orders from an instant on and up to one, in any offset', async () => {
    const { receivedAt, orderId } = orders.square;
    const ids = async (query: string) => (await api().list(query)).map((each) => each.orderId);
    expect(await ids(`from=${receivedAt}&to=${receivedAt}`)).toEqual([orderId]);
    expect(await ids(`to=${startedAt}`)).toEqual([]);
    const shifted = new Date(Date.parse(receivedAt) + 2 * 3_600_000).toISOString().replace('Z', '%2B02:00');
    expect(await ids(`from=${shifted}&to=${shifted}`)).toEqual([orderId]);
  });

  test('what an order says about itself, in short', async () => {
    const [summary] = await api().list('orderType=B2B');
    expect(summary).toMatchObject({
      orderId: orders.b2b.orderId,
      state: 'ALLOCATED',
      channel: 'MANUAL',
      total: '40.00',
      purchaseOrderNumber: 'PO/1 #7',
      lineCount: 2,
      units: { ordered: 2, allocated: 1, backordered: 1 },
    });
    expect(summary).not.toHaveProperty('lines');
  });
});

test('an order that an index holds twice is found once', async () => {
  const called = unique('Twice');
  const line = { sku: called, quantity: 1 };
  const { orderId } = await api().receive({
    customer: { name: called, reference: called },
    lines: [line, line, line],
  });
  for (const filter of [`sku=${called}`, `customer=${called}`]) {
    expect((await api().list(filter)).map((order) => order.orderId)).toEqual([orderId]);
  }
});

describe('paging', () => {
  const customer = { name: unique('Pager'), reference: unique('pager') };
  let newestFirst: readonly string[] = [];
  beforeAll(async () => {
    const placed: string[] = [];
    for (let index = 0; index < 23; index += 1) {
      const lines = [{ sku: 'PAGED', quantity: 1 }];
      placed.push(
        (await api().receive({ customer, lines, channel: index % 2 === 0 ? 'EDI' : 'MANUAL' })).orderId,
      );
    }
    newestFirst = placed.reverse();
  });

  test.each([1, 2, 5, 22, 23, 24, 100])('by %i loses no order and gives none twice', async (limit) => {
    for (const filter of ['sku=PAGED', `customer=${customer.reference}`, `customer=${customer.name}`]) {
      const ids = (await api().list(`${filter}&limit=${limit}`)).map(({ orderId }) => orderId);
      expect(ids).toEqual(newestFirst);
    }
  });

  test('with a filter that the index does not know gives full pages', async () => {
    const first = await api().done<Page<OrderSummary>>('GET', '/v1/orders?sku=PAGED&channel=EDI&limit=10');
    expect(first.items).toHaveLength(10);
    expect(await api().list('sku=PAGED&channel=EDI&limit=10')).toHaveLength(12);
  });

  test('is not disturbed by orders that come in meanwhile', async () => {
    const path = '/v1/orders?sku=PAGED&limit=10';
    const first = await api().done<Page<OrderSummary>>('GET', path);
    await api().receive({ lines: [{ sku: 'PAGED', quantity: 1 }] });
    const rest = await api().list(`sku=PAGED&limit=100&cursor=${first.nextCursor}`);
    expect([...first.items, ...rest].map(({ orderId }) => orderId)).toEqual(newestFirst);
  });

  test('of the history and of the ledger', async () => {
    const { orderId } = orders.shipped;
    const whole = await api().history(orderId);
    expect(whole.length).toBeGreaterThan(3);
    expect(await api().all(`/v1/orders/${orderId}/events?limit=1`)).toEqual(whole);
    // The ledger follows the events.
    await api().quietStore();
    const ledger = await api().movements('LIST-A');
    expect(ledger.filter(({ kind }) => kind === 'ALLOCATION')).toHaveLength(5);
    expect(ledger.filter(({ kind }) => kind === 'SHIPMENT')).toMatchObject([{ lotNumber: 'L1', orderId }]);
    expect(ledger.filter(({ kind }) => kind === 'RELEASE')).toHaveLength(1);
    expect(ledger.filter(({ kind }) => kind === 'RECEIPT')).toHaveLength(1);
    expect(await api().all('/v1/inventory/LIST-A/movements?limit=1')).toEqual(ledger);
  });
});

describe('GET /v1/board', () => {
  test('has a column for each state, in their order, and counts what the lists show', async () => {
    const { columns } = await api().done<BoardResponse>('GET', '/v1/board?limit=2');
    expect(columns.map(({ state }) => state)).toEqual(ORDER_STATES);
    for (const { state, count, orders: shown } of columns) {
      const listed = await api().list(`state=${state}&limit=100`);
      expect(count).toBe(listed.length);
      expect(shown).toEqual(listed.slice(0, 2));
    }
  });

  test('is narrowed like the list, and each column continues there', async () => {
    const narrowing = 'sku=LIST-A&orderType=DTC';
    const { columns } = await api().done<BoardResponse>('GET', `/v1/board?limit=1&${narrowing}`);
    const cards = columns.flatMap((column) => column.orders.map(({ orderId }) => orderId));
    expect(cards).toEqual([orders.edi, orders.shipped, orders.cancelled].map(({ orderId }) => orderId));
    const allocated = columns.find(({ state }) => state === 'ALLOCATED');
    // More than the one that is shown, and nobody has counted how many.
    expect(allocated).toMatchObject({ count: 1, isAtLeast: true });
    const rest = await api().done<Page<OrderSummary>>(
      'GET',
      `/v1/orders?state=ALLOCATED&${narrowing}&cursor=${allocated?.nextCursor}`,
    );
    expect(rest.items.map(({ orderId }) => orderId)).toEqual([orders.square.orderId]);
  });

  test('is counted by channel also where not all is shown', async () => {
    const listed = await api().list('state=RECEIVED&channel=EDI&limit=100');
    expect(listed.length).toBeGreaterThan(1);
    const received = async () => {
      const { columns } = await api().done<BoardResponse>('GET', '/v1/board?channel=EDI&limit=1');
      const [{ count, isAtLeast, orders: shown } = { count: 0, isAtLeast: null, orders: [] }] = columns;
      return { count, isAtLeast, shown: shown.length };
    };
    // The projection follows a moment later.
    await expect
      .poll(received, { timeout: 30_000 })
      .toEqual({ count: listed.length, isAtLeast: false, shown: 1 });
  });
});

describe('a voided order', () => {
  test('is hidden from every list and keeps its history', async () => {
    const customer = { name: unique('Voided') };
    const { orderId } = await api().receive({ customer, lines: [{ sku: 'VOIDED', quantity: 1 }] });
    const answer = await api().send('DELETE', `/v1/orders/${orderId}`);
    expect([answer.status, answer.text]).toEqual([204, '']);
    for (const query of ['', 'sku=VOIDED', `customer=${customer.name}`, 'state=RECEIVED']) {
      expect((await api().list(query)).map((each) => each.orderId)).not.toContain(orderId);
    }
    const { columns } = await api().done<BoardResponse>('GET', '/v1/board');
    expect(JSON.stringify(columns)).not.toContain(orderId);
    expect((await api().send('GET', `/v1/orders/${orderId}`)).status).toBe(404);
    expect((await api().history(orderId)).map(({ type }) => type)).toEqual([
      'OrderReceived',
      'OrderBackordered',
      'OrderVoided',
    ]);
    // Stock that comes in goes to nobody.
    await api().stock('VOIDED', 'L1', 5);
    expect(await api().inventory('VOIDED')).toMatchObject({ available: 5, reserved: 0 });
  });

  test('may have been cancelled before, but not hold stock', async () => {
    const sku = unique('VOID');
    await api().stock(sku, 'L1', 5);
    const { orderId } = await api().receive({ lines: [{ sku, quantity: 1 }] });
    expect((await api().send('DELETE', `/v1/orders/${orderId}`)).status).toBe(409);
    await api().command(orderId, 'cancellation', { reason: 'a mistake' });
    expect((await api().send('DELETE', `/v1/orders/${orderId}`)).status).toBe(204);
    expect((await api().send('DELETE', `/v1/orders/${orderId}`)).status).toBe(404);
  });
});
