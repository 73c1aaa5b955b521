import { DeliveryWindow, PaymentTerms } from '../../../../domain/order/terms.ts';
import { isGiven } from '../../core/clean.ts';
import type { ShopifyOrder, ShopifyPaymentTerms } from './payload.ts';

/** @returns whether a business buys: a company or a purchase order number says so; a person may pay later too. */
export function isBusinessOrder(order: ShopifyOrder): boolean {
  return isGiven(order.company) || isGiven(order.po_number);
}

/**
 * Shopify's payment terms as ours: `NET30` from the days or from a name like "Net 30" or `NET_30`; due on receipt and
 * due on fulfillment both ask for payment with the invoice, which is sent at shipment.
 *
 * @returns null for terms that have no counterpart, such as a fixed date
 */
export function paymentTermsOf(terms: ShopifyPaymentTerms): string | null {
  const { payment_terms_name: name, payment_terms_type: type, due_in_days: days } = terms;
  const words = `${type ?? ''} ${name ?? ''}`;
  if (/receipt|fulfil/i.test(words)) return 'DUE_ON_RECEIPT';
  const named = /net[\s_-]*([0-9]{1,3})(?![0-9])/i.exec(words)?.[1];
  const net = days ?? (named === undefined ? null : Number(named));
  const ours = net === null ? null : `NET${net}`;
  return ours !== null && PaymentTerms.safeParse(ours).success ? ours : null;
}

/** The delivery window that a shop's checkout leaves in the note attributes: `2026-03-16/2026-03-18`. */
export function deliveryWindowOf(order: ShopifyOrder): DeliveryWindow | undefined {
  const attribute = order.note_attributes.find((each) => each.name === 'delivery_window');
  const [start, end, ...more] = (attribute?.value ?? '').split('/').map((date) => date.trim());
  const window = DeliveryWindow.safeParse({ start, end });
  return more.length === 0 && window.success ? window.data : undefined;
}
