import { createHash } from 'node:crypto';
import { SignJWT } from 'jose';
import { beforeAll, describe, expect, test } from 'vitest';
import { PortalLink } from '../../contract/responses.ts';
import { auditTrail } from '../../functions/adapters/dynamodb/audit-trail.ts';
import { createTable } from '../../functions/wiring.ts';
import { TEST_ENVIRONMENT, useAws } from '../../testing/aws.ts';
import { freshHandler } from '../../testing/fresh-handler.ts';
import { type AnyAnswer, type HttpHandler, invoke } from '../../testing/invoke.ts';
import { type TestLoop, testLoop } from '../../testing/loop.ts';
import { useStore } from '../../testing/store.ts';

const CURRENT = 'the secret that signs now';
const PREVIOUS = 'the secret that signed before';
const SECRETS: Readonly<Record<string, unknown>> = {
  before: { current: PREVIOUS },
  exchanged: { current: CURRENT, previous: PREVIOUS },
  after: { current: CURRENT, previous: null },
};

const store = useStore();
const aws = useAws({
  'secretsmanager.GetSecretValue': ({ SecretId }) => ({
    SecretString: JSON.stringify(SECRETS[String(SecretId)]),
  }),
});
let loop: TestLoop;
let environment: Record<string, string>;

beforeAll(async () => {
  const { name } = await store.newTable();
  environment = {
    TABLE_NAME: name,
    ORDER_NUMBER_PREFIX: 'LMB-ORD',
    PORTAL_BASE_URL: 'https://orders.example.com',
    PORTAL_DAYS_AFTER_DELIVERY: '30',
    CURSOR_SECRET_ID: 'exchanged',
    AWS_ENDPOINT_URL_DYNAMODB: store.endpoint,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: aws.endpoint,
  };
  Object.assign(process.env, TEST_ENVIRONMENT, environment);
  loop = testLoop(createTable());
});

const portal = (secret = 'exchanged'): Promise<HttpHandler> =>
  freshHandler(() => import('../../functions/api/portal.ts'), { ...environment, PORTAL_SECRET_ID: secret });

const link = async (orderId: string, secret?: string) =>
  invoke(await portal(secret), 'POST /v1/orders/{orderId}/portal-link', { path: { orderId } });
const tokenFor = async (orderId: string, secret?: string): Promise<string> =>
  (await link(orderId, secret)).body.url.split('/').at(-1);
const open = async (token: string, secret?: string): Promise<AnyAnswer> =>
  invoke(await portal(secret), 'GET /portal/{token}', { path: { token }, scope: null });
const page = async (orderId: string): Promise<string> => (await open(await tokenFor(orderId))).body;

/** What a reader sees of a page: its text, a line for each block. */
function textOf(html: string): string {
  const body = html.slice(html.indexOf('<body>'));
  return body
    .replace(/<\/(?:h\d|p|li|dd|td|tr|section)>/g, '\n')
    .replace(/<[^>]+>/g, '')
    .replace(/\n\s*/g, '\n')
    .trim();
}

let numbers = 0;
function newOrderId(): string {
  numbers += 1;
  return `LMB-ORD-2026-${String(numbers).padStart(4, '0')}`;
}

/** An order over 24 units of which 17 are in stock, described so that it could do harm. */
async function partlyInStock(terms: Readonly<Record<string, unknown>> = {}) {
  const orderId = newOrderId();
  const sku = `SKU-${orderId}`;
  await loop.stock(sku, 'SECRET-LOT', 17);
  await loop.receive({
    orderId,
    customer: { name: 'Priya Raman', email: 'priya@example.com' },
    shipTo: {
      name: 'Priya Raman',
      address1: '77 Larch Lane',
      city: 'Boise',
      postalCode: '83702',
      country: 'US',
    },
    purchaseOrderNumber: `PO <${orderId}>`,
    note: 'an inner note',
    ...terms,
    lines: [{ sku, quantity: 24, description: 'Bracket <b onload="x()">& "bolts"</b>', unitPrice: '71.13' }],
  });
  return { orderId, sku };
}

const shipment = { type: 'RecordShipment', carrier: 'UPS & Co', trackingNumber: '1Z<999>' } as const;

