import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ulid } from 'ulid';
import { afterAll, expect, test } from 'vitest';
import type { AuditEntry } from '../../contract/audit.ts';
import type { Invoice } from '../../contract/invoices.ts';
import { OPERATION_GROUPS } from '../../contract/openapi/groups.ts';
import type { Operation } from '../../contract/openapi/types.ts';
import { PROBLEMS, type ProblemCode, ProblemDocument } from '../../contract/problems.ts';
import type { OrderResponse } from '../../contract/responses.ts';
import { openTable, type Table } from '../../functions/adapters/dynamodb/client.ts';
import { documentStore } from '../../functions/adapters/dynamodb/document-store.ts';
import { messageLog } from '../../functions/adapters/dynamodb/message-log.ts';
import { personalRequestStore } from '../../functions/adapters/dynamodb/personal-request-store.ts';
import { publishedStockStore } from '../../functions/adapters/dynamodb/published-stock-store.ts';
import { stuckStore } from '../../functions/adapters/dynamodb/stuck-store.ts';
import { ownerOfConnection } from '../../functions/channels/core/documents.ts';
import { messageIdOf, refOf } from '../../functions/messages/message-log.ts';
import { requestOf } from '../../functions/privacy/process-requests.ts';
import { orderRequest, TRACKED, unique, useApi } from '../../testing/api.ts';
import type { Answer, Page, Sent } from '../../testing/client.ts';
import { processPersonalRequests } from '../../testing/personal-requests.ts';
import { until } from '../../testing/until.ts';

const api = useApi();
const operations = new Map<string, Operation>(
  OPERATION_GROUPS.flatMap((group) => Object.entries(group.operations)),
);
/**
 * Signed messages have their own tests, with the samples of each channel; so have what needs a dead letter, and what needs
 * a user pool.
 */
const answered = new Set(
  [...operations.keys()].filter((key) => / \/webhooks\/|redrive$|authorization-server$/.test(key)),
);

/** What each route answered with success, by its correlation ids: what it recorded has the same. */
const correlationIds = new Map<string, readonly string[]>();

/** What leaves no entry in the audit trail, and why. Everything else that writes leaves one. */
const NOT_AUDITED: readonly (readonly [RegExp, string])[] = [
  [/ \/v1\/orders(\/\{orderId\})?$/, 'the history of the order has it'],
  [
    / \/v1\/orders\/\{orderId\}\/(allocation|fulfillment|shipments|close|cancellation|holds|returns)\b/,
    'the history of the order has it',
  ],
  [/^POST \/v1\/imports$/, 'the histories of the orders have it'],
  [/^POST \/mcp$/, 'commands of agents are in the history of the order, requests in the approval'],
  [/^POST \/v1\/approvals\//, 'the approval has who decided, the history of the order what was done'],
  [/ \/v1\/inventory\/\{sku\}\/lots\b/, 'the history of the lot has it'],
  [/^POST \/v1\/transfers/, 'the histories of the lots have it'],
  [/^DELETE \/mcp$/, 'it is refused'],
];
/** What reads, and is accounted for all the same. */
const AUDITED_READS = ['GET /v1/data-requests/{dataRequestId}/data'];

/** The running loop's own table. */
function table(): Table {
  const { storeEndpoint: endpoint, tableName } = api().stack;
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  return openTable(tableName, new DynamoDBClient({ endpoint, region: 'us-east-1', credentials }));
}

type Values = Readonly<Record<string, string>>;

/** Sends a request to a described route; the answer must be one that the description has. */
async function ask<Body = OrderResponse>(
  key: string,
  values: Values = {},
  sent: Sent & { readonly query?: string } = {},
): Promise<Answer<Body>> {
  const operation = operations.get(key);
  if (operation === undefined) throw new Error(`${key} is not described`);
  const [method = '', template = ''] = key.split(' ');
  const path = template.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(values[name] ?? ''));
  const answer = await api().send<Body>(
    method,
    sent.query === undefined ? path : `${path}?${sent.query}`,
    sent,
  );
  const described = operation.answers[answer.status];
  if (described === undefined) {
    const problem = ProblemDocument.parse(answer.body);
    expect(problem, key).toEqual(answer.body);
    expect(PROBLEMS[problem.code].status).toBe(answer.status);
    const everywhere: readonly ProblemCode[] = ['unauthorized', 'insufficient_scope', 'validation_failed'];
    expect([...everywhere, ...(operation.problems ?? [])], key).toContain(problem.code);
    return answer;
  }
  answered.add(key);
  if (answer.status < 300) {
    const ids = correlationIds.get(key) ?? [];
    correlationIds.set(key, [...ids, String(answer.headers['x-correlation-id'])]);
  }
  const { schema, mediaType = 'application/json', headers } = described;
  if (schema === undefined) expect(answer.text, key).toBe('');
  else {
    if (mediaType !== '*/*')
      expect(answer.headers['content-type'], key).toMatch(new RegExp(`^${mediaType}\\b`));
    // What is not described is left out by the schema: then the two differ.
    expect(schema.parse(answer.body), key).toEqual(answer.body);
  }
  for (const [name, header] of Object.entries(headers?.shape ?? {})) {
    expect(header.safeParse(answer.headers[name.toLowerCase()]), `${key}: ${name}`).toMatchObject({
      success: true,
    });
  }
  return answer;
}

