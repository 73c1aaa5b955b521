import * as z from 'zod';
import { LotStatus } from '../domain/inventory/lot.ts';
import { CashDiscount, KeptChannelDetail } from '../domain/order/channel-data.ts';
import { ORDER_STATES } from '../domain/order/lifecycle.ts';
import {
  Address,
  BackorderPolicy,
  Channel,
  Customer,
  DeliveryWindow,
  HoldReason,
  OrderType,
} from '../domain/order/terms.ts';
import { Money } from './money.ts';
import { ORDER_EXAMPLE } from './order-example.ts';
import { amount, date, instant, units } from './scalars.ts';
import { ExpectedResponse } from './transfers.ts';

export const OrderStateName = z.enum(ORDER_STATES).meta({ id: 'OrderState' });

/** Summary of the quantities of a line. */
export const LineStatus = z
  .enum([
    'OPEN',
    'BACKORDERED',
    'PARTLY_ALLOCATED',
    'ALLOCATED',
    'PARTLY_SHIPPED',
    'SHIPPED',
    'PARTLY_DELIVERED',
    'DELIVERED',
    'CANCELLED',
    'NOT_SHIPPED',
  ])
  .meta({ id: 'LineStatus' });
export type LineStatus = z.infer<typeof LineStatus>;

const channelData = z.array(KeptChannelDetail).optional().meta({
  description:
    'What the channel said and no other field holds: references, dates, parties, notes, routing, terms and charges, readable.',
});

const OrderLine = z
  .object({
    lineNumber: z.int(),
    sku: z.string().nullable(),
    description: z.string().optional(),
    channelLineId: z.string().optional(),
    fulfilledBy: z.string().optional().meta({
      description: 'The fulfillment service that sends the line in place of us; nothing is reserved for it.',
    }),
    channelData,
    requiresShipping: z.boolean(),
    quantity: units,
    unitPrice: z.string(),
    discount: amount.optional(),
    tax: amount.optional(),
    unitsPerCase: units.optional(),
    casesPerPallet: units.optional(),
    cases: z.int().optional(),
    pallets: z.int().optional(),
    lotPin: z.string().optional(),
    ordered: units,
    allocated: units,
    backordered: units,
    open: units,
    shipped: units,
    delivered: units,
    cancelled: units,
    returned: units,
    status: LineStatus,
    promisedAt: z.string().optional().meta({
      description:
        'When all units that wait for stock are to come, as far as it is announced: a day or an instant.',
    }),
    allocations: z.array(
      z.object({
        lotNumber: z.string(),
        locationId: z.string(),
        quantity: units,
        pinned: z.boolean(),
        expiryDate: date.nullable(),
      }),
    ),
  })
  .meta({ id: 'OrderLine' });

export const Shipment = z
  .object({
    shipmentId: z.string(),
    locationId: z.string().meta({ description: 'Where it left from.' }),
    carrier: z.string(),
    service: z.string().optional(),
    trackingNumber: z.string(),
    channelFulfillmentId: z.string().optional(),
    packages: z.int().optional(),
    packageContents: z
      .array(
        z.object({
          sscc: z.string().optional(),
          trackingNumber: z.string().optional(),
          lines: z.array(
            z.object({ lineNumber: z.int(), quantity: units, lotNumber: z.string().optional() }),
          ),
        }),
      )
      .optional()
      .meta({ description: 'What is in each package, where the warehouse reported it.' }),
    lines: z.array(
      z.object({
        lineNumber: z.int(),
        sku: z.string(),
        quantity: units,
        cases: z.int().optional(),
        pallets: z.int().optional(),
        lots: z.array(
          z.object({
            lotNumber: z.string(),
            locationId: z.string(),
            expiryDate: date.nullable(),
            quantity: units,
          }),
        ),
      }),
    ),
    shippedAt: instant,
    deliveredAt: instant.optional(),
    trouble: z
      .object({ news: z.enum(['failed_attempt', 'returned_to_sender']), occurredAt: instant })
      .optional()
      .meta({ description: 'The last delivery exception that the carrier reported.' }),
    signedBy: z.string().optional(),
  })
  .meta({ id: 'Shipment' });

const Hold = z
  .object({ holdId: z.string(), reason: HoldReason, note: z.string().optional(), heldAt: instant })
  .meta({ id: 'Hold' });

