import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import { beforeEach, describe, expect, test } from 'vitest';
import { Connection, type ConnectionRequest } from '../../contract/connections.ts';
import type { Table } from '../../functions/adapters/dynamodb/client.ts';
import { connectionStore } from '../../functions/adapters/dynamodb/connection-store.ts';
import { ediIdentity } from '../../functions/channels/edi/descriptor.ts';
import { useAws } from '../../testing/aws.ts';
import { freshHandler } from '../../testing/fresh-handler.ts';
import { type HttpHandler, invoke } from '../../testing/invoke.ts';
import { useStore } from '../../testing/store.ts';

const store = useStore();
const aws = useAws({
  'secretsmanager.GetSecretValue': () => ({
    SecretString: JSON.stringify({ current: 'the secret that signs cursors' }),
  }),
});
let table: Table;
let handler: HttpHandler;

beforeEach(async () => {
  table = await store.newTable();
  handler = await freshHandler(() => import('../../functions/api/connections.ts'), {
    TABLE_NAME: table.name,
    ORDER_NUMBER_PREFIX: 'LMB',
    CURSOR_SECRET_ID: 'cursors',
    API_BASE_URL: 'http://127.0.0.1:4000',
    AWS_ENDPOINT_URL_DYNAMODB: store.endpoint,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: aws.endpoint,
  });
});

const NORTHFIELD = { kind: 'SHOPIFY', name: 'Northfield', settings: { shop: 'northfield.myshopify.com' } };
const SQUARE = { kind: 'SQUARE', name: 'Market stall', settings: { merchantId: 'MLTESTMERCHANT1' } };
const HARBOR_SETTINGS = {
  isaQualifier: '08',
  isaId: '6145550100',
  gsId: '6145550100',
  ourIsaQualifier: '01',
  ourIsaId: '614141000',
  ourGsId: '614141000',
};
const HARBOR = { kind: 'EDI', name: 'Harbor Markets', settings: HARBOR_SETTINGS };
const CARRIER = { kind: 'CARRIER', name: 'Parcel carrier', settings: {} };

const put = (connectionId: string, body: unknown) =>
  invoke(handler, 'PUT /v1/connections/{connectionId}', { path: { connectionId }, body });
const get = (connectionId: string) =>
  invoke(handler, 'GET /v1/connections/{connectionId}', { path: { connectionId } });
const remove = (connectionId: string) =>
  invoke(handler, 'DELETE /v1/connections/{connectionId}', { path: { connectionId } });
const list = async (): Promise<Connection[]> => (await invoke(handler, 'GET /v1/connections')).body.items;
/** What connections left in the store; the audit trail stays. */
const itemsInStore = async () => {
  const { Items = [] } = await table.client.send(new ScanCommand({ TableName: table.name }));
  return Items.filter(({ kind }) => kind !== 'AUDIT' && kind !== 'AUDIT_HEAD');
};

describe('connections', () => {
  test.each([NORTHFIELD, SQUARE, HARBOR, CARRIER])(
    '$kind: made, read, listed, changed, removed',
    async (one) => {
      const created = await put('one', one);
      expect(created.status).toBe(201);
      expect(created.body).toMatchObject({ connectionId: 'one', ...one });
      expect(Connection.parse(created.body)).toEqual(created.body);

      expect(await get('one')).toMatchObject({ status: 200, body: created.body });
      expect(await list()).toEqual([created.body]);

      const changed = await put('one', { ...one, name: 'Another name' });
      expect(changed).toMatchObject({ status: 200, body: { name: 'Another name', settings: one.settings } });
      expect((await get('one')).body).toEqual(changed.body);

      expect(await remove('one')).toMatchObject({ status: 204, body: undefined });
      expect((await get('one')).status).toBe(404);
      expect((await remove('one')).status).toBe(404);
      expect(await itemsInStore()).toEqual([]);
    },
  );

  test('are listed in the order of their ids', async () => {
    await put('b', SQUARE);
    await put('a', NORTHFIELD);
    await put('c', CARRIER);
    expect((await list()).map(({ connectionId }) => connectionId)).toEqual(['a', 'b', 'c']);
  });

  test('may be two carriers of the same name', async () => {
    expect((await put('one', CARRIER)).status).toBe(201);
    expect((await put('other', CARRIER)).status).toBe(201);
  });

  test('are for operators', async () => {
    const scope = 'orders/read orders/write finance/read';
    expect((await invoke(handler, 'GET /v1/connections', { scope })).status).toBe(403);
    expect((await invoke(handler, 'GET /v1/connections', { scope: null })).status).toBe(401);
  });
});