/** What must succeed. */
async function done<Body = OrderResponse>(key: string, values: Values = {}, body?: unknown): Promise<Body> {
  const answer = await ask<Body>(key, values, body === undefined ? {} : { body });
  expect(answer.status, `${key}: ${answer.text.slice(0, 500)}`).toBeLessThan(300);
  return answer.body;
}

async function newOrder(sku: string, quantity: number, terms: object = {}): Promise<Values> {
  const body = orderRequest({ ...terms, lines: [{ sku, quantity, unitsPerCase: 2 }] });
  const { orderId } = await done('POST /v1/orders', {}, body);
  return { orderId };
}

const stocked = async (quantity = 100) => {
  const sku = unique('DOC');
  await done(
    'POST /v1/inventory/{sku}/lots',
    { sku },
    { lotNumber: 'L/1', quantity, expiryDate: '2101-01-31' },
  );
  return sku;
};

test('a B2B order from received to closed, its returns and its invoices', async () => {
  const sku = await stocked();
  const order = await newOrder(sku, 20, {
    orderType: 'B2B',
    purchaseOrderNumber: unique('PO'),
    paymentTerms: 'NET30',
    shipTo: { city: 'Pueblo', country: 'US' },
    deliveryWindow: { start: '2099-03-10', end: '2099-03-14' },
    discount: '1.00',
    tax: '2.00',
    shippingAmount: '3.00',
  });
  const { headers } = await ask('GET /v1/orders/{orderId}', order);
  const amendment = { lines: [{ lineNumber: 1, quantity: 24 }] };
  const ifMatch = { 'if-match': String(headers.etag) };
  const amend = (query?: string) =>
    ask('PATCH /v1/orders/{orderId}', order, {
      body: amendment,
      headers: ifMatch,
      ...(query !== undefined && { query }),
    });
  expect((await amend('dryRun=true')).status).toBe(200);
  expect((await amend()).status).toBe(200);
  expect((await amend()).status).toBe(412);
  await done('GET /v1/orders/{orderId}/allocation', order);
  await done('POST /v1/orders/{orderId}/allocation', order, { pins: [{ lineNumber: 1, lotNumber: 'L/1' }] });
  const { holdId = '' } = await done<{ holdId?: string }>('POST /v1/orders/{orderId}/holds', order, {
    reason: 'OTHER',
    note: 'a look',
  });
  await done('DELETE /v1/orders/{orderId}/holds/{holdId}', { ...order, holdId });
  await done('POST /v1/orders/{orderId}/fulfillment', order);
  expect((await ask('POST /v1/orders/{orderId}/fulfillment', order)).status).toBe(409);
  const { shipmentId = '' } = await done<{ shipmentId?: string }>(
    'POST /v1/orders/{orderId}/shipments',
    order,
    TRACKED,
  );
  const deliveredAt = new Date().toISOString();
  await done(
    'POST /v1/orders/{orderId}/shipments/{shipmentId}/delivery',
    { ...order, shipmentId },
    { deliveredAt },
  );
  await done('POST /v1/orders/{orderId}/close', order);
  await done('POST /v1/orders/{orderId}/returns', order, {
    lines: [{ lineNumber: 1, quantity: 2, disposition: 'QUARANTINE' }],
  });
  await done('GET /v1/orders/{orderId}/events', order);

  const bookedFor = async () => {
    const { items } = await done<Page<Invoice>>('GET /v1/invoices');
    return items.filter(({ orderId }) => orderId === order.orderId);
  };
  const invoices = await until(bookedFor, (items) => items.length === 2, 30_000);
  expect(invoices.map(({ kind }) => kind).sort()).toEqual(['CREDIT_NOTE', 'INVOICE']);
  await done('GET /v1/finance/ledger');
  for (const { invoiceId } of invoices) await done('GET /v1/invoices/{invoiceId}', { invoiceId });
  expect((await ask('GET /v1/invoices/{invoiceId}', { invoiceId: 'none' })).status).toBe(404);

  const movements = () => done<Page<unknown>>('GET /v1/inventory/{sku}/movements', { sku });
  await until(movements, ({ items }) => items.length >= 5, 30_000);
});

