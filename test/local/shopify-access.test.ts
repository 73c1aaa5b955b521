import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { shopifyGraphql } from '../../functions/channels/shopify/client/graphql.ts';
import { releaseHolds } from '../../functions/channels/shopify/client/holds.ts';
import { retrieveOrder } from '../../functions/channels/shopify/client/order.ts';
import { ACCESS_SCOPES } from '../../functions/channels/shopify/client/scopes.ts';
import { shopifyFake } from '../../local/fakes/shopify.ts';

const SAMPLE = readFileSync(
  new URL('../payloads/shopify/orders_create_02_b2b_company_net30.json', import.meta.url),
).toString();
const ORDER = Buffer.from(SAMPLE.replace('{', '{ "fulfillment_holds": [{ "id": 1, "reason": "OTHER" }],'));
const SHOP = 'northfield-test.myshopify.com';

/** The Admin API of the fake, asked with a token of these scopes. */
function admin(scopes: readonly string[]) {
  const kept = new Map<string, string>();
  const fake = shopifyFake(
    { read: (name) => kept.get(name) ?? null, write: (name, value) => kept.set(name, value), list: () => [] },
    [ORDER],
    scopes,
  );
  return shopifyGraphql({
    shop: SHOP,
    accessToken: 'token',
    deadlines: { inAll: 1000, forOne: 1000 },
    fetch: async (url, init) => {
      const { pathname } = new URL(String(url));
      const { status, body } = fake.answer(
        'POST',
        pathname,
        JSON.parse(String(init?.body)),
        new URLSearchParams(),
      );
      return new Response(JSON.stringify(body), { status });
    },
  });
}

const orderId = String(JSON.parse(ORDER.toString().replace(/"id":\s*(\d{16,})/g, '"id":"$1"')).id);

test('a token with the documented scopes sees a whole order', async () => {
  expect(await retrieveOrder(admin(ACCESS_SCOPES), SHOP, orderId)).not.toBeNull();
});

test.each(['read_orders', 'read_customers', 'read_payment_terms'])(
  'without %s it is refused, with its name',
  (scope) =>
    expect(
      retrieveOrder(admin(ACCESS_SCOPES.filter((each) => each !== scope)), SHOP, orderId),
    ).rejects.toThrow(`the token needs \`${scope}\` access scope`),
);

test('a hold is released with the scope that writes fulfillment orders alone', async () => {
  const needed = 'write_merchant_managed_fulfillment_orders';
  const without = admin(ACCESS_SCOPES.filter((each) => each !== needed));
  const which = { fulfillmentOrderId: orderId };
  await expect(releaseHolds(without, orderId, which)).rejects.toThrow(needed);
  expect(await releaseHolds(admin(ACCESS_SCOPES), orderId, which)).toHaveLength(1);
});

test.each([
  [
    'read_inventory',
    'query { inventoryItems(first: 1) { nodes { inventoryLevel(locationId: "1") { id } } } }',
  ],
  [
    'write_inventory',
    'mutation { inventorySetQuantities(input: { name: "available", reason: "correction", quantities: [] }) @idempotent(key: "1") { userErrors { message } } }',
  ],
])('without %s stock is refused, with its name', async (scope, query) => {
  const without = admin(ACCESS_SCOPES.filter((each) => each !== scope));
  await expect(without(query, {}, z.unknown())).rejects.toThrow(scope);
  await expect(admin(ACCESS_SCOPES)(query, {}, z.unknown())).resolves.toBeDefined();
});

test('the documentation names every scope', () => {
  const page = readFileSync(new URL('../../docs/connect-a-shop.md', import.meta.url), 'utf8');
  expect(ACCESS_SCOPES.filter((scope) => !page.includes(`\`${scope}\``))).toEqual([]);
});