const orderTerms = {
  orderId: z.string(),
  state: OrderStateName,
  version: z.int(),
  channel: Channel,
  source: z.string().optional(),
  isTest: z.literal(true).optional().meta({
    description: 'Of a test interchange (ISA15 T): it takes no stock and is not invoiced, and lists hide it.',
  }),
  orderType: OrderType,
  currency: z.string(),
  externalId: z.string().optional(),
  customer: Customer,
  purchaseOrderNumber: z.string().optional(),
  releaseNumber: z.string().optional(),
  paymentTerms: z.string().optional(),
  cashDiscount: CashDiscount.optional(),
  deliveryWindow: DeliveryWindow.optional(),
  deliveryWindowStatus: z.enum(['AT_RISK', 'MISSED']).optional(),
  shipNotBefore: date.optional(),
  shipNotAfter: date.optional(),
  cancelAfter: date.optional().meta({ description: 'The customer takes nothing that ships after this day.' }),
  total: amount,
  channelTotal: amount.optional(),
  channelOrderName: z.string().optional().meta({
    description: 'The number by which the channel shows the order to people, such as `#1042`.',
  }),
  holds: z.array(Hold),
  receivedAt: instant,
  updatedAt: instant,
};

export const OrderResponse = z
  .object({
    ...orderTerms,
    shipTo: Address.optional(),
    backorderPolicy: BackorderPolicy,
    minimumShelfLifeDays: z.int().optional(),
    discount: amount.optional(),
    shippingAmount: amount.optional(),
    tax: amount.optional(),
    shippingTax: amount.optional().meta({ description: 'The part of `tax` that is on shipping.' }),
    note: z.string().optional(),
    channelData,
    cases: z.int().optional(),
    pallets: z.int().optional(),
    shipments: z.array(Shipment),
    lines: z.array(OrderLine),
  })
  .meta({ id: 'Order', example: ORDER_EXAMPLE });
export type OrderResponse = z.infer<typeof OrderResponse>;

const UnitTotals = z.object({
  ordered: units,
  allocated: units,
  backordered: units,
  open: units,
  shipped: units,
  delivered: units,
  cancelled: units,
});

/** An order in a list or on the board: its terms and the sums of its lines. */
export const OrderSummary = z
  .object({ ...orderTerms, lineCount: z.int(), shipmentCount: z.int(), units: UnitTotals })
  .meta({ id: 'OrderSummary' });
export type OrderSummary = z.infer<typeof OrderSummary>;

export function listOf<Item extends z.ZodType>(item: Item) {
  return z.object({ items: z.array(item), nextCursor: z.string().optional() });
}

/** A page of orders. */
export const OrderList = listOf(OrderSummary).extend({
  searchedBackTo: instant.optional().meta({
    description:
      'Why a page with a `nextCursor` is not full: a thousand orders were looked at, back to the one received at this instant. The next page continues from there.',
  }),
});

export const BoardResponse = z
  .object({
    columns: z.array(
      z.object({
        state: OrderStateName,
        count: z.int(),
        isAtLeast: z.boolean().meta({
          description:
            'Whether there may be more than `count`: with filters other than the channel only the returned orders are counted.',
        }),
        value: z.array(Money).meta({ description: 'What the orders that are counted come to, by currency.' }),
        orders: z.array(OrderSummary),
        nextCursor: z.string().optional().meta({
          description:
            'Cursor for `GET /v1/orders` with the same state and filters, which continues the column.',
        }),
      }),
    ),
  })
  .meta({ id: 'Board' });
export type BoardResponse = z.infer<typeof BoardResponse>;

export const HistoryEvent = z
  .looseObject({
    eventId: z.string(),
    type: z.string(),
    version: z.int(),
    sequence: z.int(),
    occurredAt: instant,
    actor: z.object({
      type: z.enum(['human', 'automation', 'ai-agent', 'channel']),
      id: z.string(),
      approvedBy: z.string().optional(),
    }),
    correlationId: z.string(),
    causationId: z.string().optional(),
    data: z.looseObject({}),
  })
  .meta({ id: 'Event' });

export const AllocationPanel = z
  .object({
    orderId: z.string(),
    state: OrderStateName,
    items: z.array(
      z.object({
        lineNumber: z.int(),
        sku: z.string(),
        lotNumber: z.string(),
        locationId: z.string(),
        expiryDate: date.nullable(),
        status: LotStatus,
        availableBefore: units,
        reserved: units,
        availableAfter: units,
        pinned: z.boolean(),
        reason: z.string(),
      }),
    ),
    lines: z.array(
      z.object({
        lineNumber: z.int(),
        sku: z.string(),
        ordered: units,
        allocated: units,
        backordered: units,
        open: units,
      }),
    ),
  })
  .meta({ id: 'AllocationPanel' });
