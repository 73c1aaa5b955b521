import type { PolledMessage, PolledOrder, Polling } from '../../channel.ts';
import { unreadableUpdate } from '../../core/channel-update.ts';
import type { ChannelHolds } from '../../core/reconcile-hold.ts';
import type { PaymentRule } from '../../payment-rules.ts';
import { changedOrders } from '../client/changed-orders.ts';
import { findOrders } from '../client/find-orders.ts';
import type { AskShopify } from '../client/graphql.ts';
import { fetchOrder } from '../client/order.ts';
import { channelUpdateOf } from './channel-update.ts';
import { fulfillmentHolds, riskHolds } from './holds.ts';
import { PLACED, RISK_CHANGED, readMessage } from './message.ts';
import { ShopifyRisk } from './payload.ts';

const TOPIC = 'orders/updated';
const DELETION = 'orders/delete';

/** A poll has read the full order: it is not fetched again for a message that is made of it. */
const NOT_ASKED = { retrieveOrder: async () => null };

/** A shop as it is polled. */
export interface PolledShop {
  readonly ask: AskShopify;
  /** When goods leave, by the connection. */
  readonly rules: readonly PaymentRule[];
}

/**
 * @param findShop gives access to a shop by its domain
 * @returns how shops are asked for changed orders
 */
export function shopifyPolling(findShop: (shop: string) => Promise<PolledShop>): Polling {
  const polledOrder = (polled: PolledShop, shop: string, { orderId, updatedAt }: Changed): PolledOrder => ({
    ...{ externalId: orderId, version: updatedAt, updatedAt },
    read: () => readOrder(polled, shop, orderId, updatedAt),
  });
  return {
    hasExactVersions: false,
    async page(shop, since, cursor) {
      const polled = await findShop(shop);
      const { orders, next } = await changedOrders(polled.ask, since, cursor);
      return { orders: orders.map((order) => polledOrder(polled, shop, order)), next };
    },
    async find(shop, orderIds) {
      const polled = await findShop(shop);
      const { found, missing } = await findOrders(polled.ask, orderIds);
      const orders = found.map((order) => ({
        ...polledOrder(polled, shop, order),
        besides: besidesOf(polled, shop, order),
      }));
      return { orders, missing };
    },
    async deletion(shop, orderId) {
      const { ask } = await findShop(shop);
      if ((await fetchOrder(ask, orderId)) !== null) return null;
      // As Shopify writes it: the number with all of its digits.
      return { topic: DELETION, body: Buffer.from(`{"id":${orderId}}`) };
    },
  };
}

type FoundOrder = Awaited<ReturnType<typeof findOrders>>['found'][number];

interface Changed {
  readonly orderId: string;
  readonly updatedAt: string;
}

/** Holds of the fulfillment orders, and ratings of the risk, as the messages of them. */
function besidesOf(
  { rules }: PolledShop,
  shop: string,
  { orderId, held, risks }: FoundOrder,
): readonly PolledMessage[] {
  const messageOf = (topic: string, body: object, holds: ChannelHolds): PolledMessage => ({
    topic,
    body: Buffer.from(JSON.stringify(body)),
    update: channelUpdateOf({ topic: 'hold', orderId, held: holds }, shop, NOT_ASKED, rules),
  });
  return [
    ...held.map(({ fulfillmentOrderId: id, holds }) =>
      messageOf(PLACED, { fulfillment_order: { id } }, fulfillmentHolds(id, holds)),
    ),
    ...risks.map((risk) =>
      messageOf(
        RISK_CHANGED,
        { order_id: orderId, ...risk },
        riskHolds(ShopifyRisk.parse({ order_id: orderId, ...risk })),
      ),
    ),
  ];
}

async function readOrder(
  { ask, rules }: PolledShop,
  shop: string,
  orderId: string,
  version: string,
): Promise<PolledMessage | null> {
  const order = await fetchOrder(ask, orderId);
  if (order === null) return null;
  const body = Buffer.from(JSON.stringify(order));
  const read = readMessage(TOPIC, body);
  if ('problem' in read) {
    const identity = { channel: 'SHOPIFY', source: shop, externalId: orderId };
    return { topic: TOPIC, body, update: unreadableUpdate(identity, version, read.problem) };
  }
  return { topic: TOPIC, body, update: channelUpdateOf(read.message, shop, NOT_ASKED, rules) };
}
