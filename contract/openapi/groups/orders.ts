import * as z from 'zod';
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
  ReturnRequest,
  ShipmentRequest,
} from '../../requests.ts';
import {
  AllocationPanel,
  AmendmentPreview,
  BoardResponse,
  DocumentSummary,
  HistoryEvent,
  listOf,
  OrderResponse,
  OrderSummary,
  PortalLink,
} from '../../responses.ts';
import {
  AMENDMENT_HEADERS,
  BODY_PROBLEMS,
  command,
  IDEMPOTENCY_PROBLEMS,
  IDEMPOTENT,
  OF_COMMAND,
  OF_CREATION,
  type Operations,
  orderWith,
  read,
  takenIn,
  WITH_ETAG,
  withdrawal,
} from '../types.ts';

export const ORDER_OPERATIONS: Operations = {
  'POST /v1/imports': {
    id: 'importOrders',
    summary: 'Takes in orders from a CSV file, and reports on each row.',
    description: `Each row is one line of an order; rows with the same \`order\` are one order, taken in whole or refused whole. The same file again makes nothing twice. Columns: ${Object.entries(
      IMPORT_COLUMNS,
    )
      .map(([name, meaning]) => (meaning === '' ? name : `${name} (${meaning.replace(/[.]$/, '')})`))
      .join(', ')}. Needed: ${REQUIRED_COLUMNS.join(', ')}. At most ${MAX_ROWS} rows and 1 MiB.`,
    body: z
      .string()
      .meta({ description: 'The file, in UTF-8, with the names of the columns in its first line.' }),
    mediaType: 'text/csv',
    example:
      'order,sku,quantity,unit_price,currency,customer_name\nA-1,LMB-BRS-001,24,20.00,USD,IRONRIDGE Construction\n',
    answers: { 200: { description: 'What became of each row.', schema: ImportReport } },
    problems: ['unsupported_media_type', 'payload_too_large'],
  },
  'POST /v1/orders': {
    id: 'receiveOrder',
    summary: 'Takes an order into the loop and reserves stock for it at once.',
    description:
      'The answer tells what could be reserved: ALLOCATED, or RECEIVED with `backordered` lines that are served when stock comes in (`backorderPolicy` says what is wanted when stock is short). A B2B order needs whole cases where a line names `unitsPerCase`, and each purchase order number of a customer is taken once. The workflow then queues the order by itself unless it is held.',
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
  'GET /v1/orders': read('listOrders', 'Lists orders, newest first.', listOf(OrderSummary), {
    query: OrderListQuery,
    description:
      'A page that few orders match may hold fewer than asked for, or none, and still have a `nextCursor`: the list ends where there is none.',
    problems: ['invalid_cursor'],
  }),
  'GET /v1/orders/{orderId}': read('readOrder', 'Reads an order; its version is the ETag.', OrderResponse, {
    description:
      'Each line adds up: `ordered = allocated + backordered + shipped + cancelled + open`. Shipments carry tracking numbers, holds the reason why nothing moves.',
    headers: WITH_ETAG,
    problems: ['not_found'],
  }),
  'PATCH /v1/orders/{orderId}': command(
    'amendOrder',
    'Amends an order that is not queued yet.',
    AmendmentRequest,
    {
      description: takenIn(
        'AmendOrder',
        'Changes only what is named: address, window, references, quantities and prices by `lineNumber`; a changed quantity is reserved anew. With `dryRun=true` nothing is written and the answer tells what would change.',
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
    takenIn('VoidOrder', 'An order that holds stock is released or cancelled first.'),
    { 204: { description: 'Voided.' } },
  ),
  'GET /v1/orders/{orderId}/events': read(
    'readHistory',
    'Reads the whole history, oldest first, refused attempts included.',
    listOf(HistoryEvent),
    {
      query: HistoryQuery,
      problems: ['not_found', 'invalid_cursor'],
      description:
        'Events are numbered without gaps (`sequence`) and name who asked (`actor`). `TransitionRejected` is an attempt that was refused, with its reason. The shape of `data` by `type` is in docs/events of the repository.',
    },
  ),
  'GET /v1/orders/{orderId}/allocation': read(
    'readAllocation',
    'Shows which lots the order holds, and why.',
    AllocationPanel,
    {
      problems: ['not_found'],
      description: 'For each line and lot what was available before and after, and why this lot was taken.',
    },
  ),
  'POST /v1/orders/{orderId}/allocation': command(
    'allocateOrder',
    'Reserves stock, or chooses the lots anew; pins bind lines to lots.',
    AllocationRequest,
    {
      description: takenIn(
        'AllocateOrder',
        'Without a body the lots are chosen: pinned ones first, then those that expire first. Lots are swapped in one step, so that the order never stands without a reservation. Short stock is backordered, unless a pin asks for more than its lot has (`insufficient_stock`).',
      ),
      bodyIsOptional: true,
      example: { pins: [{ lineNumber: 1, lotNumber: 'LMB-LOT-2025-002' }] },
      problems: ['insufficient_stock'],
    },
  ),
  'DELETE /v1/orders/{orderId}/allocation': withdrawal(
    'releaseAllocation',
    'Gives the reservation back.',
    takenIn(
      'ReleaseAllocation',
      'The order is RECEIVED again, and others may take the stock at once. Nothing reserves for it until it is asked to.',
    ),
  ),
  'POST /v1/orders/{orderId}/fulfillment': command(
    'queueFulfillment',
    'Hands the order to the warehouse.',
    EmptyRequest,
    {
      bodyIsOptional: true,
      description: takenIn('QueueFulfillment', 'The workflow does this by itself, unless the order is held.'),
    },
  ),
  'POST /v1/orders/{orderId}/shipments': command(
    'recordShipment',
    'Records goods that have left.',
    ShipmentRequest,
    {
      description: takenIn(
        'RecordShipment',
        'Without `lines`, all that is allocated has left. The order is SHIPPED when nothing is left to ship; until then it stays where it is, and its lines tell. A B2B order is invoiced for each shipment. It cannot be taken back.',
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
    },
  ),
  'POST /v1/orders/{orderId}/shipments/{shipmentId}/delivery': command(
    'confirmDelivery',
    'Confirms that a shipment has arrived.',
    DeliveryRequest,
    {
      description: takenIn(
        'ConfirmDelivery',
        'When every shipment has arrived the order is DELIVERED, and the workflow closes it. It cannot be taken back.',
      ),
      example: { deliveredAt: '2026-03-12T10:00:00Z', signedBy: 'D. Whitfield' },
    },
  ),
  'POST /v1/orders/{orderId}/close': command('closeOrder', 'Closes a delivered order.', EmptyRequest, {
    description: takenIn('CloseOrder', 'The workflow does this by itself.'),
    bodyIsOptional: true,
  }),
  'POST /v1/orders/{orderId}/cancellation': command(
    'cancelOrder',
    'Cancels the order, some of its lines, or what is left after a partial shipment.',
    CancellationRequest,
    {
      description: takenIn(
        'CancelOrder',
        'Without `lines` all that has not shipped is cancelled: the order is CANCELLED, or SHIPPED where something had left before. Reservations are given back. It cannot be taken back.',
      ),
      example: { reason: 'CUSTOMER', lines: [{ lineNumber: 1, quantity: 12 }] },
      problems: ['case_pack'],
    },
  ),
  'POST /v1/orders/{orderId}/holds': command('placeHold', 'Puts the order on hold.', HoldRequest, {
    description: takenIn(
      'PlaceHold',
      'Stops queueing and shipping until it is released; reservations stay. Several holds count each.',
    ),
    example: { reason: 'CREDIT_LIMIT', note: 'Until invoice 4711 is paid' },
    answers: orderWith('holdId', 'The order, and the id of the hold.'),
  }),
  'DELETE /v1/orders/{orderId}/holds/{holdId}': withdrawal(
    'releaseHold',
    'Releases a hold.',
    takenIn('ReleaseHold', 'The ids of the holds stand in the order.'),
  ),
  'POST /v1/orders/{orderId}/returns': command('receiveReturn', 'Takes goods back.', ReturnRequest, {
    description: takenIn(
      'ReceiveReturn',
      'Never more than was delivered. RESTOCK makes them available, QUARANTINE keeps them apart, WRITE_OFF gives them up; what had been invoiced is credited.',
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
        'What a trading partner or a shop was told: 855, 856, 810 and updates of the channel, with what became of each.',
    },
  ),
  'GET /v1/orders/{orderId}/documents/{documentId}': {
    id: 'readDocument',
    summary: 'Reads a document as it was sent.',
    description: 'Byte for byte, in the media type of the document.',
    answers: {
      200: { description: 'The document, in its own media type.', schema: z.string(), mediaType: '*/*' },
    },
    problems: ['not_found'],
  },
  'POST /v1/orders/{orderId}/portal-link': {
    id: 'makePortalLink',
    summary: 'Makes a signed link to the status page for the customer.',
    description:
      'Whoever has the link sees where the order is, without names, addresses and prices. Give it to the customer alone.',
    body: EmptyRequest,
    bodyIsOptional: true,
    answers: { 200: { description: 'The link, good for thirty days.', schema: PortalLink } },
    problems: [...BODY_PROBLEMS, 'not_found'],
  },
  'GET /v1/board': read('readBoard', 'Shows a column of orders for each state.', BoardResponse, {
    query: BoardQuery,
    description:
      'Columns that have more orders than are shown are counted by a projection, a moment later. A column goes on in `GET /v1/orders`.',
  }),
  'GET /v1/overview': read('readOverview', 'Shows the numbers of the whole loop.', OverviewResponse, {
    query: OverviewQuery,
    description:
      'Orders are counted a moment after they change. Periods are of the days of reception, in UTC.',
  }),
};
