import * as z from 'zod';
import { decimalText, Flag, list, optionalObject, Text } from '../../core/lenient.ts';

/**
 * What is read of an order of WooCommerce, REST API v3. Other fields are ignored, missing ones tolerated; a field that
 * is read and has the wrong form makes the order malformed. Amounts are decimal text in the order's currency, without
 * tax.
 *
 * @see https://woocommerce.github.io/woocommerce-rest-api-docs/#order-properties
 */

/** Extensions write numbers as text. */
const asNumber = (value: unknown) =>
  typeof value === 'string' && /^[0-9]+(\.[0-9]+)?$/.test(value) ? Number(value) : value;
const Id = z.preprocess(asNumber, z.int().min(1)).transform(String);
/** Empty where nothing was entered. */
const Amount = z
  .preprocess(
    decimalText,
    z
      .string()
      .regex(/^-?[0-9]{0,12}(\.[0-9]{1,10})?$/, 'an amount as decimal text')
      .nullish(),
  )
  .transform((amount) => amount || '0');
/** UTC, without a zone: `2026-03-10T14:00:00`. Extensions add one. */
const Moment = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(Z|\+00:00)?$/, 'an instant in UTC')
  .transform((moment) => `${moment.slice(0, 19)}Z`)
  .nullish();

/** Keys of meta data under which extensions and themes keep the lot that was promised for a line. */
export const LOT_PIN_KEYS: readonly string[] = ['lot_pin', '_lot_pin'];

/** Extensions keep values of any form under any key. */
const MetaData = list(
  z.object({
    key: Text.transform((key) => key ?? ''),
    value: z.unknown(),
    display_key: Text,
    display_value: Text,
  }),
);

const PartyFields = z.object({
  first_name: Text,
  last_name: Text,
  company: Text,
  address_1: Text,
  address_2: Text,
  city: Text,
  state: Text,
  postcode: Text,
  country: Text,
  email: Text,
  phone: Text,
});
export type WooParty = z.infer<typeof PartyFields>;
const Party = optionalObject(PartyFields).transform((party) => party ?? PartyFields.parse({}));

/** Extensions sell by weight, with a quantity that is no whole number. */
const Quantity = z.preprocess(asNumber, z.number().min(0));

const LineItem = z.object({
  id: Id,
  name: Text,
  sku: Text,
  quantity: Quantity,
  /** Before coupons. */
  subtotal: Amount,
  /** After coupons. */
  total: Amount,
  total_tax: Amount,
  meta_data: MetaData,
});
export type WooLine = z.infer<typeof LineItem>;

const Fee = z.object({ id: Id, name: Text, total: Amount, total_tax: Amount, meta_data: MetaData });
export type WooFee = z.infer<typeof Fee>;

export const WooOrder = z.object({
  id: Id,
  /** As people know the order; extensions number in ways of their own. */
  number: Text,
  status: z.string(),
  currency: z.string(),
  date_created_gmt: Moment.catch(null),
  date_modified_gmt: Moment,
  date_paid_gmt: Moment.catch(null),
  date_completed_gmt: Moment.catch(null),
  created_via: Text,
  total: Amount,
  total_tax: Amount,
  shipping_tax: Amount,
  shipping_total: Amount,
  customer_id: z.preprocess(asNumber, z.int().min(0).nullish()).catch(null),
  customer_note: Text,
  payment_method: Text,
  payment_method_title: Text,
  transaction_id: Text,
  /** False for an order of downloads and services alone. */
  needs_processing: Flag,
  billing: Party,
  shipping: Party,
  line_items: list(LineItem),
  /** Where the customer fetches the goods stands in the meta data. */
  shipping_lines: list(z.object({ method_id: Text, method_title: Text, meta_data: MetaData })),
  fee_lines: list(Fee),
  coupon_lines: list(z.object({ code: Text })),
  /** The sum of each refund, below zero. Which lines it gives back only the API says. */
  refunds: list(z.object({ id: Id, reason: Text, total: Amount })),
  meta_data: MetaData,
});
export type WooOrder = z.infer<typeof WooOrder>;

/** What a deletion holds. */
export const WooDeletion = z.object({ id: Id });

const BackQuantity = z.preprocess(
  (quantity) =>
    typeof quantity === 'string' && /^-?[0-9]+(\.[0-9]+)?$/.test(quantity) ? Number(quantity) : quantity,
  z.number().max(0),
);

/** A refund of the API; its quantities are below zero, or zero where money alone was given back. */
export const WooRefund = z.object({
  id: Id,
  reason: Text,
  /** All that was given back, above zero. */
  amount: Amount,
  line_items: list(
    z
      .object({ quantity: BackQuantity, total: Amount, total_tax: Amount, meta_data: MetaData })
      .transform(({ quantity, total, total_tax, meta_data }) => ({
        quantity: -quantity,
        /** What was given back for it, above zero. */
        amounts: [total, total_tax].map((amount) => amount.replace('-', '')),
        /** The line that the refund gives back. */
        lineId: String(meta_data.find(({ key }) => key === '_refunded_item_id')?.value ?? ''),
      })),
  ),
});
export type WooRefund = z.infer<typeof WooRefund>;
