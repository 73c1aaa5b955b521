import { z } from 'zod';
import { Connection, ConnectionRequest } from './connections.ts';
import type { ProblemCode } from './problems.ts';
import {
  AllocationRequest,
  AmendmentQuery,
  AmendmentRequest,
  BoardQuery,
  CancellationRequest,
  DeliveryRequest,
  EmptyRequest,
  HistoryQuery,
  HoldRequest,
  LotChangeRequest,
  OrderListQuery,
  OrderRequest,
  PageQuery,
  ReturnRequest,
  ShipmentRequest,
  StockReceiptRequest,
} from './requests.ts';
import {
  AllocationPanel,
  BoardResponse,
  DocumentSummary,
  Drift,
  Health,
  HistoryEvent,
  InventoryResponse,
  Invoice,
  LotChangeResponse,
  LotResponse,
  listOf,
  Movement,
  OrderResponse,
  OrderSummary,
  PortalLink,
} from './responses.ts';

/** What a route takes and gives, for people and for programs that read the OpenAPI document. */
export interface Operation {
  readonly summary: string;
  readonly description?: string;
  readonly query?: z.ZodObject;
  readonly headers?: z.ZodObject;
  readonly body?: z.ZodType;
  readonly bodyIsOptional?: boolean;
  readonly mediaType?: string;
  readonly answers: Readonly<
    Record<string, { readonly description: string; readonly schema?: z.ZodType; readonly mediaType?: string }>
  >;
  readonly problems?: readonly ProblemCode[];
}

const idempotencyKey = z.object({
  'idempotency-key': z
    .string()
    .min(1)
    .max(255)
    .optional()
    .meta({ description: 'The same key and body give the first answer again.' }),
});
const ifMatch = z.object({
  'if-match': z.string().meta({ description: 'The ETag of the order that was read.' }),
});

const commandProblems: readonly ProblemCode[] = [
  'malformed_json',
  'not_found',
  'illegal_transition',
  'unsupported_media_type',
  'payload_too_large',
  'idempotency_conflict',
  'idempotency_in_flight',
];

function command(summary: string, body: z.ZodType, more: Partial<Operation> = {}): Operation {
  return {
    summary,
    headers: idempotencyKey,
    body,
    answers: { 200: { description: 'The order after the command.', schema: OrderResponse } },
    problems: [...commandProblems, ...(more.problems ?? [])],
    ...Object.fromEntries(Object.entries(more).filter(([name]) => name !== 'problems')),
  };
}

function read(summary: string, schema: z.ZodType, more: Partial<Operation> = {}): Operation {
  return { summary, answers: { 200: { description: 'What was asked for.', schema } }, ...more };
}

const created = (description: string, schema: z.ZodType) => ({ 201: { description, schema } });
const orderWith = (name: string) => OrderResponse.extend({ [name]: z.string().optional() });

const webhook: Operation = {
  summary: 'Takes in a message that the channel has signed.',
  body: z.looseObject({}),
  answers: {
    200: { description: 'Taken in, or a repeat of what was.', schema: z.looseObject({ status: z.string() }) },
    202: { description: 'Kept aside for an operator.', schema: z.looseObject({ status: z.string() }) },
  },
};