test('orders that are released, voided, cancelled, refused', async () => {
  const sku = await stocked();
  const order = await newOrder(sku, 4);
  await done('DELETE /v1/orders/{orderId}/allocation', order);
  await done('DELETE /v1/orders/{orderId}', order);
  expect((await ask('GET /v1/orders/{orderId}', order)).status).toBe(404);

  const waiting = await newOrder(sku, 400);
  await done('POST /v1/orders/{orderId}/cancellation', waiting, { reason: 'CUSTOMER' });
  await done('GET /v1/orders');
  await done('GET /v1/board');
  await done('GET /v1/overview');
  const report = await done<{ replayId: string; published: number }>(
    'POST /v1/operations/republish',
    {},
    { orderId: order.orderId, types: ['OrderReceived'] },
  );
  expect(report.published).toBe(1);
  const rebuilt = () => done<{ status: string }>('POST /v1/operations/overview/rebuild');
  await until(rebuilt, ({ status }) => status === 'COMPLETE', 30_000);
  expect((await ask('GET /v1/orders', {}, { query: 'cursor=nonsense' })).status).toBe(400);
  expect((await ask('POST /v1/orders', {}, { body: '{' })).status).toBe(400);
});

test('stock', async () => {
  const sku = await stocked();
  const order = await newOrder(sku, 10);
  await done('GET /v1/inventory/{sku}', { sku });
  await done('GET /v1/inventory/{sku}/on-hand', { sku });
  const announced = { reference: 'PO-1', quantity: 5, expectedAt: '2099-04-02' };
  await done('POST /v1/inventory/{sku}/expected', { sku }, announced);
  await done('POST /v1/inventory/{sku}/expected', { sku }, announced);
  await done('PUT /v1/inventory/{sku}/threshold', { sku }, { threshold: 1 });
  await done('GET /v1/inventory/{sku}/threshold', { sku });
  await done('GET /v1/inventory');
  const lot = { sku, lotNumber: 'L/1' };
  await done('PATCH /v1/inventory/{sku}/lots/{lotNumber}', lot, { adjustment: -3, reason: 'counted' });
  await done('PATCH /v1/inventory/{sku}/lots/{lotNumber}', lot, { status: 'RECALLED', reason: 'a bad seal' });
  expect((await api().order(order.orderId ?? '')).lines[0]?.backordered).toBe(10);
  expect(
    (
      await ask(
        'PATCH /v1/inventory/{sku}/lots/{lotNumber}',
        { sku, lotNumber: 'X' },
        { body: { adjustment: 1, reason: 'x' } },
      )
    ).status,
  ).toBe(404);
  await done('GET /v1/inventory/drift');
});

test('documents and the link for the customer', async () => {
  const order = await newOrder(await stocked(), 2);
  expect(await done('GET /v1/orders/{orderId}/documents', order)).toEqual({ items: [] });
  const createdAt = '2026-03-10T14:07:00.000Z';
  const content = 'ISA*00*          *00*          ~\r\n';
  const documents = documentStore(table());
  const second = {
    documentId: 'a',
    kind: '856',
    createdAt: '2026-03-11T00:00:00.000Z',
    mediaType: 'application/edi-x12',
    status: 'WAITING',
  } as const;
  await documents.save(order.orderId ?? '', { ...second, content: 'later' });
  const sentAt = '2026-03-10T14:07:01.000Z';
  const first = {
    ...{ documentId: 'b', kind: '855', createdAt, mediaType: 'application/edi-x12' },
    ...({ status: 'SENT', sentAt } as const),
  };
  await documents.save(order.orderId ?? '', { ...first, content });
  await documents.save(order.orderId ?? '', { ...first, content: 'never sent' });
  expect(await done('GET /v1/orders/{orderId}/documents', order)).toEqual({ items: [first, second] });
  await documents.noteSent(order.orderId ?? '', 'a', '2026-03-11T00:00:01.000Z');
  for (const documentId of ['a', 'b', 'unknown']) {
    await documents.noteSent(order.orderId ?? '', documentId, '2026-03-12T00:00:00.000Z');
  }
  const sent = { ...second, status: 'SENT', sentAt: '2026-03-11T00:00:01.000Z' };
  expect(await done('GET /v1/orders/{orderId}/documents', order)).toEqual({ items: [first, sent] });
  const read = await ask('GET /v1/orders/{orderId}/documents/{documentId}', { ...order, documentId: 'b' });
  expect(read.text).toBe(content);
  expect(read.headers['content-type']).toBe('application/edi-x12');
  for (const documentId of ['c', 'x'.repeat(2000), '#', ' ']) {
    const answer = await ask('GET /v1/orders/{orderId}/documents/{documentId}', { ...order, documentId });
    expect(answer.status).toBe(404);
  }

  const { url, linkId } = await done<{ url: string; linkId: string }>(
    'POST /v1/orders/{orderId}/portal-link',
    order,
  );
  const token = url.split('/').at(-1) ?? '';
  expect((await ask('GET /portal/{token}', { token })).status).toBe(200);
  expect((await ask('GET /portal/{token}', { token: `${token}x` })).status).toBe(404);
  expect(await done('GET /v1/orders/{orderId}/portal-links', order)).toMatchObject({ items: [{ linkId }] });
  await done('DELETE /v1/orders/{orderId}/portal-links/{linkId}', { ...order, linkId });
  expect((await ask('GET /portal/{token}', { token })).status).toBe(410);
});

