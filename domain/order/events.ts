import * as z from 'zod';
import { CashDiscount, ChannelDocument, KeptChannelDetail } from './channel-data.ts';
import {
  Address,
  BackorderPolicy,
  Channel,
  Customer,
  DeliveryWindow,
  Disposition,
  HoldReason,
  OrderedAs,
  OrderType,
  PaymentTerms,
} from './terms.ts';

// What people enter is checked to the letter, what happened is read as it is: fields that a newer version added to it
// are passed over.
const KeptCustomer = Customer.strip();
const KeptAddress = Address.strip();
const KeptWindow = DeliveryWindow.strip();
const KeptDetails = z.array(KeptChannelDetail);

const lineNumber = z.int().min(1);
const units = z.int().min(1);
const amount = z.string();
const lotNumber = z.string();
const expiryDate = z.string().nullable();
/** Absent where it is `MAIN`, as in events from before there were other locations. */
const locationId = z.string().optional();

/** Units of a lot held for a line: what a reservation takes from the lot, or gives back. */
export const Reservation = z.object({
  lineNumber,
  sku: z.string(),
  lotNumber,
  locationId,
  expiryDate,
  quantity: units,
  pinned: z.boolean(),
  /** Why this lot was chosen. */
  reason: z.string().optional(),
});
export type Reservation = z.infer<typeof Reservation>;

/** Units of a line that move from one place to another without touching a lot. */
export const LineUnits = z.object({ lineNumber, sku: z.string().nullable(), quantity: units });
export type LineUnits = z.infer<typeof LineUnits>;

/** Units and the whole cases and pallets they make, for those who pick, ship and invoice. */
const casePack = { cases: z.int().optional(), pallets: z.int().optional() };

const shipmentTerms = {
  shipmentId: z.string(),
  /** Where it leaves from. */
  locationId,
  carrier: z.string(),
  service: z.string().optional(),
  trackingNumber: z.string(),
  packages: z.int().optional(),
  /** What is in each package, where the warehouse reported it. */
  packageContents: z
    .array(
      z.object({
        sscc: z.string().optional(),
        trackingNumber: z.string().optional(),
        lines: z.array(z.object({ lineNumber, quantity: units, lotNumber: lotNumber.optional() })),
      }),
    )
    .optional(),
  shippedAt: z.string(),
  /** The channel's own id of the fulfillment that it is. */
  channelFulfillmentId: z.string().optional(),
};

const AcceptedLine = z.object({
  lineNumber,
  sku: z.string().nullable(),
  description: z.string().optional(),
  quantity: units,
  unitPrice: z.string(),
  discount: amount.optional(),
  tax: amount.optional(),
  unitsPerCase: units.optional(),
  casesPerPallet: units.optional(),
  lotPin: lotNumber.optional(),
  requiresShipping: z.boolean(),
  channelLineId: z.string().optional(),
  /** Another fulfillment service sends it: nothing of our stock is reserved. */
  fulfilledBy: z.string().optional(),
  orderedAs: OrderedAs.strip().optional(),
  channelData: KeptDetails.optional(),
});

const OrderReceived = z.object({
  channel: Channel,
  source: z.string().optional(),
  orderType: OrderType,
  currency: z.string(),
  externalId: z.string().optional(),
  customer: KeptCustomer,
  shipTo: KeptAddress.optional(),
  purchaseOrderNumber: z.string().optional(),
  purchaseOrderDate: z.string().optional(),
  paymentTerms: PaymentTerms.optional(),
  deliveryWindow: KeptWindow.optional(),
  backorderPolicy: BackorderPolicy,
  minimumShelfLifeDays: z.int().optional(),
  discount: amount.optional(),
  shippingAmount: amount.optional(),
  tax: amount.optional(),
  /** The part of `tax` that is on shipping. */
  shippingTax: amount.optional(),
  note: z.string().optional(),
  total: amount,
  channelTotal: amount.optional(),
  channelOrderName: z.string().optional(),
  channelData: KeptDetails.optional(),
  channelDocument: ChannelDocument.strip().optional(),
  releaseNumber: z.string().optional(),
  shipNotBefore: z.string().optional(),
  shipNotAfter: z.string().optional(),
  cancelAfter: z.string().optional(),
  cancelBackorders: z.boolean().optional(),
  cashDiscount: CashDiscount.optional(),
  /** Of a test interchange: it takes no real stock, and nobody is charged for it. */
  isTest: z.literal(true).optional(),
  lines: z.array(AcceptedLine),
  /** What had left before the order was received; it took nothing from our lots. */
  earlierShipments: z
    .array(
      z.object({
        ...shipmentTerms,
        deliveredAt: z.string().optional(),
        lines: z.array(z.object({ lineNumber, sku: z.string(), quantity: units, ...casePack })),
      }),
    )
    .optional(),
});

