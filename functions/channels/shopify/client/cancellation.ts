import * as z from 'zod';
import { type ShopifyCancellation, ShopRefused } from '../../core/shops.ts';
import type { AskShopify } from './graphql.ts';
import { orderGid, UserErrors } from './ids.ts';

const CANCEL = `mutation CancelOrder(
  $orderId: ID!, $reason: OrderCancelReason!, $staffNote: String, $notifyCustomer: Boolean, $restock: Boolean!,
  $refundMethod: OrderCancelRefundMethodInput!
) {
  orderCancel(
    orderId: $orderId, reason: $reason, staffNote: $staffNote, notifyCustomer: $notifyCustomer, restock: $restock,
    refundMethod: $refundMethod
  ) {
    job { id }
    orderCancelUserErrors { field message code }
  }
}`;

const Cancelled = z.object({
  orderCancel: z.object({
    job: z.object({ id: z.string() }).nullable(),
    orderCancelUserErrors: UserErrors,
  }),
});

/** Asks the shop to cancel; it does so in a job of its own. */
export async function cancelOrder(
  ask: AskShopify,
  orderId: string,
  cancellation: ShopifyCancellation,
): Promise<void> {
  const variables = { orderId: orderGid(orderId), ...cancellation };
  const { orderCancel } = await ask(CANCEL, variables, Cancelled, false);
  const [error] = orderCancel.orderCancelUserErrors;
  if (error !== undefined) throw new ShopRefused('Shopify', 200, error.message);
}
