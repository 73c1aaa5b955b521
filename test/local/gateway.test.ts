import { request } from 'node:http';
import { generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type LocalStack, startLocalStack } from '../../local/stack.ts';
import { FIXTURE_FOLDER, FIXTURE_STACKS } from '../../testing/small-stack/template.ts';

let stack: LocalStack;
beforeAll(async () => {
  stack = await startLocalStack({ stacks: FIXTURE_STACKS, folder: FIXTURE_FOLDER });
});
afterAll(() => stack.stop());

const MEBIBYTE = 1024 * 1024;

async function send(method: string, path: string, init: RequestInit = {}) {
  const response = await fetch(`${stack.url}${path}`, { method, ...init });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === '' ? null : JSON.parse(text) };
}

/** Sends a path to the letter, where fetch would tidy it up. */
function sendAsIs(method: string, path: string): Promise<{ status: number | undefined; body: unknown }> {
  const { hostname, port } = new URL(stack.url);
  return new Promise((resolve, reject) => {
    const sending = request({ hostname, port, method, path }, async (response) => {
      const text = (await response.toArray()).join('');
      resolve({ status: response.statusCode, body: JSON.parse(text) });
    });
    sending.on('error', reject);
    sending.end();
  });
}

async function bearer(scope: string) {
  return { authorization: `Bearer ${await stack.token(scope)}` };
}

describe('access tokens', () => {
  test('without one the answer is 401 and says how to send one', async () => {
    const { status, headers, body } = await send('GET', '/items/a');
    expect(status).toBe(401);
    expect(headers.get('content-type')).toBe('application/problem+json');
    expect(headers.get('www-authenticate')).toBe('Bearer');
    expect(body).toMatchObject({ code: 'unauthorized', status: 401, instance: '/items/a' });
  });

  test.each([
    ['no token at all', 'Bearer'],
    ['another scheme', 'Basic YTpi'],
    ['something that is no token', 'Bearer abc.def.ghi'],
    ['an unsigned token', `Bearer ${btoa('{"alg":"none"}')}.${btoa('{"sub":"eve","scope":"items/read"}')}.`],
  ])('refuses %s', async (_, authorization) => {
    expect((await send('GET', '/items/a', { headers: { authorization } })).status).toBe(401);
  });

  test('refuses one that another issuer signed', async () => {
    const { privateKey } = await generateKeyPair('EdDSA');
    const forged = await new SignJWT({ scope: 'items/read' })
      .setProtectedHeader({ alg: 'EdDSA' })
      .setExpirationTime('1h')
      .sign(privateKey);
    const { status, headers } = await send('GET', '/items/a', {
      headers: { authorization: `Bearer ${forged}` },
    });
    expect(status).toBe(401);
    expect(headers.get('www-authenticate')).toContain('invalid_token');
  });

  test('without the scope the answer is 403', async () => {
    const { status, body } = await send('POST', '/items/a', { headers: await bearer('items/read') });
    expect(status).toBe(403);
    expect(body).toMatchObject({ code: 'insufficient_scope' });
  });

  test('one of the scopes is enough', async () => {
    expect((await send('GET', '/items/a', { headers: await bearer('other items/read') })).status).toBe(200);
  });

  test('POST /dev/token gives one that works', async () => {
    const given = await send('POST', '/dev/token', { body: '{"scope":"items/write","sub":"ada"}' });
    expect(given.body).toMatchObject({ token_type: 'Bearer', expires_in: 3600 });
    const { status } = await send('POST', '/items/b', {
      headers: { authorization: `bearer ${given.body.access_token}` },
    });
    expect(status).toBe(201);
  });

  test.each([
    ['no JSON', 'x', 400, 'malformed_json'],
    ['no scope', '{}', 422, 'validation_failed'],
  ])('POST /dev/token with %s', async (_, body, status, code) => {
    const answer = await send('POST', '/dev/token', { body });
    expect(answer).toMatchObject({ status, body: { code } });
  });
});

