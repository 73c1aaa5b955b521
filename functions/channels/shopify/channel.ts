import { createHash } from 'node:crypto';
import { requestOf } from '../../privacy/process-requests.ts';
import type { Channel, ChannelContext, InboundMessage, MessageOutcome, Received } from '../channel.ts';
import { answerShop } from '../core/answer-shop.ts';
import { grantedToken, NotAuthorized } from '../core/authorization.ts';
import { hasBase64Signature } from '../core/base64-signature.ts';
import { problem } from '../core/problem.ts';
import { processUpdate } from '../core/process-message.ts';
import { processRevocation } from '../core/process-revocation.ts';
import { type ShopifyShop, ShopRefused } from '../core/shops.ts';
import { stockOfShops } from '../core/stock-items.ts';
import { isReachable } from '../core/webhook-address.ts';
import { shopifyTokens } from './client/access-token.ts';
import { shopifyAuthorization } from './client/authorization.ts';
import { shopifyGraphql } from './client/graphql.ts';
import { shopifyShop } from './client/shopify-shop.ts';
import { shopifyStock } from './client/stock.ts';
import { subscribeShopify } from './client/subscriptions.ts';
import { API_VERSION, SHOPIFY } from './descriptor.ts';
import { channelUpdateOf } from './inbound/channel-update.ts';
import { fulfillmentHolds } from './inbound/holds.ts';
import { heldFulfillmentOrder, readMessage } from './inbound/message.ts';
import { UNINSTALLED } from './inbound/notices.ts';
import { shopifyPolling } from './inbound/poll.ts';
import { type PrivacyRequest, privacyRequestOf } from './inbound/privacy.ts';
import { shopifyNotifier } from './outbound/notify-shopify.ts';

/** Shopify wants an answer within five seconds. */
const DEADLINES = { inAll: 3_500, forOne: 2_000 };

const { webhook } = SHOPIFY;

/** Shops at Shopify, each a connection of its own. */
export function shopifyChannel(context: ChannelContext): Channel {
  const { ports, connections, access, documents, dispatches, fetch, deadlines = DEADLINES } = context;
  const accessOf = async (shop: string) => {
    const connection = await connections.find('SHOPIFY', shop);
    if (connection === null) return null;
    const { apiBaseUrl, apiVersion, clientId, secretName, paymentRules: rules = [] } = connection.settings;
    const { locationId } = connection.settings;
    const isManaged = connection.settings.manageWebhooks !== false;
    const secret = await context.readSecret(webhook, secretName);
    const { accessToken: lasting, current: clientSecret } = secret;
    const shopUrl = apiBaseUrl ?? `https://${shop}`;
    const granted = grantedToken(secret, shop);
    const accessToken =
      granted ?? (clientId === undefined ? lasting : await tokenOf({ clientId, clientSecret, shopUrl }));
    const api = { shop, accessToken, apiBaseUrl, apiVersion, deadlines, fetch, warn: warnOnce };
    return { ...api, rules, isManaged, locationId };
  };
  // Each answer says it; the log of a process once.
  const warned = new Set<string>();
  const warnOnce = (warning: string) => {
    if (!warned.has(warning)) context.logger.warn(warning);
    warned.add(warning);
  };
  const tokenOf = shopifyTokens({ deadlines, fetch });
  const findShop = async (shop: string): Promise<ShopifyShop | null> => {
    const found = await accessOf(shop);
    return found === null ? null : shopifyShop(found);
  };
  const appOf = async (shop: string) => {
    const connection = await connections.find('SHOPIFY', shop);
    if (connection === null) throw new NotAuthorized(`${shop} is not connected any more`);
    const { clientId, apiBaseUrl, secretName } = connection.settings;
    if (clientId === undefined) throw new NotAuthorized('the connection names no clientId of an app');
    const { current, previous } = await context.readSecret(webhook, secretName);
    return { clientId, clientSecrets: [current, previous], shopUrl: apiBaseUrl ?? `https://${shop}` };
  };
  const notConnected = (shop: string) => new ShopRefused('Shopify', 401, `${shop} is not connected any more`);
  const polling = shopifyPolling(async (shop) => {
    const found = await accessOf(shop);
    if (found === null) throw notConnected(shop);
    return { ask: shopifyGraphql(found), rules: found.rules };
  });
  const ask = (shop: string) => polling.page(shop, ports.now(), null);
  return {
    inbound: {
      webhook,
      endpoint: webhook.path,
      channel: 'SHOPIFY',
      async authenticate({ headers, rawBody }) {
        const shop = headers['x-shopify-shop-domain'] ?? '';
        const connection = shop === '' ? null : await connections.find('SHOPIFY', shop);
        const secretName = connection?.settings.secretName;
        const { current, previous } = await context.readSecret(webhook, secretName);
        const signature = headers['x-shopify-hmac-sha256'];
        if (!hasBase64Signature(rawBody, signature, [current, previous])) return { refused: 'signature' };
        if (connection === null) return { refused: 'not connected' };
        const { connectionId } = connection;
        const proof = { method: webhook.signatureHeader, secretName: secretName ?? null };
        return { connectionId, source: shop, proof };
      },
      identify: ({ headers, rawBody }) => ({
        key: keyOf(headers, rawBody),
        topic: headers['x-shopify-topic'] ?? '',
      }),
      async process(message) {
        const { source } = message.sender;
        const reached = async () => {
          const shop = await findShop(source);
          if (shop === null) throw notConnected(source);
          return shop;
        };
        const about = (await messageOfHold(reached, message)) ?? readMessage(message.topic, message.body);
        const isUninstalled = message.topic === UNINSTALLED && 'problem' in about;
        if (isUninstalled) {
          const notice = about.problem.detail;
          return processRevocation(access, message, ports.now(), () => ask(source), notice);
        }
        const asked = privacyRequestOf(message.topic, message.body, source);
        if (asked !== null) return processPrivacyRequest(context, message, asked, about);
        if ('problem' in about) return { kind: 'quarantined', reason: about.problem.detail };
        const admin = { retrieveOrder: async (orderId: string) => (await reached()).retrieveOrder(orderId) };
        const rules = (await connections.find('SHOPIFY', source))?.settings.paymentRules ?? [];
        const update = channelUpdateOf(about.message, source, admin, rules);
        return processUpdate(ports, message, update);
      },
      answer: answerShop,
    },
    notify: shopifyNotifier({
      ...{ ports, deliveries: dispatches, documents, access, connections },
      ...{ findShop, ask },
    }),
    async subscribe(shop) {
      const found = await accessOf(shop);
      if (found === null) throw notConnected(shop);
      const url = context.webhookUrl(webhook);
      if (!found.isManaged || !isReachable(url, found.apiBaseUrl)) return null;
      return subscribeShopify(shopifyGraphql(found), url);
    },
    authorization: shopifyAuthorization(appOf, { deadlines, fetch }),
    polling,
    stock: stockOfShops(async (shop) => {
      const found = await accessOf(shop);
      if (found === null) throw notConnected(shop);
      const { apiVersion = API_VERSION, locationId } = found;
      return shopifyStock({ ask: shopifyGraphql(found), shop, apiVersion, locationId });
    }),
  };
}

