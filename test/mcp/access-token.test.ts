import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { accessTokenVerifier } from '../../functions/adapters/access-token.ts';
import { agentName } from '../../functions/mcp/principal.ts';

type Key = Awaited<ReturnType<typeof generateKeyPair>>['privateKey'];
let issuer = '';
let server: Server;
let key: Key;
let foreignKey: Key;

/** An issuer with its discovery document and its keys, on this machine. */
beforeAll(async () => {
  const own = await generateKeyPair('RS256');
  const foreign = await generateKeyPair('RS256');
  [key, foreignKey] = [own.privateKey, foreign.privateKey];
  const jwk = { ...(await exportJWK(own.publicKey)), kid: 'k1', alg: 'RS256', use: 'sig' };
  server = createServer((request, response) => {
    const body = request.url?.includes('openid') ? { jwks_uri: `${issuer}/keys` } : { keys: [jwk] };
    response.setHeader('content-type', 'application/json').end(JSON.stringify(body));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => server.close());

const CLAIMS: JWTPayload = {
  sub: 'agent',
  client_id: 'desk',
  scope: 'orders/read orders/write',
  aud: 'order-loop',
};

function token(claims: JWTPayload, { by = key, kid = 'k1', expires = '1h' } = {}) {
  return new SignJWT({ iss: issuer, ...claims })
    .setProtectedHeader({ alg: 'RS256', kid })
    .setIssuedAt()
    .setExpirationTime(expires)
    .sign(by);
}

const verify = () => accessTokenVerifier({ issuer, audience: ['order-loop', 'cognito-client'], rules: {} });

test('a token of the issuer, meant for us, is accepted', async () => {
  expect(await verify()(await token(CLAIMS))).toMatchObject({
    subject: 'agent',
    client: 'desk',
    scopes: ['orders/read', 'orders/write'],
  });
});

test("Cognito's access tokens name their client in place of an audience", async () => {
  const { aud: _, ...claims } = CLAIMS;
  const cognito = { ...claims, client_id: 'cognito-client', token_use: 'access' };
  expect(await verify()(await token(cognito))).toMatchObject({ client: 'cognito-client' });
  expect(await verify()(await token({ ...cognito, token_use: 'id' }))).toBeNull();
  expect(await verify()(await token({ ...cognito, client_id: 'another' }))).toBeNull();
});

test('an agent is named by its client and its subject', async () => {
  const { client, subject } = (await verify()(await token(CLAIMS))) ?? { client: '', subject: '' };
  expect(agentName(client, subject)).toBe('desk/agent');
  expect(agentName('batch', 'batch')).toBe('batch');
});

describe('what is not accepted', () => {
  test.each<[string, () => Promise<string>]>([
    ['another audience', () => token({ ...CLAIMS, aud: 'someone-else' })],
    ['another audience, with our client', () => token({ ...CLAIMS, aud: 'x', client_id: 'order-loop' })],
    ['another issuer', () => token({ ...CLAIMS, iss: 'https://elsewhere.example' })],
    ['an expired token', () => token(CLAIMS, { expires: '-1m' })],
    ['a key that the issuer does not have', () => token(CLAIMS, { kid: 'k2' })],
    ["a foreign key under the issuer's name", () => token(CLAIMS, { by: foreignKey })],
    ['no subject', () => token({ ...CLAIMS, sub: undefined })],
    [
      'no signature',
      async () => {
        const [, payload] = (await token(CLAIMS)).split('.');
        return `${Buffer.from('{"alg":"none"}').toString('base64url')}.${payload}.`;
      },
    ],
    [
      'a shared secret in place of a key',
      () =>
        new SignJWT({ iss: issuer, ...CLAIMS })
          .setProtectedHeader({ alg: 'HS256', kid: 'k1' })
          .setExpirationTime('1h')
          .sign(new TextEncoder().encode('x'.repeat(32))),
    ],
    ['nothing', async () => ''],
    ['no token at all', async () => 'a.b.c'],
  ])('%s', async (_, make) => {
    expect(await verify()(await make())).toBeNull();
  });
});

test('an issuer that does not answer is no verdict on the token', async () => {
  const gone = accessTokenVerifier({ issuer: 'http://127.0.0.1:9', audience: ['order-loop'], rules: {} });
  await expect(gone(await token(CLAIMS))).rejects.toThrow();
});
