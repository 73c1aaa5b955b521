import { CHANNELS } from '../../domain/order/channels.ts';
import { isUnshipped, ORDER_STATES, type OrderState } from '../../domain/order/lifecycle.ts';
import { MAX_FOUND_AT_ONCE } from '../channels/channel.ts';
import type { OrderQueries } from '../orders/queries.ts';
import {
  type Circumstances,
  lookAtMissingOrder,
  lookAtOrder,
  type PollDependencies,
  type PolledSender,
} from './look-at-order.ts';
import type { OpenPosition, PollCounts } from './ports.ts';
import { counted, lookAtAll, NOTHING } from './walk.ts';

/** Requests of one poll; the next poll continues. */
const MAX_PAGES = 5;

/** Milliseconds for which an order is not asked for: a shop may not give one in the moment in which it sends it. */
const FRESH = 10 * 60_000;

/** From the first to the last, so that an order that advances meanwhile is met twice and not missed. */
const OPEN_STATES: readonly OrderState[] = ORDER_STATES.filter(isUnshipped);
const [FIRST_STATE = 'RECEIVED'] = OPEN_STATES;

export interface OpenDependencies extends PollDependencies {
  readonly queries: OrderQueries;
}

/** How far a walk has come. */
export interface OpenWalked {
  /** Null when it met every open order: the next one begins anew. */
  readonly position: OpenPosition | null;
  readonly counts: PollCounts;
  /** Why it ended early. */
  readonly failure?: unknown;
}

/**
 * Asks a sender whether it still has the orders that are open here, since no sender lists what it has deleted: a page of them
 * at a time, so many pages a poll. One that it has no more is deleted here as by the message that was lost; one of which it
 * has another version is compared.
 *
 * @param begun where the poll before ended; null to begin anew
 * @param report learns of each order that the sender does not give; the walk continues with the next one
 */
export async function walkOpenOrders(
  dependencies: OpenDependencies,
  sender: PolledSender,
  begun: OpenPosition | null,
  circumstances: Circumstances,
  report: (externalId: string, error: unknown) => void,
): Promise<OpenWalked> {
  let position: OpenPosition | null = begun ?? { state: FIRST_STATE, after: null };
  let counts = NOTHING;
  try {
    for (let pages = 0; pages < MAX_PAGES && position !== null && Date.now() < circumstances.until; ) {
      const { externalIds, next } = await openOrders(dependencies, sender, position);
      if (externalIds.length > 0) {
        pages += 1;
        const { orders, missing } = await sender.polling.find(sender.source, externalIds);
        const findings = [
          ...(await lookAtAll(orders, circumstances.until, report, (order) =>
            lookAtOrder(dependencies, sender, order, circumstances),
          )),
          ...(await lookAtAll(
            missing.map((externalId) => ({ externalId })),
            circumstances.until,
            report,
            ({ externalId }) => lookAtMissingOrder(dependencies, sender, externalId, circumstances),
          )),
        ];
        counts = findings.reduce(counted, counts);
        if (findings.length < orders.length + missing.length) break;
      } else pages += EMPTY_PAGE;
      position = next;
    }
    return { position, counts };
  } catch (failure) {
    return { position, counts, failure };
  }
}

/** What a page of other senders' orders counts: reading it costs time as well. */
const EMPTY_PAGE = 0.5;

/** @returns the channel's ids of a page of open orders of a sender, and where the next page begins. */
async function openOrders(
  { queries, ports }: OpenDependencies,
  { inbound: { channel }, source }: PolledSender,
  { state, after }: OpenPosition,
): Promise<{ readonly externalIds: readonly string[]; readonly next: OpenPosition | null }> {
  const settled = new Date(Date.parse(ports.now()) - FRESH).toISOString();
  const filter = { state, channel: CHANNELS.find((each) => each === channel), to: settled };
  const page = await queries.list(filter, MAX_FOUND_AT_ONCE, after);
  const externalIds = page.orders.flatMap((order) =>
    order.channel === channel && order.source === source && order.externalId !== undefined
      ? [order.externalId]
      : [],
  );
  if (page.next !== null) return { externalIds, next: { state, after: page.next } };
  const following = OPEN_STATES[OPEN_STATES.indexOf(state) + 1];
  return { externalIds, next: following === undefined ? null : { state: following, after: null } };
}
