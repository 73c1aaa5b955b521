import { describe, expect, test } from 'vitest';
import type { AuditEntry } from '../../contract/audit.ts';
import type { InventoryResponse } from '../../contract/responses.ts';
import { promisedAt } from '../../domain/inventory/expected.ts';
import { lotPath, unique, useApi } from '../../testing/api.ts';
import { until } from '../../testing/until.ts';

const api = useApi();

const announce = (sku: string, reference: string, quantity: number, expectedAt: string, more: object = {}) =>
  api().send('POST', `/v1/inventory/${sku}/expected`, {
    body: { reference, quantity, expectedAt, ...more },
  });
const promiseOf = async (orderId: string) => (await api().order(orderId)).lines[0]?.promisedAt;
/** The index of waiting lines lags behind the orders. */
const promised = (orderId: string, date: string | undefined) =>
  until(
    () => promiseOf(orderId),
    (promise) => promise === date,
  );
const expectedOf = async (sku: string): Promise<InventoryResponse['expected']> =>
  (await api().inventory(sku)).expected;

describe('expected stock', () => {
  test('promises backordered lines a date, the oldest order first', async () => {
    const sku = unique('AWAITED');
    const [first, second, third] = [
      await api().receive({ lines: [{ sku, quantity: 6 }] }),
      await api().receive({ lines: [{ sku, quantity: 6 }] }),
      await api().receive({ lines: [{ sku, quantity: 6 }] }),
    ];
    expect(await promiseOf(first.orderId)).toBeUndefined();
    expect(await announce(sku, 'PO-1', 8, '2099-04-02')).toMatchObject({
      status: 201,
      body: { sku, reference: 'PO-1', quantity: 8, locationId: 'MAIN' },
    });
    await announce(sku, 'PO-2', 4, '2099-05-02');
    await promised(first.orderId, '2099-04-02');
    await promised(second.orderId, '2099-05-02');
    await promised(third.orderId, undefined);
  });

  test('is replaced under its reference, and the dates move', async () => {
    const sku = unique('AWAITED');
    const { orderId } = await api().receive({ lines: [{ sku, quantity: 6 }] });
    await announce(sku, 'PO-1', 6, '2099-04-02');
    await promised(orderId, '2099-04-02');
    expect(await announce(sku, 'PO-1', 6, '2099-06-02T10:00:00Z')).toMatchObject({ status: 200 });
    await promised(orderId, '2099-06-02T10:00:00.000Z');
    await announce(sku, 'PO-1', 0, '2099-06-02');
    await promised(orderId, undefined);
    expect(await expectedOf(sku)).toEqual([]);
  });

  test('leaves in the audit trail who announced, moved and took it back', async () => {
    const sku = unique('AUDITED');
    await announce(sku, 'PO-1', 4, '2040-01-01');
    await announce(sku, 'PO-1', 4, '2040-02-01');
    await announce(sku, 'PO-1', 0, '2040-02-01');
    const before = { sku, reference: 'PO-1', quantity: 4, expectedAt: '2040-01-01' };
    const after = { ...before, expectedAt: '2040-02-01' };
    const { items } = await api().done<{ items: AuditEntry[] }>('GET', '/v1/audit?action=stock.expected');
    expect(items.filter(({ subject }) => subject.includes(sku))).toMatchObject([
      { before: after },
      { before, after },
      { after: before },
    ]);
  });

  test('is expected no more once it is received', async () => {
    const sku = unique('AWAITED');
    await announce(sku, 'PO-1', 10, '2099-04-02');
    await api().stock(sku, 'L1', 4, { reference: 'PO-1' });
    expect(await expectedOf(sku)).toMatchObject([{ reference: 'PO-1', quantity: 6 }]);
    await api().stock(sku, 'L1', 9, { reference: 'PO-1' });
    expect(await expectedOf(sku)).toEqual([]);
    const refused = await api().send('POST', lotPath(sku), {
      body: { lotNumber: 'L1', quantity: 1, reference: 'PO-1' },
    });
    expect([refused.status, refused.body.errors?.[0]?.path]).toEqual([422, 'reference']);
    expect((await api().inventory(sku)).onHand).toBe(13);
  });

  test('is what a transfer brings', async () => {
    const [sku, toLocationId] = [unique('AWAITED'), unique('AWAY')];
    await api().done('PUT', `/v1/locations/${toLocationId}`, {
      body: { name: 'Away', address: {}, priority: 5 },
    });
    await api().stock(sku, 'L1', 5);
    const { transferId } = await api().done<{ transferId: string }>('POST', '/v1/transfers', {
      body: {
        ...{ fromLocationId: 'MAIN', toLocationId, expectedAt: '2099-03-01' },
        lines: [{ sku, lotNumber: 'L1', quantity: 5 }],
      },
    });
    const { orderId } = await api().receive({ lines: [{ sku, quantity: 3 }] });
    await promised(orderId, '2099-03-01');
    expect(await expectedOf(sku)).toMatchObject([{ transferId, locationId: toLocationId, quantity: 5 }]);
    await api().done('POST', `/v1/transfers/${transferId}/receipt`);
    expect(await expectedOf(sku)).toEqual([]);
  });

  test.each([
    ['in no location', { locationId: 'NOWHERE' }, 'locationId'],
    ['of fewer than no units', { quantity: -1 }, 'quantity'],
    ['on no day', { expectedAt: 'soon' }, 'expectedAt'],
  ])('%s is refused by name', async (_, more, path) => {
    const { status, body } = await announce(unique('AWAITED'), 'PO-1', 5, '2099-04-02', more);
    expect([status, body.errors?.[0]?.path]).toEqual([422, path]);
  });
});

test('a line is promised when its last unit comes, after those of others', () => {
  const expected = [
    { sku: 'A', reference: '2', quantity: 5, expectedAt: '2026-02-01' },
    { sku: 'A', reference: '1', quantity: 5, expectedAt: '2026-01-01' },
    { sku: 'A', reference: '3', quantity: 5 },
  ];
  expect(promisedAt(expected, 0, 5)).toBe('2026-01-01');
  expect(promisedAt(expected, 0, 6)).toBe('2026-02-01');
  expect(promisedAt(expected, 5, 5)).toBe('2026-02-01');
  expect(promisedAt(expected, 6, 5)).toBeUndefined();
});