test('connections', async () => {
  const connectionId = unique('partner');
  const connection = operations.get('PUT /v1/connections/{connectionId}')?.example as { settings: object };
  const body = { ...connection, settings: { ...connection.settings, isaId: unique('P') } };
  await done('PUT /v1/connections/{connectionId}', { connectionId }, body);
  await done('PUT /v1/connections/{connectionId}', { connectionId }, body);
  await done('GET /v1/connections/{connectionId}', { connectionId });
  await done('GET /v1/connections');
  for (const [list, key] of [
    ['items', 'buyerItem'],
    ['locations', 'code'],
  ] as const) {
    const entries = `/v1/connections/{connectionId}/${list}`;
    const values = { connectionId, [key]: 'B-100' } as Values;
    const entry = operations.get(`PUT ${entries}/{${key}}`)?.example;
    await done(`PUT ${entries}/{${key}}`, values, entry);
    await done(`GET ${entries}/{${key}}`, values);
    await done(`GET ${entries}`, values);
    await done(`DELETE ${entries}/{${key}}`, values);
    expect((await ask(`GET ${entries}/{${key}}`, values)).status).toBe(404);
  }
  const published = '/v1/connections/{connectionId}/stock';
  await done(`GET ${published}`, { connectionId });
  const ofSku = { connectionId, sku: unique('NF') };
  const rule = operations.get(`PUT ${published}/{sku}`)?.example;
  await done(`PUT ${published}/{sku}`, ofSku, rule);
  const at = new Date().toISOString();
  await publishedStockStore(table()).save(connectionId, {
    ...{ sku: ofSku.sku, version: 1, source: 'shop', published: 7, publishedAt: at, checkedAt: at },
    ...{
      available: 0,
      doubt: 0,
      agreedAt: at,
      sold: 0,
      correction: { shown: 7, expected: 5, noticedAt: at },
    },
  });
  await done(`GET ${published}`, { connectionId });
  const decision = operations.get(`POST ${published}/{sku}/correction`)?.example;
  await done(`POST ${published}/{sku}/correction`, ofSku, decision);
  // A trading partner sends its orders, and cannot be asked for them.
  const backfill = '/v1/connections/{connectionId}/backfill';
  const sent = { body: { from: new Date().toISOString().slice(0, 10) } };
  expect((await ask(`POST ${backfill}`, { connectionId }, sent)).status).toBe(409);
  expect((await ask(`GET ${backfill}`, { connectionId })).status).toBe(404);
  const { items } = await done<{ items: { connectionId: string; kind: string }[] }>('GET /v1/connections');
  const shop = { connectionId: items.find(({ kind }) => kind === 'SHOPIFY')?.connectionId ?? '' };
  const authorization = 'POST /v1/connections/{connectionId}/authorization';
  expect((await ask(authorization, { connectionId })).status).toBe(409);
  expect((await ask('GET /oauth/callback')).status).toBe(410);
  const till = { connectionId: unique('till') };
  await done('PUT /v1/connections/{connectionId}', till, {
    ...{ kind: 'SQUARE', name: 'Till' },
    settings: {
      ...{ merchantId: unique('ML'), clientId: 'local-app' },
      secretName: `order-loop/connections/${till.connectionId}`,
    },
  });
  await done(authorization, till);
  await done('DELETE /v1/connections/{connectionId}', till);
  await done(`POST ${backfill}`, shop, sent.body);
  await done(`GET ${backfill}`, shop);
  await done('DELETE /v1/connections/{connectionId}', { connectionId });
});

