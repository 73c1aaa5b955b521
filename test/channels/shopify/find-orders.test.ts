import { expect, test } from 'vitest';
import * as z from 'zod';
import { findOrders } from '../../../functions/channels/shopify/client/find-orders.ts';
import type { AskShopify } from '../../../functions/channels/shopify/client/graphql.ts';
import { ACCESS_SCOPES } from '../../../functions/channels/shopify/client/scopes.ts';
import { shopifyFake } from '../../../local/fakes/shopify.ts';
import { shopifyOrder } from '../../../testing/messages.ts';

/** Orders below this id are of more than 60 days ago. */
const HIDDEN_BELOW = '3000';
const SEES_ALL = [...ACCESS_SCOPES, 'read_all_orders'];

/** Asks a shop that has some orders with a token of these scopes. */
function shopWith(orderIds: readonly number[], scopes: readonly string[]): AskShopify {
  const kept = new Map<string, string>();
  const keeper = {
    read: (name: string) => kept.get(name) ?? null,
    write: (name: string, value: string) => kept.set(name, value),
    list: (beginning: string) =>
      [...kept].flatMap(([name, value]) => (name.startsWith(beginning) ? [value] : [])),
  };
  const samples = orderIds.map((id) => shopifyOrder(id, 'GOODS', 1).body);
  const fake = shopifyFake(keeper, samples, scopes, HIDDEN_BELOW);
  return async (query, variables, schema) => {
    const path = '/admin/api/2026-10/graphql.json';
    const { body } = fake.answer('POST', path, { query, variables }, new URLSearchParams());
    return z.object({ data: schema }).parse(body).data;
  };
}

const found = async (ask: AskShopify, orderIds: readonly string[]) => {
  const answer = await findOrders(ask, orderIds);
  return { found: answer.found.map(({ orderId }) => orderId), missing: answer.missing };
};

test('an order that Shopify hides stays, and one that it would show is missing', async () => {
  const ask = shopWith([1000, 3001, 3003], ACCESS_SCOPES);
  expect(await found(ask, ['1000', '3001', '3002', '3003'])).toEqual({
    found: ['3001', '3003'],
    missing: ['3002'],
  });
});

test('an order as old as the oldest that is shown may be hidden', async () => {
  const ask = shopWith([1000, 3005], ACCESS_SCOPES);
  expect((await found(ask, ['1000', '2000', '3004'])).missing).toEqual([]);
});

test('with the scope read_all_orders every order that is not given is missing', async () => {
  const ask = shopWith([1000, 3001], SEES_ALL);
  expect(await found(ask, ['1000', '2000', '3001', '3002'])).toEqual({
    found: ['1000', '3001'],
    missing: ['2000', '3002'],
  });
});

test('where no order is shown none is missing', async () => {
  expect(await found(shopWith([1000], ACCESS_SCOPES), ['1000', '2000', '3001'])).toEqual({
    found: [],
    missing: [],
  });
  expect((await found(shopWith([], SEES_ALL), ['2000'])).missing).toEqual(['2000']);
});

test('ids are compared as numbers of any length', async () => {
  const ask = shopWith([9999], ACCESS_SCOPES);
  expect((await found(ask, ['10000', '9007199254740993555'])).missing).toEqual([
    '10000',
    '9007199254740993555',
  ]);
});
