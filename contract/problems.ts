import * as z from 'zod';

/** Every problem code, with the status and the title of its document. */
export const PROBLEMS = {
  malformed_json: { status: 400, title: 'The body is not JSON' },
  malformed_request: { status: 400, title: 'The request cannot be read' },
  invalid_cursor: { status: 400, title: 'The cursor is invalid' },
  unauthorized: { status: 401, title: 'The request is not authenticated' },
  insufficient_scope: { status: 403, title: 'The access token does not allow this' },
  forbidden_origin: { status: 403, title: 'The request comes from a page of another site' },
  person_required: { status: 403, title: 'Only a person may decide this' },
  not_found: { status: 404, title: 'Not found' },
  illegal_transition: { status: 409, title: 'The order does not allow this command now' },
  insufficient_stock: { status: 409, title: 'There is not enough stock' },
  duplicate_purchase_order: { status: 409, title: 'The purchase order number is already used' },
  idempotency_in_flight: { status: 409, title: 'The same request is still in progress' },
  not_redrivable: { status: 409, title: 'This dead letter cannot be redriven' },
  message_settled: { status: 409, title: 'The message was already decided' },
  answer_blocked: { status: 409, title: "The refusal would break the partner's rules" },
  subscription_disabled: { status: 409, title: 'The subscription is disabled' },
  backfill_running: { status: 409, title: 'A backfill of this connection is running' },
  not_authorizable: { status: 409, title: 'The connection cannot be authorized by a page' },
  not_pollable: { status: 409, title: 'The other side of this connection cannot be asked for orders' },
  data_not_ready: { status: 409, title: 'The data is still being gathered' },
  transfer_received: { status: 409, title: 'The transfer was already received' },
  location_in_use: { status: 409, title: 'The location is in use' },
  approval_decided: { status: 409, title: 'The approval was already decided' },
  gone: { status: 410, title: 'This is no longer available' },
  precondition_failed: { status: 412, title: 'The order has changed since you read it' },
  payload_too_large: { status: 413, title: 'The body is too large' },
  unsupported_media_type: { status: 415, title: 'The media type of the body is not supported' },
  validation_failed: { status: 422, title: 'The request is not valid' },
  case_pack: { status: 422, title: 'The quantity is not a whole number of cases' },
  idempotency_conflict: { status: 422, title: 'The idempotency key was used for another request' },
  unreadable_interchange: { status: 422, title: 'The interchange cannot be read' },
  precondition_required: { status: 428, title: 'The request must name the version it changes' },
  too_many_requests: { status: 429, title: 'Too many requests; slow down' },
  internal_error: { status: 500, title: 'Internal error' },
  busy: { status: 503, title: 'Too much contention; send the request again' },
} as const satisfies Record<string, { status: number; title: string }>;

export type ProblemCode = keyof typeof PROBLEMS;

const Shortage = z.object({
  lineNumber: z.int().optional(),
  sku: z.string(),
  lotNumber: z.string().optional(),
  requested: z.int(),
  available: z.int(),
});

/** RFC 9457 problem details, with the fields that help to correct the request. */
export const ProblemDocument = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    instance: z.string(),
    code: z.enum(Object.keys(PROBLEMS) as [ProblemCode, ...ProblemCode[]]),
    errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
    shortages: z.array(Shortage).optional(),
    state: z.string().optional(),
    command: z.string().optional(),
    allowed: z.array(z.string()).optional(),
  })
  .meta({
    id: 'Problem',
    example: {
      type: 'urn:order-loop:problem:illegal_transition',
      title: 'The order does not allow this command now',
      status: 409,
      detail: 'an order that is SHIPPED does not take CancelOrder',
      instance: '/v1/orders/LMB-ORD-2026-0041/cancellation',
      code: 'illegal_transition',
      state: 'SHIPPED',
      command: 'CancelOrder',
      allowed: ['ConfirmDelivery', 'ReceiveReturn'],
    },
  });
export type ProblemDocument = z.infer<typeof ProblemDocument>;

/** The media type of problem details (RFC 9457, section 3). */
export const PROBLEM_MEDIA_TYPE = 'application/problem+json';

/** Writes a problem document; `instance` is the path of the request. */
export function problemDocument(
  code: ProblemCode,
  detail: string,
  instance: string,
  more: Partial<ProblemDocument> = {},
): ProblemDocument {
  const { status, title } = PROBLEMS[code];
  return { type: `urn:order-loop:problem:${code}`, title, status, detail, instance, code, ...more };
}