describe('a link', () => {
  test('leads to the page of the order, for half a year at most', async () => {
    const { orderId } = await partlyInStock();
    const before = Date.now();
    const answer = await link(orderId);
    expect(answer.status).toBe(200);
    expect(PortalLink.parse(answer.body)).toEqual(answer.body);
    expect(answer.body.url).toMatch(/^https:\/\/orders\.example\.com\/portal\/[\w-]+\.[\w-]+\.[\w-]+$/);
    expect(answer.body.url.length).toBeLessThan(330);
    expect(daysBetween(before, answer.body.expiresAt)).toBe(180);
    expect((await open(answer.body.url.split('/').at(-1))).status).toBe(200);
  });

  test('ends some days after the order was delivered or cancelled, or after it was made then', async () => {
    const days = (time: number) => new Date(Date.now() + time * 86_400_000).toISOString();
    const { orderId } = await partlyInStock();
    const early = await signed(orderId, { made: days(-100), expires: days(80) });
    const late = await signed(orderId, { made: days(-29), expires: days(151) });
    expect((await open(early)).status).toBe(200);
    loop.setClock(days(-40));
    await loop.command(orderId, { type: 'QueueFulfillment' });
    await loop.command(orderId, shipment);
    loop.setClock(days(-31));
    await loop.command(orderId, { type: 'CancelOrder', reason: 'CUSTOMER' });
    expect((await open(early)).status, 'while a parcel is on its way').toBe(200);
    await loop.command(orderId, {
      type: 'ConfirmDelivery',
      shipmentId: `${orderId}-S1`,
      deliveredAt: days(-31),
    });
    loop.setClock(null);
    expect((await open(early)).status).toBe(410);
    expect((await open(late)).status).toBe(200);
    const made = (await link(orderId)).body;
    expect(daysBetween(Date.now(), made.expiresAt)).toBe(30);
    expect((await open(made.url.split('/').at(-1))).status).toBe(200);

    loop.setClock(days(-31));
    const cancelled = newOrderId();
    await loop.receive({ orderId: cancelled, lines: [{ sku: 'NEVER-IN-STOCK', quantity: 1 }] });
    await loop.command(cancelled, { type: 'CancelOrder', reason: 'CUSTOMER' });
    loop.setClock(null);
    // What its channel says of it afterwards begins nothing anew.
    await loop.command(cancelled, { type: 'RecordChannelData', channelData: [] });
    expect((await open(await signed(cancelled, { made: days(-60), expires: days(120) }))).status).toBe(410);
  });

  test('is listed with who made it, revoked, and then gone; the audit trail has both', async () => {
    const { orderId } = await partlyInStock();
    const kept = (await link(orderId)).body;
    const leaked = (await link(orderId)).body;
    const call = async (routeKey: string, path: Record<string, string>, query = {}) =>
      invoke(await portal(), routeKey, { path: { orderId, ...path }, query });
    const list = async (query = {}) =>
      (await call('GET /v1/orders/{orderId}/portal-links', {}, query)).body as {
        items: { linkId: string }[];
        nextCursor?: string;
      };
    expect((await list()).items).toMatchObject([
      { linkId: leaked.linkId, createdBy: { type: 'human', id: 'ada' }, expiresAt: leaked.expiresAt },
      { linkId: kept.linkId },
    ]);
    expect(JSON.stringify(await list())).not.toContain(leaked.url.split('.').at(-1));
    const first = await list({ limit: '1' });
    expect(first.items).toMatchObject([{ linkId: leaked.linkId }]);
    expect((await list({ limit: '1', cursor: first.nextCursor })).items).toMatchObject([
      { linkId: kept.linkId },
    ]);

    const revoke = (linkId: string) => call('DELETE /v1/orders/{orderId}/portal-links/{linkId}', { linkId });
    expect((await revoke(leaked.linkId)).status).toBe(204);
    const gone = await open(leaked.url.split('/').at(-1));
    expect(gone.status).toBe(410);
    expect(textOf(gone.body)).toContain('This link was withdrawn');
    expect((await open(kept.url.split('/').at(-1))).status).toBe(200);
    const [revoked] = (await list()).items;
    expect(revoked).toMatchObject({ linkId: leaked.linkId, revokedBy: { type: 'human', id: 'ada' } });
    expect((await revoke(leaked.linkId)).status, 'a repeat').toBe(204);
    expect((await list()).items[0]).toEqual(revoked);
    for (const other of [leaked.linkId.replace(/.$/, '_'), '0'.repeat(26), 'nothing', ' ']) {
      expect((await revoke(other)).status, other).toBe(404);
    }
    const { items } = await auditTrail(createTable()).list({ subject: orderId }, 10, null);
    expect(items.map(({ action, actor }) => [action, actor.id])).toEqual([
      ['portal-link.revoked', 'ada'],
      ['portal-link.created', 'ada'],
      ['portal-link.created', 'ada'],
    ]);
  });

  test('of another order is not revoked by this one', async () => {
    const [{ orderId: one }, { orderId: other }] = [await partlyInStock(), await partlyInStock()];
    const { linkId, url } = (await link(other)).body;
    const routeKey = 'DELETE /v1/orders/{orderId}/portal-links/{linkId}';
    expect((await invoke(await portal(), routeKey, { path: { orderId: one, linkId } })).status).toBe(404);
    expect((await open(url.split('/').at(-1))).status).toBe(200);
  });

  test('whose record is gone is gone', async () => {
    const { orderId } = await partlyInStock();
    const soon = new Date(Date.now() + 60_000);
    expect((await open(await signed(orderId, { expires: soon, linkId: '0'.repeat(26) }))).status).toBe(410);
  });

  test.each(['LMB-ORD-2026-9999', 'no order', '%'])('is not made for %j', async (orderId) => {
    expect(await link(orderId)).toMatchObject({ status: 404, body: { code: 'not_found' } });
  });

  test('is made for those who may read orders', async () => {
    const call = { path: { orderId: 'LMB-ORD-2026-0001' }, scope: 'orders/write' };
    expect((await invoke(await portal(), 'POST /v1/orders/{orderId}/portal-link', call)).status).toBe(403);
  });

  test('counts while its secret is the current or the previous one, and no longer', async () => {
    const { orderId } = await partlyInStock();
    const old = await tokenFor(orderId, 'before');
    expect((await open(old, 'exchanged')).status).toBe(200);
    expect((await open(old, 'after')).status).toBe(404);
    const fresh = await tokenFor(orderId, 'exchanged');
    expect((await open(fresh, 'after')).status).toBe(200);
  });

  test('that is older than it says is gone', async () => {
    const { orderId } = await partlyInStock();
    const ended = await signed(orderId, { expires: new Date(Date.now() - 1000) });
    const answer = await open(ended);
    expect(answer.status).toBe(410);
    expect(textOf(answer.body)).toContain('expired');
    expect(answer.body).not.toContain(orderId);
    expect((await open(await signed(orderId, { expires: new Date(Date.now() + 60_000) }))).status).toBe(200);
  });

  test('that was altered is unknown', async () => {
    const { orderId } = await partlyInStock();
    const token = await tokenFor(orderId);
    const [header = '', claims = '', signature = ''] = token.split('.');
    const other = Buffer.from(JSON.stringify({ sub: orderId, aud: 'portal', exp: 4e9 })).toString(
      'base64url',
    );
    const none = Buffer.from(JSON.stringify({ alg: 'none' })).toString('base64url');
    const soon = new Date(Date.now() + 60_000);
    for (const altered of [
      `${header}.${other}.${signature}`,
      `${header}.${claims}.${signature.slice(0, -2)}`,
      `${header}.${claims}.`,
      `${none}.${claims}.`,
      `${token}.${signature}`,
      token.toUpperCase(),
      'nonsense',
      ' ',
      await signed(orderId, { secret: 'a secret that was never ours', expires: soon }),
      await signed(orderId, { audience: 'api', expires: soon }),
      await signed(orderId, {}),
      await signed('LMB-ORD-2026-9999', { expires: soon }),
    ]) {
      const answer = await open(altered);
      expect(answer.status, altered).toBe(404);
      expect(textOf(answer.body)).toContain('We do not know this link');
    }
  });

  async function signed(
    orderId: string,
    {
      secret = CURRENT,
      audience = 'portal',
      made,
      expires,
      linkId,
    }: {
      secret?: string;
      audience?: string;
      made?: string;
      expires?: Date | string;
      linkId?: string;
    },
  ): Promise<string> {
    const token = new SignJWT()
      .setProtectedHeader({ alg: 'HS256' })
      .setSubject(orderId)
      .setAudience(audience);
    if (made !== undefined) token.setIssuedAt(new Date(made));
    if (expires !== undefined) token.setExpirationTime(new Date(expires));
    if (linkId !== undefined) token.setJti(linkId);
    return token.sign(new TextEncoder().encode(secret));
  }

  test('to an order that was voided is unknown', async () => {
    const orderId = newOrderId();
    await loop.receive({ orderId, lines: [{ sku: 'NEVER-IN-STOCK', quantity: 1 }] });
    const token = await tokenFor(orderId);
    expect((await open(token)).status).toBe(200);
    await loop.command(orderId, { type: 'VoidOrder' });
    expect((await open(token)).status).toBe(404);
  });
});

