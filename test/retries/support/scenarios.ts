import { readFileSync } from 'node:fs';
import type { Api } from '../../../testing/api.ts';
import { lotPath, orderRequest, TRACKED, unique } from '../../../testing/api.ts';
import {
  type ChannelMessage,
  purchaseOrder,
  shopifyOrder,
  signedHeaders,
  squareUpdate,
  trackingUpdate,
} from '../../../testing/messages.ts';
import { letAgentsAct } from '../../../testing/stack.ts';
import type { CutOff } from './cut-off.ts';

/** A request with an effect, on things that no other request touches. */
export interface Prepared extends CutOff {
  /** What can be seen of its effect, without ids and times: the same for two that had the same effect. */
  look(): Promise<unknown>;
}

/** Makes a request ready; called once for each time that the effect is to be had. */
export type Scenario = (api: Api) => Promise<Prepared>;

const post = (path: string, body: unknown = {}) => ({ method: 'POST', path, body });

/** Sends as a client does that means to try again. */
function keyed(cutOff: CutOff): CutOff {
  return { ...cutOff, headers: { ...cutOff.headers, 'idempotency-key': unique('retry') } };
}

/** Everything that a SKU and the orders over it show. */
async function looksOf(api: Api, sku: string): Promise<unknown> {
  const { onHand, reserved, available } = await api.inventory(sku);
  const orders = await api.list(`sku=${encodeURIComponent(sku)}`);
  const histories = await Promise.all(orders.map(({ orderId }) => api.history(orderId)));
  const movements = await api.movements(sku);
  return {
    onHand,
    reserved,
    available,
    orders: orders.map(({ state, total, units, shipmentCount }) => ({ state, total, units, shipmentCount })),
    // A refused repeat is told in the history too, and is no effect.
    events: histories.map((history) =>
      history.map(({ type }) => type).filter((type) => type !== 'TransitionRejected'),
    ),
    movements: movements.map(({ kind, quantity }) => `${kind} ${quantity}`).sort(),
  };
}

async function stocked(api: Api): Promise<string> {
  const sku = unique('RETRY');
  await api.stock(sku, 'L1', 100);
  await api.stock(sku, 'L2', 100);
  return sku;
}

/** A scenario on an order of ten units, which is brought to where it can take the request. */
function onOrder(
  request: (orderId: string, api: Api, shipmentId: string) => Promise<CutOff> | CutOff,
  upTo: 'ALLOCATED' | 'FULFILLMENT_QUEUED' | 'SHIPPED' | 'CANCELLED' = 'ALLOCATED',
): Scenario {
  return async (api) => {
    const sku = await stocked(api);
    const { orderId } = await api.receive({ lines: [{ sku, quantity: 10 }] });
    let shipmentId = '';
    if (upTo === 'FULFILLMENT_QUEUED' || upTo === 'SHIPPED') await api.command(orderId, 'fulfillment');
    if (upTo === 'SHIPPED') shipmentId = (await api.ship(orderId)).shipmentId;
    if (upTo === 'CANCELLED') await api.command(orderId, 'cancellation', { reason: 'CUSTOMER' });
    const sent = keyed(await request(orderId, api, shipmentId));
    return { ...sent, look: () => looksOf(api, sku) };
  };
}

const ofChannel =
  (message: (sku: string) => ChannelMessage): Scenario =>
  async (api) => {
    const sku = await stocked(api);
    const sent = message(sku);
    const { path, body } = sent;
    const headers = signedHeaders(sent, api.stack.url);
    return { method: 'POST', path, body, headers, look: () => looksOf(api, sku) };
  };

let numbers = 0;
const number = () => {
  numbers += 1;
  return 440_000_000 + numbers;
};

