import * as z from 'zod';
import { countrySentence } from '../country.ts';
import { AmountText, CurrencyCode, UnitPrice } from '../money.ts';
import { CalendarDate, LotNumber, Note, Quantity, Reference, Sku, text } from '../text.ts';
import { ChannelData } from './channel-data.ts';
import { CHANNELS } from './channels.ts';
import { HOLD_REASONS } from './hold-reasons.ts';

/** Where an order came from. */
export const Channel = z.enum(CHANNELS).meta({
  id: 'Channel',
  description: 'Where the order came from. Expect values that are not listed: channels are added.',
});
export type Channel = z.infer<typeof Channel>;

export const OrderType = z.enum(['DTC', 'B2B']).meta({ id: 'OrderType' });
export type OrderType = z.infer<typeof OrderType>;

/**
 * What happens when stock does not cover an order: ship what is there and backorder the rest, wait until all of it
 * is there, or refuse the order.
 */
export const BackorderPolicy = z
  .enum(['SHIP_PARTIAL', 'SHIP_COMPLETE', 'REJECT'])
  .meta({ id: 'BackorderPolicy' });
export type BackorderPolicy = z.infer<typeof BackorderPolicy>;

export const HoldReason = z.enum(HOLD_REASONS).meta({ id: 'HoldReason' });
export type HoldReason = z.infer<typeof HoldReason>;

/** What happens to returned goods. */
export const Disposition = z.enum(['RESTOCK', 'QUARANTINE', 'WRITE_OFF']).meta({ id: 'Disposition' });
export type Disposition = z.infer<typeof Disposition>;

export const Customer = z
  .strictObject({
    name: text(200).refine((name) => name.trim() !== '', 'a name is not blank'),
    email: z.union([z.email().max(254), z.literal('')]).optional(),
    reference: Reference.optional(),
  })
  .meta({ id: 'Customer' });
export type Customer = z.infer<typeof Customer>;

/** Whether an address can receive mail: RFC 5321 (4.5.3.1.1) has 64 characters before the @. */
export function isMailAddress(text: string): boolean {
  return Customer.shape.email.safeParse(text).success && text.lastIndexOf('@') <= 64 && text !== '';
}

/** The customer of a new order; orders received before mail addresses were validated this strictly stay readable. */
const NewCustomer = Customer.refine(({ email = '' }) => email === '' || isMailAddress(email), {
  path: ['email'],
  error: 'an address with 64 characters at most before the @',
}).meta({ id: 'NewCustomer' });

export const Address = z
  .strictObject({
    name: text(200).optional(),
    address1: text(200).optional(),
    address2: text(200).optional(),
    city: text(100).optional(),
    region: text(100).optional(),
    postalCode: text(20).optional(),
    country: z
      .string()
      .regex(/^([A-Z]{2})?$/, { error: ({ input }) => countrySentence(String(input)) })
      .optional(),
  })
  .meta({ id: 'Address' });
export type Address = z.infer<typeof Address>;

/** `NET30` means payment within 30 days of the invoice. */
export const PaymentTerms = z
  .string()
  .regex(
    /^(NET(0|[1-9][0-9]{0,2})|DUE_ON_RECEIPT|PREPAID)$/,
    'NET and days (NET30), DUE_ON_RECEIPT or PREPAID',
  )
  .meta({ id: 'PaymentTerms', example: 'NET30' });

/** The days on which the customer accepts the goods, both included. */
export const DeliveryWindow = z
  .strictObject({ start: CalendarDate, end: CalendarDate })
  .refine((window) => window.start <= window.end, 'a window does not end before it starts')
  .meta({ id: 'DeliveryWindow' });
export type DeliveryWindow = z.infer<typeof DeliveryWindow>;

const lineTerms = {
  sku: Sku,
  description: text(500).optional(),
  quantity: Quantity,
  unitPrice: UnitPrice,
  discount: AmountText.optional(),
  tax: AmountText.optional(),
  unitsPerCase: Quantity.optional(),
  casesPerPallet: Quantity.optional(),
  lotPin: LotNumber.optional(),
};

/** A line as our own API accepts it. */
export const RequestedLine = z.strictObject(lineTerms).meta({ id: 'RequestedLine' });

/** The customer's own unit and product numbers of a line, by the codes of X12 (elements 355 and 235). */
export const OrderedAs = z.strictObject({
  unit: z.string().regex(/^[A-Z0-9]{2}$/),
  products: z
    .array(z.strictObject({ qualifier: z.string().regex(/^[A-Z0-9]{2}$/), value: z.string().max(80) }))
    .max(10),
});
export type OrderedAs = z.infer<typeof OrderedAs>;

/**
 * A line as a channel may send it: also goods that the channel knows by no SKU, and what needs no shipping (a gift
 * card, a fee), which is part of the order's total but never of its fulfillment.
 */
export const ReceivedLine = z.strictObject({
  ...lineTerms,
  sku: Sku.nullable(),
  requiresShipping: z.boolean().default(true),
  channelLineId: Reference.optional(),
  /** Who sends it in place of us: another fulfillment service of the channel. */
  fulfilledBy: text(100).optional(),
  /** The customer's unit and product numbers, for documents to the customer. */
  orderedAs: OrderedAs.optional(),
  channelData: ChannelData.optional(),
});
export type ReceivedLine = z.infer<typeof ReceivedLine>;

/** At most this many lines make one order; the history's first event holds them all in one item of the store. */
export const MAX_LINES = 1000;

/** What a customer ordered, and on what terms; shared by the API and every channel. */
export const orderTerms = {
  channel: Channel.default('MANUAL'),
  orderType: OrderType.default('DTC'),
  currency: CurrencyCode,
  externalId: Reference.optional(),
  customer: NewCustomer,
  shipTo: Address.optional(),
  purchaseOrderNumber: Reference.optional(),
  paymentTerms: PaymentTerms.optional(),
  deliveryWindow: DeliveryWindow.optional(),
  backorderPolicy: BackorderPolicy.default('SHIP_PARTIAL'),
  minimumShelfLifeDays: z.int().min(0).max(3650).optional(),
  discount: AmountText.optional(),
  shippingAmount: AmountText.optional(),
  tax: AmountText.optional(),
  note: Note.optional(),
};

export const HoldRequest = z.strictObject({ reason: HoldReason, note: Note.optional() });
export type HoldRequest = z.infer<typeof HoldRequest>;