describe('the page', () => {
  test('needs no script, loads nothing and is kept nowhere', async () => {
    const { orderId } = await partlyInStock();
    const { headers, body } = await open(await tokenFor(orderId));
    const style = /<style>(.*?)<\/style>/s.exec(body)?.[1] ?? '';
    const digest = createHash('sha256').update(style).digest('base64');
    expect(headers['content-security-policy']?.split('; ')).toEqual([
      "default-src 'none'",
      `style-src 'sha256-${digest}'`,
      "object-src 'none'",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ]);
    expect(headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'x-robots-tag': 'noindex, nofollow',
    });
    expect(body).not.toMatch(/<(?:script|link|img|a)\b|<[^>]*\s(?:style|src|href|on\w+)=|@import|url\(/i);
  });

  test('shows text from outside as text', async () => {
    const { orderId } = await partlyInStock();
    await loop.command(orderId, { type: 'QueueFulfillment' });
    await loop.command(orderId, shipment);
    const html = await page(orderId);
    expect(html).toContain('Bracket &lt;b onload=&quot;x()&quot;&gt;&amp; &quot;bolts&quot;&lt;/b&gt;');
    expect(html).toContain('UPS &amp; Co');
    expect(html).toContain('1Z&lt;999&gt;');
    expect(html).toContain(`PO &lt;${orderId}&gt;`);
  });

  test('tells nothing that is only for those who run the order, or only for the customer', async () => {
    const { orderId } = await partlyInStock();
    await loop.command(orderId, { type: 'PlaceHold', reason: 'HIGH_RISK_OF_FRAUD', note: 'a bad feeling' });
    const { holds } = await loop.order(orderId);
    await loop.command(orderId, { type: 'ReleaseHold', holdId: holds[0]?.holdId ?? '' });
    await loop.command(orderId, { type: 'QueueFulfillment' });
    await loop.command(orderId, shipment);
    await loop.command(orderId, { type: 'PlaceHold', reason: 'CREDIT_LIMIT', note: 'another bad feeling' });
    const html = await page(orderId);
    for (const inner of [
      'SECRET-LOT',
      'FRAUD',
      'CREDIT_LIMIT',
      'bad feeling',
      'an inner note',
      'ada',
      'Priya',
      'Larch',
      '71.13',
      '1707.12',
      'FULFILLMENT_QUEUED',
      'version',
      'hold',
    ]) {
      expect(html, inner).not.toContain(inner);
    }
  });

  test('follows an order through the loop, in plain words', async () => {
    loop.setClock('2026-03-09T08:00:00.000Z');
    const { orderId, sku } = await partlyInStock({
      deliveryWindow: { start: '2026-03-10', end: '2026-03-14' },
    });
    expect(textOf(await page(orderId))).toContain(
      [
        'We have your order and have set goods aside for it.',
        `Order ${orderId}, your purchase order PO &lt;${orderId}&gt;, received on March 9, 2026`,
        'Received',
        'Being prepared',
        'On its way',
        'Delivered',
        'Delivery is planned between March 10, 2026 and March 14, 2026.',
        'Still to be sent',
      ].join('\n'),
    );
    expect(quantities(await page(orderId))).toEqual({ 'Still to be sent': 17, [OUT_OF_STOCK]: 7 });

    await loop.command(orderId, { type: 'QueueFulfillment' });
    expect(textOf(await page(orderId))).toMatch(/^We are getting your order ready\./);

    loop.setClock('2026-03-10T14:07:00.000Z');
    await loop.command(orderId, shipment);
    const partly = await page(orderId);
    expect(textOf(partly)).toMatch(/^Part of your order is on its way\./);
    expect(textOf(partly)).toContain('SentMarch 10, 2026\nCarrierUPS &amp; Co\nTracking number1Z&lt;999&gt;');
    expect(quantities(partly)).toEqual({ 'Shipment: on its way': 17, [OUT_OF_STOCK]: 7 });

    const first = `${orderId}-S1`;
    await loop.command(orderId, {
      type: 'ConfirmDelivery',
      shipmentId: first,
      deliveredAt: '2026-03-12T10:00:00.000Z',
    });
    expect(textOf(await page(orderId))).toMatch(/^Part of your order has arrived\.$/m);

    await loop.stock(sku, 'LOT-2', 7);
    await loop.command(orderId, { type: 'AllocateOrder' });
    await loop.command(orderId, { ...shipment, trackingNumber: 'T2' });
    const all = await page(orderId);
    expect(textOf(all)).toMatch(/^Part of your order has arrived, the rest is on its way\.$/m);
    expect(quantities(all)).toEqual({ 'Shipment 1: delivered': 17, 'Shipment 2: on its way': 7 });

    const second = `${orderId}-S2`;
    await loop.command(orderId, {
      type: 'ConfirmDelivery',
      shipmentId: second,
      deliveredAt: '2026-03-13T09:00:00.000Z',
    });
    const arrived = textOf(await page(orderId));
    expect(arrived).toMatch(/^Your order has arrived\.$/m);
    expect(arrived).toContain('DeliveredMarch 13, 2026');
    expect(arrived).not.toContain('is planned');

    await loop.command(orderId, { type: 'CloseOrder' });
    expect(textOf(await page(orderId))).toMatch(/^Your order is complete\.$/m);
    loop.setClock(null);
  });

  test('says when an order waits for all of its goods, and when it is cancelled', async () => {
    const orderId = newOrderId();
    await loop.receive({ orderId, lines: [{ sku: 'NEVER-IN-STOCK', quantity: 1_200 }] });
    expect(textOf(await page(orderId))).toMatch(/^We have your order\.$/m);
    expect(quantities(await page(orderId))).toEqual({ [OUT_OF_STOCK]: 1_200 });
    await loop.command(orderId, { type: 'CancelOrder', reason: 'CUSTOMER' });
    const cancelled = await page(orderId);
    expect(textOf(cancelled)).toMatch(/^Your order is cancelled\.$/m);
    expect(cancelled).not.toContain('CUSTOMER');
    expect(cancelled).not.toContain('Being prepared');
    expect(quantities(cancelled)).toEqual({ Cancelled: 1_200 });
  });

  test('says that a delivery is late', async () => {
    const { orderId } = await partlyInStock({ deliveryWindow: { start: '2026-03-10', end: '2026-03-10' } });
    await loop.command(orderId, { type: 'CheckDeliveryWindow', today: '2026-03-11', atRiskDays: 1 });
    expect(textOf(await page(orderId))).toContain('Delivery was planned on March 10, 2026. It is late');
  });
});

/** Whole days, to the nearest. */
function daysBetween(from: number, to: string): number {
  return Math.round((Date.parse(to) - from) / 86_400_000);
}

const OUT_OF_STOCK = 'Out of stock at the moment, sent as soon as we have it';

/** Units by the title of the part of the page that shows them. */
function quantities(html: string): Record<string, number> {
  const sections = html.matchAll(/<section><h2>(.*?)<\/h2>.*?<td>([\d,]+)<\/td>.*?<\/section>/gs);
  return Object.fromEntries(
    [...sections].map(([, title, units = '']) => [title, Number(units.replaceAll(',', ''))]),
  );
}