/** Every route with an effect that a retry could double, by its key. */
export const SCENARIOS: Readonly<Record<string, Scenario>> = {
  'POST /v1/orders': async (api) => {
    const sku = await stocked(api);
    const body = orderRequest({ lines: [{ sku, quantity: 10 }] });
    return { ...keyed({ ...post('/v1/orders', body) }), look: () => looksOf(api, sku) };
  },
  'PATCH /v1/orders/{orderId}': onOrder(async (orderId, api) => {
    const { headers } = await api.send('GET', `/v1/orders/${orderId}`);
    const body = { lines: [{ lineNumber: 1, quantity: 14 }] };
    return {
      method: 'PATCH',
      path: `/v1/orders/${orderId}`,
      body,
      headers: { 'if-match': String(headers.etag) },
    };
  }),
  'DELETE /v1/orders/{orderId}': onOrder(
    (orderId) => ({ method: 'DELETE', path: `/v1/orders/${orderId}` }),
    'CANCELLED',
  ),
  'POST /v1/orders/{orderId}/allocation': onOrder((orderId) =>
    post(`/v1/orders/${orderId}/allocation`, { pins: [{ lineNumber: 1, lotNumber: 'L2' }] }),
  ),
  'DELETE /v1/orders/{orderId}/allocation': onOrder((orderId) => ({
    method: 'DELETE',
    path: `/v1/orders/${orderId}/allocation`,
  })),
  'POST /v1/orders/{orderId}/fulfillment': onOrder((orderId) => post(`/v1/orders/${orderId}/fulfillment`)),
  'POST /v1/orders/{orderId}/shipments': onOrder(
    (orderId) =>
      post(`/v1/orders/${orderId}/shipments`, { ...TRACKED, lines: [{ lineNumber: 1, quantity: 3 }] }),
    'FULFILLMENT_QUEUED',
  ),
  'POST /v1/orders/{orderId}/shipments/{shipmentId}/delivery': onOrder(
    (orderId, _, shipmentId) =>
      post(`/v1/orders/${orderId}/shipments/${shipmentId}/delivery`, {
        deliveredAt: new Date().toISOString(),
      }),
    'SHIPPED',
  ),
  // The workflow may close it first: then this is refused, every time.
  'POST /v1/orders/{orderId}/close': onOrder(async (orderId, api, shipmentId) => {
    await api.deliver(orderId, shipmentId);
    return post(`/v1/orders/${orderId}/close`);
  }, 'SHIPPED'),
  'POST /v1/orders/{orderId}/cancellation': onOrder((orderId) =>
    post(`/v1/orders/${orderId}/cancellation`, {
      reason: 'CUSTOMER',
      lines: [{ lineNumber: 1, quantity: 2 }],
    }),
  ),
  'POST /v1/orders/{orderId}/holds': onOrder((orderId) =>
    post(`/v1/orders/${orderId}/holds`, { reason: 'OTHER' }),
  ),
  'DELETE /v1/orders/{orderId}/holds/{holdId}': onOrder(async (orderId, api) => {
    const hold = await api.done<{ holdId: string }>('POST', `/v1/orders/${orderId}/holds`, {
      body: { reason: 'OTHER' },
    });
    await api.done('POST', `/v1/orders/${orderId}/holds`, { body: { reason: 'CREDIT_LIMIT' } });
    return { method: 'DELETE', path: `/v1/orders/${orderId}/holds/${hold.holdId}` };
  }),
  'POST /v1/orders/{orderId}/returns': onOrder(async (orderId, api, shipmentId) => {
    await api.deliver(orderId, shipmentId);
    return post(`/v1/orders/${orderId}/returns`, {
      lines: [{ lineNumber: 1, quantity: 2, disposition: 'RESTOCK' }],
    });
  }, 'SHIPPED'),
  'POST /v1/inventory/{sku}/lots': async (api) => {
    const sku = await stocked(api);
    return { ...keyed(post(lotPath(sku), { lotNumber: 'L1', quantity: 7 })), look: () => looksOf(api, sku) };
  },
  'PATCH /v1/inventory/{sku}/lots/{lotNumber}': async (api) => {
    const sku = await stocked(api);
    const body = { adjustment: -3, reason: 'counted' };
    return { ...keyed({ method: 'PATCH', path: lotPath(sku, 'L1'), body }), look: () => looksOf(api, sku) };
  },
  'POST /v1/transfers': async (api) => {
    const [sku, toLocationId] = [await stocked(api), unique('RETRIED')];
    const place = { name: 'Retried', address: {}, priority: 9 };
    await api.done('PUT', `/v1/locations/${toLocationId}`, { body: place });
    const body = { fromLocationId: 'MAIN', toLocationId, lines: [{ sku, lotNumber: 'L1', quantity: 7 }] };
    return { ...keyed(post('/v1/transfers', body)), look: () => looksOf(api, sku) };
  },
  'POST /v1/transfers/{transferId}/receipt': async (api) => {
    const [sku, toLocationId] = [await stocked(api), unique('RETRIED')];
    const place = { name: 'Retried', address: {}, priority: 9 };
    await api.done('PUT', `/v1/locations/${toLocationId}`, { body: place });
    const body = { fromLocationId: 'MAIN', toLocationId, lines: [{ sku, lotNumber: 'L1', quantity: 7 }] };
    const { transferId } = await api.done<{ transferId: string }>('POST', '/v1/transfers', { body });
    const receipt = { lines: [{ sku, lotNumber: 'L1', quantity: 5 }] };
    return { ...keyed(post(`/v1/transfers/${transferId}/receipt`, receipt)), look: () => looksOf(api, sku) };
  },
  'POST /v1/imports': async (api) => {
    const sku = await stocked(api);
    const row = `${unique('FILE')},${sku},4,20.00,USD,Ada`;
    const body = `order,sku,quantity,unit_price,currency,customer_name\n${row}\n`;
    const headers = { 'content-type': 'text/csv' };
    return { method: 'POST', path: '/v1/imports', body, headers, look: () => looksOf(api, sku) };
  },
  'POST /mcp': async (api) => {
    await letAgentsAct(api.stack);
    const sku = await stocked(api);
    const { orderId } = await api.receive({ lines: [{ sku, quantity: 10 }] });
    const given = { orderId, reason: 'CUSTOMER', lines: [{ lineNumber: 1, quantity: 2 }] };
    const call = (more: object) => ({
      ...post('/mcp', {
        jsonrpc: '2.0',
        id: 1,
        method: 'tools/call',
        params: { name: 'cancel_order', arguments: { ...given, ...more } },
      }),
      headers: { accept: 'application/json, text/event-stream' },
    });
    const { method, path, ...preview } = call({});
    const { text } = await api.send(method, path, preview);
    const approval = /"approval":"([^"]+)"/.exec(text)?.[1];
    if (approval === undefined) throw new Error(`no approval: ${text}`);
    return { ...call({ approval }), look: () => looksOf(api, sku) };
  },
  'POST /webhooks/shopify': ofChannel((sku) => shopifyOrder(9_000_000_000_000 + number(), sku, 3)),
  'POST /webhooks/edi': ofChannel((sku) => {
    const control = number();
    return purchaseOrder(control, `45${control}`, sku);
  }),
  'POST /webhooks/square': async (api) => {
    const sku = await stocked(api);
    const orderId = unique('SQUARE');
    const file = new URL('../../../local/sample/square/order.json', import.meta.url);
    const { order } = JSON.parse(readFileSync(file, 'utf8'));
    const lines = (order.line_items as Record<string, unknown>[]).slice(0, 1);
    const now = new Date().toISOString();
    // The fake's catalog knows items of any SKU by such an id.
    const line_items = lines.map(({ metadata: _, ...line }) => ({
      ...line,
      catalog_object_id: `SKU:${sku}`,
    }));
    const body = { ...order, id: orderId, created_at: now, updated_at: now, line_items };
    await api.done('PUT', '/dev/stand-ins/square/orders', { body });
    const message = squareUpdate(orderId, order.version, unique('event'));
    const headers = signedHeaders(message, api.stack.url);
    return { method: 'POST', path: message.path, body: message.body, headers, look: () => looksOf(api, sku) };
  },
  'POST /v1/subscriptions': async (api) => {
    // Nothing that this file does is an event of this type.
    const wanted = { url: `http://127.0.0.1:9/${unique('subscriber')}`, types: ['DeliveryWindowMissed'] };
    const look = async () => {
      const { items } = await api.done<{ items: { url: string; status: string; types: string[] }[] }>(
        'GET',
        '/v1/subscriptions',
      );
      return items.filter(({ url }) => url === wanted.url).map(({ status, types }) => ({ status, types }));
    };
    return { ...keyed(post('/v1/subscriptions', wanted)), look };
  },
  'POST /webhooks/carrier': async (api) => {
    const sku = await stocked(api);
    const { orderId } = await api.receive({ lines: [{ sku, quantity: 10 }] });
    await api.command(orderId, 'fulfillment');
    const trackingNumber = unique('1ZRETRY');
    const body = { ...TRACKED, trackingNumber };
    await api.done('POST', `/v1/orders/${orderId}/shipments`, { body });
    const message = trackingUpdate(unique('news'), trackingNumber);
    const headers = signedHeaders(message, api.stack.url);
    return { method: 'POST', path: message.path, body: message.body, headers, look: () => looksOf(api, sku) };
  },
};

