import { createHash, randomBytes } from 'node:crypto';
import {
  Client,
  type OAuthClientProvider,
  StreamableHTTPClientTransport,
  UnauthorizedError,
} from '@modelcontextprotocol/client';
import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose';
import { describe, expect, test } from 'vitest';
import { sharedStack, useStack } from '../../testing/stack.ts';

const stack = useStack(sharedStack);
const CALLBACK = 'http://localhost:8910/callback';
const at = (path: string) => `${stack().url}/dev/issuer${path}`;

interface Tokens {
  readonly access_token: string;
  readonly id_token: string;
  readonly refresh_token: string;
  readonly error?: string;
}

function asked(changes: Readonly<Record<string, string>> = {}) {
  const verifier = randomBytes(32).toString('base64url');
  const challenge = createHash('sha256').update(verifier).digest('base64url');
  const query = new URLSearchParams({
    ...{ response_type: 'code', client_id: 'local', redirect_uri: CALLBACK, state: 's-1', nonce: 'n-1' },
    ...{ scope: 'openid orders/read', code_challenge: challenge, code_challenge_method: 'S256' },
    ...changes,
  });
  return { verifier, query };
}

/** Fills the page in and sends it. @returns the answer, which leads back to the client */
function signIn(query: URLSearchParams, headers: Readonly<Record<string, string>> = {}) {
  const form = new URLSearchParams([...query, ['person', 'ada'], ['role', 'viewer']]);
  return fetch(at('/oauth2/authorize'), {
    ...{ method: 'POST', body: form, redirect: 'manual' },
    headers: { origin: stack().url, ...headers },
  });
}
const back = (answer: Response) => new URL(answer.headers.get('location') ?? '').searchParams;

async function post(path: string, form: Readonly<Record<string, string>>) {
  const answer = await fetch(at(path), { method: 'POST', body: new URLSearchParams(form) });
  return { status: answer.status, body: (await answer.json()) as Tokens };
}
const exchange = (code: string, code_verifier: string, more: Readonly<Record<string, string>> = {}) =>
  post('/oauth2/token', {
    ...{ grant_type: 'authorization_code', client_id: 'local', redirect_uri: CALLBACK, code, code_verifier },
    ...more,
  });
const refresh = (token: string, client = 'local') =>
  post('/oauth2/token', { grant_type: 'refresh_token', client_id: client, refresh_token: token });

