import type { Logger } from '@aws-lambda-powertools/logger';
import { MetricUnit } from '@aws-lambda-powertools/metrics';
import middy, { type MiddlewareObj } from '@middy/core';
import httpJsonBodyParser from '@middy/http-json-body-parser';
import type { Context } from 'aws-lambda';
import { decodeJwt } from 'jose';
import {
  type AccessRules,
  type Claims,
  clientOf,
  grantedScopes,
  isPerson,
  subjectOf,
} from '../../contract/claims.ts';
import { METRICS } from '../../contract/metrics.ts';
import { ROUTES, routeKey } from '../../contract/routes.ts';
import { WEBHOOKS } from '../../contract/webhooks.ts';
import type { Actor } from '../events/envelope.ts';
import { metrics, optional } from '../wiring.ts';
import { Busy, WriteFailed } from '../write-failures.ts';
import {
  type GatewayAnswer,
  type GatewayEvent,
  gatewayAnswer,
  type HttpAnswer,
  type HttpRequest,
  Problem,
  problemAnswer,
  type RouteHandler,
} from './http.ts';
import { appendIds, observation } from './observed.ts';

/** How tokens of this deployment's issuer are read. */
export const ACCESS_RULES: AccessRules = {
  personClaims: optional('PERSON_CLAIMS'),
  groupsClaim: optional('GROUPS_CLAIM'),
  roleGroups: optional('ROLE_GROUPS'),
};

interface HttpFunctionOptions {
  readonly logger: Logger;
  /** A handler for each route key of this function. */
  readonly routes: Readonly<Record<string, RouteHandler>>;
  /** Webhooks are read as they were sent, since their signature covers the raw body. */
  readonly parsesJson: boolean;
  /** How long an answer may take, in milliseconds before the function's own end. */
  readonly margin?: number;
}

/**
 * Makes the Lambda handler of a group of routes: finds the route, checks the caller's scope, parses the body, and
 * answers every failure with a problem document.
 */
export function httpFunction(options: HttpFunctionOptions) {
  const { logger, routes, parsesJson } = options;
  const rawBodies = new WeakMap<object, Buffer>();
  const keepRawBody: MiddlewareObj<GatewayEvent, GatewayAnswer> = {
    before: ({ event }) => {
      const body = typeof event.body === 'string' ? event.body : '';
      rawBodies.set(event, Buffer.from(body, event.isBase64Encoded ? 'base64' : 'utf8'));
    },
  };
  return middy<GatewayEvent, GatewayAnswer, Error, Context>()
    .use(observation<GatewayEvent, GatewayAnswer>(logger, aboutRequest))
    .use(problems(logger))
    .use(keepRawBody)
    .use(parsesJson ? jsonBody() : [])
    .handler(async (event, context) => {
      const handle = routes[event.routeKey];
      if (handle === undefined) throw new Problem('not_found', `nothing answers ${event.routeKey}`);
      requireScope(event);
      const request: HttpRequest = {
        routeKey: event.routeKey,
        path: event.rawPath,
        pathParameters: event.pathParameters ?? {},
        query: event.queryStringParameters ?? {},
        headers: event.headers,
        body: event.body === '' ? undefined : event.body,
        rawBody: rawBodies.get(event) ?? Buffer.alloc(0),
        origin: { actor: actorOf(event), correlationId: correlationId(event) },
        caller: callerOf(event),
        scopes: grantedScopes(claimsOf(event) ?? {}, ACCESS_RULES),
        deadline: Date.now() + context.getRemainingTimeInMillis() - (options.margin ?? 3000),
      };
      const answer = await handle(request);
      appendIds(logger, aboutAnswer(answer));
      logger.info('answered', { status: answer.status });
      return gatewayAnswer(answer, request.origin.correlationId);
    });
}

/** Parses JSON bodies; a command that needs no words may come without one. */
function jsonBody(): MiddlewareObj<GatewayEvent, GatewayAnswer> {
  const parser = httpJsonBodyParser();
  return {
    before: (request) => {
      const { body } = request.event;
      if (body === undefined || body === null || body === '') return;
      // biome-ignore lint/suspicious/noExplicitAny: the parser is typed for an event whose body is text
      return (parser.before as any)(request);
    },
  };
}

/** The one place in which errors become answers. */
function problems(logger: Logger): MiddlewareObj<GatewayEvent, GatewayAnswer> {
  return {
    onError: (request) => {
      const problem = asProblem(request.error);
      const { code, status } = problem;
      if (code === 'internal_error') logger.error('failed', request.error as Error);
      else logger.info('refused', { code, status });
      const { event } = request;
      if (code === 'busy') metrics.addMetric(METRICS.busy, MetricUnit.Count, 1);
      if (code === 'unauthorized' && isSigned(event)) {
        metrics.addMetric(METRICS.refusedWebhooks, MetricUnit.Count, 1);
      }
      request.response = gatewayAnswer(problemAnswer(problem, event.rawPath), correlationId(event));
    },
  };
}

