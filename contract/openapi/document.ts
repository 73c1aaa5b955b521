import * as z from 'zod';
import {
  createDocument,
  type ZodOpenApiOperationObject,
  type ZodOpenApiPathsObject,
  type ZodOpenApiResponseObject,
} from 'zod-openapi';
import { LocationId } from '../../domain/inventory/location.ts';
import { LotNumber, Sku } from '../../domain/text.ts';
import { ConnectionId } from '../connections.ts';
import { PartnerCode } from '../partner-masters.ts';
import { PROBLEM_MEDIA_TYPE, PROBLEMS, type ProblemCode, ProblemDocument } from '../problems.ts';
import { ROUTES, type Route, routeKey, SCOPES } from '../routes.ts';
import { OPERATION_GROUPS } from './groups.ts';
import type { AnswerDescription, Operation } from './types.ts';

/**
 * The OpenAPI 3.1 description of every route, generated from the schemas that validate requests.
 *
 * @throws Error when a route has no description, or a description has no route
 */
export function openApiDocument() {
  const paths: Record<string, Record<string, ZodOpenApiOperationObject>> = {};
  const routes = new Map(ROUTES.map((route): [string, Route] => [routeKey(route), route]));
  const signatures = new Set<string>();
  for (const group of OPERATION_GROUPS) {
    for (const [key, operation] of Object.entries(group.operations)) {
      const route = routes.get(key);
      if (route === undefined) throw new Error(`${key} is described but is not a route`);
      if (operation.signature !== undefined) signatures.add(operation.signature);
      const described = operationOf(route, operation, group.name);
      paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: described };
      routes.delete(key);
    }
  }
  if (routes.size > 0) throw new Error(`routes without a description: ${[...routes.keys()].join(', ')}`);
  return createDocument({
    openapi: '3.1.0',
    info: {
      title: 'Order Loop',
      version: '1.0.0',
      description: 'Order management from received to closed, for orders of all channels.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    // The origin that served the document, so it is the same in every deployment.
    servers: [{ url: '/' }],
    tags: OPERATION_GROUPS.map(({ name, description }) => ({ name, description })),
    paths: paths as ZodOpenApiPathsObject,
    components: {
      securitySchemes: {
        [BEARER]: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description: `An access token with the scope of the operation: ${SCOPES.join(', ')}.`,
        },
        ...Object.fromEntries(
          [...signatures].map((name) => [
            name,
            {
              type: 'apiKey',
              in: 'header',
              name,
              description: 'HMAC-SHA256 with the shared secret.',
            },
          ]),
        ),
      },
    },
  });
}

const BEARER = 'accessToken';

const named = (description: string, example?: string) =>
  z.string().meta({ description, ...(example !== undefined && { example }) });

/** Path parameters; some are validated like the same values in bodies. */
const PATH_VALUES: Readonly<Record<string, z.ZodType>> = {
  sku: Sku,
  lotNumber: LotNumber,
  connectionId: ConnectionId,
  locationId: LocationId,
  transferId: named('The id of a transfer.', '01K7Q4W0V5R8N2D3F6G9H1J4M7'),
  buyerItem: PartnerCode,
  code: PartnerCode,
  orderId: named('The order id.', 'LMB-ORD-2026-0041'),
  shipmentId: named('The id of a shipment of the order.', 'LMB-ORD-2026-0041-S1'),
  holdId: named('The id of a hold of the order.', 'LMB-ORD-2026-0041-H4'),
  linkId: named('The id of a portal link of the order.', '01K7Q4W0V5R8N2D3F6G9H1J4M7'),
  documentId: named('The id of a document of the order.', '856-LMB-ORD-2026-0041-S1'),
  invoiceId: named('The id of an invoice or credit note.', 'LMB-ORD-2026-0041-I1'),
  approvalId: named('The id of an approval request.', '01K7Q4W0V5R8N2D3F6G9H1J4M7'),
  subscriptionId: named('The id of a subscription.', '01K7Q4W0V5R8N2D3F6G9H1J4M7'),
  deliveryId: named('The id of a delivery.', '01K7Q4W0V5R8N2D3F6G9H1J4M7'),
  erasureId: named('The id of an erasure.', '01K7Q4W0V5R8N2D3F6G9H1J4M7'),
  dataRequestId: named('The id of a data request.', '01K7Q4W0V5R8N2D3F6G9H1J4M7'),
  messageId: named('Of an inbound message.'),
  keptMessageId: named('The id of a quarantined message.'),
  deadLetterId: named('The id of a dead letter.'),
  token: named('The signed token of the link.'),
};

