import * as z from 'zod';
import { isSscc18 } from '../gs1.ts';
import { LocationId } from '../inventory/location.ts';
import { AmountText, UnitPrice } from '../money.ts';
import { CalendarDate, Instant, LotNumber, Note, Quantity, Reference, Sku, text } from '../text.ts';
import { ChannelData, channelTerms, shippingDates } from './channel-data.ts';
import {
  Address,
  DeliveryWindow,
  Disposition,
  HoldReason,
  HoldRequest,
  MAX_LINES,
  orderTerms,
  ReceivedLine,
} from './terms.ts';

const LineNumber = z.int().min(1).max(MAX_LINES);

const LineQuantity = z.strictObject({ lineNumber: LineNumber, quantity: Quantity });

function lineQuantities<Line extends z.ZodType>(line: Line) {
  return z.array(line).min(1).max(MAX_LINES);
}

/** At most so many packages of a shipment are reported one by one. */
const MAX_PACKAGES = 2000;

/** A package of a shipment, and what is in it. */
const Package = z
  .strictObject({
    /** Serial Shipping Container Code on its label. */
    sscc: z
      .string()
      .regex(/^\d{18}$/, 'an SSCC has 18 digits')
      .refine(isSscc18, 'the last digit of an SSCC checks the others, and does not agree')
      .optional(),
    trackingNumber: Reference.optional(),
    lines: lineQuantities(LineQuantity.extend({ lotNumber: LotNumber.optional() })),
  })
  .meta({ id: 'Package' });

/** How many packages a shipment has, or what is in each. */
const Packages = z.union([z.int().min(1).max(100_000), z.array(Package).min(1).max(MAX_PACKAGES)]);

/** Goods that the channel says have left. */
const ChannelShipment = z.strictObject({
  lines: lineQuantities(LineQuantity),
  carrier: text(100).refine((carrier) => carrier.trim() !== '', 'a carrier is not blank'),
  trackingNumber: Reference,
  packages: z.int().min(1).max(100_000).optional(),
  /** The channel's own id of the fulfillment, by which it is known whatever its tracking number becomes. */
  channelFulfillmentId: Reference.optional(),
  /** When the customer had the goods, where that is known already. */
  deliveredAt: Instant.optional(),
});

/** Receive an order. */
export const ReceiveOrder = z.strictObject({
  type: z.literal('ReceiveOrder'),
  ...orderTerms,
  ...channelTerms,
  /** The shop or account within the channel; a repeat has the same source and `externalId`. */
  source: Reference.optional(),
  /** The date on the customer's own order. */
  purchaseOrderDate: CalendarDate.optional(),
  /** The channel's own total, stored beside ours. */
  channelTotal: AmountText.optional(),
  /** The part of `tax` that is on shipping: it is not given back with the goods. */
  shippingTax: AmountText.optional(),
  lines: lineQuantities(ReceivedLine),
  /** What had left before the order was known here; its units are by the place of their line, from 1. */
  earlierShipments: z
    .array(ChannelShipment.extend({ shippedAt: Instant.optional(), isDelivered: z.boolean().optional() }))
    .max(200)
    .optional(),
  holds: z.array(HoldRequest).max(10).default([]),
  /** Whether a pin that its lot cannot meet refuses the order, or leaves the quantity backordered. */
  unmetPins: z.enum(['REFUSE', 'BACKORDER']).default('REFUSE'),
});

/** Reserve stock, or choose the lots again; pins replace the pins of their lines and leave other lines unchanged. */
export const AllocateOrder = z.strictObject({
  type: z.literal('AllocateOrder'),
  pins: z
    .array(z.strictObject({ lineNumber: LineNumber, lotNumber: LotNumber, quantity: Quantity.optional() }))
    .max(25)
    .optional(),
  /** Where a step begins whose predecessors have been through the lines before; a large order takes several. */
  fromLine: LineNumber.optional(),
});

