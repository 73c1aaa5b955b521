import { expect, test } from 'vitest';
import * as z from 'zod';
import { versionWarning } from '../../../functions/channels/shopify/client/api-version.ts';
import { shopifyGraphql } from '../../../functions/channels/shopify/client/graphql.ts';
import { API_VERSION, type API_VERSIONS } from '../../../functions/channels/shopify/descriptor.ts';

test.each([
  ['2026-10', null, '2027-08-31', null],
  ['2026-10', '2026-10', '2027-08-31', null],
  ['2026-10', null, '2027-09-02', 'until 2027-10-01'],
  ['2026-01', null, '2027-02-01', 'until 2027-01-01'],
  ['2025-10', '2026-01', '2026-11-01', 'asked in version 2025-10 and answered in 2026-01'],
] as const)('version %s, answered in %s on %s: %s', (asked, answered, today, warning) => {
  const given = versionWarning(asked, answered, new Date(today));
  if (warning === null) expect(given).toBeNull();
  else expect(given).toContain(warning);
});

test('a shop is asked in the version of its connection, and an answer in another one is said', async () => {
  const asked: string[] = [];
  const warnings: string[] = [];
  const ask = (apiVersion?: (typeof API_VERSIONS)[number]) =>
    shopifyGraphql({
      ...{ shop: 'acme.myshopify.com', accessToken: 'token', deadlines: { inAll: 1000, forOne: 1000 } },
      apiVersion,
      warn: (warning) => warnings.push(warning),
      fetch: async (url) => {
        asked.push(String(url));
        return new Response('{"data":{}}', { headers: { 'x-shopify-api-version': API_VERSION } });
      },
    })('query { shop { id } }', {}, z.object({}));
  await ask();
  await ask('2026-01');
  expect(asked.map((url) => url.split('/')[5])).toEqual([API_VERSION, '2026-01']);
  expect(warnings).toEqual([expect.stringContaining('asked in version 2026-01')]);
});
