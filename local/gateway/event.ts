import type { IncomingMessage } from 'node:http';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { LOCAL_ACCOUNT } from '../template/intrinsics.ts';
import type { Match } from './router.ts';
import type { AcceptedToken } from './tokens.ts';

/** A request as the gateway has read it. */
export interface GatewayRequest {
  readonly id: string;
  readonly method: string;
  /** As it was sent, still percent-encoded. */
  readonly path: string;
  readonly query: string;
  readonly message: IncomingMessage;
  readonly body: Buffer;
}

/** An answer as a function gives it. */
export type FunctionAnswer = APIGatewayProxyStructuredResultV2;

/**
 * Builds the event that an HTTP API hands to a function (payload format 2.0).
 *
 * @throws URIError when path or query hold percent signs that encode nothing
 */
export function gatewayEvent(
  request: GatewayRequest,
  match: Match,
  token: AcceptedToken | null,
): APIGatewayProxyEventV2 {
  const { message, method, path, query, body } = request;
  const headers = joinedHeaders(message);
  const { cookie, ...others } = headers;
  const isText = isTextBody(headers['content-type'], body);
  const parameters = decoded(match.parameters);
  const queryParameters = parsedQuery(query);
  const event = {
    version: '2.0',
    routeKey: match.route.routeKey,
    rawPath: path,
    rawQueryString: query,
    ...(cookie === undefined ? {} : { cookies: cookie.split(/; */) }),
    headers: others,
    ...(queryParameters === null ? {} : { queryStringParameters: queryParameters }),
    ...(Object.keys(parameters).length === 0 ? {} : { pathParameters: parameters }),
    requestContext: {
      accountId: LOCAL_ACCOUNT,
      apiId: 'local',
      domainName: headers.host ?? 'localhost',
      domainPrefix: 'local',
      http: {
        method,
        path,
        protocol: `HTTP/${message.httpVersion}`,
        sourceIp: message.socket.remoteAddress ?? '127.0.0.1',
        userAgent: headers['user-agent'] ?? '',
      },
      requestId: request.id,
      routeKey: match.route.routeKey,
      stage: '$default',
      time: new Date().toISOString(),
      timeEpoch: Date.now(),
      ...(token === null
        ? {}
        : { authorizer: { jwt: { claims: textClaims(token), scopes: match.route.scopes } } }),
    },
    ...(body.length === 0 ? {} : { body: body.toString(isText ? 'utf8' : 'base64') }),
    isBase64Encoded: body.length > 0 && !isText,
  };
  return event as APIGatewayProxyEventV2;
}

/** Several headers of one name are joined with commas, cookies with semicolons; names are in lower case. */
function joinedHeaders(message: IncomingMessage): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(message.headersDistinct).map(([name, values]) => [
      name,
      (values ?? []).join(name === 'cookie' ? '; ' : ','),
    ]),
  );
}

function decoded(parameters: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => [name, decodeURIComponent(value)]),
  );
}

/** @returns the decoded parameters, several values of one name joined with commas, or null when there are none. */
function parsedQuery(query: string): Record<string, string> | null {
  if (query === '') return null;
  const parsed: Record<string, string> = {};
  for (const part of query.split('&').filter(Boolean)) {
    const [name = '', ...rest] = part.replaceAll('+', ' ').split('=');
    const key = decodeURIComponent(name);
    const value = decodeURIComponent(rest.join('='));
    const earlier = Object.hasOwn(parsed, key) ? parsed[key] : undefined;
    Object.defineProperty(parsed, key, {
      value: earlier === undefined ? value : `${earlier},${value}`,
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  return parsed;
}

const TEXT_TYPE = /^(text\/|application\/(json|javascript|xml|[\w.-]+\+(json|xml)))/i;

/** Text is handed over as text, everything else in base64; so is what calls itself text and is not UTF-8. */
function isTextBody(contentType: string | undefined, body: Buffer): boolean {
  return contentType !== undefined && TEXT_TYPE.test(contentType) && isUtf8(body);
}

function isUtf8(body: Buffer): boolean {
  return Buffer.from(body.toString('utf8'), 'utf8').equals(body);
}

/** An HTTP API hands all claims over as text. */
function textClaims(token: AcceptedToken): Record<string, string> {
  return Object.fromEntries(
    Object.entries(token.claims).map(([name, value]) => [
      name,
      Array.isArray(value) ? `[${value.join(' ')}]` : String(value),
    ]),
  );
}
