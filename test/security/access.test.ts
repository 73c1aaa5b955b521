import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Route, routeKey, SCOPES, type Scope } from '../../contract/routes.ts';
import { WEBHOOKS } from '../../contract/webhooks.ts';
import type { LocalStack } from '../../local/stack.ts';
import { HttpClient } from '../../testing/client.ts';
import { startStack } from '../../testing/stack.ts';
import { openForger } from './support/forged-tokens.ts';
import { EVERY_ROUTE, harmless, pathOf } from './support/requests.ts';

const EVERY_SCOPE = SCOPES.join(' ');

let folder: string;
let stack: LocalStack;
let http: HttpClient;
/** Authorization headers that nobody should be let in with, by what is wrong with them. */
let wrong: ReadonlyMap<string, string | undefined>;
const singleScopes = new Map<Scope, string>();

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'order-loop-access-'));
  stack = await startStack({ dataFolder: folder });
  http = new HttpClient(stack.url);
  const good = await stack.token(EVERY_SCOPE);
  const forged = await (await openForger(folder)).forgeries(good);
  wrong = new Map<string, string | undefined>([
    ['no token', undefined],
    ['an empty header', ''],
    ['another scheme', `Basic ${Buffer.from('ada:ada').toString('base64')}`],
    ['a token without its scheme', good],
    ['two tokens', `Bearer ${good} ${good}`],
    ...[...forged].map(([fault, token]) => [fault, `Bearer ${token}`] as const),
  ]);
  for (const scope of SCOPES) singleScopes.set(scope, await stack.token(scope));
});
afterAll(async () => {
  http?.close();
  await stack?.stop();
  rmSync(folder, { recursive: true, force: true });
});

interface Seen {
  readonly status: number;
  readonly code: unknown;
  readonly challenge: string | undefined;
}

async function ask(route: Route, authorization: string | undefined): Promise<Seen> {
  const { body, headers } = harmless(route);
  const answer = await http.send<{ code?: unknown } | null>(route.method, pathOf(route), {
    body,
    headers: { ...headers, ...(authorization !== undefined && { authorization }) },
  });
  const { status, headers: answered } = answer;
  return { status, code: answer.body?.code, challenge: answered['www-authenticate'] };
}

/** The scopes one of which a caller must have, or null where none is asked for. */
function scopesOf({ access }: Route): readonly Scope[] | null {
  if (access === 'access-token') return ['orders/read', 'orders/write'];
  return typeof access === 'string' ? null : [access.scope];
}

const guarded = EVERY_ROUTE.filter((route) => scopesOf(route) !== null);
const unguarded = EVERY_ROUTE.filter((route) => scopesOf(route) === null);

test('every route says who may come in', () => {
  expect(guarded.length).toBeGreaterThan(40);
  expect(unguarded.map(routeKey).sort()).toEqual([
    'GET /.well-known/oauth-authorization-server',
    'GET /.well-known/oauth-protected-resource',
    'GET /.well-known/oauth-protected-resource/mcp',
    'GET /docs',
    'GET /healthz',
    'GET /llms.txt',
    'GET /oauth/callback',
    'GET /openapi.json',
    'GET /portal/{token}',
    ...WEBHOOKS.map(({ path }) => `POST /webhooks/${path}`).sort(),
  ]);
});

describe.each(guarded.map((route) => [routeKey(route), route] as const))('%s', (_, route) => {
  test('lets no one in with a wrong token', async () => {
    const let_in: string[] = [];
    for (const [fault, authorization] of wrong) {
      const { status, code, challenge } = await ask(route, authorization);
      const isRefused = status === 401 && code === 'unauthorized' && /^Bearer/.test(challenge ?? '');
      if (!isRefused) let_in.push(`${fault}: ${status} ${code} ${challenge}`);
    }
    expect(let_in).toEqual([]);
  });

  test('takes its own scope and no other', async () => {
    const wanted = scopesOf(route) ?? [];
    const unexpected: string[] = [];
    for (const [scope, token] of singleScopes) {
      const { status, code } = await ask(route, `Bearer ${token}`);
      const isIn = status !== 401 && status !== 403 && status < 500;
      const isRefused = status === 403 && code === 'insufficient_scope';
      if (wanted.includes(scope) ? !isIn : !isRefused) unexpected.push(`${scope}: ${status} ${code}`);
    }
    expect(unexpected).toEqual([]);
  });

  test('refuses a scope that only looks like its own', async () => {
    const [wanted = ''] = scopesOf(route) ?? [];
    const lookalikes = [
      '',
      '*',
      wanted.toUpperCase(),
      `${wanted}/all`,
      wanted.replace('/', ':'),
      `x${wanted}`,
    ];
    for (const scope of lookalikes) {
      expect(await ask(route, `Bearer ${await stack.token(scope)}`), scope).toMatchObject({
        status: 403,
        code: 'insufficient_scope',
      });
    }
  });
});

/** What public routes answer where there is nothing for the one who asks. */
const NOTHING_THERE: Readonly<Record<string, number>> = {
  // A browser came back that nobody expects.
  'GET /oauth/callback': 410,
};

test('a route that asks for no token takes no notice of a wrong one', async () => {
  for (const route of unguarded.filter(({ access }) => access === 'public')) {
    const status = NOTHING_THERE[routeKey(route)] ?? 200;
    for (const [fault, authorization] of wrong) {
      expect((await ask(route, authorization)).status, `${routeKey(route)}, ${fault}`).toBe(status);
    }
  }
});

// What the router reads as another path must not be read as the guarded one further in.
test.each([
  ['GET', '//v1/orders'],
  ['GET', '/v1//orders'],
  ['GET', '/v1/./orders'],
  ['GET', '/healthz/../v1/orders'],
  ['GET', '/portal/..%2fv1%2forders'],
  ['GET', '/V1/orders'],
  ['GET', '/v1/orders/'],
  ['GET', '/v1/orders;x'],
  ['GET', '/v1/orders%2f'],
  ['GET', '/%76%31/orders'],
  ['GET', '/v1/orders%00'],
  ['GET', '/v1/orders#x'],
  ['HEAD', '/v1/orders'],
  ['OPTIONS', '/v1/orders'],
  ['TRACE', '/v1/orders'],
  ['PUT', '/v1/orders'],
  ['get', '/v1/orders'],
])('%s %s is no way around the token', async (method, path) => {
  const headers = { 'x-http-method-override': 'GET', 'x-original-url': '/v1/orders' };
  const { status, text } = await http.send(method, path, { headers });
  expect([400, 401, 404]).toContain(status);
  expect(text).not.toContain('"items"');
});

test('every answer says what browsers may do with it', async () => {
  const headers = { authorization: `Bearer ${await stack.token(EVERY_SCOPE)}` };
  const asked = ['/healthz', '/v1/orders', '/v1/orders/NONE', '/portal/none', '/v1/orders?cursor=x', '/docs'];
  for (const path of asked) {
    const { headers: answered } = await http.send('GET', path, { headers });
    expect(answered, path).toMatchObject({
      'x-content-type-options': 'nosniff',
      'strict-transport-security': 'max-age=63072000; includeSubDomains',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
    });
    for (const directive of ["object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"])
      expect(answered['content-security-policy'], path).toContain(directive);
  }
  // What the gateway answers by itself.
  expect((await http.send('GET', '/v1/orders')).headers['x-content-type-options']).toBe('nosniff');
});