test('dead letters', async () => {
  await done('GET /v1/operations/dead-letters');
  const redrive = 'POST /v1/operations/dead-letters/{deadLetterId}/redrive';
  for (const [deadLetterId, status] of [
    ['finance.none', 404],
    ['nobody.none', 404],
    ['event-publisher.none', 404],
  ] as const) {
    expect((await ask(redrive, { deadLetterId })).status).toBe(status);
  }
});

test('subscriptions to events', async () => {
  const one = 'GET /v1/subscriptions/{subscriptionId}';
  const wanted = { url: 'http://127.0.0.1:9/events', types: ['OrderHeld'] };
  const { subscriptionId } = await done<{ subscriptionId: string }>('POST /v1/subscriptions', {}, wanted);
  const subscription = { subscriptionId };
  await done('GET /v1/subscriptions');
  await done(one, subscription);
  await done('POST /v1/subscriptions/{subscriptionId}/secret', subscription, {});
  const order = await newOrder(await stocked(), 2);
  await done('POST /v1/orders/{orderId}/holds', order, { reason: 'OTHER' });
  const listed = () =>
    done<{ items: Values[] }>('GET /v1/subscriptions/{subscriptionId}/deliveries', subscription);
  const { items } = await until(listed, (now) => now.items.length > 0, 20_000);
  const { deliveryId = '' } = items[0] ?? {};
  const redeliver = 'POST /v1/subscriptions/{subscriptionId}/deliveries/{deliveryId}/redeliver';
  await done(redeliver, { ...subscription, deliveryId });
  expect((await ask(redeliver, { ...subscription, deliveryId: 'none' })).status).toBe(404);
  await done('PATCH /v1/subscriptions/{subscriptionId}', subscription, { status: 'DISABLED' });
  expect((await ask(redeliver, { ...subscription, deliveryId })).status).toBe(409);
  await done('DELETE /v1/subscriptions/{subscriptionId}', subscription);
  expect((await ask(one, subscription)).status).toBe(404);
});

test('orders whose workflow gave up', async () => {
  const stuck = stuckStore(table());
  const order = await newOrder(await stocked(), 2);
  await stuck.report(order.orderId ?? '', 'execution', '{"Error":"States.Timeout"}');
  const { items } = await done<{ items: Values[] }>('GET /v1/operations/stuck-orders');
  expect(items.map(({ orderId }) => orderId)).toContain(order.orderId);
  const restart = 'POST /v1/operations/stuck-orders/{orderId}/restart';
  await done(restart, order);
  expect((await ask(restart, { orderId: 'none' })).status).toBe(404);
  const query = 'cursor=x';
  expect((await ask('GET /v1/operations/stuck-orders', {}, { query })).status).toBe(400);
});

test('documents that no partner acknowledged', async () => {
  const documents = documentStore(table());
  const { orderId = '' } = await newOrder(await stocked(), 2);
  const createdAt = '2026-03-10T14:07:00.000Z';
  const document = { documentId: '855-x', kind: '855', createdAt, mediaType: 'application/edi-x12' };
  await documents.save(orderId, { ...document, status: 'WAITING', content: 'ISA' });
  await documents.noteSent(orderId, '855-x', createdAt, '2026-03-11T14:07:00.000Z');
  const list = 'GET /v1/operations/unacknowledged-documents';
  const { items } = await done<{ items: Values[] }>(list);
  expect(items).toContainEqual(expect.objectContaining({ orderId, documentId: '855-x', status: 'SENT' }));
  expect((await ask(list, {}, { query: 'cursor=x' })).status).toBe(400);
  const dismiss = 'POST /v1/operations/unacknowledged-documents/dismissal';
  const body = { orderId, documentId: '855-x', reason: 'confirmed by phone' };
  await done(dismiss, {}, body);
  expect((await ask(dismiss, {}, { body: { ...body, documentId: 'none' } })).status).toBe(404);
});

test('documents that break the rules of their partner', async () => {
  const documents = documentStore(table());
  const { orderId = '' } = await newOrder(await stocked(), 2);
  await documents.save(orderId, {
    ...{ documentId: '855-b', kind: '855', createdAt: '2026-03-10T14:07:00.000Z', status: 'BLOCKED' },
    ...{ mediaType: 'application/edi-x12', content: '', objections: ['REF01 is empty'] },
  });
  const list = 'GET /v1/operations/blocked-documents';
  const { items } = await done<{ items: Values[] }>(list);
  expect(items).toContainEqual(expect.objectContaining({ orderId, documentId: '855-b', status: 'BLOCKED' }));
  expect((await ask(list, {}, { query: 'cursor=x' })).status).toBe(400);
  const retry = 'POST /v1/orders/{orderId}/documents/retry';
  await done(retry, { orderId });
  expect((await ask(retry, { orderId: 'none' })).status).toBe(404);
});

