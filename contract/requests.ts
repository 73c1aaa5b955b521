import * as z from 'zod';
import { countrySentence, isCountryCode } from '../domain/country.ts';
import { AdjustStock, ChangeLotStatus, ReceiveStock } from '../domain/inventory/lot.ts';
import {
  AllocateOrder,
  Amendment,
  CancelOrder,
  ConfirmDelivery,
  PlaceHold,
  ReceiveReturn,
  RecordShipment,
} from '../domain/order/commands.ts';
import { ORDER_STATES } from '../domain/order/lifecycle.ts';
import { wordsOf } from '../domain/order/search.ts';
import {
  type Address,
  Channel,
  type DeliveryWindow,
  MAX_LINES,
  OrderType,
  orderTerms,
  RequestedLine,
} from '../domain/order/terms.ts';
import { CalendarDate, Reference, Sku, text } from '../domain/text.ts';

const type = { type: true } as const;

/** Refuses a country that there is not. A channel's country is kept as the channel writes it. */
function hasCountry({ shipTo }: { shipTo?: Address | undefined }, context: z.RefinementCtx): void {
  const { country = '' } = shipTo ?? {};
  if (isCountryCode(country)) return;
  context.addIssue({ code: 'custom', path: ['shipTo', 'country'], message: countrySentence(country) });
}

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** Refuses a window that ended over a year ago: orders are entered afterwards, but not in the wrong year. */
function hasRecentWindow(
  { deliveryWindow }: { deliveryWindow?: DeliveryWindow | null | undefined },
  context: z.RefinementCtx,
): void {
  if (!deliveryWindow || Date.parse(deliveryWindow.end) >= Date.now() - 366 * DAY) return;
  const message = 'ended more than a year ago';
  context.addIssue({ code: 'custom', path: ['deliveryWindow', 'end'], message });
}

/** What people and agents can mistake in the terms of an order; a channel's are kept as the channel writes them. */
export function checkTerms(
  terms: Parameters<typeof hasCountry>[0] & Parameters<typeof hasRecentWindow>[0],
  context: z.RefinementCtx,
): void {
  hasCountry(terms, context);
  hasRecentWindow(terms, context);
}

/** POST /v1/orders */
export const OrderRequest = z
  .strictObject({ ...orderTerms, lines: z.array(RequestedLine).min(1).max(MAX_LINES) })
  .superRefine(checkTerms)
  .meta({ id: 'OrderRequest' });

/** PATCH /v1/orders/{orderId} */
export const AmendmentRequest = Amendment.superRefine(checkTerms).meta({ id: 'AmendmentRequest' });

/** POST /v1/orders/{orderId}/allocation */
export const AllocationRequest = AllocateOrder.omit({ ...type, fromLine: true }).meta({
  id: 'AllocationRequest',
});

/** POST /v1/orders/{orderId}/shipments */
export const ShipmentRequest = RecordShipment.omit(type).meta({ id: 'ShipmentRequest' });

/** POST /v1/orders/{orderId}/shipments/{shipmentId}/delivery */
export const DeliveryRequest = ConfirmDelivery.omit({ ...type, shipmentId: true, mayPrecedeShipment: true })
  .extend({
    // Clocks differ by some minutes.
    deliveredAt: ConfirmDelivery.shape.deliveredAt.refine(
      (deliveredAt) => Date.parse(deliveredAt) <= Date.now() + 5 * MINUTE,
      'is in the future',
    ),
  })
  .meta({ id: 'DeliveryRequest' });

/** POST /v1/orders/{orderId}/cancellation */
export const CancellationRequest = CancelOrder.omit({ ...type, channelReturnId: true }).meta({
  id: 'CancellationRequest',
});

/** POST /v1/orders/{orderId}/holds */
export const HoldRequest = PlaceHold.omit(type).meta({ id: 'HoldRequest' });

/** POST /v1/orders/{orderId}/returns */
export const ReturnRequest = ReceiveReturn.omit({
  ...type,
  mayPrecedeDelivery: true,
  channelReturnId: true,
}).meta({
  id: 'ReturnRequest',
});

/** Commands without fields. */
export const EmptyRequest = z.strictObject({}).meta({ id: 'EmptyRequest' });

/** POST /v1/inventory/{sku}/lots */
export const StockReceiptRequest = ReceiveStock.omit({ ...type, sku: true }).meta({
  id: 'StockReceiptRequest',
});

/** PATCH /v1/inventory/{sku}/lots/{lotNumber}: either a new status or an adjustment, each with its reason. */
export const LotChangeRequest = z
  .union([
    ChangeLotStatus.omit({ ...type, sku: true, lotNumber: true }),
    AdjustStock.omit({ ...type, sku: true, lotNumber: true }),
  ])
  .meta({ id: 'LotChangeRequest' });

/** A whole number in a query string. */
const wholeNumber = z
  .string()
  .regex(/^[0-9]{1,4}$/, 'a whole number')
  .transform(Number);

