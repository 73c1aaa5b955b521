import * as z from 'zod';
import type { PolledOrder, Polling } from '../../channel.ts';
import type { ChannelUpdate } from '../../core/channel-update.ts';
import { cursorOf, positionAfter, positionIn } from '../../core/poll-position.ts';
import type { SquareAccount } from '../../core/shops.ts';
import type { PaymentRule } from '../../payment-rules.ts';
import { type ChangedOrder, listLocations, PAGE_OF_ORDERS, searchChanged } from '../client/changed-orders.ts';
import type { RequestSquare } from '../client/rest.ts';
import { type SquareUpdates, updatesOf } from './channel-update.ts';
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
  };
}

/** What an order says of itself, and of each sale that goods came back of: these have no version that says whether. */
function polledOrders(polled: PolledAccount, merchant: string, order: ChangedOrder): readonly PolledOrder[] {
  const { id, updatedAt } = order;
  const read = async (
    isHistory: boolean,
    choose: (updates: SquareUpdates) => ChannelUpdate | null | undefined,
  ) => {
    const updates = await readUpdates(polled, merchant, order, isHistory);
    const update = choose(updates);
    return update == null ? null : { ...messageOf(merchant, order, isHistory), update };
  };
  const own: PolledOrder = {
    externalId: id,
    version: versionText(order.version),
    updatedAt,
    read: (isHistory) => read(isHistory, (updates) => updates.own),
  };
  return [
    ...salesOf(order).map((externalId) => ({
      externalId,
      version: null,
      updatedAt,
      read: (isHistory: boolean) =>
        read(isHistory, ({ returns }) => returns.find((each) => each.order.externalId === externalId)),
    })),
    own,
  ];
}

const Returns = z.object({ returns: z.array(z.object({ sourceOrderId: z.string().nullish() })).nullish() });

/** The sales that goods of an order came back of. */
function salesOf(order: ChangedOrder): readonly string[] {
  const { returns } = Returns.safeParse(order).data ?? {};
  return [...new Set((returns ?? []).map(({ sourceOrderId }) => sourceOrderId ?? order.id))];
}

function readUpdates(
  { account, rules }: PolledAccount,
  merchant: string,
  order: ChangedOrder,
  isHistory: boolean,
): Promise<SquareUpdates> {
  const question = { merchant, orderId: order.id, payment: null, isHistory, rules };
  return updatesOf(order, account, question);
}

/** Messages of Square hold ids alone, so that the order is fetched once more where it differs. */
function messageOf(
  merchant: string,
  { id: orderId, version, state: given }: ChangedOrder,
  isHistory: boolean,
) {
  const state = typeof given === 'string' ? given : null;
  const order_updated = { order_id: orderId, version, state, is_history: isHistory };
  const message = {
    merchant_id: merchant,
    type: TOPIC,
    event_id: `poll-${orderId}-${version}`,
    data: { type: 'order_updated', id: orderId, object: { order_updated } },
  };
  return { topic: TOPIC, body: Buffer.from(JSON.stringify(message)) };
}
