import { afterAll, beforeAll, expect, test } from 'vitest';
import { SCOPES } from '../../contract/routes.ts';
import type { LocalStack } from '../../local/stack.ts';
import { SHOP_KINDS, type ShopOrder } from '../../testing/shops.ts';
import { startStack } from '../../testing/stack.ts';
import { until } from '../../testing/until.ts';

/** Earlier orders of a shop, over the API of the whole loop. */
let stack: LocalStack;
let token: string;

beforeAll(async () => {
  stack = await startStack({ context: { queueAfterSeconds: 3600 } });
  token = await stack.token(SCOPES.join(' '));
}, 60_000);

afterAll(() => stack.stop());

async function api(method: string, path: string, body?: unknown) {
  const response = await fetch(stack.url + path, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  // biome-ignore lint/suspicious/noExplicitAny: answers are looked into field by field
  return { status: response.status, body: (await response.json()) as any };
}

const DAY = 86_400_000;
const ago = (days: number) => new Date(Date.now() - days * DAY).toISOString();
const orderOf = (id: number, changes: Partial<ShopOrder>): ShopOrder => ({
  ...{ id, sku: 'OLD-GOODS', quantity: 2, most: 2, isCancelled: false, sent: 0 },
  ...{ updatedAt: ago(5), version: 1, ...changes },
});
const SHOPIFY = '/v1/connections/northfield-shop';

test('reads earlier orders: open ones reserve, finished ones take nothing', async () => {
  await api('POST', '/v1/inventory/OLD-GOODS/lots', { lotNumber: 'L1', quantity: 100 });
  const orders = [
    ...Array.from({ length: 20 }, (_, index) => orderOf(7_100_000 + index, { updatedAt: ago(9) })),
    orderOf(7_100_100, { sent: 2, updatedAt: ago(8) }),
    orderOf(7_100_101, { sent: 1, updatedAt: ago(8) }),
    orderOf(7_100_102, { isCancelled: true, updatedAt: ago(8) }),
    orderOf(7_100_103, { updatedAt: ago(50) }),
  ];
  for (const order of orders)
    await api('PUT', '/dev/stand-ins/shopify/orders', SHOP_KINDS.SHOPIFY.json(order));
  expect((await api('GET', `${SHOPIFY}/backfill`)).status).toBe(404);
  const from = ago(20);
  const started = await api('POST', `${SHOPIFY}/backfill`, { from });
  expect(started).toMatchObject({ status: 202, body: { connectionId: 'northfield-shop', from } });
  await until(
    async () => {
      const { body } = await api('GET', `${SHOPIFY}/backfill`);
      // The schedule would continue it, too, and is too slow for a test.
      if (body.state === 'RUNNING') await api('POST', `${SHOPIFY}/backfill`, { from });
      return body.state;
    },
    (state) => state === 'FINISHED',
  );
  const { body } = await api('GET', `${SHOPIFY}/backfill`);
  expect(body).toMatchObject({
    state: 'FINISHED',
    received: 23,
    quarantined: 0,
    failed: 0,
    requestedBy: 'developer',
  });
  expect(body.finishedAt).toBeDefined();
  // Twenty with two units each, and the second unit of the one of which one had left.
  expect((await api('GET', '/v1/inventory/OLD-GOODS')).body).toMatchObject({ onHand: 100, reserved: 41 });
  const again = await api('POST', `${SHOPIFY}/backfill`, { from });
  expect(again.body).toMatchObject({ received: 0, changed: 0 });
}, 60_000);

test.each([
  ['tomorrow', new Date(Date.now() + 2 * DAY).toISOString().slice(0, 10)],
  ['no date', 'soon'],
  ['a day that there is not', '2026-02-30'],
])('%s is refused by field', async (_, from) => {
  const refused = await api('POST', `${SHOPIFY}/backfill`, { from });
  expect(refused).toMatchObject({ status: 422, body: { errors: [{ path: 'from' }] } });
});

test('who cannot be asked, or is not there, is refused by name', async () => {
  const partner = await api('POST', '/v1/connections/harbor-markets/backfill', { from: '2026-01-01' });
  expect(partner).toMatchObject({ status: 409, body: { code: 'not_pollable' } });
  expect(partner.body.detail).toContain('EDI');
  const carrier = await api('POST', '/v1/connections/parcel-carrier/backfill', { from: '2026-01-01' });
  expect(carrier.body.code).toBe('not_pollable');
  expect((await api('POST', '/v1/connections/nobody/backfill', { from: '2026-01-01' })).status).toBe(404);
});

test('a second one waits for the first; the same one is the first', async () => {
  await api('PUT', '/dev/stand-ins/faults', [{ operation: 'ListOrders', status: 401, times: 100 }]);
  const at = '/v1/connections/northfield-woocommerce/backfill';
  const first = await api('POST', at, { from: '2026-03-01' });
  expect(first).toMatchObject({ status: 202, body: { state: 'RUNNING', looked: 0 } });
  expect(first.body.failure).toContain('401');
  const other = await api('POST', at, { from: '2026-02-01' });
  expect(other).toMatchObject({ status: 409, body: { code: 'backfill_running' } });
  const same = await api('POST', at, { from: '2026-03-01' });
  expect(same.body.requestedAt).toBe(first.body.requestedAt);
  await api('PUT', '/dev/stand-ins/faults', []);
});