function pathValue(name: string): z.ZodType {
  const value = PATH_VALUES[name];
  if (value === undefined) throw new Error(`the path parameter {${name}} has no description`);
  return value;
}

function operationOf(route: Route, operation: Operation, tag: string): ZodOpenApiOperationObject {
  const { id, summary, description, query, headers, body, mediaType = 'application/json' } = operation;
  const names = [...route.path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] as string);
  const path = z.object(Object.fromEntries(names.map((name) => [name, pathValue(name)])));
  return {
    operationId: id,
    tags: [tag],
    summary,
    ...(description !== undefined && { description }),
    security: securityOf(route, operation),
    requestParams: {
      ...(names.length > 0 && { path }),
      ...(query !== undefined && { query }),
      ...(headers !== undefined && { header: headers }),
    },
    ...(body !== undefined && {
      requestBody: {
        required: operation.bodyIsOptional !== true,
        content: {
          [mediaType]: {
            schema: body,
            ...(operation.example !== undefined && { example: operation.example }),
          },
        },
      },
    }),
    responses: {
      ...answersOf(operation.answers),
      ...problemsOf(route, [...commonProblems(route), ...(operation.problems ?? [])]),
    },
  };
}

function securityOf(route: Route, operation: Operation): Record<string, string[]>[] {
  if (typeof route.access === 'object') return [{ [BEARER]: [route.access.scope] }];
  if (route.access === 'access-token') return [{ [BEARER]: [] }];
  if (route.access !== 'signature') return [];
  if (operation.signature === undefined) throw new Error(`${routeKey(route)} has no signature header`);
  return [{ [operation.signature]: [] }];
}

function commonProblems(route: Route): readonly ProblemCode[] {
  if (typeof route.access === 'object') {
    return ['unauthorized', 'insufficient_scope', 'validation_failed', 'internal_error', 'busy'];
  }
  if (route.access === 'access-token') {
    return ['unauthorized', 'insufficient_scope', 'internal_error', 'busy'];
  }
  return route.access === 'signature' ? ['unauthorized', 'payload_too_large', 'internal_error', 'busy'] : [];
}

function answersOf(answers: Operation['answers']): Record<string, ZodOpenApiResponseObject> {
  return Object.fromEntries(Object.entries(answers).map(([status, answer]) => [status, answerOf(answer)]));
}

function answerOf({ description, schema, mediaType, headers }: AnswerDescription): ZodOpenApiResponseObject {
  return {
    description,
    ...(headers !== undefined && { headers }),
    ...(schema !== undefined && { content: { [mediaType ?? 'application/json']: { schema } } }),
  };
}

/** API Gateway's own response to a request without a valid token or scope. */
const GatewayRefusal = z.object({ message: z.string() }).meta({ id: 'GatewayRefusal' });

const challenge = z.object({ 'WWW-Authenticate': z.string().optional() });
const retryLater = z.object({
  'Retry-After': z.string().optional().meta({ description: 'Seconds until the request may be repeated.' }),
});

/** Problems after which the same request may be repeated later. */
const TEMPORARY: readonly ProblemCode[] = ['busy', 'idempotency_in_flight', 'too_many_requests'];

/** Several problems share a status, so the description of a status lists all of its codes. */
function problemsOf(route: Route, codes: readonly ProblemCode[]): Record<string, ZodOpenApiResponseObject> {
  const byStatus = Map.groupBy(new Set(codes), (code): number => PROBLEMS[code].status);
  return Object.fromEntries(
    [...byStatus].map(([status, all]) => {
      const isGateways = (status === 401 || status === 403) && typeof route.access === 'object';
      const challenges = isGateways || (status < 404 && route.access === 'access-token');
      const waits = TEMPORARY.some((code) => all.includes(code));
      const answer: ZodOpenApiResponseObject = {
        description: all.map((code) => `\`${code}\`: ${PROBLEMS[code].title}.`).join(' '),
        ...(challenges && { headers: challenge }),
        ...(waits && { headers: retryLater }),
        content: {
          [PROBLEM_MEDIA_TYPE]: { schema: ProblemDocument },
          ...(isGateways && { 'application/json': { schema: GatewayRefusal } }),
        },
      };
      return [String(status), answer];
    }),
  );
}
