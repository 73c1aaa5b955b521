import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { stockMapping, stockOfShops } from '../../../functions/channels/core/stock-items.ts';
import {
  MAX_STOCK_AT_ONCE,
  type StockPublishing,
} from '../../../functions/channels/core/stock-publishing.ts';
import { CHANNELS } from '../../../functions/channels/registry.ts';
import { SQUARE_SCOPES } from '../../../functions/channels/square/client/authorization.ts';
import {
  type RequestSquare,
  SquareRefused,
  squareRest,
} from '../../../functions/channels/square/client/rest.ts';
import { squareStock } from '../../../functions/channels/square/client/stock.ts';
import { createPorts } from '../../../functions/wiring.ts';
import { Busy } from '../../../functions/write-failures.ts';
import { squareFake } from '../../../local/fakes/square.ts';
import { TEST_ENVIRONMENT } from '../../../testing/aws.ts';
import { useShops } from '../../../testing/fakes.ts';
import { testLoop } from '../../../testing/loop.ts';
import { type PolledKind, polledLoop, SHOP_KINDS, type ShopOrder } from '../../../testing/shops.ts';
import { useStore } from '../../../testing/store.ts';

/** How each shop is shown what it may sell, by the answers of its fake. */
const store = useStore();
const shops = useShops();

/** The requests by which each shop reads and changes stock. */
const REQUESTS = {
  SHOPIFY: { search: 'StockBySku', change: 'SetStock' },
  SQUARE: { search: 'SearchCatalogObjects', change: 'BatchChangeInventory' },
  WOOCOMMERCE: { search: 'ListProducts', change: 'BatchUpdateProducts' },
} as const;
const KINDS = Object.keys(REQUESTS) as PolledKind[];

beforeAll(() => {
  Object.assign(process.env, TEST_ENVIRONMENT, { ORDER_NUMBER_PREFIX: 'LMB' });
});

beforeEach(async () => {
  shops.clear();
  await shops.fail();
});

/** A shop that is connected. */
async function open(kind: PolledKind, settings: object = {}) {
  const table = await store.newTable();
  const loop = testLoop(table, createPorts(table, { receivesOrders: true }));
  const { context } = polledLoop(table, loop.ports, shops);
  const { fake, source, settings: own } = SHOP_KINDS[kind];
  await context.connections.save({
    ...{ connectionId: fake, updatedAt: new Date().toISOString(), kind, name: kind },
    settings: { ...own, apiBaseUrl: shops.url(fake), ...settings },
  } as Parameters<typeof context.connections.save>[0]);
  const { stock } = CHANNELS[kind](context);
  if (stock === undefined) throw new Error(`${kind} is shown no stock`);
  return { fake, source, stock, ...calls(stock, source) };
}

function calls(stock: StockPublishing, source: string) {
  return {
    read: (...skus: string[]) => stock.read(source, skus),
    change: (...changes: (readonly [sku: string, from: number, to: number, key?: string])[]) =>
      stock.change(
        source,
        changes.map(([sku, from, to, key = `${sku} ${from} ${to}`]) => ({ sku, from, to, key })),
      ),
  };
}

const count = async (...operations: string[]) =>
  (await shops.asked()).filter(({ operation }) => operations.includes(operation)).length;

const order = (sku: string, quantity: number): ShopOrder => ({
  ...{ id: 700_001, sku, quantity, most: quantity, isCancelled: false, sent: 0, version: 1 },
  updatedAt: new Date().toISOString(),
});