const OrderAllocated = z.object({ reserved: z.array(Reservation) });
const OrderBackordered = z.object({ backordered: z.array(LineUnits) });
const BackorderAllocated = z.object({ reserved: z.array(Reservation) });
const AllocationReleased = z.object({
  released: z.array(Reservation),
  reason: z.string(),
  /** Someone asked for it, so nothing reserves stock for the order again until asked to. */
  onRequest: z.boolean(),
});

/** The lots of an order change while it keeps its state: all released and reserved here happens at once. */
const AllocationChanged = z.object({
  reason: z.string(),
  released: z.array(Reservation),
  reserved: z.array(Reservation),
  /** Units that wait for stock from now on. */
  backordered: z.array(LineUnits),
  /** Units that waited for stock until now. */
  recovered: z.array(LineUnits),
  pins: z.array(z.object({ lineNumber, lotNumber, quantity: units.optional() })).optional(),
});

const OrderHeld = z.object({ holdId: z.string(), reason: HoldReason, note: z.string().optional() });
const OrderHoldReleased = z.object({ holdId: z.string(), reason: HoldReason });

const FulfillmentQueued = z.object({
  pick: z.array(Reservation.omit({ reason: true }).extend(casePack)),
  /** Reservations of a very large order that the event has no room for; the allocation panel lists all. */
  notListed: z.int().optional(),
});

const ShippedLine = z.object({
  lineNumber,
  sku: z.string(),
  quantity: units,
  ...casePack,
  lots: z.array(
    z.object({
      lotNumber,
      locationId,
      expiryDate,
      quantity: units,
      /** The lot that had been reserved, where another one was shipped. */
      insteadOf: z.object({ lotNumber, locationId, expiryDate }).optional(),
    }),
  ),
});
export type ShippedLine = z.infer<typeof ShippedLine>;

const ShipmentShipped = z.object({
  ...shipmentTerms,
  /** Units of a line that no lot holds left from elsewhere than our stock. */
  lines: z.array(ShippedLine),
  /** Units that left from elsewhere and no longer wait for stock here. */
  recovered: z.array(LineUnits).optional(),
  /** What the shipment holds besides and is recorded in a next step: it is more than one transaction takes. */
  remaining: z.array(z.object({ lineNumber, quantity: units, lotNumber: lotNumber.optional() })).optional(),
  /** What remains leaves from the location of the shipment alone, whatever is reserved elsewhere meanwhile. */
  isOfOneLocation: z.boolean().optional(),
});

const ShipmentCorrected = z.object({
  shipmentId: z.string(),
  carrier: z.string().optional(),
  trackingNumber: z.string().optional(),
  channelFulfillmentId: z.string().optional(),
});

const OrderShipped = z.object({ shipmentIds: z.array(z.string()) });
const ShipmentDelivered = z.object({
  shipmentId: z.string(),
  deliveredAt: z.string(),
  signedBy: z.string().optional(),
  lines: z.array(LineUnits),
});
const OrderDelivered = z.object({ deliveredAt: z.string() });
const OrderClosed = z.object({});

const Change = <Value extends z.ZodType>(value: Value) => z.object({ before: value, after: value });

const OrderAmended = z.object({
  shipTo: Change(KeptAddress.nullable()).optional(),
  deliveryWindow: Change(KeptWindow.nullable()).optional(),
  shipNotBefore: Change(z.string().nullable()).optional(),
  shipNotAfter: Change(z.string().nullable()).optional(),
  cancelAfter: Change(z.string().nullable()).optional(),
  channelData: Change(KeptDetails.nullable()).optional(),
  purchaseOrderNumber: Change(z.string().nullable()).optional(),
  customerReference: Change(z.string().nullable()).optional(),
  note: Change(z.string().nullable()).optional(),
  discount: Change(amount.nullable()).optional(),
  shippingAmount: Change(amount.nullable()).optional(),
  tax: Change(amount.nullable()).optional(),
  shippingTax: Change(amount.nullable()).optional(),
  channelTotal: Change(amount.nullable()).optional(),
  lines: z
    .array(
      z.object({
        lineNumber,
        quantity: Change(units).optional(),
        unitPrice: Change(z.string()).optional(),
        discount: Change(amount.nullable()).optional(),
        tax: Change(amount.nullable()).optional(),
        channelData: Change(KeptDetails.nullable()).optional(),
      }),
    )
    .optional(),
  addedLines: z.array(AcceptedLine).optional(),
  total: Change(amount).optional(),
  released: z.array(Reservation),
  /** Units that no longer wait for stock, because the line asks for fewer. */
  recovered: z.array(LineUnits),
});

/** The channel's own id of the return that brought this about. */
const channelReturnId = z.string().optional();

