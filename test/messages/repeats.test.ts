import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { InboundMessageResponse } from '../../contract/inbound-messages.ts';
import type { OrderResponse } from '../../contract/responses.ts';
import { type Api, TRACKED, unique, useOwnApi } from '../../testing/api.ts';
import {
  type ChannelMessage,
  easyPostDelivery,
  purchaseOrder,
  shopifyMessage,
  shopifyOrder,
  signedHeaders,
  squareUpdate,
  trackingUpdate,
  wooCommerceOrder,
} from '../../testing/messages.ts';

const api = useOwnApi();

/** One message as a request, and the channel's own number of the order that it is about. */
interface Delivery {
  readonly path: string;
  readonly body: Buffer;
  readonly headers: Readonly<Record<string, string>>;
  /** How the order is found; null where there is none. */
  readonly query: string | null;
  readonly topic: string;
}

const signed = (message: ChannelMessage, query: string | null, topic: string): Delivery => ({
  ...{ path: message.path, body: message.body, query, topic },
  headers: signedHeaders(message, api().stack.url),
});

async function stocked(): Promise<string> {
  const sku = unique('REPEAT');
  await api().stock(sku, 'L1', 1000);
  return sku;
}

async function shipped(): Promise<{ readonly orderId: string; readonly trackingNumber: string }> {
  const { orderId } = await api().receive({ lines: [{ sku: await stocked(), quantity: 10 }] });
  await api().command(orderId, 'fulfillment');
  const trackingNumber = unique('1ZREPEAT');
  const body = { ...TRACKED, trackingNumber };
  await api().done('POST', `/v1/orders/${orderId}/shipments`, { body });
  return { orderId, trackingNumber };
}

const numberOf = (orderId: string) => `orderId=${orderId}`;

/** Makes one message of each kind ready. */
const DELIVERIES: Readonly<Record<string, () => Promise<Delivery>>> = {
  'an order of Shopify': async () =>
    signed(shopifyOrder(551_001, await stocked(), 3), 'externalId=551001', 'orders/create'),
  'a change of an order of Shopify': async () => {
    const sku = await stocked();
    const created = signed(shopifyOrder(551_002, sku, 3), '', '');
    await api().http.send('POST', created.path, created);
    const changed = JSON.parse(shopifyOrder(551_002, sku, 2).body.toString());
    const later = { ...changed, updated_at: new Date(Date.now() + 60_000).toISOString() };
    const message = shopifyMessage('orders/updated', JSON.stringify(later), { webhookId: 'changed-551002' });
    return signed(message, 'externalId=551002', 'orders/updated');
  },
  'an order of Square': async () => {
    const orderId = unique('SQUARE');
    const file = new URL('../../local/sample/square/order.json', import.meta.url);
    const { order } = JSON.parse(readFileSync(file, 'utf8'));
    const now = new Date().toISOString();
    const sku = await stocked();
    const line_items = (order.line_items as Record<string, unknown>[])
      .slice(0, 1)
      .map(({ metadata: _, ...line }) => ({ ...line, catalog_object_id: `SKU:${sku}` }));
    const body = { ...order, id: orderId, created_at: now, updated_at: now, line_items };
    await api().done('PUT', '/dev/stand-ins/square/orders', { body });
    return signed(
      squareUpdate(orderId, order.version, unique('e')),
      `externalId=${orderId}`,
      'order.created',
    );
  },
  'an order of WooCommerce': async () =>
    signed(wooCommerceOrder(551_003), 'externalId=551003', 'order.created'),
  'a purchase order': async () =>
    signed(purchaseOrder(55_104, 'PO-551004', await stocked(), 2), 'purchaseOrderNumber=PO-551004', '850'),
  'a delivery by a carrier': async () => {
    const { orderId, trackingNumber } = await shipped();
    return signed(trackingUpdate(unique('delivered'), trackingNumber), numberOf(orderId), 'delivered');
  },
  'a delivery by EasyPost': async () => {
    const { orderId, trackingNumber } = await shipped();
    const message = easyPostDelivery(unique('evt'), trackingNumber);
    return signed(message, numberOf(orderId), 'tracker.updated delivered');
  },
  'a message of an unknown topic': async () =>
    signed(
      shopifyMessage('carts/update', '{"id":551005}', { webhookId: 'cart-551005' }),
      null,
      'carts/update',
    ),
};

async function ordersOf(client: Api, query: string): Promise<readonly OrderResponse[]> {
  const given = new URLSearchParams(query).get('orderId');
  const ids = given === null ? (await client.list(query)).map(({ orderId }) => orderId) : [given];
  return Promise.all(ids.map((orderId) => client.order(orderId)));
}

const logged = async (filter: string) => {
  const path = `/v1/inbound-messages?limit=100${filter}`;
  return (await api().done<{ items: readonly InboundMessageResponse[] }>('GET', path)).items;
};

