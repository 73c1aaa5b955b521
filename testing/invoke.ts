import type { Context } from 'aws-lambda';
import { SCOPES } from '../contract/routes.ts';
import type { GatewayAnswer, GatewayEvent } from '../functions/middleware/http.ts';
import { lambdaContext } from './context.ts';

/** The function behind some routes. */
export type HttpHandler = (event: GatewayEvent, context: Context) => Promise<GatewayAnswer>;

export interface Call {
  /** Values of the path's parameters, not encoded. */
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON unless it is text. */
  readonly body?: unknown;
  /** What the token allows; null without a token. @default every scope */
  readonly scope?: string | null;
}

export interface Answered<Body> {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Parsed where it is JSON. */
  readonly body: Body;
}

// biome-ignore lint/suspicious/noExplicitAny: what an answer holds is for its test to say
export type AnyAnswer = Answered<any>;

/** Calls a function as API Gateway does (payload format 2.0), without a gateway. */
export async function invoke(handler: HttpHandler, routeKey: string, call: Call = {}): Promise<AnyAnswer> {
  const { path = {}, query = {}, headers = {}, body, scope = SCOPES.join(' ') } = call;
  const [method = '', template = ''] = routeKey.split(' ');
  const rawPath = template.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(path[name] ?? ''));
  const event = {
    version: '2.0',
    routeKey,
    rawPath,
    rawQueryString: new URLSearchParams(query).toString(),
    headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
    ...(Object.keys(query).length > 0 && { queryStringParameters: query }),
    ...(Object.keys(path).length > 0 && { pathParameters: path }),
    requestContext: {
      accountId: '000000000000',
      apiId: 'test',
      domainName: 'api.example.com',
      domainPrefix: 'api',
      http: { method, path: rawPath, protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: 'test' },
      requestId: 'request-1',
      routeKey,
      stage: '$default',
      time: '10/Mar/2026:14:07:00 +0000',
      timeEpoch: Date.UTC(2026, 2, 10, 14, 7),
      ...(scope !== null && {
        authorizer: { jwt: { claims: { sub: 'ada', username: 'ada', scope }, scopes: null } },
      }),
    },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    isBase64Encoded: false,
  } as GatewayEvent;
  const answer = await handler(event, lambdaContext());
  const received = answer.headers as Record<string, string>;
  const isJson = received['content-type']?.includes('json') ?? false;
  return {
    status: answer.statusCode ?? 0,
    headers: received,
    body: isJson ? JSON.parse(answer.body ?? 'null') : answer.body,
  };
}
