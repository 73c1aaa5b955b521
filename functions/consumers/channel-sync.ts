import { connectionStore } from '../adapters/dynamodb/connection-store.ts';
import { controlNumbers } from '../adapters/dynamodb/control-numbers.ts';
import { dispatchLog } from '../adapters/dynamodb/dispatch-log.ts';
import { documentStore } from '../adapters/dynamodb/document-store.ts';
import { labelSerials } from '../adapters/dynamodb/label-serials.ts';
import { guardedFetch } from '../adapters/guarded-fetch.ts';
import { hexSignature } from '../adapters/hex-signature.ts';
import { queueDelayer } from '../adapters/queue.ts';
import { readConnectionSecret } from '../adapters/secrets.ts';
import { notifyChannel } from '../channels/core/notify-channel.ts';
import { partnerNotifier } from '../channels/edi/outbound/notify-partner.ts';
import { shopifyShop } from '../channels/shopify/client/shopify-shop.ts';
import { shopifyNotifier } from '../channels/shopify/outbound/notify-shopify.ts';
import { squareAccount } from '../channels/square/client/square-account.ts';
import { squareNotifier } from '../channels/square/outbound/notify-square.ts';
import { createLogger, createPorts, createTable, environment, optional, pause } from '../wiring.ts';
import { forEachEvent } from './messages.ts';

const table = createTable();
const ports = createPorts(table, { receivesOrders: false });
const connections = connectionStore(table);
const ediSecret = environment('EDI_SECRET_ID');
const shopifySecret = environment('SHOPIFY_SECRET_ID');
const squareSecret = environment('SQUARE_SECRET_ID');
const allowPrivate = optional('ALLOW_PRIVATE_ADDRESSES') === 'true';

/** Nobody waits for the answer; a message that fails comes again anyway. */
const DEADLINE = { inAll: 8_000, forOne: 5_000 };

const fetch = guardedFetch({ allowPrivate });
const documents = documentStore(table);
const deliveries = dispatchLog(table);

const tell = notifyChannel(ports.orders, {
  SHOPIFY: shopifyNotifier({
    ports,
    deliveries,
    documents,
    async findShop(source) {
      const found = await connections.find('SHOPIFY', source);
      if (found?.kind !== 'SHOPIFY') return null;
      const { shop, apiBaseUrl, secretName } = found.settings;
      const { accessToken } = await readConnectionSecret(secretName ?? shopifySecret);
      return shopifyShop({ shop, accessToken, apiBaseUrl, deadlines: DEADLINE, fetch });
    },
  }),
  SQUARE: squareNotifier({
    ports,
    deliveries,
    documents,
    async findShop(source) {
      const found = await connections.find('SQUARE', source);
      if (found?.kind !== 'SQUARE') return null;
      const { apiBaseUrl, secretName } = found.settings;
      const { accessToken } = await readConnectionSecret(secretName ?? squareSecret);
      return squareAccount({ accessToken, apiBaseUrl, deadlines: DEADLINE, fetch });
    },
  }),
  EDI: partnerNotifier({
    ports,
    deliveries,
    numbers: controlNumbers(table, pause),
    takeSerials: labelSerials(table),
    documents,
    async findPartner(source) {
      const found = await connections.find('EDI', source);
      return found?.kind === 'EDI' ? found : null;
    },
    async deliver(partner, url, body) {
      const { current } = await readConnectionSecret(partner.settings.secretName ?? ediSecret);
      const headers = {
        'content-type': 'application/edi-x12',
        'x-edi-signature': hexSignature(body, current),
      };
      const signal = AbortSignal.timeout(DEADLINE.inAll);
      const { ok, status } = await fetch(url, { method: 'POST', body, headers, signal });
      if (!ok) throw new Error(`${partner.connectionId} answered ${status}`);
    },
  }),
});

/** Tells the channels what became of their orders; a channel that cannot be reached is told later, ever more slowly. */
export const handler = forEachEvent(
  createLogger(),
  async (event) => {
    await tell(event);
    return false;
  },
  { delay: queueDelayer(environment('QUEUE_URL')) },
);