/** Every route by its key; a route that is missing here fails the build of the document. */
export const OPERATIONS: Readonly<Record<string, Operation>> = {
  'POST /v1/orders': {
    summary: 'Takes an order into the loop and reserves stock for it at once.',
    headers: idempotencyKey,
    body: OrderRequest,
    answers: created('The order.', OrderResponse),
    problems: [
      'malformed_json',
      'unsupported_media_type',
      'payload_too_large',
      'case_pack',
      'insufficient_stock',
      'duplicate_purchase_order',
      'idempotency_conflict',
      'idempotency_in_flight',
    ],
  },
  'GET /v1/orders': read('Lists orders, newest first.', listOf(OrderSummary), {
    query: OrderListQuery,
    problems: ['invalid_cursor'],
  }),
  'GET /v1/orders/{orderId}': read('Reads an order; its version is the ETag.', OrderResponse, {
    problems: ['not_found'],
  }),
  'PATCH /v1/orders/{orderId}': command('Amends an order that is not queued yet.', AmendmentRequest, {
    query: AmendmentQuery,
    headers: z.object({ ...idempotencyKey.shape, ...ifMatch.shape }),
    description: 'With `dryRun=true` nothing is written and the answer tells what would change.',
    problems: [
      'precondition_required',
      'precondition_failed',
      'case_pack',
      'insufficient_stock',
      'duplicate_purchase_order',
    ],
    answers: {
      200: {
        description: 'The order after the amendment, or what it would be.',
        schema: z.union([
          OrderResponse,
          z.object({
            dryRun: z.literal(true),
            order: OrderResponse,
            events: z.array(z.object({ type: z.string(), data: z.looseObject({}) })),
          }),
        ]),
      },
    },
  }),
  'DELETE /v1/orders/{orderId}': {
    summary: 'Hides an order that was entered by mistake; its history stays.',
    answers: { 204: { description: 'Voided.' } },
    problems: ['not_found', 'illegal_transition'],
  },
  'GET /v1/orders/{orderId}/events': read(
    'Reads the whole history, oldest first, refused attempts included.',
    listOf(HistoryEvent),
    { query: HistoryQuery, problems: ['not_found', 'invalid_cursor'] },
  ),
  'GET /v1/orders/{orderId}/allocation': read('Shows which lots the order holds, and why.', AllocationPanel, {
    problems: ['not_found'],
  }),
  'POST /v1/orders/{orderId}/allocation': command(
    'Reserves stock, or chooses the lots anew; pins bind lines to lots.',
    AllocationRequest,
    { bodyIsOptional: true, problems: ['insufficient_stock'] },
  ),
  'DELETE /v1/orders/{orderId}/allocation': {
    summary: 'Gives the reservation back.',
    answers: { 200: { description: 'The order, RECEIVED.', schema: OrderResponse } },
    problems: ['not_found', 'illegal_transition'],
  },
  'POST /v1/orders/{orderId}/fulfillment': command('Hands the order to the warehouse.', EmptyRequest, {
    bodyIsOptional: true,
  }),
  'POST /v1/orders/{orderId}/shipments': command('Records goods that have left.', ShipmentRequest, {
    answers: created('The order, and the id of the shipment.', orderWith('shipmentId')),
    problems: ['insufficient_stock'],
  }),
  'POST /v1/orders/{orderId}/shipments/{shipmentId}/delivery': command(
    'Confirms that a shipment has arrived.',
    DeliveryRequest,
  ),
  'POST /v1/orders/{orderId}/close': command('Closes a delivered order.', EmptyRequest, {
    bodyIsOptional: true,
  }),
  'POST /v1/orders/{orderId}/cancellation': command(
    'Cancels the order, some of its lines, or what is left after a partial shipment.',
    CancellationRequest,
    { problems: ['case_pack'] },
  ),
  'POST /v1/orders/{orderId}/holds': command('Puts the order on hold.', HoldRequest, {
    answers: created('The order, and the id of the hold.', orderWith('holdId')),
  }),
  'DELETE /v1/orders/{orderId}/holds/{holdId}': {
    summary: 'Releases a hold.',
    answers: { 200: { description: 'The order.', schema: OrderResponse } },
    problems: ['not_found', 'illegal_transition'],
  },
  'POST /v1/orders/{orderId}/returns': command('Takes goods back.', ReturnRequest, {
    answers: created('The order, and the id of the return.', orderWith('returnId')),
  }),
  'GET /v1/orders/{orderId}/documents': read('Lists the documents that were sent.', listOf(DocumentSummary), {
    problems: ['not_found'],
  }),
  'GET /v1/orders/{orderId}/documents/{documentId}': {
    summary: 'Reads a document as it was sent.',
    answers: { 200: { description: 'The document, in its own media type.' } },
    problems: ['not_found'],
  },
  'POST /v1/orders/{orderId}/portal-link': {
    summary: 'Makes a signed link to the status page for the customer.',
    body: EmptyRequest,
    bodyIsOptional: true,
    answers: { 200: { description: 'The link.', schema: PortalLink } },
    problems: ['not_found', 'malformed_json', 'unsupported_media_type'],
  },
  'GET /v1/board': read('Shows a column of orders for each state.', BoardResponse, { query: BoardQuery }),
  'GET /v1/inventory/drift': read('Lists lots whose counters disagree with the orders.', listOf(Drift)),
  'GET /v1/inventory/{sku}': read('Shows the stock of a SKU, lot by lot.', InventoryResponse),
  'POST /v1/inventory/{sku}/lots': {
    summary: 'Receives stock; orders that wait for it are served, oldest first.',
    headers: idempotencyKey,
    body: StockReceiptRequest,
    answers: created('The lot.', LotResponse),
    problems: [
      'malformed_json',
      'unsupported_media_type',
      'payload_too_large',
      'idempotency_conflict',
      'idempotency_in_flight',
    ],
  },
  'PATCH /v1/inventory/{sku}/lots/{lotNumber}': {
    summary: 'Changes the status of a lot, or corrects its quantity.',
    description: 'HOLD, QUARANTINE and RECALLED take every order that has not shipped off the lot.',
    body: LotChangeRequest,
    answers: { 200: { description: 'The lot, and the orders that it touches.', schema: LotChangeResponse } },
    problems: [
      'not_found',
      'insufficient_stock',
      'malformed_json',
      'unsupported_media_type',
      'payload_too_large',
    ],
  },
  'GET /v1/inventory/{sku}/movements': read('Reads the ledger of stock, newest first.', listOf(Movement), {
    query: HistoryQuery,
    problems: ['invalid_cursor'],
  }),
  'GET /v1/invoices': read('Lists invoices and credit notes, newest first.', listOf(Invoice), {
    query: PageQuery,
    problems: ['invalid_cursor'],
  }),
  'GET /v1/invoices/{invoiceId}': read('Reads an invoice or credit note.', Invoice, {
    problems: ['not_found'],
  }),
  'GET /v1/connections': read('Lists connections.', listOf(Connection)),
  'PUT /v1/connections/{connectionId}': {
    summary: 'Connects a shop, a Square account, a trading partner or a carrier.',
    body: ConnectionRequest,
    answers: {
      200: { description: 'Changed.', schema: Connection },
      201: { description: 'Connected.', schema: Connection },
    },
    problems: ['malformed_json', 'unsupported_media_type', 'payload_too_large'],
  },
  'GET /v1/connections/{connectionId}': read('Reads a connection.', Connection, { problems: ['not_found'] }),
  'DELETE /v1/connections/{connectionId}': {
    summary: 'Disconnects.',
    answers: { 204: { description: 'Disconnected.' } },
    problems: ['not_found'],
  },
  'GET /portal/{token}': {
    summary: 'Shows the customer where the order is.',
    answers: {
      200: { description: 'The page.', schema: z.string(), mediaType: 'text/html' },
      404: { description: 'The link is not one of ours.', schema: z.string(), mediaType: 'text/html' },
      410: { description: 'The link has expired.', schema: z.string(), mediaType: 'text/html' },
    },
  },
  'GET /healthz': read('Tells that requests are answered.', Health),
  'GET /openapi.json': read('This document.', z.looseObject({ openapi: z.string() })),
  'GET /docs': {
    summary: 'This document, for people.',
    answers: { 200: { description: 'The page.', schema: z.string(), mediaType: 'text/html' } },
  },
  'POST /webhooks/shopify': webhook,
  'POST /webhooks/carrier': webhook,
};
