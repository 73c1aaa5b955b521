import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { OPERATION_GROUPS } from '../../contract/openapi/groups.ts';
import { unique, useApi } from '../../testing/api.ts';

const api = useApi();

/** Every route of the contract that takes a cursor. */
const LISTS = OPERATION_GROUPS.flatMap(({ operations }) => Object.entries(operations))
  .filter(([, { query }]) => query !== undefined && 'cursor' in query.shape)
  .map(([key]) => key);

const CONNECTION_ID = 'cursor-partner';
let orderId = '';
let subscriptionId = '';
let dataRequestId = '';
let ofOrders = '';
let ofHistory = '';

beforeAll(async () => {
  // A SKU may have the number of an order: the cursor of one list must not be one of the other for it.
  ({ orderId } = await api().receive({ lines: [{ sku: unique('CURSOR'), quantity: 1 }] }));
  await api().receive({ lines: [{ sku: unique('CURSOR'), quantity: 1 }] });
  await api().command(orderId, 'holds', { reason: 'OTHER' });
  await api().stock(orderId, 'LOT-1', 1);
  await api().done('PUT', `/v1/connections/${CONNECTION_ID}`, {
    body: {
      kind: 'EDI',
      name: 'Partner of cursors',
      settings: {
        ...{ isaQualifier: '08', isaId: '6145550177', gsId: '6145550177' },
        ...{ ourIsaQualifier: '01', ourIsaId: '614141000', ourGsId: '614141000' },
      },
    },
  });
  const made = await api().done<{ subscriptionId: string }>('POST', '/v1/subscriptions', {
    body: { url: 'https://subscriber.example/events', types: ['OrderShipped'] },
  });
  ({ subscriptionId } = made);
  const asked = await api().done<{ dataRequestId: string }>('POST', '/v1/data-requests', {
    body: { email: 'cursors@example.com' },
  });
  ({ dataRequestId } = asked);
  const pageOf = async (path: string) =>
    (await api().done<{ nextCursor: string }>('GET', `${path}?limit=1`)).nextCursor;
  ofOrders = await pageOf('/v1/orders');
  ofHistory = await pageOf(`/v1/orders/${orderId}/events`);
});

const pathOf = (key: string): string =>
  (key.split(' ')[1] ?? '')
    .replace('{orderId}', orderId)
    .replace('{sku}', orderId)
    .replace('{connectionId}', CONNECTION_ID)
    .replace('{subscriptionId}', subscriptionId)
    .replace('{dataRequestId}', dataRequestId);

const asCursor = (content: unknown) => Buffer.from(JSON.stringify(content)).toString('base64url');

/** What a cursor looked like while its digest had no key, so that anyone could make one. */
function digested(position: string, filter: unknown): string {
  const digest = createHash('sha256')
    .update(JSON.stringify([position, filter]))
    .digest('base64url');
  return asCursor([position, digest.slice(0, 16)]);
}

describe.each(LISTS)('%s', (key) => {
  const refused = async (cursor: string) => {
    const query = new URLSearchParams({ cursor }).toString();
    const { status, body } = await api().send('GET', `${pathOf(key)}?${query}`);
    expect({ cursor, status, code: body.code }).toEqual({ cursor, status: 400, code: 'invalid_cursor' });
  };

  test('takes no cursor that was forged', async () => {
    for (const position of ['x', '5', '{}', JSON.stringify({ pk: 'ORDER#X', sk: 'ORDER' })]) {
      for (const filter of [{}, orderId, 'drift', 'inventory', 'stuck orders', { status: 'PENDING' }]) {
        await refused(digested(position, filter));
      }
      await refused(asCursor([position, 'A'.repeat(43)]));
    }
    await refused(asCursor(['x']));
    await refused(asCursor(null));
  });

  test('takes no cursor that was cut, lengthened or altered', async () => {
    const cursor = key === 'GET /v1/orders' ? ofOrders : ofHistory;
    await refused(cursor.slice(0, -1));
    await refused(cursor.slice(0, 12));
    await refused(`${cursor}A`);
    const [, signature] = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    await refused(asCursor(['0', signature]));
  });

  test('takes no cursor of another list', async () => {
    if (key !== 'GET /v1/orders') await refused(ofOrders);
    if (key !== 'GET /v1/orders/{orderId}/events') await refused(ofHistory);
  });
});

test('a cursor of the same list is taken', async () => {
  for (const [path, cursor] of [
    ['/v1/orders', ofOrders],
    [`/v1/orders/${orderId}/events`, ofHistory],
  ]) {
    expect((await api().send('GET', `${path}?limit=1&cursor=${cursor}`)).status).toBe(200);
  }
});

test('a replay is continued by its own cursor alone', async () => {
  const selection = { orderId };
  for (const cursor of [digested('01J 5', { dryRun: false, selection }), ofOrders, asCursor(['01J', 'x'])]) {
    const { status, body } = await api().send('POST', '/v1/operations/republish', {
      body: { ...selection, cursor },
    });
    expect({ status, code: body.code }).toEqual({ status: 400, code: 'invalid_cursor' });
  }
});