describe('routes', () => {
  test.each([
    ['GET', '//['],
    ['GET', '/nothing'],
    ['PUT', '/echo'],
    ['GET', '/items/a/b'],
    ['GET', '/items/'],
    ['GET', '/items/a/'],
    ['POST', '/dev/bus'],
    ['GET', '//'],
    ['GET', '//host/path'],
    ['GET', '/%'],
    ['GET', '/..%2f..%2fpackage.json'],
    ['GET', '/../package.json'],
    ['OPTIONS', '*'],
  ])('%s %s is 404', async (method, path) => {
    expect(await sendAsIs(method, path)).toMatchObject({ status: 404, body: { code: 'not_found' } });
  });

  test('an address as long as a cursor makes it is read', async () => {
    const { status, body } = await send('GET', `/nothing?cursor=${'%C2%AC'.repeat(5000)}`);
    expect([status, body.code]).toEqual([404, 'not_found']);
  });

  test('a literal segment goes before a variable', async () => {
    expect((await send('GET', '/items/fixed')).body).toMatchObject({ routeKey: 'GET /items/fixed' });
  });

  test('path parameters are decoded once, and the raw path is kept', async () => {
    const { body } = await send('GET', '/echo/a%2Fb%20%2523?x=1&x=2&y=%26&z=a+b');
    expect(body).toMatchObject({
      version: '2.0',
      rawPath: '/echo/a%2Fb%20%2523',
      pathParameters: { name: 'a/b %23' },
      queryStringParameters: { x: '1,2', y: '&', z: 'a b' },
      rawQueryString: 'x=1&x=2&y=%26&z=a+b',
      requestContext: { http: { method: 'GET', path: '/echo/a%2Fb%20%2523' }, stage: '$default' },
    });
  });

  test.each(['/echo/%zz', '/echo/%C0%80', '/echo/a?x=%'])('%s is 400', async (path) => {
    expect(await send('GET', path)).toMatchObject({ status: 400, body: { code: 'malformed_request' } });
  });

  test('claims and scopes reach the function, cookies and headers too', async () => {
    const { body } = await send('POST', '/echo', {
      body: '{"a":1}',
      headers: { 'X-Some': 'é', cookie: 'a=1; b=2' },
    });
    expect(body).toMatchObject({ body: '{"a":1}', isBase64Encoded: false, cookies: ['a=1', 'b=2'] });
    expect(body.headers).toMatchObject({ 'x-some': expect.any(String) });
    expect(body.headers).not.toHaveProperty('cookie');
  });
});

describe('bodies', () => {
  test('what is no text goes in base64', async () => {
    const bytes = Buffer.from([0, 255, 254, 1]);
    const { body } = await send('POST', '/echo', {
      body: bytes,
      headers: { 'content-type': 'application/edi-x12' },
    });
    expect(body).toMatchObject({ isBase64Encoded: true, body: bytes.toString('base64') });
  });

  test('what calls itself text and is not UTF-8 goes in base64, so that a signature over it holds', async () => {
    const bytes = Buffer.from([0x7b, 0xe9, 0x7d]);
    const { body } = await send('POST', '/echo', {
      body: bytes,
      headers: { 'content-type': 'application/json' },
    });
    expect(body).toMatchObject({ isBase64Encoded: true, body: bytes.toString('base64') });
  });

  test.each([
    ['/echo', MEBIBYTE],
    ['/webhooks/edi', 5 * MEBIBYTE],
  ])('%s takes %i bytes and no more', async (path, limit) => {
    const headers = { 'content-type': 'text/plain' };
    expect((await send('POST', path, { body: 'x'.repeat(limit), headers })).status).toBe(200);
    const tooLarge = await send('POST', path, { body: 'x'.repeat(limit + 1), headers });
    expect(tooLarge).toMatchObject({ status: 413, body: { code: 'payload_too_large' } });
  });

  test('one that does not declare its length is measured while it is read', async () => {
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const sending = request(`${stack.url}/echo`, { method: 'POST' }, (response) => {
        resolve(response.statusCode);
        sending.destroy();
      });
      sending.on('error', (error: NodeJS.ErrnoException) => {
        if (error.code !== 'ECONNRESET' && error.code !== 'EPIPE') reject(error);
      });
      for (let sent = 0; sent < 2 * MEBIBYTE; sent += 65_536) sending.write(Buffer.alloc(65_536));
    });
    expect(status).toBe(413);
  });
});

describe('functions that fail', () => {
  test('a crash is a 500 that reveals nothing of the inside', async () => {
    const { status, body } = await send('POST', '/crash');
    expect(status).toBe(500);
    expect(JSON.stringify(body)).not.toMatch(/secret reason|\.ts|at /);
    expect(body).toMatchObject({ code: 'internal_error' });
  });

  test('one that takes too long is given up', async () => {
    expect(await send('POST', '/hang')).toMatchObject({ status: 500, body: { code: 'internal_error' } });
  });
});
