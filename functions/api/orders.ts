import { documentStore } from '../adapters/dynamodb/document-store.ts';
import { orderQueries } from '../adapters/dynamodb/order-queries.ts';
import { overviewRows } from '../adapters/dynamodb/overview-store.ts';
import { httpFunction } from '../middleware/http-function.ts';
import { createLogger, createPorts, createTable } from '../wiring.ts';
import {
  allocate,
  amend,
  cancel,
  close,
  confirmDelivery,
  placeHold,
  queueFulfillment,
  receiveReturn,
  recordShipment,
  releaseAllocation,
  releaseHold,
  voidOrder,
} from './orders/commands.ts';
import { getDocument, listDocuments } from './orders/documents.ts';
import { getPackingSlip } from './orders/packing-slip.ts';
import { getAllocation, getBoard, getHistory, getOrder, listOrders } from './orders/read.ts';
import { receive } from './orders/receive.ts';

const table = createTable();
const ports = createPorts(table, { receivesOrders: true });
const queries = orderQueries(table);
const documents = documentStore(table);

/** Everything under `/v1/orders`, and the board. */
export const handler = httpFunction({
  logger: createLogger(),
  parsesJson: true,
  routes: {
    'POST /v1/orders': receive(ports),
    'GET /v1/orders': listOrders(queries),
    'GET /v1/orders/{orderId}': getOrder(ports),
    'PATCH /v1/orders/{orderId}': amend(ports),
    'DELETE /v1/orders/{orderId}': voidOrder(ports),
    'GET /v1/orders/{orderId}/events': getHistory(ports),
    'GET /v1/orders/{orderId}/allocation': getAllocation(ports),
    'POST /v1/orders/{orderId}/allocation': allocate(ports),
    'DELETE /v1/orders/{orderId}/allocation': releaseAllocation(ports),
    'POST /v1/orders/{orderId}/fulfillment': queueFulfillment(ports),
    'POST /v1/orders/{orderId}/shipments': recordShipment(ports),
    'POST /v1/orders/{orderId}/shipments/{shipmentId}/delivery': confirmDelivery(ports),
    'POST /v1/orders/{orderId}/close': close(ports),
    'POST /v1/orders/{orderId}/cancellation': cancel(ports),
    'POST /v1/orders/{orderId}/holds': placeHold(ports),
    'DELETE /v1/orders/{orderId}/holds/{holdId}': releaseHold(ports),
    'POST /v1/orders/{orderId}/returns': receiveReturn(ports),
    'GET /v1/orders/{orderId}/documents': listDocuments(ports, documents),
    'GET /v1/orders/{orderId}/documents/{documentId}': getDocument(ports, documents),
    'GET /v1/orders/{orderId}/packing-slip': getPackingSlip(ports),
    'GET /v1/board': getBoard({ queries, overview: overviewRows(table) }),
  },
});
