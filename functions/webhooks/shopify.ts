import { connectionStore } from '../adapters/dynamodb/connection-store.ts';
import { guardedFetch } from '../adapters/guarded-fetch.ts';
import { readConnectionSecret } from '../adapters/secrets.ts';
import { type Delivery, quarantine, takeIn } from '../channels/core/process-message.ts';
import type { ShopifyShop } from '../channels/core/shops.ts';
import { shopifyShop } from '../channels/shopify/client/shopify-shop.ts';
import { readMessage } from '../channels/shopify/inbound/message.ts';
import { channelUpdateOf } from '../channels/shopify/inbound/news.ts';
import { isSignedByShopify } from '../channels/shopify/inbound/signature.ts';
import { type HttpAnswer, type HttpRequest, Problem } from '../middleware/http.ts';
import { httpFunction } from '../middleware/http-function.ts';
import type { Receipt } from '../orders/ports.ts';
import { createLogger, createPorts, createTable, environment, optional } from '../wiring.ts';

const table = createTable();
const ports = createPorts(table, { receivesOrders: true });
const connections = connectionStore(table);
const ownSecret = environment('WEBHOOK_SECRET_ID');
const logger = createLogger();
const fetch = guardedFetch({ allowPrivate: optional('ALLOW_PRIVATE_ADDRESSES') === 'true' });

/** Shopify wants an answer within five seconds. */
const DEADLINE = { inAll: 3_500, forOne: 2_000 };

/** POST /webhooks/shopify */
export const handler = httpFunction({
  logger,
  parsesJson: false,
  routes: { 'POST /webhooks/shopify': receiveWebhook },
});

async function receiveWebhook(request: HttpRequest): Promise<HttpAnswer> {
  const { shop, admin } = await authenticated(request);
  const topic = request.headers['x-shopify-topic'] ?? '';
  const body = request.rawBody;
  const receipts = receiptsOf(request, shop, topic);
  for (const receipt of receipts) {
    if (await ports.receipts.isKnown(receipt)) return answer(200, { status: 'repeat' });
  }
  const origin = { ...request.origin, actor: { type: 'channel' as const, id: shop } };
  const delivery: Delivery = { channel: 'SHOPIFY', source: shop, topic, origin, receipts, body };
  const read = readMessage(topic, body);
  const taken =
    'problem' in read
      ? await quarantine(ports, delivery, read.problem.detail)
      : await takeIn(ports, delivery, channelUpdateOf(read.message, shop, admin));
  if (taken.kind === 'quarantined') return answer(202, { status: 'kept aside', reason: taken.reason });
  return answer(200, { status: 'ok', orderId: taken.orderId, detail: taken.detail });
}

interface Sender {
  readonly shop: string;
  readonly admin: ShopifyShop;
}

/** The signature is that of an app of ours and the shop is one we are connected to; told apart to nobody. */
async function authenticated(request: HttpRequest): Promise<Sender> {
  const signature = request.headers['x-shopify-hmac-sha256'];
  const shop = request.headers['x-shopify-shop-domain'] ?? '';
  const found = shop === '' ? null : await connections.find('SHOPIFY', shop);
  const { secretName, apiBaseUrl } = found?.kind === 'SHOPIFY' ? found.settings : {};
  const { current, previous, accessToken } = await readConnectionSecret(secretName ?? ownSecret);
  const signed = isSignedByShopify(request.rawBody, signature, [current, previous]);
  if (signed && found !== null) {
    return { shop, admin: shopifyShop({ shop, accessToken, apiBaseUrl, deadlines: DEADLINE, fetch }) };
  }
  logger.warn('webhook refused', { channel: 'SHOPIFY', signed });
  throw new Problem('unauthorized', 'the signature is missing or wrong, or the shop is not connected');
}

/**
 * One delivery and its retries carry one webhook id; all deliveries about one action of the merchant carry one event
 * id, so that one counts within its topic only.
 */
function receiptsOf(request: HttpRequest, shop: string, topic: string): readonly Receipt[] {
  const ids = [
    ['delivery', request.headers['x-shopify-webhook-id']],
    [`event ${topic}`, request.headers['x-shopify-event-id']],
  ];
  return ids.flatMap(([kind, id]) =>
    id === undefined || id === '' ? [] : [{ channel: 'SHOPIFY', id: `${shop} ${kind} ${id.slice(0, 200)}` }],
  );
}

function answer(status: number, body: unknown): HttpAnswer {
  return { status, body };
}