test('a packing slip', async () => {
  const order = await newOrder(await stocked(), 2);
  const route = 'GET /v1/orders/{orderId}/packing-slip';
  expect((await ask(route, order)).text).toContain('Packing slip');
  expect((await ask(route, order, { query: 'shipmentId=none' })).status).toBe(404);
});

test('items that hold orders of a connection', async () => {
  const connectionId = 'harbor-markets';
  const list = 'GET /v1/connections/{connectionId}/unknown-items';
  await done(list, { connectionId });
  expect((await ask(list, { connectionId: 'nobody' })).status).toBe(404);
  const retry = 'POST /v1/connections/{connectionId}/held-orders/retry';
  await done(retry, { connectionId });
  expect((await ask(retry, { connectionId: 'nobody' })).status).toBe(404);
});

test('documents of a connection', async () => {
  const documents = documentStore(table());
  const connectionId = 'harbor-markets';
  await documents.save(ownerOfConnection(connectionId), {
    ...{ documentId: '846-x', kind: '846', createdAt: '2026-03-10T14:07:00.000Z', status: 'WAITING' },
    ...{ mediaType: 'application/edi-x12', content: 'ISA' },
  });
  const list = 'GET /v1/connections/{connectionId}/documents';
  const { items } = await done<{ items: Values[] }>(list, { connectionId });
  expect(items).toMatchObject([{ documentId: '846-x', status: 'WAITING' }]);
  expect((await ask(list, { connectionId: 'nobody' })).status).toBe(404);
  expect((await ask(list, { connectionId }, { query: 'cursor=x' })).status).toBe(400);
  const one = 'GET /v1/connections/{connectionId}/documents/{documentId}';
  expect((await ask(one, { connectionId, documentId: '846-x' })).text).toBe('ISA');
  expect((await ask(one, { connectionId, documentId: 'none' })).status).toBe(404);
});

test('locations', async () => {
  const location = { locationId: unique('PLACE') };
  const terms = { name: 'East', address: { country: 'US' }, priority: 1, timeZone: 'America/New_York' };
  const save = 'PUT /v1/locations/{locationId}';
  expect((await ask(save, location, { body: terms })).status).toBe(201);
  expect((await ask(save, location, { body: { ...terms, channels: ['EDI'] } })).status).toBe(200);
  expect((await ask(save, location, { body: { ...terms, timeZone: 'Mars' } })).status).toBe(422);
  await done('GET /v1/locations');
  await done('GET /v1/locations/{locationId}', location);
  const sku = await stocked();
  const lines = [{ sku, lotNumber: 'L/1', quantity: 4 }];
  const transfer = { fromLocationId: 'MAIN', toLocationId: location.locationId, lines };
  const { transferId } = await done<{ transferId: string }>('POST /v1/transfers', {}, transfer);
  await done('GET /v1/transfers/{transferId}', { transferId });
  expect((await ask('DELETE /v1/locations/{locationId}', location)).status).toBe(409);
  const receipt = { lines: [{ sku, lotNumber: 'L/1', quantity: 0, reason: 'lost' }] };
  await done('POST /v1/transfers/{transferId}/receipt', { transferId }, receipt);
  expect((await ask('POST /v1/transfers/{transferId}/receipt', { transferId })).status).toBe(409);
  await done('DELETE /v1/locations/{locationId}', location);
  expect((await ask('DELETE /v1/locations/{locationId}', location)).status).toBe(404);
  expect((await ask('DELETE /v1/locations/{locationId}', { locationId: 'MAIN' })).status).toBe(409);
});