/** Reserve stock for what is open or backordered; what is held already stays as it is. */
const CompleteAllocation = z.strictObject({
  type: z.literal('CompleteAllocation'),
  /** Only lines of this SKU, of which stock has come in. */
  sku: Sku.optional(),
});

const ReleaseAllocation = z.strictObject({ type: z.literal('ReleaseAllocation') });

/** Give up the reservations on one lot that must not be shipped, and find other lots. */
const ReplaceLot = z.strictObject({
  type: z.literal('ReplaceLot'),
  sku: Sku,
  lotNumber: LotNumber,
  reason: text(500),
});

const QueueFulfillment = z.strictObject({ type: z.literal('QueueFulfillment') });

export const RecordShipment = z.strictObject({
  type: z.literal('RecordShipment'),
  lines: lineQuantities(LineQuantity.extend({ lotNumber: LotNumber.optional() })).optional(),
  carrier: text(100).refine((carrier) => carrier.trim() !== '', 'a carrier is not blank'),
  service: text(100).optional(),
  trackingNumber: Reference,
  packages: Packages.optional(),
  /** Where it leaves from; may be left out where all of it is reserved in one location. */
  locationId: LocationId.optional(),
});

/**
 * Record goods that have left as the channel says, whatever holds the order. Units that are reserved leave our stock; all
 * others left from elsewhere and no longer wait for stock here.
 */
const RecordChannelShipment = ChannelShipment.extend({ type: z.literal('RecordChannelShipment') });

/** Note what the channel says anew of a shipment that is recorded. */
const CorrectShipment = z.strictObject({
  type: z.literal('CorrectShipment'),
  shipmentId: Reference,
  carrier: ChannelShipment.shape.carrier.optional(),
  trackingNumber: Reference.optional(),
  channelFulfillmentId: Reference.optional(),
});

/** Record what is left of a shipment, or a cancellation, that takes more than one step. */
const ContinueSteps = z.strictObject({ type: z.literal('ContinueSteps') });

export const ConfirmDelivery = z.strictObject({
  type: z.literal('ConfirmDelivery'),
  shipmentId: Reference,
  deliveredAt: Instant,
  signedBy: text(200).optional(),
  /** Whoever has a clock of its own may report an arrival long before the shipment was recorded here. */
  mayPrecedeShipment: z.boolean().optional(),
});

/** Tracking updates of a carrier besides delivery. */
export const DeliveryException = z.enum(['failed_attempt', 'returned_to_sender']);
export type DeliveryException = z.infer<typeof DeliveryException>;

/** Record a delivery exception that the carrier reports for a shipment in transit. */
export const RecordDeliveryException = z.strictObject({
  type: z.literal('RecordDeliveryException'),
  shipmentId: Reference,
  news: DeliveryException,
  occurredAt: Instant,
});

const CloseOrder = z.strictObject({ type: z.literal('CloseOrder') });

/** The channel's own id of a return by which units are cancelled or come back; of each of its units that is done once. */
const channelReturnId = Reference.optional();

export const CancelOrder = z.strictObject({
  type: z.literal('CancelOrder'),
  reason: text(200).refine((reason) => reason.trim() !== '', 'a reason is not blank'),
  note: Note.optional(),
  lines: lineQuantities(LineQuantity).optional(),
  channelReturnId,
});

export const PlaceHold = z.strictObject({
  type: z.literal('PlaceHold'),
  reason: HoldReason,
  note: Note.optional(),
});

const ReleaseHold = z.strictObject({ type: z.literal('ReleaseHold'), holdId: Reference });

const AmendedLine = z.strictObject({
  lineNumber: LineNumber,
  quantity: Quantity.optional(),
  unitPrice: UnitPrice.optional(),
});

/**
 * What may be amended while nothing has been queued; all but the lines also of a queued order, as long as nothing of it
 * has left. A field that is absent stays as it is.
 */
export const Amendment = z.strictObject({
  shipTo: Address.optional(),
  deliveryWindow: DeliveryWindow.optional(),
  ...shippingDates,
  purchaseOrderNumber: Reference.optional(),
  customerReference: Reference.optional(),
  note: Note.optional(),
  lines: lineQuantities(AmendedLine).optional(),
});
export type Amendment = z.infer<typeof Amendment>;

