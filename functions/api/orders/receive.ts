import { OrderRequest } from '../../../contract/requests.ts';
import type { Order } from '../../../domain/order/order.ts';
import { type HttpAnswer, Problem, problemOf, type RouteHandler, valid } from '../../middleware/http.ts';
import { idempotently } from '../../middleware/idempotency.ts';
import { existingOrder } from '../../orders/handle-order-command.ts';
import type { Ports } from '../../orders/ports.ts';
import { receiveOrder } from '../../orders/receive-order.ts';
import { orderView } from '../../orders/views/order-view.ts';

/** POST /v1/orders: takes in an order that a person or another system enters. */
export function receive(ports: Ports): RouteHandler {
  return (request) =>
    idempotently(
      ports.idempotency,
      request,
      async (remember) => {
        const { lines, ...terms } = valid(OrderRequest, request.body);
        const outcome = await receiveOrder(ports, {
          command: {
            type: 'ReceiveOrder',
            ...terms,
            lines: lines.map((line) => ({ ...line, requiresShipping: true })),
            holds: [],
            unmetPins: 'REFUSE',
          },
          origin: request.origin,
          until: request.deadline,
          remember:
            remember && ((order, hasMore) => remember(hasMore ? null : created(order), order.orderId)),
        });
        switch (outcome.kind) {
          case 'received':
            return created(outcome.order);
          case 'refused':
            throw problemOf(outcome.rejection);
          case 'duplicate-purchase-order':
            throw new Problem(
              'duplicate_purchase_order',
              `the customer already has an order for purchase order ${outcome.purchaseOrderNumber}`,
            );
          case 'key-used':
            return null;
          case 'known':
            throw new Error(`an order without a channel's identity was taken for ${outcome.orderId}`);
        }
      },
      async ({ orderId = '' }) => created(await existingOrder(ports, orderId)),
    );
}

function created(order: Order): HttpAnswer {
  return {
    status: 201,
    headers: { location: `/v1/orders/${encodeURIComponent(order.orderId)}`, etag: `"${order.version}"` },
    body: orderView(order),
  };
}
