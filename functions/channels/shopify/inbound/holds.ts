import type { HoldReason, HoldRequest } from '../../../../domain/order/terms.ts';
import { manyLines } from '../../core/clean.ts';
import type { ShopifyOrder } from './payload.ts';
import { fulfilledQuantity } from './quantities.ts';

/** Payment states in which the goods may go: the money is there or promised by the payment provider. */
const PAID: readonly string[] = ['paid', 'authorized', 'partially_refunded'];

/** By these notes a later message finds the holds that we placed, and leaves those that people placed alone. */
export const AWAITING_PAYMENT_NOTE = 'Shopify reports the payment as';
export const ADDRESS_NOTE = 'Shopify gives no complete shipping address for goods that have to be shipped.';

/** What the mapping of an order found that a person has to look at. */
export interface Findings {
  readonly isBusiness: boolean;
  /** Payment terms came with the order, so it ships before it is paid. */
  readonly isOnTerms: boolean;
  readonly hasDeliverableAddress: boolean;
  readonly needsShipping: boolean;
  /** What of the payload could not be taken over as it stands, a sentence each. */
  readonly unreadable: readonly string[];
}

/** @returns the holds that an order starts with; an order without any goes straight through. */
export function holdsFor(order: ShopifyOrder, findings: Findings): readonly HoldRequest[] {
  const holds: HoldRequest[] = [];
  const hold = (reason: HoldReason, note: string) => holds.push({ reason, note: manyLines(note) });

  const payment = paymentHold(order, findings.isOnTerms);
  if (payment !== null) holds.push(payment);
  if (order.financial_status === 'refunded') hold('OTHER', 'Shopify has refunded the whole order.');
  // An order of vouchers and downloads alone would wait for a shipment for ever.
  if (!findings.needsShipping)
    hold('OTHER', 'There is nothing to ship: no line of the order needs shipping.');
  if (findings.needsShipping && !findings.hasDeliverableAddress) hold('INCORRECT_ADDRESS', ADDRESS_NOTE);
  if (findings.unreadable.length > 0) hold('OTHER', findings.unreadable.join('\n'));
  // The goods of a test order are real to the warehouse.
  if (order.test === true) hold('OTHER', 'This is a test order of the shop.');
  const shipped = shippedBefore(order);
  if (shipped !== null) hold('OTHER', shipped);
  return holds;
}

/** @returns whether the goods need not wait for the payment; a payload that does not tell does not make them wait. */
export function isPaid(order: ShopifyOrder): boolean {
  const { financial_status: status } = order;
  return status === null || status === undefined || PAID.includes(status);
}

/** Who buys without terms pays before the goods leave. */
export function paymentHold(order: ShopifyOrder, isOnTerms: boolean): HoldRequest | null {
  if (isOnTerms || isPaid(order) || order.financial_status === 'refunded') return null;
  const note = manyLines(`${AWAITING_PAYMENT_NOTE} ${order.financial_status?.slice(0, 100)}.`);
  return { reason: 'AWAITING_PAYMENT', note };
}

/** What left before the order was known here must not leave a second time; only a person can tell from which stock. */
function shippedBefore(order: ShopifyOrder): string | null {
  const lines = order.line_items.flatMap((line) => {
    const units = line.requires_shipping === false ? 0 : (fulfilledQuantity(line.id, order) ?? 0);
    return units === 0 ? [] : [`${units} × ${line.sku || line.name || line.id}`];
  });
  const saysSo = ['fulfilled', 'partial'].includes(order.fulfillment_status ?? '');
  const goods = order.line_items.some((line) => line.requires_shipping !== false);
  if (lines.length === 0 && !(saysSo && goods)) return null;
  const what = lines.length === 0 ? 'some of the goods' : lines.join(', ');
  return `Shopify had fulfilled this before the order was known here; see that it is not shipped twice: ${what}.`;
}