describe.each(KINDS)('%s', (kind) => {
  const { search, change: changing } = REQUESTS[kind];

  test('is read, and shows what it is changed to', async () => {
    const { fake, read, change } = await open(kind);
    await shops.stock(fake, { sku: 'A', quantity: 10 }, { sku: 'B', quantity: 3 });
    expect(await read('A', 'B')).toEqual({
      levels: [
        { sku: 'A', quantity: 10 },
        { sku: 'B', quantity: 3 },
      ],
      unknown: [],
    });
    expect(await change(['A', 10, 4], ['B', 3, 9])).toEqual([
      { sku: 'A', outcome: 'applied' },
      { sku: 'B', outcome: 'applied' },
    ]);
    expect(await shops.stockOf(fake)).toEqual({ A: 4, B: 9 });
  });

  test('keeps a sale that happens between the reading and the change', async () => {
    const { fake, read, change } = await open(kind);
    await shops.stock(
      fake,
      { sku: 'A', quantity: 10, locationId: PLACES[kind] },
      { sku: 'B', quantity: 1, locationId: PLACES[kind] },
    );
    await read('A', 'B');
    await shops.put(fake, JSON.stringify(SHOP_KINDS[kind].json(order('A', 3))));
    expect(await shops.stockOf(fake)).toEqual({ A: 7, B: 1 });
    const [a, b] = await change(['A', 10, 15], ['B', 1, 2]);
    expect(b?.outcome).toBe('applied');
    // By comparison it is refused; by difference it is added to what is left.
    expect([a?.outcome, (await shops.stockOf(fake)).A]).toEqual(
      kind === 'SQUARE' ? ['applied', 12] : ['changed', 7],
    );
  });

  test('says why a SKU has no number, and changes none of it', async () => {
    const { fake, read, change } = await open(kind);
    await shops.stock(
      fake,
      { sku: 'A', quantity: 5 },
      { sku: 'TWICE', quantity: 5, itemId: '101' },
      { sku: 'TWICE', quantity: 6, itemId: '102' },
      { sku: 'UNCOUNTED', quantity: 5, isTracked: false },
    );
    const { levels, unknown } = await read('A', 'MISSING', 'TWICE', 'UNCOUNTED', 'a');
    expect(levels).toEqual([{ sku: 'A', quantity: 5 }]);
    expect(Object.fromEntries(unknown.map(({ sku, reason }) => [sku, reason]))).toEqual({
      MISSING: 'the shop has no product with the SKU',
      TWICE: 'several products of the shop have the SKU',
      UNCOUNTED: expect.stringMatching(/does not (track|manage)/),
      a: 'the shop has no product with the SKU',
    });
    const before = await shops.stockOf(fake);
    const outcomes = await change(['MISSING', 0, 5], ['TWICE', 5, 6], ['UNCOUNTED', 5, 6]);
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['refused', 'refused', 'refused']);
    expect(outcomes.every(({ reason = '' }) => reason.length > 10)).toBe(true);
    expect(await shops.stockOf(fake)).toEqual(before);
  });

  test('notices that a SKU has moved to another product', async () => {
    const { fake, read } = await open(kind);
    await shops.stock(fake, { sku: 'A', quantity: 5, itemId: '101' });
    expect((await read('A')).levels).toEqual([{ sku: 'A', quantity: 5 }]);
    await shops.stock(
      fake,
      { sku: 'B', quantity: 5, itemId: '101' },
      { sku: 'A', quantity: 8, itemId: '102' },
    );
    expect((await read('A', 'B')).levels).toEqual([
      { sku: 'A', quantity: 8 },
      { sku: 'B', quantity: 5 },
    ]);
  });

  test('applies a change once whose answer was lost, however often it is repeated', async () => {
    const { fake, change } = await open(kind);
    await shops.stock(fake, { sku: 'A', quantity: 10 }, { sku: 'B', quantity: 1 });
    await shops.fail({ operation: changing, loseAnswer: true, times: 100 });
    await expect(change(['A', 10, 15], ['B', 1, 0])).rejects.toBeInstanceOf(Busy);
    expect(await shops.stockOf(fake)).toEqual({ A: 15, B: 0 });
    await shops.fail();
    for (let repeats = 0; repeats < 2; repeats++) {
      expect(await change(['A', 10, 15], ['B', 1, 0])).toEqual([
        { sku: 'A', outcome: 'applied' },
        { sku: 'B', outcome: 'applied' },
      ]);
    }
    expect(await shops.stockOf(fake)).toEqual({ A: 15, B: 0 });
  });

  test('does not repeat a raise that was sold out meanwhile', async () => {
    const { fake, change } = await open(kind);
    const locationId = PLACES[kind];
    await shops.stock(fake, { sku: 'A', quantity: 10, locationId });
    await shops.fail({ operation: changing, loseAnswer: true, times: 100 });
    await expect(change(['A', 10, 15])).rejects.toBeInstanceOf(Busy);
    await shops.fail();
    // The number is what it was before the raise.
    await shops.put(fake, JSON.stringify(SHOP_KINDS[kind].json(order('A', 5))));
    expect(await change(['A', 10, 15])).toEqual([{ sku: 'A', outcome: 'applied' }]);
    expect(await shops.stockOf(fake)).toEqual({ A: 10 });
  });

  test.each([
    ['busy', { status: 429, retryAfter: 0.1 }],
    ...(kind === 'SHOPIFY' ? ([['throttled', { throttled: true }]] as const) : []),
  ] as const)('waits where it is %s', async (_, fault) => {
    const { fake, read, change } = await open(kind);
    await shops.stock(fake, { sku: 'A', quantity: 10 });
    await shops.fail({ operation: search, ...fault }, { operation: changing, ...fault });
    expect((await read('A')).levels).toHaveLength(1);
    expect(await change(['A', 10, 9])).toEqual([{ sku: 'A', outcome: 'applied' }]);
  });

  test('that is not reached is busy, and a token that is refused is said', async () => {
    const { fake, read, change } = await open(kind);
    await shops.stock(fake, { sku: 'A', quantity: 10 });
    await shops.fail({ operation: search, status: 503, times: 100 });
    await expect(read('A')).rejects.toBeInstanceOf(Busy);
    await shops.fail({ status: 401, times: 1 });
    await expect(change(['A', 10, 9])).rejects.toThrow('refused (401)');
    await shops.fail();
    expect(await shops.stockOf(fake)).toEqual({ A: 10 });
  });

  test('takes 250 SKUs in batches', async () => {
    const { fake, read, change } = await open(kind);
    const skus = Array.from({ length: 250 }, (_, index) => `S-${String(index).padStart(3, '0')}`);
    await shops.stock(fake, ...skus.map((sku) => ({ sku, quantity: 10 })));
    const batches = Array.from({ length: 5 }, (_, batch) =>
      skus.slice(batch * MAX_STOCK_AT_ONCE, (batch + 1) * MAX_STOCK_AT_ONCE),
    );
    const before = [await count(search), await count(changing)];
    let known = 0;
    for (const batch of batches) {
      known += (await read(...batch)).levels.length;
      const results = await change(...batch.map((sku) => [sku, 10, 7] as const));
      expect(results.every(({ outcome }) => outcome === 'applied')).toBe(true);
    }
    expect(known).toBe(250);
    expect(Object.values(await shops.stockOf(fake)).every((quantity) => quantity === 7)).toBe(true);
    const asked = [(await count(search)) - (before[0] ?? 0), (await count(changing)) - (before[1] ?? 0)];
    // WooCommerce is asked by SKU each time, and saves ten products by one request.
    expect(asked).toEqual(kind === 'WOOCOMMERCE' ? [10, 25] : [5, 5]);
  }, 120_000);

  test('finds as many SKUs as a call may name, of the greatest length', async () => {
    const { fake, read } = await open(kind);
    const skus = Array.from({ length: MAX_STOCK_AT_ONCE }, (_, index) => `${index}`.padEnd(128, '規'));
    await shops.stock(fake, ...skus.map((sku, quantity) => ({ sku, quantity })));
    expect((await read(...skus)).levels).toEqual(skus.map((sku, quantity) => ({ sku, quantity })));
  });

  test('finds SKUs of any characters, and no other for them', async () => {
    const { fake, read } = await open(kind);
    const odd = [
      '*',
      '"',
      "O'Neill",
      'a:b',
      'sku:"A" OR sku:"B"',
      '\\',
      '(x)',
      'A OR B',
      '規格 12',
      'x'.repeat(128),
      'a,b',
    ];
    await shops.stock(fake, { sku: 'A', quantity: 1 }, { sku: 'B', quantity: 1 });
    expect((await read(...odd)).unknown.map(({ sku }) => sku)).toEqual(odd);
    await shops.stock(fake, ...odd.map((sku, index) => ({ sku, quantity: index + 100 })));
    const { levels } = await read(...odd);
    expect(levels).toEqual(odd.map((sku, index) => ({ sku, quantity: index + 100 })));
  });
});