describe('a connection is refused', () => {
  const edi = (settings: object) => ({ ...HARBOR, settings: { ...HARBOR_SETTINGS, ...settings } });
  const shopify = (settings: object) => ({
    ...NORTHFIELD,
    settings: { ...NORTHFIELD.settings, ...settings },
  });
  const { gsId: _, ...withoutGsId } = HARBOR_SETTINGS;
  const SFTP = {
    ...{ host: 'sftp.example', username: 'loop', secretName: 'order-loop/connections/dev/mailbox' },
    ...{ hostKeyFingerprint: `SHA256:${'A'.repeat(43)}`, inboundDirectory: '/in', outboundDirectory: '/out' },
  };

  test.each([
    ['of an unknown kind', { ...CARRIER, kind: 'PIGEON' }, 'kind'],
    ['without a name', { kind: 'CARRIER', settings: {} }, 'name'],
    ['with a blank name', { ...CARRIER, name: '  ' }, 'name'],
    ['with an unknown field', { ...CARRIER, colour: 'red' }, 'colour'],
    ['with a secret in its settings', shopify({ secret: 'hush' }), 'settings.secret'],
    ['with settings of another kind', { ...HARBOR, kind: 'SHOPIFY' }, 'settings.shop'],
    ['without an identifier', { ...HARBOR, settings: withoutGsId }, 'settings.gsId'],
    ['with a long qualifier', edi({ isaQualifier: '008' }), 'settings.isaQualifier'],
    ['with a long identifier', edi({ isaId: '1234567890123456' }), 'settings.isaId'],
    ['with a blank identifier', edi({ isaId: '   ' }), 'settings.isaId'],
    ['with an address that is none', edi({ deliverTo: 'harbor' }), 'settings.deliverTo'],
    ['with an address of a file', edi({ deliverTo: 'file:///etc/hosts' }), 'settings.deliverTo'],
    ['with a password', edi({ deliverTo: 'https://a:b@harbor.example/' }), 'settings.deliverTo'],
    [
      'with one directory for both ways',
      edi({ sftp: { ...SFTP, inboundDirectory: '/out/' } }),
      'settings.sftp.inboundDirectory',
    ],
    [
      'with a host key that is none',
      edi({ sftp: { ...SFTP, hostKeyFingerprint: 'MD5:00:11' } }),
      'settings.sftp.hostKeyFingerprint',
    ],
    ['with a warehouse of no channel', edi({ warehouse: { channels: [] } }), 'settings.warehouse.channels'],
    ['with text for a choice', edi({ acceptErrors: 'true' }), 'settings.acceptErrors'],
    ['with a path for a shop', shopify({ shop: 'northfield.myshopify.com/admin' }), 'settings.shop'],
  ])('%s', async (_, body, path) => {
    const answer = await put('one', body);
    expect(answer).toMatchObject({ status: 422, body: { code: 'validation_failed' } });
    expect(answer.body.errors.map((error: { path: string }) => error.path)).toContain(path);
    expect(await itemsInStore()).toEqual([]);
  });

  test.each(['.hidden', 'a b', 'a/b', 'ä', 'x'.repeat(101)])('under the id %j', async (connectionId) => {
    const answer = await put(connectionId, CARRIER);
    expect(answer).toMatchObject({ status: 422, body: { errors: [{ path: 'connectionId' }] } });
    expect((await get(connectionId)).status).toBe(404);
    expect((await remove(connectionId)).status).toBe(404);
  });

  test('when another stands for the same shop, account or partner', async () => {
    for (const [kept, refused, path] of [
      [NORTHFIELD, shopify({ shop: 'Northfield.MyShopify.com' }), 'settings.shop'],
      [SQUARE, { ...SQUARE, name: 'Another' }, 'settings.merchantId'],
      [HARBOR, edi({ isaId: '6145550100     ', gsId: 'OTHER' }), 'settings.isaId'],
    ] as const) {
      expect((await put(`first-${kept.kind}`, kept)).status).toBe(201);
      const answer = await put('second', refused);
      expect(answer).toMatchObject({ status: 422, body: { code: 'validation_failed', errors: [{ path }] } });
      expect(answer.body.detail).toContain(`first-${kept.kind}`);
      expect((await get('second')).status).toBe(404);
    }
  });
});

