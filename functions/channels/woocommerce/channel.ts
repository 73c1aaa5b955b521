import { createHash } from 'node:crypto';
import type { Channel, ChannelContext } from '../channel.ts';
import { withoutSlashes } from '../connection-settings.ts';
import { answerShop } from '../core/answer-shop.ts';
import { hasBase64Signature } from '../core/base64-signature.ts';
import { processUpdate } from '../core/process-message.ts';
import { ShopRefused, ShopUnreadable } from '../core/shops.ts';
import { stockOfShops } from '../core/stock-items.ts';
import { isReachable } from '../core/webhook-address.ts';
import { wooStock } from './client/stock.ts';
import { subscribeWooCommerce } from './client/subscriptions.ts';
import { type WooAccess, type WooStore, wooRest, wooStore } from './client/woocommerce-store.ts';
import { WOOCOMMERCE } from './descriptor.ts';
import { channelUpdateOf } from './inbound/channel-update.ts';
import { readMessage } from './inbound/message.ts';
import { wooCommercePolling } from './inbound/poll.ts';
import { wooCommerceNotifier } from './outbound/notify-woocommerce.ts';

/** WooCommerce waits for an answer for at most a minute; the site that sends waits with it, so it is given one soon. */
const DEADLINES = { inAll: 5_000, forOne: 2_500 };

/**
 * What a store sends, unsigned, when a webhook is saved. It sends it again with every delivery until it is answered with 200.
 *
 * @see https://github.com/woocommerce/woocommerce/issues/60886
 */
const PING = /^webhook_id=[0-9]+$/;
const MAX_PING = 64;

const { webhook } = WOOCOMMERCE;

/** Stores at WooCommerce, each a connection of its own. */
export function wooCommerceChannel(context: ChannelContext): Channel {
  const { ports, connections, access, documents, dispatches, fetch, deadlines = DEADLINES } = context;
  const accessOf = async (store: string): Promise<WooAccess | null> => {
    const connection = await connections.find('WOOCOMMERCE', store);
    if (connection === null) return null;
    const { apiBaseUrl, secretName } = connection.settings;
    const { accessToken } = await context.readSecret(webhook, secretName);
    return { store, accessToken, apiBaseUrl, deadlines, fetch };
  };
  const findShop = async (store: string): Promise<WooStore | null> => {
    const found = await accessOf(store);
    return found === null ? null : wooStore(found);
  };
  const connected = async (store: string): Promise<WooAccess> => {
    const found = await accessOf(store);
    if (found === null) throw new ShopRefused('WooCommerce', 401, `${store} is not connected any more`);
    return found;
  };
  const connectedShop = async (store: string) => wooStore(await connected(store));
  const rulesOf = async (store: string) =>
    (await connections.find('WOOCOMMERCE', store))?.settings.paymentRules ?? [];
  const polling = wooCommercePolling(async (store) => ({
    api: await connectedShop(store),
    rules: await rulesOf(store),
  }));
  const ask = (store: string) => polling.page(store, ports.now(), null);
  return {
    inbound: {
      webhook,
      endpoint: webhook.path,
      channel: 'WOOCOMMERCE',
      isPing: ({ rawBody }) =>
        rawBody.byteLength < MAX_PING && PING.test(Buffer.from(rawBody).toString('latin1')),
      async authenticate({ headers, rawBody }) {
        const store = withoutSlashes((headers['x-wc-webhook-source'] ?? '').slice(0, 500));
        const connection = store === '' ? null : await connections.find('WOOCOMMERCE', store);
        const secretName = connection?.settings.secretName;
        const { current, previous } = await context.readSecret(webhook, secretName);
        const signature = headers['x-wc-webhook-signature'];
        if (!hasBase64Signature(rawBody, signature, [current, previous])) return { refused: 'signature' };
        if (connection === null) return { refused: 'not connected' };
        const { connectionId } = connection;
        const proof = { method: webhook.signatureHeader, secretName: secretName ?? null };
        return { connectionId, source: store, proof };
      },
      identify({ headers, rawBody }) {
        const topic = headers['x-wc-webhook-topic'] ?? '';
        const delivery = headers['x-wc-webhook-delivery-id'] ?? '';
        const content = createHash('sha256').update(topic).update(rawBody).digest('base64url');
        // A delivery id is made of the webhook and the second: two orders of one second may share it.
        return { key: `delivery ${delivery.slice(0, 100)} ${content}`, topic };
      },
      async process(message) {
        const { source } = message.sender;
        const read = readMessage(message.topic, message.body);
        if ('problem' in read) return { kind: 'quarantined', reason: read.problem.detail };
        try {
          const api = {
            listRefunds: async (orderId: string) => (await connectedShop(source)).listRefunds(orderId),
          };
          const update = await channelUpdateOf(read.message, source, api, await rulesOf(source));
          return await processUpdate(ports, message, update);
        } catch (error) {
          const isOfShop = error instanceof ShopRefused || error instanceof ShopUnreadable;
          if (!isOfShop) throw error;
          const reason = `the refunds of the order cannot be read: ${error.message}`;
          return { kind: 'quarantined', reason };
        }
      },
      answer: answerShop,
    },
    notify: wooCommerceNotifier({
      ...{ ports, deliveries: dispatches, documents, access, connections },
      ...{ findShop, ask },
    }),
    async subscribe(store) {
      const { apiBaseUrl, secretName, manageWebhooks } =
        (await connections.find('WOOCOMMERCE', store))?.settings ?? {};
      const url = context.webhookUrl(webhook);
      if (manageWebhooks === false || !isReachable(url, apiBaseUrl)) return null;
      const { current } = await context.readSecret(webhook, secretName);
      return subscribeWooCommerce(await connectedShop(store), url, current);
    },
    polling,
    stock: stockOfShops(async (store) => wooStock(wooRest(await connected(store)), store)),
  };
}