/** Where the orders of the tests are sold. */
const PLACES: Readonly<Record<PolledKind, string | undefined>> = {
  SHOPIFY: undefined,
  SQUARE: 'L1',
  WOOCOMMERCE: undefined,
};

describe('locations', () => {
  const WHERE = {
    SHOPIFY: { one: '1', other: '2', none: '3' },
    SQUARE: { one: 'L1', other: 'L2', none: 'L3' },
  } as const;

  test.each(['SHOPIFY', 'SQUARE'] as const)('%s: one of several has to be named', async (kind) => {
    const { one, other, none } = WHERE[kind];
    const { fake, read, change } = await open(kind);
    await shops.stock(
      fake,
      { sku: 'A', quantity: 1, locationId: one },
      { sku: 'A', quantity: 2, locationId: other },
    );
    expect((await read('A')).unknown[0]?.reason).toContain('locationId');
    expect((await change(['A', 1, 2]))[0]).toMatchObject({ outcome: 'refused' });

    const named = await open(kind, { locationId: other });
    expect((await named.read('A')).levels).toEqual([{ sku: 'A', quantity: 2 }]);
    expect(await named.change(['A', 2, 5])).toEqual([{ sku: 'A', outcome: 'applied' }]);
    expect(await shops.stockOf(fake)).toEqual({ A: 6 });

    const wrong = await open(kind, { locationId: none });
    expect((await wrong.read('A')).unknown[0]?.reason).toContain(`no active location ${none}`);
  });
});