/** Page size; documented as an integer, though a query string holds text. */
const limit = (most: number, byDefault: number) =>
  wholeNumber
    .pipe(z.int().min(1).max(most))
    .default(byDefault)
    .meta({
      override: ({ jsonSchema }) => {
        delete jsonSchema.pattern;
        Object.assign(jsonSchema, {
          description: 'Maximum number of items in a page.',
          ...{ type: 'integer', minimum: 1, maximum: most, default: byDefault },
        });
      },
    });

/** Query parameters of every list: page size and cursor. */
export const pageOf = (most: number, byDefault: number) => ({
  limit: limit(most, byDefault),
  cursor: z
    .string()
    .max(4096)
    .optional()
    .meta({ description: 'The `nextCursor` of the previous page, with the same filter.' }),
});

/** Paging of a list without filters. */
export const PageQuery = z.strictObject(pageOf(100, 25));

/** GET /v1/inventory/drift */
export const DriftQuery = PageQuery.pick({ cursor: true });

/** A date, or an instant with its offset; a date means its beginning for `from` and its end for `to`. */
export const dateOrInstant = (edge: 'T00:00:00.000Z' | 'T23:59:59.999Z') =>
  z.union([
    CalendarDate.transform((date) => `${date}${edge}`),
    z.iso.datetime({ offset: true }).transform((instant) => new Date(instant).toISOString()),
  ]);

/** The validation error for a span of time whose end is before its beginning. */
export const BACKWARDS = { path: ['from'], message: 'must not be after `to`' };

/** @returns whether a span of time does not end before it begins; an open end is fine. */
export function isForwards({ from, to }: { readonly from?: string; readonly to?: string }): boolean {
  return from === undefined || to === undefined || from <= to;
}

/** Why an order in progress needs attention. */
const ATTENTIONS = ['AT_RISK', 'HELD', 'BACKORDERED'] as const;
export type Attention = (typeof ATTENTIONS)[number];

/** Filters of lists of orders and of the board. */
const filters = {
  channel: Channel.optional().meta({ description: 'Where the order came from.' }),
  orderType: OrderType.optional().meta({ description: 'To consumers (DTC) or to companies (B2B).' }),
  sku: Sku.optional().meta({ description: 'Orders with a line of this SKU.' }),
  customer: z
    .string()
    .min(1)
    .max(200)
    .optional()
    .meta({ description: "The customer's name or reference, case-insensitive." }),
  attention: z.enum(ATTENTIONS).optional().meta({
    description:
      'Orders in progress that are late or at risk, are held, or wait for stock; neither closed nor cancelled ones.',
  }),
  test: z.literal('true').optional().meta({
    description: 'Orders of test interchanges, which are left out otherwise.',
  }),
  from: dateOrInstant('T00:00:00.000Z').optional().meta({ description: 'Received at this time or later.' }),
  to: dateOrInstant('T23:59:59.999Z').optional().meta({ description: 'Received at this time or earlier.' }),
};

/** How many words a search for orders may have. */
const MAX_WORDS = 10;

/** GET /v1/orders */
export const OrderListQuery = z
  .strictObject({
    state: z.enum(ORDER_STATES).optional().meta({ description: 'Current state of the order.' }),
    ...filters,
    purchaseOrderNumber: Reference.optional().meta({ description: "The buyer's purchase order number." }),
    externalId: Reference.optional().meta({ description: "The channel's own id of the order." }),
    channelOrderName: Reference.optional().meta({
      description: 'The number by which the channel shows the order, such as `#1042`.',
    }),
    trackingNumber: Reference.optional().meta({ description: 'Tracking number of one of its shipments.' }),
    search: z
      .string()
      .trim()
      .min(1)
      .max(200)
      .refine((text) => wordsOf(text).length > 0, 'holds no word')
      .refine((text) => wordsOf(text).length <= MAX_WORDS, `holds more than ${MAX_WORDS} words`)
      .optional()
      .meta({
        description:
          "Words, each of which is part of the order's number, the channel's number, purchase order number, customer's name or reference, a SKU, or a tracking number, or, with the scope `customers/read`, of the customer's e-mail address; whatever the case and accents.",
      }),
    number: Reference.optional().meta({
      description:
        "Any number of the order: its id, purchase order number, the channel's id or number, or a tracking number.",
    }),
    ...pageOf(100, 25),
  })
  .refine(isForwards, BACKWARDS);
export type OrderListQuery = z.infer<typeof OrderListQuery>;

/** GET /v1/orders/{orderId}/events and the stock ledger */
export const HistoryQuery = z.strictObject(pageOf(1000, 100));

/** GET /v1/orders/{orderId}/packing-slip */
export const PackingSlipQuery = z.strictObject({
  shipmentId: text(100)
    .optional()
    .meta({ description: 'The shipment that was packed. Default: what is still to be packed.' }),
});

/** GET /v1/board */
export const BoardQuery = z.strictObject({ ...filters, limit: limit(100, 25) }).refine(isForwards, BACKWARDS);

/** PATCH /v1/orders/{orderId}?dryRun=true */
export const AmendmentQuery = z.strictObject({
  dryRun: z
    .enum(['true', 'false'])
    .optional()
    .meta({ description: 'Answer what would change, and write nothing.' }),
});

export const EmptyQuery = z.strictObject({});
