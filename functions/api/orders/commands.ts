import type * as z from 'zod';
import {
  AllocationRequest,
  AmendmentQuery,
  AmendmentRequest,
  CancellationRequest,
  DeliveryRequest,
  EmptyRequest,
  HoldRequest,
  ReturnRequest,
  ShipmentRequest,
} from '../../../contract/requests.ts';
import type { Order } from '../../../domain/order/order.ts';
import {
  type HttpAnswer,
  type HttpRequest,
  orderIdOf,
  Problem,
  parameter,
  problemAnswer,
  problemOf,
  type RouteHandler,
  valid,
} from '../../middleware/http.ts';
import { idempotently } from '../../middleware/idempotency.ts';
import {
  existingOrder,
  handleOrderCommand,
  type NotReceiving,
  type Outcome,
  tryOrderCommand,
} from '../../orders/handle-order-command.ts';
import type { Ports } from '../../orders/ports.ts';
import { orderView } from '../../orders/views/order-view.ts';
import { WriteFailed } from '../../write-failures.ts';

type Done = Extract<Outcome, { kind: 'done' }>;

/** How a command's success is answered. */
type Answer = (done: Done) => HttpAnswer;

/** POST /v1/orders/{orderId}/allocation */
export function allocate(ports: Ports): RouteHandler {
  return command(ports, AllocationRequest, (body) => ({ type: 'AllocateOrder', ...body }), ok);
}

/** DELETE /v1/orders/{orderId}/allocation */
export function releaseAllocation(ports: Ports): RouteHandler {
  return command(ports, EmptyRequest, () => ({ type: 'ReleaseAllocation' }), ok);
}

/** POST /v1/orders/{orderId}/fulfillment */
export function queueFulfillment(ports: Ports): RouteHandler {
  return command(ports, EmptyRequest, () => ({ type: 'QueueFulfillment' }), ok);
}

/** POST /v1/orders/{orderId}/shipments: answers with the order and, beside it, the shipment that was recorded. */
export function recordShipment(ports: Ports): RouteHandler {
  return command(
    ports,
    ShipmentRequest,
    (body) => ({ type: 'RecordShipment', ...body }),
    (done) => {
      const shipment = done.order.shipments.at(-1);
      return {
        status: 201,
        headers: { etag: etag(done.order), location: `/v1/orders/${encodeURIComponent(done.order.orderId)}` },
        body: { ...orderView(done.order), shipmentId: shipment?.shipmentId },
      };
    },
  );
}

/** POST /v1/orders/{orderId}/shipments/{shipmentId}/delivery */
export function confirmDelivery(ports: Ports): RouteHandler {
  return command(
    ports,
    DeliveryRequest,
    (body, request) => ({ type: 'ConfirmDelivery', shipmentId: parameter(request, 'shipmentId'), ...body }),
    ok,
  );
}

/** POST /v1/orders/{orderId}/close */
export function close(ports: Ports): RouteHandler {
  return command(ports, EmptyRequest, () => ({ type: 'CloseOrder' }), ok);
}

/** POST /v1/orders/{orderId}/cancellation */
export function cancel(ports: Ports): RouteHandler {
  return command(ports, CancellationRequest, (body) => ({ type: 'CancelOrder', ...body }), ok);
}

/** POST /v1/orders/{orderId}/holds: answers with the order and, beside it, the hold that was placed. */
export function placeHold(ports: Ports): RouteHandler {
  return command(
    ports,
    HoldRequest,
    (body) => ({ type: 'PlaceHold', ...body }),
    (done) => ({
      status: 201,
      headers: { etag: etag(done.order) },
      body: { ...orderView(done.order), holdId: done.order.holds.at(-1)?.holdId },
    }),
  );
}

/** DELETE /v1/orders/{orderId}/holds/{holdId} */
export function releaseHold(ports: Ports): RouteHandler {
  return command(
    ports,
    EmptyRequest,
    (_, request) => ({ type: 'ReleaseHold', holdId: parameter(request, 'holdId') }),
    ok,
  );
}