describe('Shopify', () => {
  test('an old version of the API is refused by name', async () => {
    const { fake, read, change } = await open('SHOPIFY', { apiVersion: '2025-10' });
    await shops.stock(fake, { sku: 'A', quantity: 1 });
    expect((await read('A')).unknown[0]?.reason).toContain('apiVersion 2026-01 or newer');
    expect((await change(['A', 1, 2]))[0]?.reason).toContain('apiVersion 2026-01 or newer');
  });

  test.each(['2026-01', '2026-04', '2026-07'])('version %s is asked as well', async (apiVersion) => {
    const { fake, change } = await open('SHOPIFY', { apiVersion });
    await shops.stock(fake, { sku: 'A', quantity: 1 });
    expect(await change(['A', 1, 2])).toEqual([{ sku: 'A', outcome: 'applied' }]);
    expect(await shops.stockOf(fake)).toEqual({ A: 2 });
  });

  test('what one change of a batch is refused for keeps no other from being made', async () => {
    const { fake, change } = await open('SHOPIFY');
    const skus = Array.from({ length: 20 }, (_, index) => `S${index}`);
    await shops.stock(fake, ...skus.map((sku) => ({ sku, quantity: 10 })));
    const changes = skus.map((sku, index) => [sku, index === 3 ? 9 : 10, index === 17 ? -1 : 5] as const);
    const outcomes = async () => (await change(...changes)).map(({ outcome }) => outcome);
    const expected = skus.map((_, index) => (index === 3 ? 'changed' : index === 17 ? 'refused' : 'applied'));
    expect(await outcomes()).toEqual(expected);
    // A repeat learns the same, except why what was not made was not.
    expect(await outcomes()).toEqual(expected.map((each) => (each === 'refused' ? 'changed' : each)));
    const stock = await shops.stockOf(fake);
    expect(skus.map((sku) => stock[sku])).toEqual(skus.map((_, index) => ([3, 17].includes(index) ? 10 : 5)));
  });
});

