import * as z from 'zod';
import { Instant } from '../../../../domain/text.ts';

/**
 * What is read of Shopify's REST resources (webhooks of API 2026-01 and later). Keys that are not named here are
 * ignored and missing ones tolerated; a key that is read and has the wrong form makes the payload malformed. All
 * numbers arrive as text, see `readJson`.
 */

/** The digits of an id, exactly as sent. */
const Id = z.string().regex(/^[1-9][0-9]{0,39}$/, 'a whole number as id');
/** An amount in the shop's currency; text in orders, a number in refunds. */
const Money = z.string().regex(/^[0-9]{1,18}(\.[0-9]{1,9})?$/, 'an amount without sign or exponent');
const Count = z
  .string()
  .regex(/^[0-9]{1,15}$/, 'a whole number')
  .transform(Number);
const Text = z.string().nullish();
const Flag = z.boolean().nullish();

function list<Item extends z.ZodType>(item: Item) {
  return z
    .array(item)
    .nullish()
    .transform((items) => items ?? []);
}

/** Apps put anything into the values; what is no text or number is as good as missing. */
const Attribute = z.object({ name: Text, value: z.string().nullish().catch(null) });

const TaxLine = z.object({ price: Money.nullish() });
const DiscountAllocation = z.object({ amount: Money.nullish() });
const Duty = z.object({
  shop_money: z.object({ amount: Money.nullish() }).nullish(),
  tax_lines: list(TaxLine),
});

const LineItem = z.object({
  id: Id,
  sku: Text,
  name: Text,
  title: Text,
  /** Stays the original one when the order is edited. */
  quantity: Count,
  /** Less what was removed, cancelled or refunded. */
  current_quantity: Count.nullish(),
  /** Units that can still be fulfilled. */
  fulfillable_quantity: Count.nullish(),
  price: Money,
  requires_shipping: Flag,
  gift_card: Flag,
  properties: list(Attribute),
  discount_allocations: z.array(DiscountAllocation).nullish(),
  total_discount: Money.nullish(),
  tax_lines: list(TaxLine),
  duties: list(Duty),
});
export type ShopifyLine = z.infer<typeof LineItem>;

const ShippingLine = z.object({
  price: Money.nullish(),
  discount_allocations: list(DiscountAllocation),
  tax_lines: list(TaxLine),
  is_removed: Flag,
});

const Address = z.object({
  name: Text,
  first_name: Text,
  last_name: Text,
  company: Text,
  address1: Text,
  address2: Text,
  city: Text,
  province: Text,
  province_code: Text,
  zip: Text,
  country_code: Text,
});
export type ShopifyAddress = z.infer<typeof Address>;

const Customer = z.object({
  id: Id.nullish(),
  email: Text,
  first_name: Text,
  last_name: Text,
  default_address: Address.nullish(),
});

/** Also seen as `NET` and `NET_30`. */
const PaymentTerms = z.object({
  payment_terms_type: Text,
  payment_terms_name: Text,
  due_in_days: Count.nullish(),
});
export type ShopifyPaymentTerms = z.infer<typeof PaymentTerms>;

export const ShopifyFulfillment = z.object({
  id: Id,
  order_id: Id,
  status: Text,
  tracking_company: Text,
  tracking_number: Text,
  tracking_numbers: list(Text),
  /** Here `quantity` is what this fulfillment ships. */
  line_items: list(z.object({ id: Id, quantity: Count })),
});
export type ShopifyFulfillment = z.infer<typeof ShopifyFulfillment>;

const RefundLine = z.object({
  line_item_id: Id,
  quantity: Count,
  restock_type: Text,
  /** The line as the refund left it. */
  line_item: z.object({ current_quantity: Count.nullish(), fulfillable_quantity: Count.nullish() }).nullish(),
});
export type ShopifyRefundLine = z.infer<typeof RefundLine>;

export const ShopifyRefund = z.object({
  id: Id,
  order_id: Id,
  note: Text,
  refund_line_items: list(RefundLine),
});
export type ShopifyRefund = z.infer<typeof ShopifyRefund>;

export const ShopifyOrder = z.object({
  id: Id,
  name: Text,
  updated_at: Instant.nullish(),
  cancelled_at: Text,
  cancel_reason: Text,
  test: Flag,
  currency: z.string(),
  taxes_included: Flag,
  duties_included: Flag,
  total_price: Money.nullish(),
  current_total_price: Money.nullish(),
  financial_status: Text,
  fulfillment_status: Text,
  email: Text,
  contact_email: Text,
  note: Text,
  note_attributes: list(Attribute),
  po_number: Text,
  company: z.object({ id: Id.nullish() }).nullish(),
  payment_terms: PaymentTerms.nullish(),
  customer: Customer.nullish(),
  billing_address: Address.nullish(),
  shipping_address: Address.nullish(),
  line_items: list(LineItem),
  shipping_lines: list(ShippingLine),
  fulfillments: z.array(ShopifyFulfillment).nullish(),
  refunds: list(ShopifyRefund.pick({ refund_line_items: true })),
});
export type ShopifyOrder = z.infer<typeof ShopifyOrder>;

/** `orders/edited` tells only what was added and removed; the order itself has to be fetched. */
export const ShopifyOrderEdit = z.object({ order_edit: z.object({ order_id: Id }) });

/** `orders/delete` tells only the id. */
export const ShopifyDeletion = z.object({ id: Id });
