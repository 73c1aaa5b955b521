import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import type { ConnectionDetail } from '../../contract/connections.ts';
import { LOCAL_CLIENT_ID } from '../../local/aws/credentials.ts';
import { useOwnApi } from '../../testing/api.ts';

/** An operator gives the loop access to a shop on a page of the shop, over the API of the whole loop. */
const api = useOwnApi({ logLevel: 'ERROR' });

const SECRET = 'local-shopify-secret';
const SHOPIFY = 'northfield-shop';
const SQUARE = 'northfield-square';

/** Gives the connection an app and a secret of its own. */
async function withApp(connectionId: string): Promise<void> {
  const { kind, name, settings } = await shown(connectionId);
  const more = { clientId: LOCAL_CLIENT_ID, secretName: `order-loop/connections/${connectionId}` };
  const body = { kind, name, settings: { ...settings, ...more } };
  await api().done('PUT', `/v1/connections/${connectionId}`, { body });
}
const shown = (connectionId: string) =>
  api().done<ConnectionDetail>('GET', `/v1/connections/${connectionId}`);
const begin = (connectionId: string) =>
  api().send<{ url: string; detail?: string }>('POST', `/v1/connections/${connectionId}/authorization`);

/** The merchant agrees: where the shop's page sends the browser back to. */
async function agree(url: string): Promise<URL> {
  const answer = await fetch(url, { redirect: 'manual' });
  expect(answer.status, await answer.text()).toBe(302);
  return new URL(answer.headers.get('location') ?? '');
}
const comeBack = ({ pathname, search }: URL) =>
  fetch(api().stack.url + pathname + search, { redirect: 'manual' });
const signed = (url: URL) => {
  const { hmac: _, ...all } = Object.fromEntries(url.searchParams);
  const message = new URLSearchParams(Object.entries(all).sort()).toString();
  url.searchParams.set('hmac', createHmac('sha256', SECRET).update(message).digest('hex'));
  return url;
};
const altered = (url: URL, name: string, value: string) => {
  const next = new URL(url);
  next.searchParams.set(name, value);
  return next;
};

test.each([
  [SHOPIFY, 'shpat_', { missingScopes: [] }],
  [SQUARE, 'EAAA', { missingScopes: [], expiresAt: expect.any(String) }],
])('%s gives access once; its token is in the secret alone', async (connectionId, prefix, status) => {
  await withApp(connectionId);
  const { status: begun, body } = await begin(connectionId);
  expect(begun).toBe(201);
  expect(body.url).toContain(encodeURIComponent('/oauth/callback'));
  const back = await agree(body.url);
  const answer = await comeBack(back);
  expect([answer.status, await answer.text()]).toEqual([
    200,
    expect.stringContaining(`${connectionId} is connected`),
  ]);
  const { authorization } = await shown(connectionId);
  expect(authorization).toMatchObject({
    ...status,
    grantedAt: expect.any(String),
    requestedBy: expect.any(String),
  });
  expect(authorization).not.toHaveProperty('failure');
  expect((await comeBack(back)).status).toBe(410);
  const everything = (await api().storeContents()) + JSON.stringify(await shown(connectionId));
  for (const part of [prefix, back.searchParams.get('state') ?? prefix])
    expect(everything).not.toContain(part);
});

test('Shopify has to sign, for the shop of the connection, now', async () => {
  await withApp(SHOPIFY);
  const granted = (await shown(SHOPIFY)).authorization?.grantedAt;
  const faults: readonly [(back: URL) => URL, RegExp][] = [
    [(back) => altered(back, 'hmac', 'ab'.repeat(32)), /signature/],
    [(back) => altered(back, 'code', 'another'), /signature/],
    [(back) => signed(altered(back, 'shop', 'other-shop.myshopify.com')), /another shop/],
    [(back) => signed(altered(back, 'shop', 'northfield-test.myshopify.com.evil.example')), /another shop/],
    [(back) => signed(altered(back, 'timestamp', String(Math.floor(Date.now() / 1000) - 7200))), /too old/],
    [(back) => signed(altered(back, 'code', 'never-given')), /no access token/],
  ];
  for (const [change, reason] of faults) {
    const back = change(await agree((await begin(SHOPIFY)).body.url));
    expect((await comeBack(back)).status).toBe(403);
    const { authorization } = await shown(SHOPIFY);
    expect(authorization?.failure).toMatch(reason);
    // Access that was given before is still there.
    expect(authorization?.grantedAt).toBe(granted);
    expect((await comeBack(back)).status).toBe(410);
  }
});

test('who did not begin it here is not let in', async () => {
  const back = new URL('http://loop.example/oauth/callback?code=c&state=guessed');
  expect((await comeBack(back)).status).toBe(410);
  back.search = '';
  expect((await comeBack(back)).status).toBe(410);
});

test('a denial at Square is shown on the connection', async () => {
  await withApp(SQUARE);
  const back = await agree((await begin(SQUARE)).body.url);
  back.searchParams.delete('code');
  back.searchParams.set('error', 'access_denied');
  expect((await comeBack(back)).status).toBe(403);
  expect((await shown(SQUARE)).authorization?.failure).toContain('denied');
});

test('a code that goes to a connection that stands for another shop by then is not exchanged', async () => {
  await withApp(SHOPIFY);
  const back = await agree((await begin(SHOPIFY)).body.url);
  const { kind, name, settings } = await shown(SHOPIFY);
  const other = { ...settings, shop: 'other-shop.myshopify.com' };
  await api().done('PUT', `/v1/connections/${SHOPIFY}`, { body: { kind, name, settings: other } });
  expect((await comeBack(back)).status).toBe(403);
  await api().done('PUT', `/v1/connections/${SHOPIFY}`, { body: { kind, name, settings } });
  expect((await shown(SHOPIFY)).authorization?.failure).toContain('another sender');
});

test('what it takes is named where it is missing', async () => {
  const settings = { shop: 'orders.example.com', clientId: LOCAL_CLIENT_ID };
  const body = { kind: 'SHOPIFY', name: 'Own domain', settings };
  await api().done('PUT', '/v1/connections/own-domain', { body });
  const refused = async () => {
    const { status, body: problem } = await begin('own-domain');
    expect(status).toBe(409);
    return problem.detail;
  };
  expect(await refused()).toContain('names no secret of its own');
  const secretName = 'order-loop/connections/own-domain';
  await api().done('PUT', '/v1/connections/own-domain', {
    body: { ...body, settings: { ...settings, secretName } },
  });
  expect(await refused()).toContain('name.myshopify.com');
  await api().done('PUT', '/v1/connections/own-domain', {
    body: { ...body, settings: { shop: 'own-domain.myshopify.com', secretName } },
  });
  expect(await refused()).toContain('clientId');
});