describe('Square', () => {
  test('what one change of a batch is refused for keeps no other from being made, once', async () => {
    const { fake, change } = await open('SQUARE');
    const skus = Array.from({ length: 20 }, (_, index) => `S${index}`);
    await shops.stock(fake, ...skus.map((sku) => ({ sku, quantity: 10 })));
    const changes = skus.map((sku, index) => [sku, 10, index === 3 ? 2_000_000_000 : 5] as const);
    for (let repeats = 0; repeats < 2; repeats++) {
      const results = await change(...changes);
      expect(results.map(({ outcome }) => outcome)).toEqual(
        skus.map((_, index) => (index === 3 ? 'refused' : 'applied')),
      );
    }
    const stock = await shops.stockOf(fake);
    expect(skus.map((sku) => stock[sku])).toEqual(skus.map((_, index) => (index === 3 ? 10 : 5)));
  });

  test('what was made of a request that was refused is not made again', async () => {
    const asked: string[] = [];
    const request: RequestSquare = async (_method, path, schema, body) => {
      asked.push(path);
      if (path === '/v2/locations') return schema.parse({ locations: [{ id: 'L1', status: 'ACTIVE' }] });
      const sent = JSON.stringify(body);
      if (path === '/v2/inventory/changes/batch-create' && sent.includes('order-loop one')) {
        throw new SquareRefused(400, ['BAD_REQUEST']);
      }
      const changes = [{ adjustment: { referenceId: 'order-loop one' } }];
      return schema.parse(path.endsWith('changes/batch-retrieve') ? { changes } : {});
    };
    const stock = await squareStock({ request, merchant: 'M', locationId: undefined });
    if (typeof stock === 'string') throw new Error(stock);
    const item = (id: string) => ({ id, sku: id, quantity: 1 });
    const results = await stock.apply([
      { sku: 'A', from: 1, to: 2, key: 'one', item: item('A') },
      { sku: 'B', from: 1, to: 2, key: 'two', item: item('B') },
      { sku: 'C', from: 1, to: 2, key: 'three', item: item('C') },
    ]);
    expect(results.map(({ sku, outcome }) => `${sku} ${outcome}`)).toEqual([
      'A applied',
      'B applied',
      'C applied',
    ]);
    // One that is refused, then the halves of what is left.
    expect(asked.filter((path) => path.endsWith('batch-create'))).toHaveLength(3);
  });

  test.each(['INVENTORY_READ', 'INVENTORY_WRITE'])(
    'without %s stock is refused, by name',
    async (permission) => {
      const kept = new Map<string, string>();
      const fake = squareFake(
        {
          read: (name) => kept.get(name) ?? null,
          write: (name, value) => kept.set(name, value),
          list: (beginning) =>
            [...kept].flatMap(([name, value]) => (name.startsWith(beginning) ? [value] : [])),
        },
        [],
        SQUARE_SCOPES.filter((each) => each !== permission),
      );
      fake.stock.put([{ sku: 'A', quantity: 1 }]);
      const request = squareRest({
        accessToken: 'token',
        apiBaseUrl: 'https://square.example',
        deadlines: { inAll: 1000, forOne: 1000 },
        fetch: async (url, init) => {
          const { pathname } = new URL(String(url));
          const sent = init?.body === undefined ? undefined : JSON.parse(String(init.body));
          const { status, body } = fake.answer(init?.method ?? 'GET', pathname, sent, new URLSearchParams());
          return new Response(JSON.stringify(body), { status });
        },
      });
      const stock = stockOfShops(() => squareStock({ request, merchant: 'M', locationId: undefined }));
      const changes = [{ sku: 'A', from: 1, to: 2, key: 'one' }];
      await expect(stock.change('M', changes)).rejects.toThrow('INSUFFICIENT_SCOPES');
      expect(fake.stock.list()[0]?.levels).toEqual({ LTESTLOCATION1: 1 });
    },
  );
});

test('what a shop calls a SKU is kept for an hour, and not without bound', () => {
  let now = 0;
  const mapping = stockMapping(() => now);
  for (let index = 0; index <= 20_000; index++) mapping.set('shop', `S${index}`, String(index));
  expect([mapping.get('shop', 'S0'), mapping.get('shop', 'S20000')]).toEqual([undefined, '20000']);
  expect(mapping.get('another', 'S20000')).toBeUndefined();
  now = 3_600_001;
  expect(mapping.get('shop', 'S20000')).toBeUndefined();
});

describe('WooCommerce', () => {
  test('variations are saved through their product', async () => {
    const { fake, read, change } = await open('WOOCOMMERCE');
    await shops.stock(
      fake,
      { sku: 'V1', quantity: 1, itemId: '11', parentId: '10' },
      { sku: 'V2', quantity: 2, itemId: '12', parentId: '10' },
      { sku: 'P', quantity: 3, itemId: '20' },
    );
    expect((await read('V1', 'V2', 'P')).levels).toHaveLength(3);
    const results = await change(['V1', 1, 5], ['P', 3, 4], ['V2', 2, 0]);
    expect(results.map(({ sku, outcome }) => `${sku} ${outcome}`)).toEqual([
      'V1 applied',
      'P applied',
      'V2 applied',
    ]);
    expect(await shops.stockOf(fake)).toEqual({ V1: 5, V2: 0, P: 4 });
  });
});