describe.each(Object.keys(DELIVERIES))('%s', (name) => {
  test('that comes eight times at once has one effect and one message in the log', async () => {
    const delivery = await (DELIVERIES[name] as () => Promise<Delivery>)();
    const { path, query, topic } = delivery;
    const earlier = new Set((await logged('')).map(({ messageId }) => messageId));
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => api().http.send<unknown>('POST', path, delivery)),
    );
    const accepted = query === null ? 202 : 200;
    const statuses = answers.map(({ status }) => status);
    expect(statuses.every((status) => status === 200 || status === accepted)).toBe(true);

    const messages = (await logged('')).filter((each) => !earlier.has(each.messageId));
    const own = messages.filter((each) => each.topic === topic);
    expect(own).toHaveLength(1);
    expect(own[0]?.state).toBe(query === null ? 'QUARANTINED' : 'PROCESSED');
    if (query === null) return;
    const orders = await ordersOf(api(), query);
    expect(orders).toHaveLength(1);
    const [{ orderId = '' } = {}] = orders;
    expect(own[0]?.orderIds).toEqual([orderId]);
    // An order shows what was said about it, and nothing twice.
    expect((await logged(`&orderId=${orderId}`)).filter((each) => each.topic === topic)).toHaveLength(1);
    const types = (await api().history(orderId)).map(({ type }) => type);
    // One order may be held for several reasons.
    const once = types.filter((type) => type !== 'OrderHeld');
    expect(once).toEqual([...new Set(once)]);
    expect(types).not.toContain('TransitionRejected');
    expect(await api().drift()).toEqual([]);
  });
});

test('eight deliveries at once of a parcel of two shipments confirm each of them once', async () => {
  const { orderId } = await api().receive({ lines: [{ sku: await stocked(), quantity: 10 }] });
  await api().command(orderId, 'fulfillment');
  const trackingNumber = unique('1ZTWO');
  for (const quantity of [4, 6]) {
    const body = { ...TRACKED, trackingNumber, lines: [{ lineNumber: 1, quantity }] };
    await api().done('POST', `/v1/orders/${orderId}/shipments`, { body });
  }
  const delivery = signed(trackingUpdate(unique('two'), trackingNumber), null, 'delivered');
  const answers = await Promise.all(
    Array.from({ length: 8 }, () => api().http.send<unknown>('POST', delivery.path, delivery)),
  );
  expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 200));
  const types = (await api().history(orderId)).map(({ type }) => type);
  expect(types.filter((type) => type === 'ShipmentDelivered')).toHaveLength(2);
  expect(types).not.toContain('TransitionRejected');
});

describe('an envelope that a partner forged in the name of another one', () => {
  const SECRETS = { 'harbor-markets': 'loop/harbor', 'summit-grocery': 'loop/summit' };

  test('is not booked by a retry either, which knows who was proven to have sent it', async () => {
    for (const [connectionId, secretName] of Object.entries(SECRETS)) {
      const path = `/v1/connections/${connectionId}`;
      const {
        connectionId: _,
        updatedAt: __,
        ...connection
      } = await api().done<{
        connectionId: string;
        updatedAt: string;
        settings: object;
      }>('GET', path);
      const body = { ...connection, settings: { ...connection.settings, secretName } };
      await api().done('PUT', path, { body });
    }
    const own = purchaseOrder(55_201, 'PO-OWN', 'SKU').body.toString();
    const forged = readFileSync(new URL('../payloads/x12/valid/v02_850_005010_pipe_lf.edi', import.meta.url));
    const body = Buffer.concat([Buffer.from(own), Buffer.from('\n'), forged]);
    const digest = createHmac('sha256', 'local-edi-secret').update(body).digest('hex');
    const headers = { 'content-type': 'application/edi-x12', 'x-edi-signature': digest };
    const answer = await api().http.send<string>('POST', '/webhooks/edi', { body, headers });
    expect(answer.status).toBe(200);
    expect(answer.text).toContain('*R*006');

    const [kept] = (await logged('&state=QUARANTINED&channel=EDI')).filter(({ topic }) => topic === 'TA1');
    expect(kept).toMatchObject({ connectionId: null, source: 'ZZ SUMMITGROCERY' });
    for (const path of ['/v1/inbound-messages', '/v1/operations/kept-messages']) {
      const retried = await api().send('POST', `${path}/${kept?.messageId}/retry`);
      expect(retried.status).toBe(200);
    }
    const [again] = (await logged('&state=QUARANTINED&channel=EDI')).filter(({ topic }) => topic === 'TA1');
    expect(again).toMatchObject({ messageId: kept?.messageId, attempts: 2, orderIds: [] });
    expect(again?.reason).toContain('no connection that the sender may speak for');
    expect(await api().list('purchaseOrderNumber=PO-OWN')).toHaveLength(1);
    const edi = await api().list('channel=EDI');
    expect(edi.every(({ customer }) => !JSON.stringify(customer).includes('SUMMIT'))).toBe(true);
    expect(edi.filter(({ purchaseOrderNumber }) => purchaseOrderNumber === 'PO-OWN')).toHaveLength(1);
  });
});