/** An erasure needs nobody; data that was gathered has to be given to the shop by somebody. */
async function processPrivacyRequest(
  { ports, personalRequests }: ChannelContext,
  { origin }: InboundMessage,
  { kind, person }: PrivacyRequest,
  about: ReturnType<typeof readMessage>,
): Promise<MessageOutcome> {
  const requestId = ports.newId();
  await personalRequests.add(requestOf(kind, person, { requestId, requestedAt: ports.now(), origin }));
  if (kind === 'ERASURE')
    return { kind: 'processed', orderIds: [], detail: `erasure ${requestId} requested` };
  const notice = 'problem' in about ? about.problem.detail : '';
  return { kind: 'quarantined', reason: `${notice} It is gathered by data request ${requestId}.` };
}

/** The holds that a message is about, as the shop has them now. Null for a message about anything else. */
async function messageOfHold(
  reached: () => Promise<ShopifyShop>,
  { topic, body }: InboundMessage,
): Promise<ReturnType<typeof readMessage> | null> {
  const fulfillmentOrderId = heldFulfillmentOrder(topic, body);
  if (fulfillmentOrderId === null) return null;
  const unknown = (why: string) =>
    problem(
      'unknown_order',
      `of which order fulfillment order ${fulfillmentOrderId} is, is not known: ${why}`,
    );
  try {
    const held = await (await reached()).holdsOf(fulfillmentOrderId);
    if (held === null) return unknown('the shop has no such fulfillment order');
    const { orderId, holds } = held;
    return { message: { topic: 'hold', orderId, held: fulfillmentHolds(fulfillmentOrderId, holds) } };
  } catch (error) {
    if (error instanceof ShopRefused) return unknown(error.message);
    throw error;
  }
}

/**
 * One delivery and its retries carry one webhook id. All deliveries about one action of the merchant carry one event id,
 * also those of other orders that it touched, so that one counts only together with the topic and what is said.
 */
function keyOf(headers: Received['headers'], rawBody: Buffer): string {
  const delivery = headers['x-shopify-webhook-id'];
  if (delivery !== undefined && delivery !== '') return `delivery ${delivery.slice(0, 200)}`;
  const { 'x-shopify-topic': topic = '', 'x-shopify-event-id': event = '' } = headers;
  return `event ${createHash('sha256')
    .update(JSON.stringify([topic, event]))
    .update(rawBody)
    .digest('base64url')}`;
}
