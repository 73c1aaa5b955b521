import { unreachable } from '../../../../domain/decider.ts';
import { hasShipped, type Order } from '../../../../domain/order/order.ts';
import {
  fetchOrder,
  ignore,
  type KnownOrder,
  quarantine,
  run,
  type ShopOutcome,
} from '../../core/outcome.ts';
import { changeOrder } from './change-order.ts';
import { changeByRefund } from './change-refund.ts';
import { changeByFulfillment } from './change-shipment.ts';
import type { ShopifyMessage } from './message.ts';
import { translateOrder } from './translate.ts';

/**
 * What a message of Shopify asks for, given what is known of its order. Shopify promises neither order nor delivery:
 * any full order makes an unknown order known, as it is now, and what tells of an unknown order without telling the
 * order itself asks for it to be fetched.
 *
 * @param known the order of `message.orderId` in this shop, or null when there is none
 * @param shop the shop's domain, which becomes the order's `source`
 */
export function translateMessage(
  message: ShopifyMessage,
  known: KnownOrder | null,
  shop: string,
): ShopOutcome {
  switch (message.topic) {
    case 'orders/create':
    case 'orders/updated':
    case 'orders/cancelled': {
      if (known !== null) return changeOrder(message.order, known, shop);
      const translation = translateOrder(message.order, shop);
      if ('problem' in translation) return { kind: 'quarantine', problem: translation.problem };
      return { kind: 'receive', command: translation.receive, cancellation: translation.cancellation };
    }
    case 'orders/edited':
      return fetchOrder('the message tells what was edited, and not what the order has become');
    case 'orders/delete':
      return known === null ? ignore('the order was never known here') : deleteOrder(known.order);
    case 'fulfillments/create':
      return known === null
        ? fetchOrder('a fulfillment of an order that is not known here')
        : changeByFulfillment(message.fulfillment, known);
    case 'refunds/create':
      return known === null
        ? fetchOrder('a refund of an order that is not known here')
        : changeByRefund(message.refund, known);
    default:
      return unreachable(message);
  }
}

/** What is deleted there is hidden here, unless goods have left for it: those stay in our books. */
function deleteOrder(order: Order): ShopOutcome {
  if (order.voided) return ignore('the order was taken out here already');
  if (order.state === 'CANCELLED') return run([{ type: 'VoidOrder' }]);
  // Shopify lets only finished orders be deleted, so this is the ordinary end of an old order.
  if (order.state === 'CLOSED') return ignore('the order is closed and stays in our books');
  if (hasShipped(order)) {
    return quarantine(
      'deleted_after_shipping',
      `${order.orderId} is ${order.state} and was deleted in Shopify`,
    );
  }
  return run([{ type: 'CancelOrder', reason: 'Deleted in Shopify' }, { type: 'VoidOrder' }]);
}
