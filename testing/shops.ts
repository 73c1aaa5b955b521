import { readFileSync } from 'node:fs';
import type { Table } from '../functions/adapters/dynamodb/client.ts';
import { pollStore } from '../functions/adapters/dynamodb/poll-store.ts';
import { guardedFetch } from '../functions/adapters/guarded-fetch.ts';
import { createChannelContext } from '../functions/channel-context.ts';
import type { ChannelContext } from '../functions/channels/channel.ts';
import { CHANNELS } from '../functions/channels/registry.ts';
import type { HttpRequest } from '../functions/middleware/http.ts';
import type { Ports } from '../functions/orders/ports.ts';
import { type ConnectionPollDependencies, pollConnection } from '../functions/polling/poll-connection.ts';
import { polledSender } from '../functions/polling/poll-connections.ts';
import { LOCAL_ACCESS_TOKEN } from '../local/aws/credentials.ts';
import type { TestShops } from './fakes.ts';
import {
  type ChannelMessage,
  channelMessage,
  SHOP,
  shopifyMessage,
  shopifyOrder,
  signedHeaders,
} from './messages.ts';
import { MERCHANT, orderEvent } from './square.ts';

/** A paid order of one article, as its shop has it. */
export interface ShopOrder {
  readonly id: number;
  readonly sku: string;
  /** What is wanted now, and the most that ever was. */
  readonly quantity: number;
  readonly most: number;
  readonly isCancelled: boolean;
  /** Units that have left. */
  readonly sent: number;
  /** UTC; shops that date in seconds show no more of it. */
  readonly updatedAt: string;
  /** Counts the changes. */
  readonly version: number;
}

/** A kind of shop, in its own formats. */
export interface ShopKind {
  readonly fake: 'shopify' | 'square' | 'woocommerce';
  readonly source: string;
  readonly settings: Readonly<Record<string, string>>;
  externalId(id: number): string;
  json(order: ShopOrder): object;
  webhook(order: ShopOrder, delivery: string): ChannelMessage;
}

const seconds = (instant: string) => `${instant.slice(0, 19)}Z`;

const SHOPIFY: ShopKind = {
  fake: 'shopify',
  source: SHOP,
  settings: { shop: SHOP },
  externalId: String,
  json({ id, sku, quantity, most, isCancelled, sent, updatedAt }) {
    const order = JSON.parse(shopifyOrder(id, sku, most).body.toString('utf8'));
    const total = (22 * quantity).toFixed(2);
    const [line] = order.line_items;
    const untaxed = { tax_lines: [], discount_allocations: [] };
    const now = isCancelled ? 0 : quantity;
    return {
      ...{ ...order, total_tax: '0.00', current_total_tax: '0.00', shipping_lines: [], tax_lines: [] },
      ...{ updated_at: seconds(updatedAt), total_price: total, current_total_price: total },
      ...{
        cancelled_at: isCancelled ? seconds(updatedAt) : null,
        cancel_reason: isCancelled ? 'customer' : null,
      },
      line_items: [
        { ...line, ...untaxed, quantity: most, current_quantity: now, fulfillable_quantity: now - sent },
      ],
      fulfillments:
        sent === 0
          ? []
          : [
              {
                ...{
                  id: id * 100,
                  status: 'success',
                  created_at: seconds(updatedAt),
                  updated_at: seconds(updatedAt),
                },
                ...{ tracking_company: 'UPS', tracking_number: `1Z${id}`, tracking_numbers: [`1Z${id}`] },
                line_items: [{ id: id * 10, quantity: sent }],
              },
            ],
    };
  },
  webhook: (order, delivery) =>
    shopifyMessage(
      order.isCancelled ? 'orders/cancelled' : order.version === 1 ? 'orders/create' : 'orders/updated',
      JSON.stringify(SHOPIFY.json(order)),
      { webhookId: delivery },
    ),
};

const SQUARE: ShopKind = {
  fake: 'square',
  source: MERCHANT,
  settings: { merchantId: MERCHANT },
  externalId: (id) => `SQ${id}`,
  json({ id, sku, quantity, isCancelled, sent, updatedAt, version }) {
    const total = { amount: quantity * 2000, currency: 'USD' };
    const address = {
      ...{ address_line_1: '1 Main Street', locality: 'Reno', administrative_district_level_1: 'NV' },
      ...{ postal_code: '89502', country: 'US' },
    };
    const isSent = sent === quantity;
    return {
      ...{ id: `SQ${id}`, location_id: 'L1', version, updated_at: updatedAt, total_money: total },
      state: isCancelled ? 'CANCELED' : isSent ? 'COMPLETED' : 'OPEN',
      line_items: [
        {
          ...{ uid: 'li-1', name: sku, quantity: String(quantity), item_type: 'ITEM' },
          ...{ catalog_object_id: `SKU:${sku}`, gross_sales_money: total },
          base_price_money: { amount: 2000, currency: 'USD' },
        },
      ],
      fulfillments: [
        {
          ...{ uid: 'ful-1', type: 'SHIPMENT' },
          state: isCancelled ? 'CANCELED' : isSent ? 'COMPLETED' : 'PROPOSED',
          shipment_details: {
            recipient: { display_name: 'Ada', address },
            ...(isSent && { carrier: 'UPS', tracking_number: `1Z${id}`, shipped_at: updatedAt }),
          },
        },
      ],
    };
  },
  webhook: ({ id, version }, delivery) =>
    channelMessage(
      'square',
      orderEvent(version === 1 ? 'order.created' : 'order.updated', delivery, {
        orderId: `SQ${id}`,
        version,
      }),
    ),
};