/** Writing routes whose repeat is the same by their nature, or is tried beside what they work on. */
export const ELSEWHERE: Readonly<Record<string, string>> = {
  'POST /v1/orders/{orderId}/portal-link': 'makes another link, which the audit trail has too',
  'DELETE /v1/orders/{orderId}/portal-links/{linkId}': 'says how things are to be; test/api/portal.test.ts',
  'PUT /v1/connections/{connectionId}': 'says how things are to be',
  'DELETE /v1/connections/{connectionId}': 'says how things are to be',
  'POST /v1/connections/{connectionId}/authorization':
    'each is one of its own; test/authorizations/authorize.test.ts',
  'POST /v1/connections/{connectionId}/backfill': 'test/polling/backfill.test.ts',
  'PUT /v1/connections/{connectionId}/stock/{sku}': 'says how things are to be',
  'POST /v1/connections/{connectionId}/stock/{sku}/correction': 'test/api/published-stock.test.ts',
  'PUT /v1/agent-policy': 'says how things are to be',
  'POST /v1/approvals/{approvalId}/approve': 'test/agents/approvals.test.ts',
  'POST /v1/approvals/{approvalId}/decline': 'test/mcp/approvals.test.ts',
  'POST /v1/operations/republish': 'republishes on purpose; test/events/republish.test.ts',
  'POST /v1/operations/overview/rebuild': 'rebuilds the counts; test/consumers/overview.test.ts',
  'POST /v1/operations/dead-letters/{deadLetterId}/redrive': 'test/channels/core/dead-letters.test.ts',
  'POST /v1/operations/kept-messages/{keptMessageId}/retry': 'test/messages/quarantined-messages.test.ts',
  'POST /v1/operations/kept-messages/{keptMessageId}/dismiss': 'test/messages/quarantined-messages.test.ts',
  'PUT /v1/inventory/{sku}/threshold': 'says how things are to be; test/consumers/low-stock.test.ts',
  'POST /v1/inventory/{sku}/expected': 'says how things are to be',
  'PUT /v1/locations/{locationId}': 'says how things are to be',
  'DELETE /v1/locations/{locationId}': 'says how things are to be',
  'PATCH /v1/subscriptions/{subscriptionId}': 'says how things are to be',
  'DELETE /v1/subscriptions/{subscriptionId}': 'says how things are to be',
  'POST /v1/subscriptions/{subscriptionId}/secret': 'makes another, since the first went with its answer',
  'POST /v1/subscriptions/{subscriptionId}/deliveries/{deliveryId}/redeliver':
    'delivers again on purpose, under the same webhook-id',
  'POST /v1/operations/stuck-orders/{orderId}/restart': 'test/tasks/reconcile.test.ts',
  'POST /v1/operations/unacknowledged-documents/dismissal':
    'says how things are to be; test/channels/edi/outbound/unacknowledged.test.ts',
  'POST /v1/orders/{orderId}/documents/retry': 'test/channels/edi/outbound/partner-rules.test.ts',
  'POST /v1/connections/{connectionId}/held-orders/retry': 'test/channels/edi/partner-masters.test.ts',
  'POST /webhooks/woocommerce': 'test/channels/woocommerce/deliveries.test.ts',
  'POST /webhooks/easypost': 'test/carriers/journey.test.ts',
  'PUT /v1/connections/{connectionId}/items/{buyerItem}': 'says how things are to be',
  'DELETE /v1/connections/{connectionId}/items/{buyerItem}': 'says how things are to be',
  'PUT /v1/connections/{connectionId}/locations/{code}': 'says how things are to be',
  'DELETE /v1/connections/{connectionId}/locations/{code}': 'says how things are to be',
  'POST /v1/inbound-messages/{messageId}/retry': 'test/messages/quarantined-messages.test.ts',
  'POST /v1/inbound-messages/{messageId}/dismissal': 'test/messages/quarantined-messages.test.ts',
  'POST /v1/erasures': 'erases what is erased; test/privacy/erasure.test.ts',
  'POST /v1/data-requests': 'gathers it once more; test/privacy/erasure.test.ts',
  'DELETE /mcp': 'there are no sessions',
};