test('the audit trail', async () => {
  const sku = await stocked();
  await done('PUT /v1/inventory/{sku}/threshold', { sku }, { threshold: 3 });
  const { items } = await done<Page<unknown>>('GET /v1/audit');
  expect(items.length).toBeGreaterThan(0);
  await done('GET /v1/audit/verification');
  const verification = 'GET /v1/operations/history-verification';
  const { orderId = '' } = await newOrder(sku, 1);
  await done(verification);
  expect((await ask(verification, {}, { query: `orderId=${orderId}` })).status).toBe(200);
  expect((await ask(verification, {}, { query: 'orderId=NONE' })).status).toBe(404);
  expect((await ask(verification, {}, { query: `sku=${sku}` })).body).toMatchObject({ lots: 1, broken: [] });
  expect((await ask(verification, {}, { query: 'sku=NONE' })).status).toBe(404);
  expect((await ask(verification, {}, { query: 'checkpoint=2020-01-01' })).status).toBe(404);
  expect((await ask(verification, {}, { query: 'sku=ONE&orderId=OTHER' })).status).toBe(422);
  expect((await ask(verification, {}, { query: 'cursor=x' })).status).toBe(400);
  for (const list of ['GET /v1/audit', 'GET /v1/audit/verification']) {
    expect((await ask(list, {}, { query: 'cursor=x' })).status).toBe(400);
  }
});

test('personal data', async () => {
  const { orderId = '' } = await newOrder(await stocked(), 1);
  const { customer } = await api().order(orderId);
  const body = { customerReference: customer.reference ?? customer.name };
  const accepted = await ask<Values>('POST /v1/data-requests', {}, { body });
  expect(accepted.status).toBe(202);
  const { dataRequestId = '' } = accepted.body;
  await done('GET /v1/data-requests/{dataRequestId}', { dataRequestId });
  const data = 'GET /v1/data-requests/{dataRequestId}/data';
  const waiting = requestOf('ACCESS', body, {
    ...{ requestId: ulid(), requestedAt: new Date().toISOString() },
    origin: { actor: { type: 'human', id: 'ada' }, correlationId: 'waiting' },
  });
  await personalRequestStore(table()).add(waiting);
  expect((await ask(data, { dataRequestId: waiting.requestId })).status).toBe(409);
  await processPersonalRequests(table());
  const { items } = await done<Page<unknown>>(data, { dataRequestId });
  expect(items.length).toBeGreaterThan(0);

  const nobody = { body: { email: 'nobody@person.example' } };
  const erasure = await ask<Values>('POST /v1/erasures', {}, nobody);
  expect(erasure.status).toBe(202);
  const { erasureId = '' } = erasure.body;
  await done('GET /v1/erasures/{erasureId}', { erasureId });
  await done('GET /v1/erasures');
  for (const wrong of [{}, { email: 'no address' }, { ...nobody.body, ...body }]) {
    expect((await ask('POST /v1/erasures', {}, { body: wrong })).status).toBe(422);
    expect((await ask('POST /v1/data-requests', {}, { body: wrong })).status).toBe(422);
  }
  expect((await ask('GET /v1/erasures/{erasureId}', { erasureId: dataRequestId })).status).toBe(404);
  expect((await ask(data, { dataRequestId: erasureId })).status).toBe(404);
  expect((await ask('GET /v1/erasures', {}, { query: 'cursor=x' })).status).toBe(400);
});

test('quarantined messages', async () => {
  const log = messageLog(table());
  const quarantined = async () => {
    const messageId = messageIdOf('shopify', 'a.myshopify.com', unique('kept'));
    const { message } = await log.receive(
      {
        ...{ messageId, channel: 'SHOPIFY', endpoint: 'shopify', topic: 'carts/update', connectionId: 'a' },
        ...{ source: 'a.myshopify.com', proof: { method: 'X-Shopify-Hmac-Sha256', secretName: null } },
        ...{ receivedAt: new Date().toISOString(), actor: { type: 'channel', id: 'a' }, correlationId: 'c' },
      },
      Buffer.from('{}'),
    );
    await log.settle(refOf(message), { state: 'QUARANTINED', reason: 'unknown' });
  };
  await quarantined();
  const kept = 'GET /v1/operations/kept-messages';
  const { items } = await done<{ items: Values[] }>(kept);
  const { keptMessageId = '' } = items.find(({ topic }) => topic === 'carts/update') ?? {};
  const one = `${kept}/{keptMessageId}`;
  await done(one, { keptMessageId });
  expect((await ask(one, { keptMessageId: 'none' })).status).toBe(404);
  const retry = 'POST /v1/operations/kept-messages/{keptMessageId}/retry';
  const dismiss = 'POST /v1/operations/kept-messages/{keptMessageId}/dismiss';
  await done(retry, { keptMessageId });
  await done(dismiss, { keptMessageId }, { reason: 'Carts are no orders.' });
  for (const key of [retry, dismiss]) {
    const sent = { body: key === retry ? {} : { reason: 'again' } };
    expect((await ask(key, { keptMessageId }, sent)).status).toBe(409);
  }
  expect((await ask(kept, {}, { query: 'cursor=x' })).status).toBe(400);

  await quarantined();
  const messages = 'GET /v1/inbound-messages';
  const { body: listed } = await ask<{ items: Values[] }>(messages, {}, { query: 'state=QUARANTINED' });
  const { messageId = '' } = listed.items[0] ?? {};
  const message = `${messages}/{messageId}`;
  await done(message, { messageId });
  expect((await ask(message, { messageId: 'none' })).status).toBe(404);
  await done('POST /v1/inbound-messages/{messageId}/retry', { messageId });
  const dismissal = 'POST /v1/inbound-messages/{messageId}/dismissal';
  await done(dismissal, { messageId }, { reason: 'Carts are no orders.' });
  for (const [key, sent] of [
    ['POST /v1/inbound-messages/{messageId}/retry', {}],
    [dismissal, { reason: 'again' }],
  ] as const) {
    expect((await ask(key, { messageId }, { body: sent })).status).toBe(409);
  }
  expect((await ask(messages, {}, { query: 'cursor=x' })).status).toBe(400);
});