export type AllocationPanel = z.infer<typeof AllocationPanel>;

export const AmendmentPreview = z
  .object({
    dryRun: z.literal(true),
    order: OrderResponse,
    events: z.array(z.object({ type: z.string(), data: z.looseObject({}) })),
  })
  .meta({ id: 'AmendmentPreview' });

export const LotResponse = z
  .object({
    sku: z.string(),
    lotNumber: z.string(),
    locationId: z.string().meta({ description: 'The same number in two locations is two lots.' }),
    expiryDate: date.nullable(),
    location: z.string().optional().meta({ description: 'Where in its location it lies, such as a bin.' }),
    status: LotStatus,
    onHand: units,
    reserved: units,
    available: units,
  })
  .meta({ id: 'Lot' });
export type LotResponse = z.infer<typeof LotResponse>;

const unavailable = units.meta({
  description: 'On hand and not reserved, but expired or not AVAILABLE.',
});

export const InventoryResponse = z
  .object({
    sku: z.string(),
    onHand: units,
    reserved: units,
    available: units,
    unavailable,
    locations: z.array(
      z.object({ locationId: z.string(), onHand: units, reserved: units, available: units, unavailable }),
    ),
    lots: z.array(LotResponse),
    expected: z
      .array(ExpectedResponse)
      .meta({ description: 'What is to come, transfers in transit included.' }),
  })
  .meta({ id: 'Inventory' });
export type InventoryResponse = z.infer<typeof InventoryResponse>;

/** The sums of a SKU in the list of all SKUs. */
export const InventorySummary = InventoryResponse.omit({ lots: true, locations: true, expected: true })
  .extend({ lotCount: z.int() })
  .meta({ id: 'InventorySummary' });
export type InventorySummary = z.infer<typeof InventorySummary>;

export const LotChangeResponse = LotResponse.extend({
  lots: z
    .array(LotResponse)
    .optional()
    .meta({ description: 'The lot in each of its locations, where there are several.' }),
  affectedOrders: z
    .array(
      z.object({
        orderId: z.string(),
        lineNumber: z.int(),
        reserved: units.meta({ description: 'Units of the lot that were reserved when its status changed.' }),
        shipped: units.meta({ description: 'Units of the lot that the order has shipped.' }),
      }),
    )
    .optional(),
  replacement: z
    .enum(['COMPLETE', 'IN_PROGRESS'])
    .optional()
    .meta({ description: 'Whether every reservation has been moved off the lot, or is still being moved.' }),
}).meta({ id: 'LotChange' });

export const Drift = z
  .object({
    sku: z.string(),
    lotNumber: z.string(),
    locationId: z.string(),
    reserved: units,
    reservedByOrders: units,
  })
  .meta({ id: 'Drift' });
export type Drift = z.infer<typeof Drift>;

const linkEnd = instant.meta({
  description: 'When it ends, as things are: some days after delivery, or half a year after it was made.',
});
const linkActor = z.object({ type: z.enum(['human', 'automation', 'ai-agent', 'channel']), id: z.string() });

export const PortalLink = z
  .object({ linkId: z.string(), url: z.string(), expiresAt: linkEnd })
  .meta({ id: 'PortalLink' });

/** A link that was made, without the token that opens it. */
export const PortalLinkEntry = z
  .object({
    linkId: z.string(),
    createdAt: instant,
    createdBy: linkActor,
    expiresAt: linkEnd,
    revokedAt: instant.optional(),
    revokedBy: linkActor.optional(),
  })
  .meta({ id: 'PortalLinkEntry' });
export type PortalLinkEntry = z.infer<typeof PortalLinkEntry>;

/** A message that failed all attempts of a consumer. */
export const DeadLetter = z
  .object({
    deadLetterId: z.string(),
    consumer: z.string(),
    sentAt: instant,
    eventId: z.string().optional(),
    eventType: z.string().optional(),
    orderId: z.string().optional(),
    from: z.iso.datetime().optional(),
    to: z.iso.datetime().optional(),
    canBeRedriven: z.boolean(),
  })
  .meta({ id: 'DeadLetter' });

export const Health = z.object({ status: z.literal('ok') }).meta({ id: 'Health' });