/** POST /v1/orders/{orderId}/returns: answers with the order and, beside it, the return's id. */
export function receiveReturn(ports: Ports): RouteHandler {
  return command(
    ports,
    ReturnRequest,
    (body) => ({ type: 'ReceiveReturn', ...body }),
    (done) => {
      const returned = done.events.find((event) => event.type === 'ReturnReceived');
      return {
        status: 201,
        headers: { etag: etag(done.order) },
        body: { ...orderView(done.order), returnId: returned?.data.returnId },
      };
    },
  );
}

/** DELETE /v1/orders/{orderId}: hides an order that was entered by mistake; its history stays. */
export function voidOrder(ports: Ports): RouteHandler {
  return command(
    ports,
    EmptyRequest,
    () => ({ type: 'VoidOrder' }),
    () => ({ status: 204 }),
  );
}

/** PATCH /v1/orders/{orderId}, with the version that is amended in `If-Match`. */
export function amend(ports: Ports): RouteHandler {
  const amendNow = command(
    ports,
    AmendmentRequest,
    (body) => ({ type: 'AmendOrder', ...body }),
    ok,
    requiredVersion,
  );
  return async (request) => {
    const { dryRun } = valid(AmendmentQuery, request.query);
    if (dryRun !== 'true') return amendNow(request);
    const outcome = await tryOrderCommand(ports, {
      orderId: orderIdOf(request),
      command: { type: 'AmendOrder', ...valid(AmendmentRequest, request.body) },
      origin: request.origin,
      expectedVersion: requiredVersion(request),
    });
    return answerOf(outcome, request, ({ order, events }) => ({
      status: 200,
      headers: { etag: etag(order) },
      body: {
        dryRun: true,
        order: orderView(order),
        events: events.map(({ type, data }) => ({ type, data })),
      },
    }));
  };
}

const ok: Answer = ({ order }) => ({ status: 200, headers: { etag: etag(order) }, body: orderView(order) });

function command<Body extends z.ZodType>(
  ports: Ports,
  schema: Body,
  toCommand: (body: z.output<Body>, request: HttpRequest) => NotReceiving,
  answer: Answer,
  version: (request: HttpRequest) => number | undefined = optionalVersion,
): RouteHandler {
  return (request) =>
    idempotently(
      ports.idempotency,
      request,
      async (remember) => {
        const expectedVersion = version(request);
        const orderId = orderIdOf(request);
        try {
          const outcome = await handleOrderCommand(ports, {
            orderId,
            command: toCommand(valid(schema, request.body ?? {}), request),
            origin: request.origin,
            expectedVersion,
            until: request.deadline,
            remember:
              remember &&
              ((step, hasMore) => remember(hasMore ? null : answerOf(step, request, answer), orderId)),
          });
          return answerOf(outcome, request, answer);
        } catch (error) {
          if (error instanceof WriteFailed && error.conflict === 'idempotency-key-used') return null;
          throw error;
        }
      },
      async ({ orderId = '' }) =>
        ok({ kind: 'done', order: await existingOrder(ports, orderId), events: [] }),
    );
}

function answerOf(outcome: Outcome, request: HttpRequest, answer: Answer): HttpAnswer {
  switch (outcome.kind) {
    case 'done':
      return answer(outcome);
    case 'refused':
      return problemAnswer(problemOf(outcome.rejection), request.path);
    case 'stale': {
      const { version } = outcome.order;
      const problem = new Problem('precondition_failed', `the order is at version ${version}; read it again`);
      return problemAnswer(problem, request.path);
    }
  }
}

function etag(order: Order): string {
  return `"${order.version}"`;
}

function requiredVersion(request: HttpRequest): number | undefined {
  if (request.headers['if-match'] === undefined) {
    throw new Problem('precondition_required', 'send If-Match with the ETag of the order that you read');
  }
  return optionalVersion(request);
}

function optionalVersion(request: HttpRequest): number | undefined {
  const given = request.headers['if-match'];
  if (given === undefined || given.trim() === '*') return undefined;
  const version = /^"(\d{1,9})"$/.exec(given.trim())?.[1];
  if (version === undefined)
    throw new Problem('precondition_failed', 'If-Match is not the ETag of this order');
  return Number(version);
}