test('orders from a file', async () => {
  const sku = await stocked();
  const body = `order,sku,quantity,unit_price,currency,customer_name\n${unique('CSV')},${sku},2,20.00,USD,Ada\n`;
  const headers = { 'content-type': 'text/csv' };
  expect((await ask('POST /v1/imports', {}, { body, headers })).status).toBe(200);
  expect((await ask('POST /v1/imports', {}, { body })).status).toBe(415);
});

test("agents' actions, which a person approves or declines", async () => {
  const sku = await stocked();
  await done('PUT /v1/agent-policy', {}, { rules: [{ tools: ['hold_order'] }] });
  await done('GET /v1/agent-policy');
  const headers = {
    accept: 'application/json, text/event-stream',
    authorization: `Bearer ${await api().stack.token('orders/read orders/write', 'agent-7')}`,
  };
  const approvalId = async () => {
    const { orderId } = await newOrder(sku, 2);
    const body = {
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/call',
      params: { name: 'hold_order', arguments: { orderId, reason: 'OTHER' } },
    };
    const { text } = await ask('POST /mcp', {}, { body, headers });
    return /"approvalId":"(\w+)"/.exec(text)?.[1] ?? '';
  };
  const first = { approvalId: await approvalId() };
  await done('GET /v1/approvals');
  await done('GET /v1/approvals/{approvalId}', first);
  await done('POST /v1/approvals/{approvalId}/approve', first);
  expect((await ask('POST /v1/approvals/{approvalId}/approve', first)).status).toBe(409);
  const second = { approvalId: await approvalId() };
  await done('POST /v1/approvals/{approvalId}/decline', second, { reason: 'not now' });
  expect((await ask('GET /v1/approvals/{approvalId}', { approvalId: 'none' })).status).toBe(404);
  await done('PUT /v1/agent-policy', {}, { rules: [] });
  expect((await ask('GET /mcp')).status).toBe(405);
  expect((await ask('DELETE /mcp')).status).toBe(405);
});

test('what is open to everyone', async () => {
  await done('GET /.well-known/oauth-protected-resource');
  await done('GET /.well-known/oauth-protected-resource/mcp');
  await done('GET /.well-known/oauth-authorization-server');
  await done('GET /llms.txt');
  await done('GET /healthz');
  await done('GET /openapi.json');
  await done('GET /docs');
});

/** @returns the correlation ids of all entries of the trail */
async function recordedIds(): Promise<ReadonlySet<string>> {
  const ids = new Set<string>();
  let cursor: string | undefined;
  do {
    const query = new URLSearchParams({ limit: '100', ...(cursor !== undefined && { cursor }) });
    const page = await api().done<Page<AuditEntry>>('GET', `/v1/audit?${query}`);
    for (const { correlationId } of page.items) ids.add(correlationId);
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return ids;
}

afterAll(async () => {
  expect([...operations.keys()].filter((key) => !answered.has(key))).toEqual([]);

  // Derived from the routes: a new one that writes is audited, or says here why not.
  const ids = await recordedIds();
  const writing = [...operations.keys()].filter(
    (key) => AUDITED_READS.includes(key) || !/^GET | \/webhooks\/|redrive$/.test(key),
  );
  const unrecorded = writing.filter(
    (key) =>
      !NOT_AUDITED.some(([pattern]) => pattern.test(key)) &&
      !(correlationIds.get(key) ?? []).some((id) => ids.has(id)),
  );
  expect(unrecorded, 'routes that write and leave nothing in the audit trail').toEqual([]);
});