/** An amendment, with what a channel can ask for besides: lines that are new, and lines that are wanted no more. */
export const AmendOrder = Amendment.extend({
  type: z.literal('AmendOrder'),
  lines: lineQuantities(AmendedLine.extend({ channelData: ChannelData.optional() })).optional(),
  addedLines: lineQuantities(ReceivedLine).optional(),
  /** Line numbers; what is left of these lines is cancelled. */
  cancelledLines: z.array(LineNumber).min(1).max(MAX_LINES).optional(),
  /** All that the channel says of the order from now on. */
  channelData: ChannelData.optional(),
  /** What the order costs from now on, by its channel; an amount that is absent stays, one of zero goes. */
  amounts: z
    .strictObject({
      discount: AmountText.optional(),
      shippingAmount: AmountText.optional(),
      tax: AmountText.optional(),
      shippingTax: AmountText.optional(),
      lines: lineQuantities(
        z.strictObject({
          lineNumber: LineNumber,
          discount: AmountText.optional(),
          tax: AmountText.optional(),
        }),
      ).optional(),
    })
    .optional(),
  channelTotal: AmountText.optional(),
  /** The channel sold it so: lines and amounts of a queued order change too, as long as nothing of it has left. */
  isSoldSo: z.boolean().optional(),
});

/** Keep what the channel says of an order, whatever state it is in. */
export const RecordChannelData = z.strictObject({
  type: z.literal('RecordChannelData'),
  channelData: ChannelData.optional(),
  channelTotal: AmountText.optional(),
});

export const ReceiveReturn = z.strictObject({
  type: z.literal('ReceiveReturn'),
  lines: lineQuantities(LineQuantity.extend({ disposition: Disposition, lotNumber: LotNumber.optional() })),
  /** A channel says that they came back, which may be known before their delivery is. */
  mayPrecedeDelivery: z.boolean().optional(),
  channelReturnId,
});

/**
 * Credit an invoiced customer with money that its channel gave back beyond what the goods that came back cost: for
 * shipping, or for goods that stay where they are.
 */
const CreditRefund = z.strictObject({
  type: z.literal('CreditRefund'),
  /** The channel's own id of the refund, by which it is credited once. */
  refundId: Reference,
  /** Without its tax, as is `allowance`. */
  shipping: AmountText,
  allowance: AmountText,
  tax: AmountText,
});

const VoidOrder = z.strictObject({ type: z.literal('VoidOrder') });

/** Take out what the order holds of a person, once it has come to its end. */
const ErasePersonalData = z.strictObject({
  type: z.literal('ErasePersonalData'),
  /** The request that asks for it. */
  erasureId: Reference,
});

/** The workflow's timer has come to a date that matters to the delivery window. */
const CheckDeliveryWindow = z.strictObject({
  type: z.literal('CheckDeliveryWindow'),
  today: CalendarDate,
  atRiskDays: z.int().min(0).max(365),
});

/** Every command to an order. */
export const OrderCommand = z.discriminatedUnion('type', [
  ReceiveOrder,
  AllocateOrder,
  CompleteAllocation,
  ReleaseAllocation,
  ReplaceLot,
  QueueFulfillment,
  RecordShipment,
  RecordChannelShipment,
  CorrectShipment,
  ContinueSteps,
  ConfirmDelivery,
  RecordDeliveryException,
  CloseOrder,
  CancelOrder,
  PlaceHold,
  ReleaseHold,
  AmendOrder,
  RecordChannelData,
  ReceiveReturn,
  CreditRefund,
  VoidOrder,
  ErasePersonalData,
  CheckDeliveryWindow,
]);
export type OrderCommand = z.infer<typeof OrderCommand>;
export type OrderCommandType = OrderCommand['type'];
export type CommandOf<Type extends OrderCommandType> = Extract<OrderCommand, { type: Type }>;