const STORE = 'https://northfield.example';

const WOOCOMMERCE: ShopKind = {
  fake: 'woocommerce',
  source: STORE,
  settings: { store: STORE },
  externalId: String,
  json({ id, sku, quantity, isCancelled, sent, updatedAt }) {
    const file = new URL('../test/payloads/woocommerce/order_created.json', import.meta.url);
    const { date_completed_gmt: _, ...order } = JSON.parse(readFileSync(file, 'utf8'));
    const total = (quantity * 20).toFixed(2);
    const [line] = order.line_items;
    const status = isCancelled ? 'cancelled' : sent === quantity ? 'completed' : 'processing';
    return {
      ...{ ...order, id, number: String(id), status, total, total_tax: '0.00', shipping_tax: '0.00' },
      ...{ shipping_total: '0.00', coupon_lines: [], fee_lines: [], refunds: [], tax_lines: [] },
      date_modified_gmt: updatedAt.slice(0, 19),
      line_items: [
        { ...line, id: id * 10, sku, quantity, subtotal: total, total, total_tax: '0.00', meta_data: [] },
      ],
    };
  },
  webhook: (order, delivery) =>
    channelMessage('woocommerce', JSON.stringify(WOOCOMMERCE.json(order)), {
      'x-wc-webhook-source': `${STORE}/`,
      'x-wc-webhook-topic': order.version === 1 ? 'order.created' : 'order.updated',
      'x-wc-webhook-id': '5',
      'x-wc-webhook-delivery-id': delivery,
    }),
};

export const SHOP_KINDS = { SHOPIFY, SQUARE, WOOCOMMERCE } as const;
export type PolledKind = keyof typeof SHOP_KINDS;

/** Where webhooks are sent to; Square signs it. */
const HERE = 'https://loop.example';

/** What polls and webhooks of the fakes' shops need, over a table of a test. */
export interface PolledLoop {
  readonly context: ChannelContext;
  readonly dependencies: ConnectionPollDependencies;
  /** What was not polled, and why. */
  readonly reported: readonly string[];
  /** Connects a shop; @returns its connection, as it was saved. */
  connect(kind: PolledKind, updatedAt: string): Promise<{ connectionId: string; updatedAt: string }>;
  sender(kind: PolledKind): Promise<NonNullable<ReturnType<typeof polledSender>>>;
  poll(kind: PolledKind, until?: number): ReturnType<typeof pollConnection>;
  /** A webhook as the gateway brings it. */
  request(message: ChannelMessage): HttpRequest;
}

export function polledLoop(table: Table, ports: Ports, shops: TestShops): PolledLoop {
  const logger = { error: () => {}, info: () => {}, warn: () => {} };
  const context: ChannelContext = {
    ...createChannelContext(table, {
      ports,
      logger: logger as never,
      deadlines: { inAll: 3000, forOne: 2000 },
    }),
    fetch: guardedFetch({ allowPrivate: true }),
    readSecret: async ({ path }) => ({
      ...{ current: `local-${path}-secret`, previous: undefined, accessToken: LOCAL_ACCESS_TOKEN },
    }),
    webhookUrl: ({ path }) => `${HERE}/webhooks/${path}`,
  };
  const reported: string[] = [];
  const dependencies: ConnectionPollDependencies = {
    ...{ ports, log: context.messages, queries: context.queries },
    ...{ access: context.access, store: pollStore(table) },
    report: (connectionId, { failure }) => reported.push(`${connectionId}: ${failure}`),
  };
  const found = async (kind: PolledKind) => {
    const connection = await context.connections.get(kind.toLowerCase());
    const channels = { [kind]: () => CHANNELS[kind](context) };
    const sender = connection === null ? null : polledSender(channels, connection);
    if (connection === null || sender === null) throw new Error(`${kind} cannot be polled`);
    return { connection, sender };
  };
  return {
    context,
    dependencies,
    reported,
    async connect(kind, updatedAt) {
      const { fake, settings } = SHOP_KINDS[kind];
      const connection = { connectionId: fake, updatedAt, kind, name: kind };
      await context.connections.save({
        ...connection,
        settings: { ...settings, apiBaseUrl: shops.url(fake) },
      } as Parameters<typeof context.connections.save>[0]);
      return connection;
    },
    sender: async (kind) => (await found(kind)).sender,
    async poll(kind, until = Date.now() + 60_000) {
      const { connection, sender } = await found(kind);
      return pollConnection(dependencies, sender, connection, { correlationId: 'poll', until });
    },
    request: (message) =>
      ({
        ...{ rawBody: message.body, headers: signedHeaders(message, HERE), deadline: Date.now() + 60_000 },
        origin: { actor: { type: 'channel', id: message.channel }, correlationId: 'webhook' },
      }) as unknown as HttpRequest,
  };
}
