import { readFileSync, rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { OrderResponse } from '../../contract/responses.ts';
import { SCOPES } from '../../contract/routes.ts';
import { orderRequest } from '../../testing/api.ts';
import { HttpClient, type Sent } from '../../testing/client.ts';
import {
  type ChannelMessage,
  easyPostDelivery,
  purchaseOrder,
  shopifyOrder,
  signature,
  squareUpdate,
  trackingUpdate,
  wooCommerceOrder,
} from '../../testing/messages.ts';
import { type RunningProcess, startProcess } from '../../testing/process.ts';
import { until } from '../../testing/until.ts';

const START = resolve(import.meta.dirname, '../../local/start.ts');

/** Secrets that nobody else uses, so that finding one in the log means that it was logged. */
const SECRETS = {
  shopify: 'sh0p-3f9c2a71d4',
  square: 'squ-88e1b20c57',
  edi: 'edi-d07a9914be',
  carrier: 'car-5b6c33fe02',
  woocommerce: 'woo-71c2a9d0e5',
  easypost: 'eas-2e84b07f16',
} as const;

/** What customers told in confidence. */
const CUSTOMER = {
  name: 'Wilhelmina Quackenbush',
  email: 'w.quackenbush@confidential.example',
  reference: 'CONFIDENTIAL-REF-77',
};
const SHIP_TO = {
  name: 'Bartholomew Featherstone',
  address1: '4711 Nightingale Crescent',
  address2: 'Apartment 12-Zulu',
  city: 'Llanfairpwll',
  postalCode: 'LL61-5UJ',
  country: 'GB',
};
const NOTE = 'Ring twice at the violet door';
const SIGNED_BY = 'Ottoline Thistlewood';

let folder: string;
let loop: RunningProcess;
let http: HttpClient;
/** Everything that must not be in the log, by what it is. */
const confidential = new Map<string, string>();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'order-loop-log-'));
  loop = await startProcess(START, [], {
    PORT: '0',
    DATA_DIR: folder,
    SEED: 'none',
    LOG_LEVEL: 'DEBUG',
    SHOPIFY_WEBHOOK_SECRET: SECRETS.shopify,
    SQUARE_WEBHOOK_SECRET: SECRETS.square,
    EDI_WEBHOOK_SECRET: SECRETS.edi,
    CARRIER_WEBHOOK_SECRET: SECRETS.carrier,
    WOOCOMMERCE_WEBHOOK_SECRET: SECRETS.woocommerce,
    EASYPOST_WEBHOOK_SECRET: SECRETS.easypost,
  });
  http = new HttpClient(loop.url);
});
afterAll(async () => {
  http?.close();
  await loop?.end('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

test('the log of a whole run holds ids, and nothing that was told in confidence', async () => {
  // The banner shows a sample order's signature to whoever starts the loop, on purpose.
  const banner = loop.output.length;
  for (const [channel, secret] of Object.entries(SECRETS)) confidential.set(`secret of ${channel}`, secret);
  for (const [field, value] of Object.entries({ ...CUSTOMER, ...SHIP_TO })) {
    if (field !== 'country') confidential.set(field === 'name' ? `name ${value}` : field, value);
  }
  confidential.set('customer', CUSTOMER.name).set('note', NOTE).set('signedBy', SIGNED_BY);
  const token = await accessToken();
  const api = operator(token);

  const orderId = await fullLife(api);
  await everyChannel(api);
  await whatIsRefused(api, orderId);

  const log = await until(
    async () => loop.output.slice(banner),
    (text) => text.includes(orderId) && text.includes('refused'),
    30_000,
  );
  expect(log).not.toContain('"failed"');
  const found = [...confidential].filter(([, value]) => isIn(log, value)).map(([what]) => what);
  expect(found).toEqual([]);
});

/** Names are looked for in parts too, and in any case of letters. */
function isIn(log: string, value: string): boolean {
  return log.toLowerCase().includes(value.toLowerCase());
}

type Operator = ReturnType<typeof operator>;

function operator(token: string) {
  return <Body = OrderResponse>(method: string, path: string, sent: Sent = {}) =>
    http.send<Body>(method, path, {
      ...sent,
      headers: { authorization: `Bearer ${token}`, ...sent.headers },
    });
}

async function accessToken(): Promise<string> {
  const { body } = await http.send<{ access_token: string }>('POST', '/dev/token', {
    body: { scope: SCOPES.join(' '), sub: 'log-reader' },
  });
  const [, , signed = ''] = body.access_token.split('.');
  confidential.set('signature of the access token', signed);
  const key = JSON.parse(readFileSync(join(folder, 'token-key.json'), 'utf8')) as { d: string };
  confidential.set("the issuer's key", key.d);
  return body.access_token;
}

/** An order by hand, from its receipt to a return, with the customer's own page. */
async function fullLife(api: Operator): Promise<string> {
  const stock = { lotNumber: 'L1', quantity: 500 };
  expect((await api('POST', '/v1/inventory/LOGGED/lots', { body: stock })).status).toBe(201);
  const { body: order } = await api('POST', '/v1/orders', {
    body: orderRequest({
      orderType: 'B2B',
      purchaseOrderNumber: 'PO-LOGGED-1',
      customer: CUSTOMER,
      shipTo: SHIP_TO,
      note: NOTE,
      lines: [{ sku: 'LOGGED', quantity: 4 }],
    }),
  });
  const path = `/v1/orders/${order.orderId}`;
  const hold = { body: { reason: 'INCORRECT_ADDRESS', note: `${SHIP_TO.address1}? ${NOTE}` } };
  const { body: held } = await api<{ holdId: string }>('POST', `${path}/holds`, hold);
  await api('DELETE', `${path}/holds/${held.holdId}`);
  const { body: link } = await api<{ url: string }>('POST', `${path}/portal-link`);
  const token = link.url.split('/').at(-1) ?? '';
  confidential.set('portal token', token.slice(token.lastIndexOf('.') + 1));
  expect((await http.send('GET', `/portal/${token}`)).status).toBe(200);
  await http.send('GET', `/portal/${token}x`);
  await until(
    async () => (await api('GET', path)).body,
    ({ state }) => state === 'FULFILLMENT_QUEUED',
    30_000,
  );
  const shipment = { body: { carrier: 'UPS', trackingNumber: '1ZLOGGED' } };
  const { body: shipped } = await api<{ shipmentId: string }>('POST', `${path}/shipments`, shipment);
  await api('POST', `${path}/shipments/${shipped.shipmentId}/delivery`, {
    body: { deliveredAt: new Date().toISOString(), signedBy: SIGNED_BY },
  });
  await until(
    async () => (await api('GET', path)).body,
    ({ state }) => state === 'CLOSED',
    30_000,
  );
  const lines = [{ lineNumber: 1, quantity: 1, disposition: 'RESTOCK' }];
  expect((await api('POST', `${path}/returns`, { body: { lines } })).status).toBe(201);
  return order.orderId;
}

/** Messages of every channel, each also with a wrong signature, damaged, and twice. */
async function everyChannel(api: Operator): Promise<void> {
  const shopify = shopifyOrder(5_500_000_000_001, 'LOGGED', 2);
  // The sample's own customer.
  confidential.set('Shopify customer', 'Lindqvist').set('Shopify street', 'Alder Street');
  const edi = purchaseOrder(550_000_001, '4500550001', 'LOGGED');
  confidential.set('EDI street', 'TERMINAL WAY');
  confidential.set('WooCommerce customer', 'nora.field').set('WooCommerce street', '969 Market');
  for (const message of [
    shopify,
    squareUpdate('LOGGED-SQUARE', 1, 'logged-1'),
    edi,
    trackingUpdate('logged-1', '1ZLOGGED'),
    wooCommerceOrder(550_000_002),
    easyPostDelivery('logged-2', '1ZLOGGED'),
  ]) {
    await deliver(message);
    await deliver(message);
    const letters = message.body.toString('latin1');
    await deliver({ ...message, body: Buffer.from(letters.slice(0, letters.length >> 1), 'latin1') });
    const wrong = 'f00dfacef00dfacef00dfacef00dfacef00dface';
    confidential.set('a wrong signature', wrong);
    const headers = { ...message.headers, [message.signatureHeader]: wrong };
    expect((await http.send('POST', message.path, { body: message.body, headers })).status).toBe(401);
  }
  expect((await api<{ items: unknown[] }>('GET', '/v1/orders?sku=LOGGED')).body.items).toHaveLength(3);
}

async function deliver(message: ChannelMessage): Promise<void> {
  const signed = signature(message, loop.url, SECRETS[message.channel]);
  confidential.set(`signature of ${message.channel}, ${message.body.length} bytes`, signed);
  const headers = { ...message.headers, [message.signatureHeader]: signed };
  const { status } = await http.send('POST', message.path, { body: message.body, headers });
  expect(status, message.channel).not.toBe(500);
}

/** Requests that are refused with what they held still at hand. */
async function whatIsRefused(api: Operator, orderId: string): Promise<void> {
  const order = orderRequest({
    customer: CUSTOMER,
    shipTo: SHIP_TO,
    lines: [{ sku: 'LOGGED', quantity: 1 }],
  });
  const bodies = [
    { ...order, [CUSTOMER.email]: SHIP_TO.name },
    { ...order, customer: { ...CUSTOMER, email: CUSTOMER.name } },
    { ...order, shipTo: { ...SHIP_TO, country: SHIP_TO.city } },
    { ...order, lines: [{ sku: 'LOGGED', quantity: NOTE, unitPrice: CUSTOMER.name }] },
    JSON.stringify(order).slice(0, -1),
    `${NOTE}{`,
  ];
  for (const body of bodies) expect((await api('POST', '/v1/orders', { body })).status).toBeLessThan(500);
  const customer = encodeURIComponent(CUSTOMER.name);
  expect((await api('GET', `/v1/orders?customer=${customer}`)).status).toBe(200);
  expect((await api('GET', `/v1/orders?customer=${customer}&colour=red`)).status).toBe(422);
  expect((await api('GET', `/v1/orders?cursor=${customer}`)).status).toBe(400);
  expect((await api('GET', `/v1/orders/${customer}`)).status).toBe(404);
  const cancellation = { reason: 'CUSTOMER', note: `${CUSTOMER.name} called` };
  expect((await api('POST', `/v1/orders/${orderId}/cancellation`, { body: cancellation })).status).toBe(409);
  const forged = 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJyb290In0.c2lnbmF0dXJl';
  confidential.set('a token that is none', 'c2lnbmF0dXJl');
  for (const path of ['/v1/orders', '/mcp']) {
    const headers = { authorization: `Bearer ${forged}` };
    const method = path === '/mcp' ? 'POST' : 'GET';
    expect((await http.send(method, path, { headers })).status).toBe(401);
  }
  const agent = {
    jsonrpc: '2.0',
    id: 1,
    method: 'tools/call',
    params: { name: 'search_orders', arguments: { customer: CUSTOMER.name, colour: NOTE } },
  };
  const headers = { accept: 'application/json, text/event-stream' };
  expect((await api('POST', '/mcp', { body: agent, headers })).status).toBeLessThan(500);
}
