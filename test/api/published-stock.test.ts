import { beforeEach, describe, expect, test } from 'vitest';
import { ConnectionRequest } from '../../contract/connections.ts';
import { leaseOwner } from '../../domain/inventory/lease.ts';
import { publishedStockStore } from '../../functions/adapters/dynamodb/published-stock-store.ts';
import type { PublishedSku } from '../../functions/channels/core/published-stock.ts';
import { useAws } from '../../testing/aws.ts';
import { freshHandler } from '../../testing/fresh-handler.ts';
import { type HttpHandler, invoke } from '../../testing/invoke.ts';
import { type TestLoop, testLoop } from '../../testing/loop.ts';
import { useStore } from '../../testing/store.ts';

const store = useStore();
const aws = useAws({
  'secretsmanager.GetSecretValue': () => ({
    SecretString: JSON.stringify({ current: 'the secret that signs cursors' }),
  }),
});
const AT = '/v1/connections/{connectionId}/stock';
const ID = 'north';
const SHOP = 'northfield.myshopify.com';
let handler: HttpHandler;
let loop: TestLoop;
let published: ReturnType<typeof publishedStockStore>;

beforeEach(async () => {
  const table = await store.newTable();
  handler = await freshHandler(() => import('../../functions/api/connections.ts'), {
    TABLE_NAME: table.name,
    ORDER_NUMBER_PREFIX: 'LMB',
    CURSOR_SECRET_ID: 'cursors',
    API_BASE_URL: 'http://127.0.0.1:4000',
    AWS_ENDPOINT_URL_DYNAMODB: store.endpoint,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: aws.endpoint,
  });
  loop = testLoop(table);
  published = publishedStockStore(table);
  const settings = { shop: SHOP, stock: { share: 50 } };
  const body = { kind: 'SHOPIFY', name: 'Northfield', settings };
  await invoke(handler, 'PUT /v1/connections/{connectionId}', { path: { connectionId: ID }, body });
});

async function shows(sku: string, number: number | null, more: Partial<PublishedSku> = {}) {
  const at = new Date().toISOString();
  await published.save(ID, {
    ...{ sku, version: 1, source: SHOP, published: number, publishedAt: at, checkedAt: at },
    ...{ available: 0, doubt: 0, agreedAt: at, sold: 0 },
    ...more,
  });
}

const list = (query: Record<string, string> = {}, connectionId = ID) =>
  invoke(handler, `GET ${AT}`, {
    ...{ path: { connectionId }, query },
  });

const decide = (sku: string, decision: string) =>
  invoke(handler, `POST ${AT}/{sku}/correction`, {
    ...{ path: { connectionId: ID, sku }, body: { decision } },
  });

describe('what a connection may sell', () => {
  test('is listed a page at a time, with lease and difference', async () => {
    expect((await list()).body).toEqual({ items: [] });
    expect((await list({}, 'nobody')).status).toBe(404);
    await loop.stock('A', 'L1', 10);
    const [lot] = (await loop.ports.stock.lotsOf(['A'])).get('A') ?? [];
    if (lot !== undefined) await loop.ports.stock.lease(lot, leaseOwner('SHOPIFY', SHOP), 6);
    await shows('A', 4);
    await shows('B', null, { reason: 'no such product' });
    const first = await list({ limit: '1' });
    expect(first.body.items).toMatchObject([{ sku: 'A', leased: 6, published: 4, difference: -2 }]);
    const second = await list({ limit: '1', cursor: first.body.nextCursor ?? '' });
    expect(second.body.items).toEqual([
      { sku: 'B', leased: 0, published: null, publishedAt: null, difference: 0, reason: 'no such product' },
    ]);
    expect(second.body.nextCursor).toBeUndefined();
    expect((await list({ cursor: 'forged' })).status).toBe(400);
  });

  test('has rules for single SKUs', async () => {
    const put = (rule: object) =>
      invoke(handler, `PUT ${AT}/{sku}`, { path: { connectionId: ID, sku: 'A' }, body: rule });
    const reversed = await put({ minimum: 5, maximum: 4 });
    expect(reversed).toMatchObject({ status: 422, body: { errors: [{ path: 'minimum' }] } });
    const settings = { shop: SHOP, stock: { minimum: 5, maximum: 4 } };
    expect(ConnectionRequest.safeParse({ kind: 'SHOPIFY', name: 'One', settings }).success).toBe(false);
    // Each fault once: what is no number of units is not compared.
    expect((await put({ maximum: -1 })).body.errors).toMatchObject([{ path: 'maximum' }]);
    expect((await put({ share: 101 })).status).toBe(422);
    expect(await put({ minimum: 2 })).toMatchObject({ status: 200, body: { rule: { minimum: 2 } } });
    expect(await published.rules(ID, ['A'])).toEqual(new Map([['A', { minimum: 2 }]]));
    expect((await put({})).body).not.toHaveProperty('rule');
  });
});

describe('a number that somebody typed', () => {
  const correction = { shown: 9, expected: 5, noticedAt: '2026-01-01T00:00:00.000Z' };

  test('is accepted as the least that the channel has', async () => {
    await loop.stock('A', 'L1', 10);
    await shows('A', 9, { correction });
    const accepted = await decide('A', 'ACCEPT');
    expect(accepted).toMatchObject({ status: 200, body: { rule: { minimum: 9 } } });
    expect(accepted.body).not.toHaveProperty('correction');
    // A repeat changes nothing.
    expect((await decide('A', 'OVERWRITE')).body).toEqual(accepted.body);
  });

  test('is accepted up to what a rule can name', async () => {
    for (const lot of ['L1', 'L2']) await loop.stock('A', lot, 1_000_000);
    await shows('A', 1_200_000, { correction: { ...correction, shown: 1_200_000 } });
    expect((await decide('A', 'ACCEPT')).body).toMatchObject({ rule: { minimum: 1_000_000 } });
  });

  test('is not accepted beyond what is there', async () => {
    await loop.stock('A', 'L1', 8);
    await shows('A', 9, { correction });
    expect(await decide('A', 'ACCEPT')).toMatchObject({ status: 409, body: { code: 'insufficient_stock' } });
    expect((await published.find(ID, ['A'])).get('A')).toMatchObject({ correction });
  });

  test('is accepted as the most where it is less, or overwritten', async () => {
    await shows('A', 1, { correction: { ...correction, shown: 1 } });
    await shows('B', 1, { correction: { ...correction, shown: 1 } });
    expect((await decide('A', 'ACCEPT')).body).toMatchObject({ rule: { maximum: 1 } });
    expect((await decide('B', 'OVERWRITE')).body).not.toHaveProperty('rule');
    expect((await published.find(ID, ['B'])).get('B')).toMatchObject({ doubt: 4, version: 2 });
    expect((await decide('C', 'OVERWRITE')).status).toBe(404);
  });
});
