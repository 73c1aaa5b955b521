import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { useOperator } from './support/operator.ts';

const operator = useOperator();
/** What an issuer was asked, with the query or the form. */
const asked: [string, Record<string, string>][] = [];
let token = '';
let issuer = '';

/** An issuer with the endpoints that signing in and out needs, which asks nobody for a password. */
const server = createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? '/', issuer);
  let body = '';
  request.on('data', (chunk) => {
    body += chunk;
  });
  request.on('end', () => {
    const given = Object.fromEntries(body === '' ? searchParams : new URLSearchParams(body));
    asked.push([pathname, given]);
    response.setHeader('access-control-allow-origin', '*');
    const json = (value: object) =>
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));
    const goTo = (url: string) => response.writeHead(302, { location: url }).end();
    switch (pathname) {
      case '/.well-known/openid-configuration':
        return json({
          issuer,
          authorization_endpoint: `${issuer}/authorize`,
          token_endpoint: `${issuer}/token`,
        });
      case '/authorize':
        return goTo(`${given.redirect_uri}?code=c-1&state=${given.state}`);
      case '/token': {
        const claims = Buffer.from(JSON.stringify({ iss: issuer, sub: 'ada', aud: 'console' })).toString(
          'base64url',
        );
        return json({
          ...{ access_token: token, refresh_token: 'refresh-1', id_token: `e30.${claims}.x` },
          ...{ token_type: 'Bearer', expires_in: 3600 },
        });
      }
      case '/logout':
        return goTo(given.logout_uri ?? '/');
      default:
        return response.writeHead(200).end();
    }
  });
});

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());

test('signing out ends the session at the issuer and revokes the refresh token', async () => {
  const { browser, stack, url } = operator();
  // A deployed site may speak to its issuer; the local one speaks to itself alone.
  const page = await browser.newPage({ bypassCSP: true });
  token = await stack.token('orders/read', 'ada');
  await page.route('**/console-config.json', (route) =>
    route.fulfill({
      json: {
        issuer,
        ...{ clientId: 'console', scope: 'orders/read', rules: { groupsClaim: 'cognito:groups' } },
        // As Cognito's, which its discovery document may leave out.
        endpoints: {
          end_session_endpoint: `${issuer}/logout`,
          revocation_endpoint: `${issuer}/oauth2/revoke`,
        },
      },
    }),
  );
  await page.goto(url);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'Board' }).waitFor();
  expect(await page.getByRole('navigation').getByRole('link', { name: 'New order' }).count()).toBe(0);

  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('button', { name: 'Sign in' }).waitFor();
  await expect.poll(() => asked.map(([path]) => path)).toContain('/logout');
  const of = (path: string) => asked.find(([each]) => each === path)?.[1];
  expect(of('/oauth2/revoke')).toMatchObject({ token: 'refresh-1', client_id: 'console' });
  expect(of('/logout')).toMatchObject({ client_id: 'console', logout_uri: `${url}/` });
  const order = asked.map(([path]) => path);
  expect(order.indexOf('/oauth2/revoke')).toBeLessThan(order.indexOf('/logout'));
  await page.close();
});

test('with the local issuer an operator signs in with a role, and out of it', async () => {
  const { browser, url } = operator();
  const context = await browser.newContext();
  const page = await context.newPage();
  // As `SIGN_IN=issuer npm start` says it.
  await page.route('**/console-config.json', (route) =>
    route.fulfill({
      json: {
        ...{ issuer: `${url}/dev/issuer`, clientId: 'local', scope: '' },
        rules: { groupsClaim: 'cognito:groups' },
      },
    }),
  );
  const revoked: string[] = [];
  page.on('request', (request) => {
    if (request.url().endsWith('/oauth2/revoke')) revoked.push(request.postData() ?? '');
  });
  const signIn = () => page.getByRole('button', { name: 'Sign in' }).click();
  await page.goto(url);
  await signIn();
  await page.getByLabel('Name').fill('vera');
  await page.getByLabel('Role').selectOption('viewer');
  await signIn();
  await page.getByRole('heading', { name: 'Board' }).waitFor();
  expect(await page.getByRole('navigation').getByRole('link', { name: 'New order' }).count()).toBe(0);

  // The issuer knows who it is, and asks nobody a second time.
  await page.goto(url);
  await signIn();
  await page.getByRole('heading', { name: 'Board' }).waitFor();

  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.waitForURL(`${url}/`);
  await signIn();
  await page.getByLabel('Name').waitFor();
  expect(revoked).toHaveLength(1);
  expect(revoked[0]).toContain('token_type_hint=refresh_token');
  await context.close();
});