const LinesCancelled = z.object({
  reason: z.string(),
  note: z.string().optional(),
  lines: z.array(LineUnits),
  released: z.array(Reservation),
  recovered: z.array(LineUnits),
  /** The whole order is being cancelled, in steps: it is more than one transaction takes. */
  continues: z.boolean().optional(),
  channelReturnId,
});

const OrderCancelled = z.object({
  reason: z.string(),
  note: z.string().optional(),
  lines: z.array(LineUnits),
  released: z.array(Reservation),
  recovered: z.array(LineUnits),
  channelReturnId,
});

const ReturnedLine = z.object({
  lineNumber,
  sku: z.string(),
  quantity: units,
  disposition: Disposition,
  lotNumber,
  locationId,
  expiryDate,
  /** The lot that restocked or quarantined goods go into. */
  intoLot: lotNumber.optional(),
  /** Where they go into it, if the location that they left is no more. */
  intoLocationId: locationId,
});

const ReturnReceived = z.object({
  returnId: z.string(),
  lines: z.array(ReturnedLine),
  channelReturnId,
});

/** What is charged, or credited, for units of a line: its price, less its share of discounts, plus its taxes. */
const BilledLine = z.object({
  lineNumber,
  sku: z.string().nullable(),
  quantity: units,
  ...casePack,
  unitPrice: z.string(),
  goods: amount,
  discount: amount,
  tax: amount,
  amount,
});
export type BilledLine = z.infer<typeof BilledLine>;

const bill = {
  currency: z.string(),
  customer: KeptCustomer,
  purchaseOrderNumber: z.string().optional(),
  lines: z.array(BilledLine),
  /** Shares of the order's own discount, shipping and tax. */
  discount: amount,
  shipping: amount,
  tax: amount,
  total: amount,
};

const InvoiceRequested = z.object({
  invoiceId: z.string(),
  shipmentId: z.string(),
  invoiceDate: z.string(),
  paymentTerms: PaymentTerms.optional(),
  dueDate: z.string(),
  /** What the customer may deduct when it pays by a day. */
  cashDiscount: z.object({ percent: z.string(), until: z.string(), amount }).optional(),
  ...bill,
});

const CreditRequested = z.object({
  creditNoteId: z.string(),
  returnId: z.string(),
  creditDate: z.string(),
  ...bill,
});

const RefundCredited = z.object({
  /** The channel's own id of the refund. */
  refundId: z.string(),
  creditNoteId: z.string(),
  creditDate: z.string(),
  ...bill,
  /** Money that went back for goods that stay with the customer. */
  allowance: amount,
});

const windowEvent = z.object({ deliveryWindow: KeptWindow, today: z.string() });

const TransitionRejected = z.object({
  command: z.string(),
  code: z.string(),
  detail: z.string(),
  state: z.string(),
});

const DeliveryTroubled = z.object({
  shipmentId: z.string(),
  news: z.enum(['failed_attempt', 'returned_to_sender']),
  occurredAt: z.string(),
});

const OrderVoided = z.object({ purchaseOrderNumber: z.string().optional() });

const PersonalDataErased = z.object({
  /** The request that asked for it. */
  erasureId: z.string(),
});

/** The data of every order event by its name; all are at version 1. */
export const ORDER_EVENT_DATA = {
  OrderReceived,
  OrderAllocated,
  OrderBackordered,
  BackorderAllocated,
  AllocationReleased,
  AllocationChanged,
  OrderHeld,
  OrderHoldReleased,
  FulfillmentQueued,
  ShipmentShipped,
  ShipmentCorrected,
  OrderShipped,
  ShipmentDelivered,
  DeliveryTroubled,
  OrderDelivered,
  OrderClosed,
  OrderAmended,
  LinesCancelled,
  OrderCancelled,
  ReturnReceived,
  InvoiceRequested,
  CreditRequested,
  RefundCredited,
  DeliveryWindowAtRisk: windowEvent,
  DeliveryWindowMissed: windowEvent,
  TransitionRejected,
  OrderVoided,
  PersonalDataErased,
} as const;

export type OrderEventType = keyof typeof ORDER_EVENT_DATA;
export type OrderEventData<Type extends OrderEventType> = z.infer<(typeof ORDER_EVENT_DATA)[Type]>;

/** Something that happened to an order. */
export type OrderEvent = {
  [Type in OrderEventType]: { readonly type: Type; readonly data: OrderEventData<Type> };
}[OrderEventType];
export type OrderEventOf<Type extends OrderEventType> = Extract<OrderEvent, { type: Type }>;

/** Where and when an event stands in its order's history. */
export interface Recorded {
  readonly sequence: number;
  readonly occurredAt: string;
}
export type RecordedOrderEvent = OrderEvent & Recorded;
