import type { PolledMessage, PolledOrder, Polling } from '../../channel.ts';
import { unreadableUpdate } from '../../core/channel-update.ts';
import { cursorOf, positionAfter, positionIn } from '../../core/poll-position.ts';
import type { PaymentRule } from '../../payment-rules.ts';
import { type ChangedOrder, PAGE_OF_ORDERS, type WooStore } from '../client/woocommerce-store.ts';
import { channelUpdateOf } from './channel-update.ts';
import { readMessage } from './message.ts';

const TOPIC = 'order.updated';
const DELETION = 'order.deleted';

/** The status of orders that the merchant has deleted, for as long as they can be restored. */
const TRASH = 'trash';

/** Orders of one second that are left out by name, as far as an address is long enough for them. */
const MAX_EXCEPT = 500;

/** A store as it is polled. */
export interface PolledStore {
  readonly api: Pick<WooStore, 'listChanged' | 'listOrders' | 'retrieveOrder' | 'listRefunds'>;
  /** When goods leave, by the connection. */
  readonly rules: readonly PaymentRule[];
}

/**
 * @param findStore gives access to a store by its address
 * @returns how stores are asked for changed orders
 */
export function wooCommercePolling(findStore: (store: string) => Promise<PolledStore>): Polling {
  return {
    hasExactVersions: false,
    async page(store, since, cursor) {
      const polled = await findStore(store);
      const position = positionIn(cursor, since);
      const listed = await polled.api.listChanged(position.from, position.seen);
      const orders = listed.map((order) => polledOrder(polled, store, order));
      if (listed.length < PAGE_OF_ORDERS) return { orders, next: null };
      const next = positionAfter(position, orders);
      return { orders, next: cursorOf(next.seen.length > MAX_EXCEPT ? nextSecond(next) : next) };
    },
    async find(store, orderIds) {
      const polled = await findStore(store);
      const orders = (await polled.api.listOrders(orderIds)).map((order) => ({
        ...polledOrder(polled, store, order),
        isWhole: true,
      }));
      const ids = new Set(orders.map(({ externalId }) => externalId));
      return { orders, missing: orderIds.filter((orderId) => !ids.has(orderId)) };
    },
    async deletion(store, orderId) {
      const { api } = await findStore(store);
      const order = await api.retrieveOrder(orderId);
      if (order !== null && order.status !== TRASH) return null;
      return { topic: DELETION, body: Buffer.from(`{"id":${orderId}}`) };
    },
  };
}

function polledOrder(polled: PolledStore, store: string, order: ChangedOrder): PolledOrder {
  return {
    externalId: String(order.id),
    version: `${order.date_modified_gmt}Z`,
    updatedAt: new Date(`${order.date_modified_gmt}Z`).toISOString(),
    read: () => readOrder(polled, store, order),
  };
}

function nextSecond<Position extends { readonly from: string }>(position: Position) {
  return { ...position, from: new Date(Date.parse(position.from) + 1000).toISOString(), seen: [] };
}

async function readOrder(
  { api, rules }: PolledStore,
  store: string,
  order: ChangedOrder,
): Promise<PolledMessage> {
  const body = Buffer.from(JSON.stringify(order));
  const read = readMessage(TOPIC, body);
  const identity = { channel: 'WOOCOMMERCE', source: store, externalId: String(order.id) };
  const update =
    'problem' in read
      ? unreadableUpdate(identity, `${order.date_modified_gmt}Z`, read.problem)
      : await channelUpdateOf(read.message, store, api, rules);
  return { topic: TOPIC, body, update };
}
