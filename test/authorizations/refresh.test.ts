import { beforeEach, expect, test } from 'vitest';
import { Connection } from '../../contract/connections.ts';
import { accessStore } from '../../functions/adapters/dynamodb/access-store.ts';
import { auditTrail } from '../../functions/adapters/dynamodb/audit-trail.ts';
import { authorizationStore } from '../../functions/adapters/dynamodb/authorization-store.ts';
import { beginAuthorization, completeAuthorization } from '../../functions/authorizations/authorize.ts';
import type { GrantVault } from '../../functions/authorizations/ports.ts';
import { refreshTokens } from '../../functions/authorizations/refresh.ts';
import { grantedToken, type KeptGrant } from '../../functions/channels/core/authorization.ts';
import { squareAuthorization } from '../../functions/channels/square/client/authorization.ts';
import { LOCAL_CLIENT_ID, LOCAL_CLIENT_SECRET } from '../../local/aws/credentials.ts';
import { useShops } from '../../testing/fakes.ts';
import { MERCHANT } from '../../testing/square.ts';
import { useStore } from '../../testing/store.ts';

/** Square's tokens last thirty days: the sweep exchanges them in good time. */
const store = useStore();
const shops = useShops();
const DAY = 86_400_000;

let secrets: Map<string, KeptGrant>;
let now: number;
let clientSecret: string;
let connection: Connection;
let dependencies: Parameters<typeof beginAuthorization>[0];
const reported: string[] = [];

beforeEach(async () => {
  secrets = new Map();
  now = Date.now();
  clientSecret = LOCAL_CLIENT_SECRET;
  reported.length = 0;
  connection = Connection.parse({
    ...{ connectionId: 'till', kind: 'SQUARE', name: 'Till', updatedAt: new Date().toISOString() },
    settings: { merchantId: MERCHANT, clientId: LOCAL_CLIENT_ID, secretName: 'order-loop/connections/till' },
  });
  const vault: GrantVault = {
    read: async (name) => secrets.get(name) ?? null,
    write: async (name, grant) => void secrets.set(name, grant),
  };
  const authorization = squareAuthorization(
    async () => ({ clientId: LOCAL_CLIENT_ID, clientSecret, apiBaseUrl: shops.url('square') }),
    { deadlines: { inAll: 3000, forOne: 2000 }, fetch },
  );
  const table = await store.newTable();
  dependencies = {
    ...{ store: authorizationStore(table), vault },
    connections: { get: async () => connection },
    ...{ access: accessStore(table), audit: auditTrail(table) },
    authorizationOf: () => authorization,
    now: () => new Date(now).toISOString(),
  };
  const redirectUri = 'https://loop.example/oauth/callback';
  const { url } = await beginAuthorization(dependencies, connection, { redirectUri, requestedBy: 'ada' });
  const page = await fetch(url, { redirect: 'manual' });
  const back = Object.fromEntries(new URL(page.headers.get('location') ?? '').searchParams);
  expect(await completeAuthorization(dependencies, back)).toMatchObject({ isGranted: true });
});

const grant = () => secrets.get('order-loop/connections/till');
const status = () => dependencies.store.status('till');
const sweep = () =>
  refreshTokens(dependencies, [connection], Date.now() + 10_000, (_, error) => reported.push(`${error}`));

test('a token of a week is exchanged, once, and the new one is good', async () => {
  const first = grant();
  expect(await sweep()).toBe(0);
  now += 8 * DAY;
  expect(await sweep()).toBe(1);
  expect(await sweep()).toBe(0);
  expect(grant()?.accessToken).not.toBe(first?.accessToken);
  expect(grant()?.refreshToken).toBe(first?.refreshToken);
  expect(await status()).toMatchObject({ grantedAt: dependencies.now(), requestedBy: 'ada' });
  const locations = (token = '') =>
    fetch(`${shops.url('square')}/v2/locations`, { headers: { authorization: `Bearer ${token}` } });
  expect((await locations(grant()?.accessToken)).status).toBe(200);
  expect((await locations('EAAAinvented')).status).toBe(401);
});

test('access that was taken back is shown, and that the token has ended', async () => {
  now += 8 * DAY;
  shops.clear();
  expect(await sweep()).toBe(0);
  expect((await status())?.failure).toContain('authorize the connection again');
  expect(reported).toHaveLength(1);
  now += 30 * DAY;
  await sweep();
  expect((await status())?.failure).toMatch(/^The access token ended on /);
});

test('an application whose secret changed does not lose what it has', async () => {
  const before = grant();
  now += 8 * DAY;
  clientSecret = 'another';
  expect(await sweep()).toBe(0);
  expect(grant()).toEqual(before);
  clientSecret = LOCAL_CLIENT_SECRET;
  expect(await sweep()).toBe(1);
  expect(await status()).not.toHaveProperty('failure');
});

test('a token goes to no other account than the one that gave it', async () => {
  expect(grantedToken({ grant: grant() }, MERCHANT)).toMatch(/^EAAA/);
  expect(grantedToken({ grant: grant() }, 'MLANOTHER')).toBeUndefined();
  now += 8 * DAY;
  connection = Connection.parse({
    ...connection,
    settings: { ...connection.settings, merchantId: 'MLANOTHER' },
  });
  expect(await sweep()).toBe(0);
});
