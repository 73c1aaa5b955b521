import { beforeAll, describe, expect, test } from 'vitest';
import type { OrderResponse } from '../../contract/responses.ts';
import { lotPath, useOwnApi } from '../../testing/api.ts';
import {
  IN_QUERIES,
  ON_STOCK,
  ON_THE_ORDER,
  SKU,
  TOLD_AGAIN,
  WRONG_BODIES,
  WRONG_FIELDS,
  WRONG_LINES,
} from './support/hostile-inputs.ts';

const api = useOwnApi();

let order: OrderResponse;
let etag = '';
let cursor = '';
beforeAll(async () => {
  await api().stock(SKU, 'L1', 100);
  order = await api().receive({ lines: [{ sku: SKU, quantity: 10 }], customer: { name: 'Hostile' } });
  await api().receive({ lines: [{ sku: 'NEVER', quantity: 1 }] });
  const read = await api().send('GET', `/v1/orders/${order.orderId}`);
  etag = read.headers.etag ?? '';
  const page = await api().send<{ nextCursor: string }>('GET', '/v1/orders?limit=1');
  cursor = page.body.nextCursor;
  expect(cursor).toBeDefined();
});

describe.each([
  ['bodies', WRONG_BODIES],
  ['fields of an order', WRONG_FIELDS],
  ['lines of an order', WRONG_LINES],
  ['commands of an order', ON_THE_ORDER],
  ['queries', IN_QUERIES],
  ['stock and the rest', ON_STOCK],
  ['events that are told again', TOLD_AGAIN],
])('hostile %s', (_, inputs) => {
  test('get the documented answers and leave the store byte for byte as it was', async () => {
    const before = await api().quietStore();
    const wrong: string[] = [];
    for (const input of inputs) {
      const answer = await api().send(input.method, filled(input.path), {
        body: input.body,
        headers: {
          // Bytes have no media type of their own.
          ...(Buffer.isBuffer(input.body) && { 'content-type': 'application/json' }),
          ...Object.fromEntries(
            Object.entries(input.headers ?? {}).map(([name, value]) => [name, filled(value)]),
          ),
        },
      });
      const isPage = input.path.startsWith('/portal/');
      const got = isPage ? `${answer.status} not_found` : `${answer.status} ${answer.body.code}`;
      if (got !== input.answer) wrong.push(`${input.what}: ${got}, not ${input.answer}`);
      if (answer.text.length > 50_000) wrong.push(`${input.what}: an answer of ${answer.text.length} bytes`);
    }
    expect(wrong).toEqual([]);
    expect((await api().quietStore()) === before).toBe(true);
  });
});

function filled(text: string): string {
  return text
    .replace('{order}', order.orderId)
    .replace('{etag}', etag)
    .replace('{cursor}', cursor)
    .replace('{tampered}', `${cursor.slice(0, -4)}AAAA`);
}

test('a prototype in a body reaches no object of the process', () => {
  expect(({} as Record<string, unknown>).admin).toBeUndefined();
});

describe('unusual but legal', () => {
  test.each([
    ['#', 'LOT#1'],
    ['A/B', 'L/1'],
    ['100% cotton', '50%'],
    ['📦', '🧪'],
    ['SKU#LOT#1', '#'],
    ['日本 語', 'ロット'],
    ['..', '.'],
    ['a?b&c=d', 'l+1'],
    ['__proto__', 'constructor'],
    ['hasOwnProperty', '__proto__'],
    ['drift-not', '"quoted"'],
    ['A'.repeat(128), 'B'.repeat(128)],
    ['📦'.repeat(128), '🧪'.repeat(128)],
    ["'; DROP TABLE orders; --", '$(reboot)'],
  ])('%s in lot %s is stocked, ordered, found and shipped', async (sku, lotNumber) => {
    const name = sku === '..' ? 'a..' : sku;
    await api().stock(name, lotNumber, 9, { expiryDate: '9998-12-31' });
    const { orderId } = await api().receive({ lines: [{ sku: name, quantity: 4, lotPin: lotNumber }] });
    expect((await api().order(orderId)).lines[0]).toMatchObject({
      sku: name,
      allocations: [{ lotNumber, quantity: 4, pinned: true }],
    });
    expect((await api().list(`sku=${encodeURIComponent(name)}`)).map((each) => each.orderId)).toEqual([
      orderId,
    ]);
    await api().command(orderId, 'fulfillment');
    await api().ship(orderId);
    expect(await api().inventory(name)).toMatchObject({ onHand: 5, reserved: 0, available: 5 });
    const counted = { body: { adjustment: -5, reason: 'counted' } };
    await api().done('PATCH', lotPath(name, lotNumber), counted);
    expect((await api().inventory(name)).onHand).toBe(0);
    expect(await api().drift()).toEqual([]);
  });

  test('a SKU is the same in both normal forms', async () => {
    await api().stock('Caf\u00e9', 'L1', 5);
    const { lines } = await api().receive({ lines: [{ sku: 'Cafe\u0301', quantity: 5 }] });
    expect(lines[0]).toMatchObject({ sku: 'Caf\u00e9', allocated: 5 });
  });

  test('SKU and lot whose names run together stay apart', async () => {
    await api().stock('RUN#A', 'B', 3);
    await api().stock('RUN', 'A#B', 4);
    expect((await api().inventory('RUN#A')).onHand).toBe(3);
    expect((await api().inventory('RUN')).onHand).toBe(4);
    await api().receive({ lines: [{ sku: 'RUN', quantity: 4 }] });
    expect((await api().inventory('RUN#A')).reserved).toBe(0);
  });

  test('the largest amounts keep every digit', async () => {
    const lines = [{ sku: 'DEAR', quantity: 1_000_000, unitPrice: '9999999.999999' }];
    expect((await api().receive({ lines })).total).toBe('9999999999999.00');
  });
});
