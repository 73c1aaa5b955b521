import * as z from 'zod';
import type { PolledMessage, PolledOrder, Polling } from '../../channel.ts';
import type { ChannelUpdate } from '../../core/channel-update.ts';
import { cursorOf, positionAfter, positionIn } from '../../core/poll-position.ts';
import type { SquareAccount } from '../../core/shops.ts';
import type { PaymentRule } from '../../payment-rules.ts';
import {
  batchRetrieve,
  type ChangedOrder,
  listLocations,
  PAGE_OF_ORDERS,
  searchChanged,
} from '../client/changed-orders.ts';
import type { RequestSquare } from '../client/rest.ts';
import { type SquareUpdates, updatesOf } from './channel-update.ts';
import { MISSING } from './message.ts';
import { versionText } from './version.ts';

const TOPIC = 'order.updated';

/** A merchant's account as it is polled. */
export interface PolledAccount {
  readonly request: RequestSquare;
  readonly account: Pick<SquareAccount, 'skusOf' | 'retrieveOrder'>;
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
      const orders = fresh.flatMap((order) => polledOrders(polled, merchant, order));
      if (found.length === PAGE_OF_ORDERS) {
        const next = positionAfter(
          position,
          fresh.map(({ id, updatedAt }) => ({ externalId: id, updatedAt })),
        );
        // A page of nothing else than what is known: Square counts in milliseconds, so the next one is further on.
        const from = new Date(Date.parse(next.from) + 1).toISOString();
        return { orders, next: cursorOf(fresh.length > 0 ? next : { ...next, from, seen: [] }) };
      }
      const group = position.group + 1;
      const next = group < groups.length ? cursorOf({ from: since, seen: [], group }) : null;
      return { orders, next };
    },
    async find(merchant, orderIds) {
      const polled = await findAccount(merchant);
      const found = await batchRetrieve(polled.request, orderIds);
      const ids = new Set(found.map(({ id }) => id));
      return {
        orders: found.map((order) => polledOrder(polled, merchant, order)),
        missing: orderIds.filter((orderId) => !ids.has(orderId)),
      };
    },
    async deletion(merchant, orderId) {
      const { account } = await findAccount(merchant);
      if ((await account.retrieveOrder(orderId)) !== null) return null;
      return messageText(merchant, MISSING, `missing-${orderId}`, { order_missing: { order_id: orderId } });
    },
  };
}

/** What an order says of itself, and of each sale that goods came back of: these have no version that says whether. */
function polledOrders(polled: PolledAccount, merchant: string, order: ChangedOrder): readonly PolledOrder[] {
  return [
    ...salesOf(order).map((externalId) => ({
      externalId,
      version: null,
      updatedAt: order.updatedAt,
      read: (isHistory: boolean) =>
        readOrder(polled, merchant, order, isHistory, ({ returns }) =>
          returns.find((each) => each.order.externalId === externalId),
        ),
    })),
    polledOrder(polled, merchant, order),
  ];
}

function polledOrder(polled: PolledAccount, merchant: string, order: ChangedOrder): PolledOrder {
  return {
    externalId: order.id,
    version: versionText(order.version),
    updatedAt: order.updatedAt,
    read: (isHistory) => readOrder(polled, merchant, order, isHistory, ({ own }) => own),
  };
}

const Returns = z.object({ returns: z.array(z.object({ sourceOrderId: z.string().nullish() })).nullish() });

/** The sales that goods of an order came back of. */
function salesOf(order: ChangedOrder): readonly string[] {
  const { returns } = Returns.safeParse(order).data ?? {};
  return [...new Set((returns ?? []).map(({ sourceOrderId }) => sourceOrderId ?? order.id))];
}

async function readOrder(
  { account, rules }: PolledAccount,
  merchant: string,
  order: ChangedOrder,
  isHistory: boolean,
  choose: (updates: SquareUpdates) => ChannelUpdate | null | undefined,
): Promise<PolledMessage | null> {
  const question = { merchant, orderId: order.id, payment: null, isHistory, rules };
  const update = choose(await updatesOf(order, account, question));
  return update == null ? null : { ...messageOf(merchant, order, isHistory), update };
}

/** Messages of Square hold ids alone, so that the order is fetched once more where it differs. */
function messageOf(
  merchant: string,
  { id: orderId, version, state: given }: ChangedOrder,
  isHistory: boolean,
) {
  const state = typeof given === 'string' ? given : null;
  const order_updated = { order_id: orderId, version, state, is_history: isHistory };
  return messageText(merchant, TOPIC, `poll-${orderId}-${version}`, { order_updated });
}

function messageText(merchant: string, topic: string, eventId: string, object: object) {
  const message = { merchant_id: merchant, type: topic, event_id: eventId, data: { object } };
  return { topic, body: Buffer.from(JSON.stringify(message)) };
}
