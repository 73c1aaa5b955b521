import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Report } from '../report.ts';
import { sendFunctionAnswer, sendProblem } from './answer.ts';
import { bodyLimit, readBody } from './body.ts';
import { gatewayEvent } from './event.ts';
import type { FindRoute } from './router.ts';
import type { AcceptedToken, TokenIssuer } from './tokens.ts';

export interface GatewayOptions {
  readonly findRoute: FindRoute;
  readonly issuer: TokenIssuer;
  invoke(functionArn: string, event: unknown): Promise<unknown>;
  readonly report: Report;
}

/** Answers a request; false when no route of the template takes it and nothing was answered. */
export type Gateway = (request: IncomingMessage, response: ServerResponse) => Promise<boolean>;

/** The HTTP API: finds the route, checks the token, calls the function, sends its answer. */
export function gateway(options: GatewayOptions): Gateway {
  return async (message, response) => {
    const id = randomUUID();
    const method = message.method ?? 'GET';
    const [path = '/', ...rest] = (message.url ?? '/').split('?');
    const match = options.findRoute(method, path);
    if (match === null) return false;

    const token = await authorized(options.issuer, match.route.scopes, message, response, path);
    if (token === 'refused') return true;
    const limit = bodyLimit(path);
    const body = await readBody(message, limit);
    if (body === null) {
      // The rest of the body is not worth reading, so the connection cannot be used again.
      sendProblem(response, 'payload_too_large', `a body may have ${limit} bytes here`, path, {
        connection: 'close',
      });
      return true;
    }
    let event: unknown;
    try {
      event = gatewayEvent({ id, method, path, query: rest.join('?'), message, body }, match, token);
    } catch (error) {
      if (!(error instanceof URIError)) throw error;
      sendProblem(response, 'malformed_request', 'the address holds a % that encodes nothing', path);
      return true;
    }
    try {
      sendFunctionAnswer(response, await options.invoke(match.route.functionArn, event));
    } catch (error) {
      options.report.failure(`${match.route.routeKey} failed`, error);
      sendProblem(response, 'internal_error', 'the service failed, the request may be right', path);
    }
    return true;
  };
}

/** @returns the accepted token, null where the route asks for none, or 'refused' when that was answered. */
async function authorized(
  issuer: TokenIssuer,
  scopes: readonly string[] | null,
  message: IncomingMessage,
  response: ServerResponse,
  path: string,
): Promise<AcceptedToken | null | 'refused'> {
  if (scopes === null) return null;
  const bearer = /^Bearer +(\S+) *$/i.exec(message.headers.authorization ?? '')?.[1];
  if (bearer === undefined) {
    const detail = 'send an access token in the header Authorization: Bearer …';
    sendProblem(response, 'unauthorized', detail, path, { 'www-authenticate': 'Bearer' });
    return 'refused';
  }
  const token = await issuer.verify(bearer);
  if ('refused' in token) {
    sendProblem(response, 'unauthorized', `the access token is not accepted: ${token.refused}`, path, {
      'www-authenticate': 'Bearer error="invalid_token"',
    });
    return 'refused';
  }
  if (scopes.length > 0 && !scopes.some((scope) => token.scopes.includes(scope))) {
    const detail = `the access token lacks the scope ${scopes.join(' or ')}`;
    sendProblem(response, 'insufficient_scope', detail, path, {
      'www-authenticate': `Bearer error="insufficient_scope", scope="${scopes.join(' ')}"`,
    });
    return 'refused';
  }
  return token;
}
