import * as z from 'zod';
import { Instant } from '../../../../domain/text.ts';
import { Flag, list, optionalObject, Text } from '../../core/lenient.ts';

/**
 * What is read of an order of Square, its fields named in camel case. Fields that are not named here are ignored and missing ones
 * tolerated; a field that is read and has the wrong form makes the order malformed. Amounts are in the currency's
 * smallest unit.
 */

const Moment = Instant.nullish().catch(null);
/** Characters that can be seen, and no blank; longer ones than a reference of ours are not known. */
const Id = z.string().regex(/^[\x21-\x7e]{1,128}$/, 'an id of Square');

/** Integers of 64 bits at Square; one that a number cannot hold exactly is refused. */
const Minor = z
  .preprocess(
    (amount) => (typeof amount === 'string' && /^-?[0-9]{1,15}$/.test(amount) ? Number(amount) : amount),
    z.int(),
  )
  .transform(BigInt)
  .nullish();
const Money = optionalObject(z.object({ amount: Minor, currency: Text })).transform((money) => ({
  amount: money?.amount ?? 0n,
  currency: money?.currency ?? null,
}));

/** Apps put what they like into it. */
const Metadata = optionalObject(z.record(z.string(), Text)).transform((entries) => entries ?? {});

const Quantity = z.string().regex(/^[0-9]{1,12}(\.[0-9]{1,6})?$/, 'a quantity as decimal text');

const LineItem = z.object({
  uid: Id,
  name: Text,
  variationName: Text,
  note: Text,
  /** Decimal text: goods may be sold by weight. */
  quantity: Quantity,
  quantityUnit: optionalObject(z.object({ measurementUnit: z.unknown() })),
  /** ITEM, CUSTOM_AMOUNT or GIFT_CARD. */
  itemType: Text,
  catalogObjectId: Text,
  metadata: Metadata,
  modifiers: list(z.object({ name: Text, quantity: Text })),
  basePriceMoney: Money,
  /** Price and modifiers times quantity, before discounts and taxes. */
  grossSalesMoney: Money,
  totalDiscountMoney: Money,
  /** Taxes that come on top and those inside the price together. */
  totalTaxMoney: Money,
  appliedTaxes: list(z.object({ taxUid: Text, appliedMoney: Money })),
});
export type SquareLine = z.infer<typeof LineItem>;

const ServiceCharge = z.object({
  uid: Id,
  name: Text,
  amountMoney: Money,
  appliedMoney: Money,
  totalTaxMoney: Money,
  appliedTaxes: list(z.object({ taxUid: Text, appliedMoney: Money })),
});
export type SquareServiceCharge = z.infer<typeof ServiceCharge>;

const Address = z.object({
  firstName: Text,
  lastName: Text,
  organization: Text,
  addressLine1: Text,
  addressLine2: Text,
  addressLine3: Text,
  sublocality: Text,
  locality: Text,
  administrativeDistrictLevel1: Text,
  postalCode: Text,
  country: Text,
});

const Recipient = optionalObject(
  z.object({ displayName: Text, emailAddress: Text, phoneNumber: Text, address: optionalObject(Address) }),
);

const Fulfillment = z.object({
  uid: Id,
  /** SHIPMENT, DELIVERY, PICKUP and others. */
  type: Text,
  /** PROPOSED, RESERVED, PREPARED, COMPLETED, CANCELED or FAILED. */
  state: Text,
  /** ALL, or ENTRY_LIST: then only the lines in `entries`. */
  lineItemApplication: Text,
  entries: list(z.object({ lineItemUid: Id, quantity: z.string() })),
  shipmentDetails: optionalObject(
    z.object({
      recipient: Recipient,
      carrier: Text,
      shippingNote: Text,
      shippingType: Text,
      expectedShippedAt: Text,
      trackingNumber: Text,
      shippedAt: Moment,
    }),
  ),
  deliveryDetails: optionalObject(
    z.object({
      recipient: Recipient,
      note: Text,
      deliverAt: Text,
      deliveredAt: Moment,
      deliveryWindowDuration: Text,
      dropoffNotes: Text,
      isNoContactDelivery: Flag,
      courierProviderName: Text,
      courierSupportPhoneNumber: Text,
      externalDeliveryId: Text,
      squareDeliveryId: Text,
    }),
  ),
  pickupDetails: optionalObject(
    z.object({
      recipient: Recipient,
      note: Text,
      scheduleType: Text,
      pickupAt: Text,
      pickupWindowDuration: Text,
      pickedUpAt: Moment,
      isCurbsidePickup: Flag,
      curbsidePickupDetails: optionalObject(z.object({ curbsideDetails: Text })),
    }),
  ),
});
export type SquareFulfillment = z.infer<typeof Fulfillment>;

/**
 * What came back of one sale, in the order that the refund or the exchange made. A refund of an amount alone has a line
 * that names no line of the sale.
 *
 * @see https://developer.squareup.com/docs/orders-api/order-returns-exchanges
 */
const Return = z.object({
  sourceOrderId: Id.nullish(),
  returnLineItems: list(
    z.object({
      sourceLineItemUid: Id.nullish(),
      name: Text,
      quantity: Quantity,
      totalMoney: Money,
    }),
  ),
});
export type SquareReturn = z.infer<typeof Return>;

export const SquareOrder = z.object({
  id: Id,
  locationId: Text,
  /** DRAFT, OPEN, COMPLETED or CANCELED. */
  state: Text,
  version: z.int().min(0).default(1),
  referenceId: Text,
  customerId: Text,
  ticketName: Text,
  /** The application that made the order: `Square Point of Sale`, `Invoices`. */
  source: optionalObject(z.object({ name: Text })),
  discounts: list(z.object({ name: Text })),
  metadata: Metadata,
  lineItems: list(LineItem),
  taxes: list(z.object({ uid: Text, type: Text })),
  serviceCharges: list(ServiceCharge),
  fulfillments: list(Fulfillment),
  returns: list(Return),
  returnAmounts: optionalObject(z.object({ totalMoney: Money })),
  /** Money that went back; which goods came back for it is an order of its own in Square. */
  refunds: list(z.object({ reason: Text, status: Text, amountMoney: Money })),
  tenders: list(
    z.object({
      id: Text,
      paymentId: Text,
      type: Text,
      note: Text,
      amountMoney: Money,
      /** AUTHORIZED, CAPTURED, VOIDED or FAILED. */
      cardDetails: optionalObject(z.object({ status: Text })),
    }),
  ),
  totalMoney: Money,
  totalTipMoney: Money,
  roundingAdjustment: optionalObject(z.object({ amountMoney: Money })),
  /** What has not been paid yet; missing where Square does not say. */
  netAmountDueMoney: z.object({ amount: Minor }).nullish(),
  createdAt: Moment,
  updatedAt: Moment,
  closedAt: Moment,
});
export type SquareOrder = z.infer<typeof SquareOrder>;
