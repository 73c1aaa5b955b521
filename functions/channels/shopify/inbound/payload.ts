import * as z from 'zod';
import { Instant } from '../../../../domain/text.ts';
import { Flag, isObject, list, optionalList, optionalObject, Text, textOf } from '../../core/lenient.ts';

/**
 * What is read of Shopify's orders, in the names of its REST resources (webhooks of API 2026-01 and later). The Admin
 * API is asked for the same names and answers in other forms alone: ids are `gid://…/1`, amounts are objects, lists may
 * be connections, states are in capitals. Keys that are not named here are ignored and missing ones tolerated; a key
 * that is read and has the wrong form makes the payload malformed. All numbers of a webhook arrive as text, see
 * `readJson`.
 */

/** The digits of an id, exactly as sent; also those in `gid://shopify/Order/1` and `{ id }`. */
const Id = z.preprocess(
  (value) => {
    const id = isObject(value) ? value.id : value;
    return typeof id === 'string' ? id.replace(/^gid:\/\/[\w-]+\/\w+\/([0-9]+)(\?.*)?$/, '$1') : id;
  },
  z.string().regex(/^[1-9][0-9]{0,39}$/, 'a whole number as id'),
);
const Amount = z.string().regex(/^[0-9]{1,18}(\.[0-9]{1,9})?$/, 'an amount without sign or exponent');
/** An amount in the shop's currency: text in orders, a number in refunds, `{ shopMoney: { amount } }` in the Admin API. */
const Price = z.preprocess(amountIn, Amount);
const Money = z.preprocess(amountIn, Amount.nullish()).nullish();
/** An amount that may be below zero, and says nothing where it has another form. */
const SignedAmount = z.preprocess(
  (value) => {
    if (!isObject(value)) return value;
    return amountIn(value.shop_money ?? value.paymentSet ?? value);
  },
  z
    .string()
    .regex(/^-?[0-9]{1,18}(\.[0-9]{1,9})?$/)
    .nullish()
    .catch(null),
);
const Count = z.preprocess(
  (value) => (typeof value === 'number' ? String(value) : value),
  z
    .string()
    .regex(/^[0-9]{1,15}$/, 'a whole number')
    .transform(Number),
);
/** A word that decides something, in small letters. */
const Word = Text.transform((word) => word?.toLowerCase() ?? null);
const Moment = Instant.nullish().catch(null);

function amountIn(value: unknown): unknown {
  const money = isObject(value) && 'shopMoney' in value ? value.shopMoney : value;
  const amount = isObject(money) ? money.amount : money;
  return amount === '' ? null : amount;
}

/** Apps put what they like there: a list of `{ name, value }`, an object, or anything. */
const Attributes = z
  .unknown()
  .optional()
  .transform((given): readonly { name: string | null; value: string | null }[] => {
    if (!isObject(given)) return [];
    const entries = Array.isArray(given)
      ? given.map((each) => (isObject(each) ? each : { value: each }))
      : Object.entries(given).map(([name, value]) => ({ name, value }));
    return entries.map((entry: { name?: unknown; value?: unknown }) => ({
      name: textOf(entry.name),
      value: textOf(entry.value),
    }));
  });
/** Text, or a list of it: the webhooks' tags are one text, the Admin API's a list. */
const Tags = z
  .unknown()
  .optional()
  .transform((tags) =>
    (Array.isArray(tags) ? tags.map(textOf) : (textOf(tags) ?? '').split(', ')).sort().join(', '),
  );

const TaxLine = z.object({ price: Money });
const DiscountAllocation = z.object({ amount: Money });
const Duty = z.object({ shop_money: Money, tax_lines: list(TaxLine) });

const Place = z.object({ id: Text, name: Text });
export type ShopifyPlace = z.infer<typeof Place>;

export const ShopifyLine = z.object({
  id: Id,
  sku: z.string().nullish(),
  name: Text,
  title: Text,
  /** Stays the original one when the order is edited. */
  quantity: Count,
  /** Less what was removed, cancelled or refunded. */
  current_quantity: Count.nullish(),
  /** Units that can still be fulfilled. */
  fulfillable_quantity: Count.nullish(),
  price: Price,
  requires_shipping: Flag,
  gift_card: Flag,
  properties: Attributes,
  /** `manual` for the merchant's own; the Admin API says `{ handle }`. */
  fulfillment_service: z
    .unknown()
    .optional()
    .transform((by) => textOf(isObject(by) ? by.handle : by)),
  /** Where the line is sent from, as far as Shopify has assigned it. */
  origin_location: optionalObject(Place),
  assigned_location: optionalObject(Place),
  assigned_location_id: Text,
  discount_allocations: optionalList(DiscountAllocation),
  total_discount: Money,
  tax_lines: list(TaxLine),
  duties: list(Duty),
});
export type ShopifyLine = z.infer<typeof ShopifyLine>;

const ShippingLine = z.object({
  title: Text,
  code: Text,
  delivery_category: Text,
  price: Money,
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
  phone: Text,
});
export type ShopifyAddress = z.infer<typeof Address>;

const Customer = z.object({
  id: Id.nullish(),
  email: Text,
  phone: Text,
  first_name: Text,
  last_name: Text,
  default_address: optionalObject(Address),
});

