import type { ShopifyFulfillment, ShopifyLine, ShopifyOrder, ShopifyRefundLine } from './payload.ts';

/** Fulfillments that never came about; all others have left or are leaving. */
const FAILED: readonly string[] = ['cancelled', 'error', 'failure'];

/** @returns whether the fulfillment was given up. */
export function isFailed(fulfillment: Pick<ShopifyFulfillment, 'status'>): boolean {
  return FAILED.includes(fulfillment.status ?? 'success');
}

/** Units of the line that the customer still has coming, or has: what was ordered less what was removed. */
export function currentQuantity(line: ShopifyLine, order: ShopifyOrder): number {
  return line.current_quantity ?? Math.max(0, line.quantity - refundedUnits(line, order, () => true));
}

/** Units of the line that Shopify says have left; null where the payload does not say. */
function fulfilledQuantity(lineId: string, order: ShopifyOrder): number | null {
  if (order.fulfillments === null || order.fulfillments === undefined) return null;
  let units = 0;
  for (const fulfillment of order.fulfillments) {
    if (isFailed(fulfillment)) continue;
    for (const item of fulfillment.line_items) if (item.id === lineId) units += item.quantity;
  }
  return units;
}

/**
 * Units of the line that have left or are still to leave: what our line should have that is not cancelled.
 *
 * Shopify's current quantity is too low for that, since it also lacks what was refunded after it had gone to the
 * customer. Such units are the ones refunded otherwise than by cancelling, as far as fulfilled and fulfillable units
 * together exceed the current quantity.
 */
export function activeQuantity(line: ShopifyLine, order: ShopifyOrder): number {
  const current = currentQuantity(line, order);
  const goneButRefunded = refundedUnits(line, order, (refund) => refund.restock_type !== 'cancel');
  const fulfilled = fulfilledQuantity(line.id, order);
  if (fulfilled === null || line.fulfillable_quantity === null || line.fulfillable_quantity === undefined) {
    return current + goneButRefunded;
  }
  const beyondCurrent = Math.max(0, fulfilled + line.fulfillable_quantity - current);
  return current + Math.min(goneButRefunded, beyondCurrent);
}

function refundedUnits(
  line: ShopifyLine,
  order: ShopifyOrder,
  counts: (refund: ShopifyRefundLine) => boolean,
): number {
  let units = 0;
  for (const { refund_line_items } of order.refunds) {
    for (const refund of refund_line_items) {
      if (refund.line_item_id === line.id && counts(refund)) units += refund.quantity;
    }
  }
  return units;
}
