import type { PolledMessage, Polling } from '../../channel.ts';
import { unreadableUpdate } from '../../core/channel-update.ts';
import type { PaymentRule } from '../../payment-rules.ts';
import { changedOrders } from '../client/changed-orders.ts';
import type { AskShopify } from '../client/graphql.ts';
import { fetchOrder } from '../client/order.ts';
import { channelUpdateOf } from './channel-update.ts';
import { readMessage } from './message.ts';

const TOPIC = 'orders/updated';

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
  return {
    hasExactVersions: false,
    async page(shop, since, cursor) {
      const polled = await findShop(shop);
      const { orders, next } = await changedOrders(polled.ask, since, cursor);
      return {
        orders: orders.map(({ orderId, updatedAt }) => ({
          ...{ externalId: orderId, version: updatedAt, updatedAt },
          read: () => readOrder(polled, shop, orderId, updatedAt),
        })),
        next,
      };
    },
  };
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
  // It holds the whole order.
  const admin = { retrieveOrder: async () => null };
  return { topic: TOPIC, body, update: channelUpdateOf(read.message, shop, admin, rules) };
}