/** `{ id }` in a webhook; the Admin API says who buys, which may be a company: `{ company: { id } }`. */
const Company = z
  .object({ id: Id.nullish(), company: z.object({ id: Id }).nullish() })
  .transform(({ id, company }) => id ?? company?.id ?? null);

/** Also seen as `NET` and `NET_30`. */
const PaymentTerms = z.object({
  payment_terms_type: Text,
  payment_terms_name: Text,
  due_in_days: Count.nullish().catch(null),
});
export type ShopifyPaymentTerms = z.infer<typeof PaymentTerms>;

/** Here `quantity` is what the fulfillment ships. */
export const ShopifyFulfillmentLine = z.object({ id: Id, quantity: Count });

export const ShopifyFulfillment = z.object({
  id: Id,
  status: Word,
  created_at: Moment,
  updated_at: Moment,
  /** What the carrier says, as far as Shopify knows. */
  shipment_status: Word,
  delivered_at: Moment,
  tracking_company: Text,
  tracking_number: Text,
  tracking_numbers: list(Text),
  /** The Admin API's form of the three above. */
  tracking: list(z.object({ company: Text, number: Text })),
  line_items: list(ShopifyFulfillmentLine),
});
export type ShopifyFulfillment = z.infer<typeof ShopifyFulfillment>;

export const ShopifyRefundLine = z.object({
  line_item_id: Id,
  quantity: Count,
  restock_type: Word,
  /** Without taxes. */
  subtotal: Money,
  total_tax: Money,
  /** The line as the refund left it. */
  line_item: optionalObject(
    z.object({ current_quantity: Count.nullish(), fulfillable_quantity: Count.nullish() }),
  ),
});
export type ShopifyRefundLine = z.infer<typeof ShopifyRefundLine>;

export const ShopifyAdjustment = z.object({ kind: Word, amount: SignedAmount, tax_amount: SignedAmount });
export type ShopifyAdjustment = z.infer<typeof ShopifyAdjustment>;

export const ShopifyRefund = z.object({
  id: Id.nullish(),
  created_at: Moment,
  note: Text,
  refund_line_items: list(ShopifyRefundLine),
  /** `shipping_refund` and others; below zero, as they are taken off. */
  order_adjustments: list(ShopifyAdjustment),
  transactions: list(z.object({ kind: Word, status: Word, amount: Money })),
  /** The Admin API's sum of the transactions. */
  total: Money,
});
export type ShopifyRefund = z.infer<typeof ShopifyRefund>;

export const ShopifyOrder = z.object({
  id: Id,
  name: Text,
  created_at: Moment,
  updated_at: z.preprocess((instant) => instant || null, Instant.nullish()),
  closed_at: Moment,
  source_name: Word,
  location_id: Text,
  phone: Text,
  tags: Tags,
  payment_gateway_names: z
    .unknown()
    .optional()
    .transform((names) => (Array.isArray(names) ? names.map(textOf) : [])),
  /** The Admin API says the codes alone. */
  discount_codes: z
    .unknown()
    .optional()
    .transform((codes) =>
      (Array.isArray(codes) ? codes : []).map((each) => textOf(isObject(each) ? each.code : each)),
    ),
  cancelled_at: Text,
  cancel_reason: Word,
  test: Flag,
  currency: z.string(),
  taxes_included: Flag,
  duties_included: Flag,
  total_price: Money,
  current_total_price: Money,
  total_tax: Money,
  current_total_tax: Money,
  total_tip_received: Money,
  /** The webhooks' set with `shop_money`; the Admin API says `{ paymentSet }`. */
  total_cash_rounding_payment_adjustment_set: SignedAmount,
  tax_lines: list(TaxLine),
  financial_status: Word,
  fulfillment_status: Word,
  email: Text,
  contact_email: Text,
  note: Text,
  note_attributes: Attributes,
  po_number: Text,
  company: optionalObject(Company),
  payment_terms: optionalObject(PaymentTerms),
  customer: optionalObject(Customer),
  billing_address: optionalObject(Address),
  shipping_address: optionalObject(Address),
  line_items: z
    .array(ShopifyLine)
    .nullish()
    .transform((lines) => lines ?? []),
  shipping_lines: list(ShippingLine),
  fulfillments: optionalList(ShopifyFulfillment),
  refunds: list(ShopifyRefund),
});
export type ShopifyOrder = z.infer<typeof ShopifyOrder>;

/** The messages about one fulfillment or refund name their order. */
export const ShopifyFulfillmentMessage = ShopifyFulfillment.extend({ order_id: Id });
export const ShopifyRefundMessage = ShopifyRefund.extend({ order_id: Id });

/** Who is not Shopify itself gives a title. */
export const ShopifyRisk = z.object({ order_id: Id, risk_level: Word, provider_title: Text });

export const ShopifyFulfillmentOrder = z.object({
  fulfillment_order: z.object({ id: Id }),
});

export const ShopifyReturn = z.object({ order: z.object({ id: Id }) });

/** `orders/edited` has only what was added and removed; the order itself has to be fetched. */
export const ShopifyOrderEdit = z.object({ order_edit: z.object({ order_id: Id }) });

/** `orders/delete` has only the id. */
export const ShopifyDeletion = z.object({ id: Id });
