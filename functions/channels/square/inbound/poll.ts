import type { PolledMessage, Polling } from '../../channel.ts';
import { cursorOf, positionAfter, positionIn } from '../../core/poll-position.ts';
import type { SquareAccount } from '../../core/shops.ts';
import type { PaymentRule } from '../../payment-rules.ts';
import { type ChangedOrder, listLocations, PAGE_OF_ORDERS, searchChanged } from '../client/changed-orders.ts';
import type { RequestSquare } from '../client/rest.ts';
import { updateOf } from './channel-update.ts';
import { versionText } from './version.ts';

const TOPIC = 'order.updated';

/** A merchant's account as it is polled. */
export interface PolledAccount {
  readonly request: RequestSquare;
  readonly account: Pick<SquareAccount, 'skusOf'>;
  /** When goods leave, by the connection. */
  readonly rules: readonly PaymentRule[];
}

/**
 * @param findAccount gives access to an account by Square's id of the merchant
 * @returns how accounts are asked for changed orders
 */
export function squarePolling(findAccount: (merchant: string) => Promise<PolledAccount>): Polling {
  return {
    hasExactVersions: true,
    async page(merchant, since, cursor) {
      const polled = await findAccount(merchant);
      const groups = await listLocations(polled.request);
      const position = positionIn(cursor, since);
      const locationIds = groups[position.group];
      if (locationIds === undefined) return { orders: [], next: null };
      const found = await searchChanged(polled.request, locationIds, position.from);
      const fresh = found.filter(({ id }) => !position.seen.includes(id));
      const orders = fresh.map((order) => ({
        externalId: order.id,
        version: versionText(order.version),
        updatedAt: order.updatedAt,
        read: (isHistory: boolean) => readOrder(polled, merchant, order, isHistory),
      }));
      if (found.length === PAGE_OF_ORDERS) {
        const next = positionAfter(position, orders);
        // A page of nothing else than what is known: Square counts in milliseconds, so the next one is further on.
        const from = new Date(Date.parse(next.from) + 1).toISOString();
        return { orders, next: cursorOf(fresh.length > 0 ? next : { ...next, from, seen: [] }) };
      }
      const group = position.group + 1;
      const next = group < groups.length ? cursorOf({ from: since, seen: [], group }) : null;
      return { orders, next };
    },
  };
}

/** Messages of Square hold ids alone, so that the order is fetched once more where it differs. */
async function readOrder(
  { account, rules }: PolledAccount,
  merchant: string,
  order: ChangedOrder,
  isHistory: boolean,
): Promise<PolledMessage> {
  const { id: orderId, version } = order;
  const state = typeof order.state === 'string' ? order.state : null;
  const order_updated = { order_id: orderId, version, state, is_history: isHistory };
  const message = {
    merchant_id: merchant,
    type: TOPIC,
    event_id: `poll-${orderId}-${version}`,
    data: { type: 'order_updated', id: orderId, object: { order_updated } },
  };
  const question = { merchant, orderId, payment: null, isHistory, rules };
  return {
    topic: TOPIC,
    body: Buffer.from(JSON.stringify(message)),
    update: await updateOf(order, account, question),
  };
}