/** Whether it is a message of a webhook, with a signature: what has none is no channel's, however much of it comes. */
function isSigned({ rawPath, headers }: GatewayEvent): boolean {
  const webhook = WEBHOOKS.find(({ path }) => rawPath === `/webhooks/${path}`);
  return webhook !== undefined && Boolean(headers[webhook.signatureHeader.toLowerCase()]);
}

function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof Busy || (error instanceof WriteFailed && error.conflict === 'contention')) {
    return new Problem('busy', error.message, {}, { 'retry-after': '1' });
  }
  if (error instanceof WriteFailed && error.conflict === 'purchase-order-used') {
    return new Problem(
      'duplicate_purchase_order',
      'another order of the customer has this purchase order number',
    );
  }
  const { statusCode, message } = error as { statusCode?: number; message?: string };
  if (statusCode === 415) {
    return new Problem('unsupported_media_type', 'send the body as application/json');
  }
  if (statusCode === 422 && message?.startsWith('Invalid or malformed JSON')) {
    return new Problem('malformed_json', 'the body is not well-formed JSON');
  }
  if (statusCode !== undefined && statusCode < 500) {
    const errors = [{ path: '', message: message ?? 'not allowed' }];
    return new Problem('validation_failed', message ?? 'the body is not allowed', { errors });
  }
  return new Problem(
    'internal_error',
    'the service failed, the request may be right; nothing half done is left behind',
  );
}

/**
 * API Gateway has checked the token already, and as a rule its scopes; what a person's role allows is decided here, and a
 * route that was wired without the check stays shut all the same.
 */
function requireScope(event: GatewayEvent): void {
  const route = ROUTES.find((each) => routeKey(each) === event.routeKey);
  if (route === undefined || typeof route.access === 'string') return;
  const { scope } = route.access;
  const claims = claimsOf(event);
  if (claims === null)
    throw new Problem('unauthorized', 'send an access token', {}, { 'www-authenticate': 'Bearer' });
  if (!grantedScopes(claims, ACCESS_RULES).includes(scope)) {
    throw new Problem(
      'insufficient_scope',
      `the access token, or the role of the person it is for, lacks the scope ${scope}`,
      {},
      {
        'www-authenticate': `Bearer error="insufficient_scope", scope="${scope}"`,
      },
    );
  }
}

/**
 * The claims of the token that the gateway verified, read from the token: the gateway hands lists over as `[a b]`, in which
 * the group "night admin" would be the groups "night" and "admin".
 */
function claimsOf(event: GatewayEvent): Claims | null {
  const context = event.requestContext as { authorizer?: { jwt?: { claims?: Claims } } };
  const verified = context.authorizer?.jwt?.claims;
  if (verified === undefined) return null;
  const token = /^(?:Bearer +)?(\S+) *$/i.exec(event.headers?.authorization ?? '')?.[1];
  const written = token === undefined ? null : payloadOf(token);
  const isSame = written !== null && ['iss', 'sub', 'jti'].every((name) => written[name] === verified[name]);
  return isSame ? written : verified;
}

function payloadOf(token: string): Claims | null {
  try {
    return decodeJwt(token);
  } catch {
    return null;
  }
}

function actorOf(event: GatewayEvent): Actor {
  const claims = claimsOf(event);
  if (claims === null) return { type: 'automation', id: 'anonymous' };
  const id = subjectOf(claims) ?? clientOf(claims) ?? 'unknown';
  return { type: isPerson(claims, ACCESS_RULES.personClaims) ? 'human' : 'automation', id };
}

function callerOf(event: GatewayEvent): string {
  const claims = claimsOf(event) ?? {};
  return JSON.stringify([clientOf(claims) ?? null, subjectOf(claims) ?? null]);
}

function aboutRequest(event: GatewayEvent) {
  const asked = event.pathParameters?.orderId;
  return {
    correlationId: correlationId(event),
    route: event.routeKey,
    orderId: asked !== undefined && ORDER_ID.test(asked) ? asked : undefined,
  };
}

/** The order that a request or a message made or changed, and its channel. */
function aboutAnswer({ body }: HttpAnswer) {
  const { orderId, channel } = (typeof body === 'object' && body !== null ? body : {}) as {
    readonly orderId?: unknown;
    readonly channel?: unknown;
  };
  const text = (value: unknown) => (typeof value === 'string' ? value : undefined);
  return { orderId: text(orderId), channel: text(channel) };
}

/** What an order id can look like; anything else in its place is a client's own words, which no log repeats. */
const ORDER_ID = /^[A-Z0-9-]{1,64}$/;

const CORRELATION_ID = /^[A-Za-z0-9._:-]{1,128}$/;

/** The caller's own id of the request where it gave a harmless one, otherwise the gateway's. */
function correlationId(event: GatewayEvent): string {
  const given = event.headers?.['x-correlation-id'];
  return given !== undefined && CORRELATION_ID.test(given) ? given : event.requestContext.requestId;
}
