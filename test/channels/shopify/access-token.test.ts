import { expect, test } from 'vitest';
import { ShopRefused } from '../../../functions/channels/core/shops.ts';
import { shopifyTokens } from '../../../functions/channels/shopify/client/access-token.ts';

const APP = { clientId: 'c1', clientSecret: 's1', shopUrl: 'https://acme.myshopify.com' };
const DAY = 86_399;

/** A shop that grants tokens to this app, each with a number of its own. */
function shop() {
  const asked: string[] = [];
  let time = 0;
  const tokenOf = shopifyTokens(
    {
      deadlines: { inAll: 1000, forOne: 1000 },
      fetch: async (url, init) => {
        const form = new URLSearchParams(String(init?.body));
        asked.push(`${url} ${form.get('grant_type')} ${form.get('client_id')}`);
        if (form.get('client_secret') !== 's1')
          return new Response('{"error":"invalid_client"}', { status: 401 });
        return Response.json({ access_token: `t${asked.length}`, scope: 'read_orders', expires_in: DAY });
      },
    },
    () => time,
  );
  return { asked, tokenOf, wait: (seconds: number) => (time += seconds * 1000) };
}

test('a token is asked for once, also by many at once, and anew before it ends', async () => {
  const { asked, tokenOf, wait } = shop();
  expect(await Promise.all([tokenOf(APP), tokenOf(APP)])).toEqual(['t1', 't1']);
  expect(asked).toEqual(['https://acme.myshopify.com/admin/oauth/access_token client_credentials c1']);
  wait(DAY - 301);
  expect(await tokenOf(APP)).toBe('t1');
  wait(2);
  expect(await tokenOf(APP)).toBe('t2');
});

test('another app, or a secret that was exchanged, has a token of its own', async () => {
  const { tokenOf } = shop();
  expect(await tokenOf(APP)).toBe('t1');
  expect(await tokenOf({ ...APP, clientId: 'c2' })).toBe('t2');
});

test('a refusal is said without the secret, and is not kept', async () => {
  const { asked, tokenOf } = shop();
  for (const attempt of [1, 2]) {
    const refused = tokenOf({ ...APP, clientSecret: 'wrong' });
    await expect(refused).rejects.toThrow(ShopRefused);
    await expect(refused).rejects.not.toThrow('wrong');
    expect(asked).toHaveLength(attempt);
  }
});
