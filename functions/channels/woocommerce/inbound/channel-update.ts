import type { ChannelUpdate } from '../../core/channel-update.ts';
import { ignore, type KnownOrder, quarantine, type ShopOutcome } from '../../core/outcome.ts';
import { reconcileDeletion, reconcileOrder } from '../../core/reconcile-order.ts';
import type { PaymentRule } from '../../payment-rules.ts';
import type { WooStore } from '../client/woocommerce-store.ts';
import type { WooMessage } from './message.ts';
import { SYSTEM, snapshotOf, type WooOrderWithRefunds } from './snapshot.ts';

/** An order in the making: the customer has not placed it. */
const DRAFTS: readonly string[] = ['checkout-draft', 'auto-draft'];

/**
 * What a message of a store says of an order. The lines that were given back are asked for, since messages hold the
 * sums of refunds alone.
 *
 * @param store the store's address, by which its orders are known
 * @param rules of the connection, for when goods leave
 * @throws Busy when the store cannot be reached
 * @throws ShopRefused, ShopUnreadable when it does not give the refunds
 */
export async function channelUpdateOf(
  message: WooMessage,
  store: string,
  api: Pick<WooStore, 'listRefunds'>,
  rules: readonly PaymentRule[],
): Promise<ChannelUpdate> {
  const identity = { channel: 'WOOCOMMERCE', source: store };
  if (message.about === 'deletion') {
    return {
      order: { ...identity, externalId: message.orderId },
      version: null,
      translate: (known) => reconcileDeletion(known, SYSTEM),
    };
  }
  const { order, isRestored } = message;
  const refunds = order.refunds.length === 0 ? [] : await api.listRefunds(order.id);
  return {
    order: { ...identity, externalId: order.id },
    version: order.date_modified_gmt ?? null,
    isRestored,
    translate: (known) => translate({ store, order, refunds }, isRestored, known, rules),
  };
}

function translate(
  fetched: WooOrderWithRefunds,
  isRestored: boolean,
  known: KnownOrder | null,
  rules: readonly PaymentRule[],
): ShopOutcome {
  const { order } = fetched;
  if (DRAFTS.includes(order.status)) return ignore('the customer has not placed the order yet');
  if (isRestored && known !== null && isOver(known)) {
    const { orderId, state } = known.order;
    // What was cancelled here stays cancelled: its goods may be promised to somebody else by now.
    return quarantine(
      'too_late_to_amend',
      `order ${order.id} was restored in ${SYSTEM}, and ${orderId} is ${state}: enter it again if it is to be shipped`,
    );
  }
  const result = snapshotOf(fetched);
  if ('problem' in result) return { kind: 'quarantine', problem: result.problem };
  return reconcileOrder(result.snapshot, known, rules);
}

function isOver({ order }: KnownOrder): boolean {
  return order.voided || order.state === 'CANCELLED';
}