describe('a secret belongs to one connection', () => {
  const secretName = 'order-loop/connections/dev/northfield';
  const withSecret = (connection: { settings: object }, name: string | undefined = secretName) => ({
    ...connection,
    settings: { ...connection.settings, secretName: name },
  });

  test('of any kind but carriers, who may share one', async () => {
    expect((await put('one', withSecret(NORTHFIELD))).status).toBe(201);
    expect((await put('one', withSecret(NORTHFIELD))).status).toBe(200);
    for (const other of [SQUARE, HARBOR, CARRIER]) {
      const refused = await put('other', withSecret(other));
      expect(refused).toMatchObject({ status: 422, body: { errors: [{ path: 'settings.secretName' }] } });
      expect(refused.body.detail).toContain('one signs with this one');
    }
    const shared = 'order-loop/connections/dev/tracking';
    expect((await put('ups', withSecret(CARRIER, shared))).status).toBe(201);
    expect((await put('dhl', withSecret(CARRIER, shared))).status).toBe(201);
  });

  test('and a second trading partner needs one of its own', async () => {
    const summit = { ...HARBOR, settings: { ...HARBOR_SETTINGS, isaId: '6145550199' } };
    expect((await put('harbor', HARBOR)).status).toBe(201);
    expect((await put('summit', summit)).status).toBe(422);
    expect((await put('summit', withSecret(summit))).status).toBe(201);
  });
});

describe('a message finds its connection', () => {
  const connections = () => connectionStore(table);

  test('by what it says of its sender', async () => {
    await put('shop', NORTHFIELD);
    await put('account', SQUARE);
    await put('partner', HARBOR);
    const found = async (...who: Parameters<ReturnType<typeof connections>['find']>) =>
      (await connections().find(...who))?.connectionId ?? null;
    expect(await found('SHOPIFY', 'northfield.myshopify.com')).toBe('shop');
    expect(await found('SQUARE', 'MLTESTMERCHANT1')).toBe('account');
    expect(await found('EDI', ediIdentity('08', '6145550100     '))).toBe('partner');
    expect(await found('EDI', ediIdentity('01', '6145550100'))).toBeNull();
    expect(await found('SHOPIFY', 'MLTESTMERCHANT1')).toBeNull();
  });

  test('as it was changed last, and no longer by what it was known by before', async () => {
    await put('shop', NORTHFIELD);
    await put('shop', { ...NORTHFIELD, settings: { shop: 'moved.myshopify.com' } });
    expect(await connections().find('SHOPIFY', 'northfield.myshopify.com')).toBeNull();
    expect(await connections().find('SHOPIFY', 'moved.myshopify.com')).toEqual((await get('shop')).body);
    await put('shop', HARBOR);
    expect(await connections().find('SHOPIFY', 'moved.myshopify.com')).toBeNull();
    expect((await put('successor', NORTHFIELD)).status).toBe(201);
    await remove('shop');
    expect(await connections().find('EDI', ediIdentity('08', '6145550100'))).toBeNull();
  });

  test('of several that are made at once for one shop, one is', async () => {
    const answers = await Promise.all(
      ['a', 'b', 'c', 'd'].map((connectionId) => put(connectionId, NORTHFIELD)),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 422, 422, 422]);
    expect(await list()).toHaveLength(1);
  });

  test('changes of one connection that meet leave one of them, whole', async () => {
    await put('one', NORTHFIELD);
    const shops = ['one.example', 'two.example', 'three.example'];
    const changes = shops.map((shop) => put('one', { ...NORTHFIELD, settings: { shop } }));
    expect((await Promise.all(changes)).map(({ status }) => status)).toEqual([200, 200, 200]);
    const left = (await get('one')).body as Connection & ConnectionRequest;
    const known = await Promise.all(
      [...shops, NORTHFIELD.settings.shop].map((shop) => connections().find('SHOPIFY', shop)),
    );
    expect(known.filter((connection) => connection !== null)).toEqual([left]);
  });
});
