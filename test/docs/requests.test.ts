import { globSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ConnectionRequest } from '../../contract/connections.ts';
import { ROUTES } from '../../contract/routes.ts';
import { CARRIER } from '../../functions/carriers/descriptors.ts';
import { CONNECTED_CHANNELS } from '../../functions/channels/descriptors.ts';
import { readSettings } from '../../local/settings.ts';

const DOCUMENTS = globSync(['*.md', 'docs/*.md']);

describe('a request that a document shows', () => {
  const requests = DOCUMENTS.flatMap((document) =>
    matches(document, /\b(GET|POST|PUT|PATCH|DELETE)\s+["`]?(?:\$\w+)?(\/v1\/[^\s`"?;,)…]+)/g).map(
      ([method = '', path = '']) => [`${method} ${path}`, document] as const,
    ),
  );
  test.each(requests)('%s of %s is a route', (request) => {
    expect(ROUTES.some((route) => isOf(route, request))).toBe(true);
  });

  const bodies = DOCUMENTS.flatMap((document) => [
    ...matches(document, /```json\n(\{ "kind"[\s\S]*?)```/g).map(([body = '']) => [document, body] as const),
    ...matches(document, /-d '(\{"kind"[\s\S]*?\})'/g).map(([body = '']) => [document, body] as const),
  ]);
  test.each(bodies)('in %s connects something: %s', (_, body) => {
    expect(ConnectionRequest.safeParse(JSON.parse(body)).error).toBeUndefined();
  });

  test('is found at all', () => {
    expect(requests.length).toBeGreaterThan(20);
    expect(bodies.length).toBeGreaterThan(5);
  });
});

describe('the settings of a connection', () => {
  const pages = globSync('docs/connect-a-*.md')
    .map((page) => readFileSync(page, 'utf8'))
    .join('\n');
  test.each(
    [...CONNECTED_CHANNELS, CARRIER].flatMap(({ kind, settings }) =>
      Object.keys(settings.shape).map((setting) => [kind, setting]),
    ),
  )('of kind %s: %s is explained', (_, setting = '') => {
    expect(pages).toMatch(new RegExp(`[\`"]${setting}[\`"]`));
  });
});

test.each([
  ['shopify', /'([a-z_]+\/[a-z_]+)'/g],
  ['square', /'((?:order|payment)\.[a-z.]+)'/g],
])('the topics that the channel %s reads are listed where it is connected', (channel, pattern) => {
  const topics = globSync(`functions/channels/${channel}/inbound/{message,notices}.ts`).flatMap((file) =>
    matches(file, pattern).map(([topic = '']) => topic),
  );
  const page = readFileSync('docs/connect-a-shop.md', 'utf8');
  expect(topics.length).toBeGreaterThan(3);
  expect([...new Set(topics)].filter((topic) => !page.includes(`\`${topic}\``))).toEqual([]);
});

test('the settings of npm start are those that it reads', () => {
  const asked = new Set<string>();
  readSettings(
    new Proxy<Record<string, string | undefined>>(
      {},
      { get: (_, name) => void asked.add(String(name)) as undefined },
    ),
  );
  const text = readFileSync('docs/settings.md', 'utf8');
  // Variables of one kind are listed by what tells them apart.
  const isListed = (name: string) =>
    text.includes(`\`${name}\``) || text.includes(`\`${name.replace(/_WEBHOOK_SECRET$/, '_…')}\``);
  expect([...asked].filter((name) => !isListed(name) && !name.endsWith('_NOTIFICATION_URL'))).toEqual([]);
});

/** @returns the groups of every match in a document. */
function matches(document: string, pattern: RegExp): readonly (readonly string[])[] {
  return [...readFileSync(document, 'utf8').matchAll(pattern)].map(([, ...groups]) => groups);
}

/** @returns whether a request, with values or names in place of its parameters, is one of a route. */
function isOf({ method, path }: (typeof ROUTES)[number], request: string): boolean {
  const pattern = path.replaceAll(/\{[^}]+\}/g, '[^/]+');
  return new RegExp(`^${method} ${pattern}$`).test(request);
}