async function signedIn() {
  const { query, verifier } = asked();
  const answer = await signIn(query);
  const code = back(answer).get('code') ?? '';
  const { body } = await exchange(code, verifier);
  return { body, code, verifier, cookie: (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? '' };
}

test('a person signs in with a role, and the API takes the token', async () => {
  const { query, verifier } = asked();
  const page = await fetch(`${at('/oauth2/authorize')}?${query}`);
  expect(page.status).toBe(200);
  expect(page.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
  expect(await page.text()).toContain('<form method="post"');
  const answer = await signIn(query);
  expect(answer.headers.get('location')).toMatch(/^http:\/\/localhost:8910\/callback\?code=/);
  expect(back(answer).get('state')).toBe('s-1');
  const { body } = await exchange(back(answer).get('code') ?? '', verifier);

  const read = (method: string, path: string) =>
    fetch(stack().url + path, { method, headers: { authorization: `Bearer ${body.access_token}` } });
  expect((await read('GET', '/v1/orders')).status).toBe(200);
  expect((await read('GET', '/v1/invoices')).status).toBe(403);
  expect(decodeJwt(body.access_token)).toMatchObject({ sub: 'ada', 'cognito:groups': ['viewer'] });

  const found = await fetch(at('/.well-known/openid-configuration'));
  const { jwks_uri, issuer } = (await found.json()) as Readonly<Record<'jwks_uri' | 'issuer', string>>;
  const checks = { issuer, audience: 'local' };
  const { payload } = await jwtVerify(body.id_token, createRemoteJWKSet(new URL(jwks_uri)), checks);
  expect(payload).toMatchObject({ sub: 'ada', nonce: 'n-1' });
  const withIdToken = { headers: { authorization: `Bearer ${body.id_token}` } };
  expect((await fetch(`${stack().url}/v1/orders`, withIdToken)).status).toBe(401);
});

describe('nothing is given', () => {
  test.each([
    ['to another machine', { redirect_uri: 'https://evil.example/callback' }],
    ['to a name that only looks like this one', { redirect_uri: 'http://localhost.evil.example/' }],
    ['without PKCE', { code_challenge: '' }],
    ['for a plain challenge', { code_challenge_method: 'plain' }],
    ['without a code', { response_type: 'token' }],
  ])('%s', async (_, changes) => {
    const { query } = asked(changes);
    for (const answer of [await fetch(`${at('/oauth2/authorize')}?${query}`), await signIn(query)]) {
      expect(answer.status).toBe(400);
      expect(answer.headers.get('location')).toBeNull();
    }
  });

  test('to a page of another site that sends the form', async () => {
    for (const origin of ['http://evil.example', 'null', 'http://localhost:1'])
      expect((await signIn(asked().query, { origin })).status).toBe(400);
  });

  test('for a code that was used, or is another’s', async () => {
    const { code, verifier } = await signedIn();
    expect(await exchange(code, verifier)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
    const others: readonly Readonly<Record<string, string>>[] = [
      { client_id: 'other' },
      { redirect_uri: 'http://localhost:1/' },
      { code_verifier: 'x' },
    ];
    for (const more of others) {
      const { query, verifier: right } = asked();
      const answer = await exchange(back(await signIn(query)).get('code') ?? '', right, more);
      expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
    }
  });

  test('what a client sends stands in the page as text', async () => {
    const { query } = asked({ client_id: '"><script>alert(1)</script>' });
    expect(await (await fetch(`${at('/oauth2/authorize')}?${query}`)).text()).not.toContain('<script');
  });
});

test('a session signs in again without a word, until it is ended', async () => {
  const { cookie } = await signedIn();
  const again = (more: Readonly<Record<string, string>> = {}) =>
    fetch(`${at('/oauth2/authorize')}?${asked(more).query}`, { redirect: 'manual', headers: { cookie } });
  expect(back(await again()).get('code')).toBeTruthy();
  expect((await again({ prompt: 'login' })).status).toBe(200);
  const ended = await fetch(`${at('/logout')}?logout_uri=${encodeURIComponent(stack().url)}/`, {
    redirect: 'manual',
    headers: { cookie },
  });
  expect(ended.headers.get('location')).toBe(`${stack().url}/`);
  expect((await again()).status).toBe(200);
  const elsewhere = await fetch(`${at('/logout')}?logout_uri=https://evil.example`, { redirect: 'manual' });
  expect(elsewhere.headers.get('location')).toBeNull();
});

test('a refresh token works until its own client revokes it', async () => {
  const { body } = await signedIn();
  expect((await refresh(body.refresh_token)).status).toBe(200);
  expect((await refresh(body.refresh_token, 'other')).status).toBe(400);
  await post('/oauth2/revoke', { token: body.refresh_token, client_id: 'other' });
  expect((await refresh(body.refresh_token)).status).toBe(200);
  await post('/oauth2/revoke', { token: body.refresh_token, client_id: 'local' });
  expect((await refresh(body.refresh_token)).status).toBe(400);
});

test('an MCP client finds the sign-in by itself and connects', async () => {
  const { url } = stack();
  const kept: Record<string, unknown> = { information: { client_id: 'local', issuer: url } };
  let address: URL | undefined;
  const provider: OAuthClientProvider = {
    redirectUrl: CALLBACK,
    clientMetadata: { redirect_uris: [CALLBACK], token_endpoint_auth_method: 'none' },
    clientInformation: () => kept.information as never,
    tokens: () => kept.tokens as never,
    saveTokens: (tokens) => void Object.assign(kept, { tokens }),
    redirectToAuthorization: (to) => {
      address = to;
    },
    saveCodeVerifier: (verifier) => void Object.assign(kept, { verifier }),
    codeVerifier: () => kept.verifier as string,
    saveDiscoveryState: (discovery) => void Object.assign(kept, { discovery }),
    discoveryState: () => kept.discovery as never,
  };
  const mode = { versionNegotiation: { mode: { pin: '2026-07-28' } } } as const;
  const transport = () => new StreamableHTTPClientTransport(new URL('/mcp', url), { authProvider: provider });
  const first = transport();
  await expect(new Client({ name: 'test', version: '1' }, mode).connect(first)).rejects.toThrow(
    UnauthorizedError,
  );
  expect(address?.href).toContain(`${url}/dev/issuer/oauth2/authorize?`);
  await first.finishAuth(back(await signIn(new URLSearchParams(address?.search))).get('code') ?? '');
  const client = new Client({ name: 'test', version: '1' }, mode);
  await client.connect(transport());
  expect((await client.listTools()).tools.map(({ name }) => name)).toContain('search_orders');
  await client.close();
});
