import * as z from 'zod';
import { DocumentSummary } from '../../documents.ts';
import { IMPORT_COLUMNS, ImportReport, MAX_ROWS, REQUIRED_COLUMNS } from '../../imports.ts';
import { OverviewQuery, OverviewResponse } from '../../overview.ts';
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
  OrderListQuery,
  OrderRequest,
  PackingSlipQuery,
  PageQuery,
  ReturnRequest,
  ShipmentRequest,
} from '../../requests.ts';
import {
  AllocationPanel,
  AmendmentPreview,
  BoardResponse,
  HistoryEvent,
  listOf,
  OrderList,
  OrderResponse,
  PortalLink,
  PortalLinkEntry,
} from '../../responses.ts';
import {
  AMENDMENT_HEADERS,
  allowedIn,
  BODY_PROBLEMS,
  command,
  IDEMPOTENCY_PROBLEMS,
  IDEMPOTENT,
  OF_COMMAND,
  OF_CREATION,
  type Operations,
  orderWith,
  read,
  WITH_ETAG,
  withdrawal,
} from '../types.ts';

export const ORDER_OPERATIONS: Operations = {
  'POST /v1/imports': {
    id: 'importOrders',
    summary: 'Creates orders from a CSV file and reports on each row.',
    description: `Each row is one line of an order; rows with the same \`order\` are one order, which is created or refused as a whole. A repeated file creates nothing twice. Columns: ${Object.entries(
      IMPORT_COLUMNS,
    )
      .map(([name, meaning]) => (meaning === '' ? name : `${name} (${meaning.replace(/[.]$/, '')})`))
      .join(', ')}. Required: ${REQUIRED_COLUMNS.join(', ')}. At most ${MAX_ROWS} rows and 1 MiB.`,
    body: z.string().meta({
      description:
        'The file in UTF-8, or in UTF-16 with its mark; commas or semicolons between values, column names in the first line.',
    }),
    mediaType: 'text/csv',
    example:
      'order,sku,quantity,unit_price,currency,customer_name\nA-1,LMB-BRS-001,24,20.00,USD,IRONRIDGE Construction\n',
    answers: { 200: { description: 'The result of each row.', schema: ImportReport } },
    problems: ['unsupported_media_type', 'payload_too_large'],
  },
  'POST /v1/orders': {
    id: 'receiveOrder',
    summary: 'Creates an order and reserves stock for it at once.',
    description:
      'The order is ALLOCATED, or RECEIVED with `backordered` lines that are allocated when stock is received (`backorderPolicy` decides what happens when stock is short). A B2B order needs whole cases on lines with `unitsPerCase`, and a unique purchase order number for the customer. The workflow then queues the order unless it is on hold.',
    headers: IDEMPOTENT,
    body: OrderRequest,
    example: {
      orderType: 'B2B',
      currency: 'USD',
      customer: { name: 'IRONRIDGE Construction', email: 'ap@ironridge.example', reference: 'C-88' },
      purchaseOrderNumber: 'PO-IR-2026-0089',
      paymentTerms: 'NET30',
      deliveryWindow: { start: '2026-03-10', end: '2026-03-14' },
      lines: [{ sku: 'LMB-BRS-001', quantity: 24, unitPrice: '20.00', unitsPerCase: 12 }],
    },
    answers: { 201: { description: 'The order.', schema: OrderResponse, headers: OF_CREATION } },
    problems: [
      ...BODY_PROBLEMS,
      ...IDEMPOTENCY_PROBLEMS,
      'case_pack',
      'insufficient_stock',
      'duplicate_purchase_order',
    ],
  },
  'GET /v1/orders': read('listOrders', 'Lists orders, newest first.', OrderList, {
    query: OrderListQuery,
    description:
      'A page is full, or the last, unless few orders match among many: then it ends early, with `searchedBackTo` and a `nextCursor`. The list ends without a `nextCursor`.',
    problems: ['invalid_cursor'],
  }),
  'GET /v1/orders/{orderId}': read('readOrder', 'Reads an order; its version is the ETag.', OrderResponse, {
    description:
      'Each line adds up: `ordered = allocated + backordered + shipped + cancelled + open`. Shipments have tracking numbers, holds their reasons.',
    headers: WITH_ETAG,
    problems: ['not_found'],
  }),
  'PATCH /v1/orders/{orderId}': command(
    'amendOrder',
    'Amends an order that is not queued yet.',
    AmendmentRequest,
    {
      description: allowedIn(
        'AmendOrder',
        'Changes the given fields only: address, window, references, quantities and prices by `lineNumber`; a changed quantity is reserved again. With `dryRun=true` nothing is written and the response shows what would change.',
      ),
      query: AmendmentQuery,
      headers: AMENDMENT_HEADERS,
      example: { lines: [{ lineNumber: 1, quantity: 36 }] },
      problems: ['precondition_required', 'case_pack', 'insufficient_stock', 'duplicate_purchase_order'],
      answers: {
        200: {
          description: 'The order after the amendment, or what it would be.',
          schema: z.union([OrderResponse, AmendmentPreview]),
          headers: OF_COMMAND,
        },
      },
    },
  ),
  'DELETE /v1/orders/{orderId}': withdrawal(
    'voidOrder',
    'Hides an order that was entered by mistake; its history stays.',
    allowedIn('VoidOrder', 'Release or cancel an order with reservations first.'),
    { 204: { description: 'Voided.' } },
  ),
  'GET /v1/orders/{orderId}/events': read(
    'readHistory',
    'Reads the whole history, oldest first, including refused commands.',
    listOf(HistoryEvent),
    {
      query: HistoryQuery,
      problems: ['not_found', 'invalid_cursor'],
      description:
        'Events are numbered without gaps (`sequence`) and name the requester (`actor`). `TransitionRejected` is a refused command with its reason. The schema of `data` for each `type` is in docs/events of the repository.',
    },
  ),
  'GET /v1/orders/{orderId}/allocation': read(
    'readAllocation',
    'Reads the reserved lots of the order, with reasons.',
    AllocationPanel,
    {
      problems: ['not_found'],
      description:
        'For each line and lot the available quantity before and after, and why the lot was chosen.',
    },
  ),
  'POST /v1/orders/{orderId}/allocation': command(
    'allocateOrder',
    'Reserves stock, or chooses the lots again; pins bind lines to lots.',
    AllocationRequest,
    {
      description: allowedIn(
        'AllocateOrder',
        'Without a body pinned lots are chosen first, then those that expire first. Lots are swapped in one step, so the order is never without a reservation. Short stock is backordered, unless a pin needs more than its lot has (`insufficient_stock`).',
      ),
      bodyIsOptional: true,
      example: { pins: [{ lineNumber: 1, lotNumber: 'LMB-LOT-2025-002' }] },
      problems: ['insufficient_stock'],
    },
  ),
  'DELETE /v1/orders/{orderId}/allocation': withdrawal(
    'releaseAllocation',
    'Releases the reservations.',
    allowedIn(
      'ReleaseAllocation',
      'The order is RECEIVED again, and the stock is available to others at once. Stock is reserved again only on request.',
    ),
  ),
  'POST /v1/orders/{orderId}/fulfillment': command(
    'queueFulfillment',
    'Queues the order for fulfillment.',
    EmptyRequest,
    {
      bodyIsOptional: true,
      description: allowedIn(
        'QueueFulfillment',
        'The workflow does this automatically unless the order is on hold.',
      ),
    },
  ),
  'POST /v1/orders/{orderId}/shipments': command('recordShipment', 'Records a shipment.', ShipmentRequest, {
    description: allowedIn(
      'RecordShipment',
      'Without `lines`, everything allocated has shipped. The order is SHIPPED when nothing is left to ship; until then its state stays and its lines show what has shipped. A B2B order is invoiced for each shipment. Cannot be undone.',
    ),
    example: { carrier: 'UPS', trackingNumber: '1Z999AA10123456784' },
    answers: {
      201: {
        description: 'The order, and the id of the shipment.',
        schema: OrderResponse.extend({ shipmentId: z.string() }),
        headers: OF_CREATION,
      },
    },
    problems: ['insufficient_stock', 'case_pack'],
  }),
  'POST /v1/orders/{orderId}/shipments/{shipmentId}/delivery': command(
    'confirmDelivery',
    'Confirms that a shipment has arrived.',
    DeliveryRequest,
    {
      description: allowedIn(
        'ConfirmDelivery',
        'When every shipment has arrived the order is DELIVERED, and the workflow closes it. Cannot be undone.',
      ),
      example: { deliveredAt: '2026-03-12T10:00:00Z', signedBy: 'D. Whitfield' },
    },
  ),
  'POST /v1/orders/{orderId}/close': command('closeOrder', 'Closes a delivered order.', EmptyRequest, {
    description: allowedIn('CloseOrder', 'The workflow does this automatically.'),
    bodyIsOptional: true,
  }),
  'POST /v1/orders/{orderId}/cancellation': command(
    'cancelOrder',
    'Cancels the order, some of its lines, or what is left after a partial shipment.',
    CancellationRequest,
    {
      description: allowedIn(
        'CancelOrder',
        'Without `lines` everything that has not shipped is cancelled: the order is CANCELLED, or SHIPPED if something had shipped before. Reservations are released. Cannot be undone.',
      ),
      example: { reason: 'CUSTOMER', lines: [{ lineNumber: 1, quantity: 12 }] },
      problems: ['case_pack'],
    },
  ),
  'POST /v1/orders/{orderId}/holds': command('placeHold', 'Puts the order on hold.', HoldRequest, {
    description: allowedIn(
      'PlaceHold',
      'Stops queueing and shipping until it is released; reservations stay. An order can have several holds.',
    ),
    example: { reason: 'CREDIT_LIMIT', note: 'Until invoice 4711 is paid' },
    answers: orderWith('holdId', 'The order, and the id of the hold.'),
  }),
  'DELETE /v1/orders/{orderId}/holds/{holdId}': withdrawal(
    'releaseHold',
    'Releases a hold.',
    allowedIn('ReleaseHold', 'The ids of the holds are in the order.'),
  ),
  'POST /v1/orders/{orderId}/returns': command('receiveReturn', 'Records returned goods.', ReturnRequest, {
    description: allowedIn(
      'ReceiveReturn',
      'At most the delivered quantity. RESTOCK makes the units available, QUARANTINE stores them as unavailable, WRITE_OFF removes them; invoiced units are credited.',
    ),
    example: { lines: [{ lineNumber: 1, quantity: 2, disposition: 'RESTOCK' }] },
    answers: orderWith('returnId', 'The order, and the id of the return.'),
  }),
  'GET /v1/orders/{orderId}/documents': read(
    'listDocuments',
    'Lists the documents that were sent about the order.',
    listOf(DocumentSummary),
    {
      problems: ['not_found'],
      description:
        'Documents sent to a trading partner or shop: 855, 856, 810 and channel updates, each with its status.',
    },
  ),
  'GET /v1/orders/{orderId}/documents/{documentId}': {
    id: 'readDocument',
    summary: 'Reads a document as it was sent.',
    description: 'The exact bytes, in the media type of the document.',
    answers: {
      200: { description: 'The document, in its own media type.', schema: z.string(), mediaType: '*/*' },
    },
    problems: ['not_found'],
  },
  'GET /v1/orders/{orderId}/packing-slip': {
    id: 'readPackingSlip',
    summary: 'Reads the packing slip of an order or a shipment, a page to be printed.',
    description:
      'Where it goes, what is to be packed by lot, and what the customer said of it: instructions, routing, references, dates, contacts. It shows no prices.',
    query: PackingSlipQuery,
    answers: { 200: { description: 'The page.', schema: z.string(), mediaType: 'text/html' } },
    problems: ['not_found'],
  },
  'POST /v1/orders/{orderId}/documents/retry': {
    id: 'retryDocuments',
    summary: 'Makes the blocked documents of an order anew, and sends those that break no rule any more.',
    description: 'What was sent is not sent again.',
    body: EmptyRequest,
    bodyIsOptional: true,
    answers: { 200: { description: 'The documents of the order.', schema: listOf(DocumentSummary) } },
    problems: [...BODY_PROBLEMS, 'not_found'],
  },
  'POST /v1/orders/{orderId}/portal-link': {
    id: 'makePortalLink',
    summary: 'Creates a signed link to the status page for the customer.',
    description:
      'Anyone with the link sees the status of the order, without names, addresses and prices. Give it to the customer only.',
    body: EmptyRequest,
    bodyIsOptional: true,
    answers: { 200: { description: 'The link.', schema: PortalLink } },
    problems: [...BODY_PROBLEMS, 'not_found'],
  },
  'GET /v1/orders/{orderId}/portal-links': read(
    'listPortalLinks',
    'Lists the links that were made, newest first, until they have ended.',
    listOf(PortalLinkEntry),
    {
      query: PageQuery,
      problems: ['not_found', 'invalid_cursor'],
      description:
        'Who made each, and when it ends or was revoked. The addresses themselves are kept nowhere.',
    },
  ),
  'DELETE /v1/orders/{orderId}/portal-links/{linkId}': {
    id: 'revokePortalLink',
    summary: 'Revokes a link.',
    description: 'From then on it answers 410.',
    answers: { 204: { description: 'Revoked.' } },
    problems: ['not_found'],
  },
  'GET /v1/board': read('readBoard', 'Shows a column of orders for each state.', BoardResponse, {
    query: BoardQuery,
    description:
      'The count of a column with more orders than are returned comes from a projection and is a moment behind. Continue a column with `GET /v1/orders`.',
  }),
  'GET /v1/overview': read('readOverview', 'Reads the counts over all orders.', OverviewResponse, {
    query: OverviewQuery,
    description: 'Counts are a moment behind. Periods are by day of reception, in UTC.',
  }),
};
