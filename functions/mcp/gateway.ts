import {
  createMcpHandler,
  getOAuthProtectedResourceMetadataUrl,
  INVALID_REQUEST,
  localhostAllowedHostnames,
  type McpHttpHandler,
  type McpServer,
  validateHostHeader,
  validateOriginHeader,
} from '@modelcontextprotocol/server';
import { AGENT_SCOPES } from '../../contract/routes.ts';
import { accessTokenVerifier } from '../adapters/access-token.ts';
import { approvalStore } from '../adapters/dynamodb/approval-store.ts';
import { invoiceStore } from '../adapters/dynamodb/invoice-store.ts';
import { orderQueries } from '../adapters/dynamodb/order-queries.ts';
import { overviewRows } from '../adapters/dynamodb/overview-store.ts';
import { portalLinkStore } from '../adapters/dynamodb/portal-link-store.ts';
import { requestCounts } from '../adapters/dynamodb/request-counts.ts';
import { secretReader } from '../adapters/secrets.ts';
import { type HttpAnswer, type HttpRequest, Problem } from '../middleware/http.ts';
import { ACCESS_RULES, httpFunction } from '../middleware/http-function.ts';
import { createLogger, createPorts, createTable, environment, optional } from '../wiring.ts';
import { authorizationServer } from './authorization-server.ts';
import { authorize } from './authorize.ts';
import type { Dependencies } from './dependencies.ts';
import { agentName, type Principal } from './principal.ts';

/** What tokens are for, as clients know it. */
const RESOURCE = new URL('/mcp', environment('API_BASE_URL'));
const METADATA_URL = getOAuthProtectedResourceMetadataUrl(RESOURCE);
/** The hosts that this endpoint is reached by, through the site or without it; a local one by any name of this machine's own. */
const HOSTS = localhostAllowedHostnames().includes(RESOURCE.hostname)
  ? localhostAllowedHostnames()
  : [RESOURCE.hostname, environment('API_HOST')];

const table = createTable();
const logger = createLogger();
const issuer = environment('TOKEN_ISSUER');
/** Set where the loop's own user pool lets people sign in, whose own description lacks PKCE. */
const signInUrl = optional('SIGN_IN_URL');
const verify = accessTokenVerifier({
  issuer,
  // A token made for this address alone (RFC 8707) counts here and nowhere else in the API.
  audience: [...environment('TOKEN_AUDIENCE').split(' '), RESOURCE.href],
  keysUrl: optional('TOKEN_KEYS_URL'),
  rules: ACCESS_RULES,
});
const counts = requestCounts(table);
const mostRequestsAMinute = Number(environment('AGENT_REQUESTS_A_MINUTE'));
const dependencies: Dependencies = {
  ports: createPorts(table, { receivesOrders: true }),
  queries: orderQueries(table),
  overview: overviewRows(table),
  invoices: invoiceStore(table),
  approvals: approvalStore(table),
  readApprovalSecret: secretReader(environment('APPROVAL_SECRET_ID')),
  portalLinks: {
    store: portalLinkStore(table),
    readSecret: secretReader(environment('PORTAL_SECRET_ID')),
    baseUrl: environment('PORTAL_BASE_URL'),
    daysAfterDelivery: Number(environment('PORTAL_DAYS_AFTER_DELIVERY')),
  },
  failed: (error) => logger.error('failed', error),
};

/**
 * The Model Context Protocol endpoint, and the description of it as a protected resource: who calls, from where and how
 * often, and the passage between the function's events and the protocol's library.
 *
 * @param makeServer makes what answers one request of one caller
 */
export function gatewayHandler(makeServer: (dependencies: Dependencies, caller: Principal) => McpServer) {
  const handle = createMcpHandler(
    ({ authInfo }) => makeServer(dependencies, authInfo?.extra?.caller as Principal),
    {
      // A function that ends with its answer can hold no stream open.
      maxSubscriptions: 0,
      onerror: (error) => logger.info('the protocol refused a request', { reason: error.name }),
    },
  );
  const serve = (request: HttpRequest) => answerTo(request, handle);
  return httpFunction({
    logger,
    parsesJson: false,
    routes: {
      'POST /mcp': serve,
      'GET /mcp': serve,
      'DELETE /mcp': serve,
      'GET /.well-known/oauth-protected-resource': describeResource,
      'GET /.well-known/oauth-protected-resource/mcp': describeResource,
      'GET /.well-known/oauth-authorization-server': describeAuthorizationServer,
    },
  });
}

async function answerTo(request: HttpRequest, handle: McpHttpHandler): Promise<HttpAnswer> {
  checkOrigin(request);
  const { client, subject, scopes, expiresAt } = await authorize(request, verify, METADATA_URL);
  const agent = agentName(client, subject);
  await limitRate(agent);
  const caller: Principal = {
    agent,
    subject,
    scopes,
    origin: { actor: { type: 'ai-agent', id: agent }, correlationId: request.origin.correlationId },
    deadline: request.deadline,
  };
  const batch = refusedBatch(request);
  if (batch !== null) return batch;
  const response = await handle.fetch(webRequest(request), {
    authInfo: {
      token: '',
      clientId: client,
      scopes: [...scopes],
      expiresAt,
      resourceMetadataUrl: METADATA_URL,
      extra: { caller },
    },
  });
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    body: await response.text(),
  };
}

/** RFC 9728: which tokens this resource takes, and where they are issued. */
async function describeResource(): Promise<HttpAnswer> {
  return described({
    resource: RESOURCE.href,
    authorization_servers: [signInUrl === undefined ? issuer : RESOURCE.origin],
    scopes_supported: AGENT_SCOPES,
    bearer_methods_supported: ['header'],
    resource_name: 'Order Loop',
  });
}

/** RFC 8414, for the user pool: signing in and fetching tokens stay with it. */
async function describeAuthorizationServer(): Promise<HttpAnswer> {
  if (signInUrl === undefined) {
    throw new Problem('not_found', `${issuer} issues the tokens, and describes itself`);
  }
  return described(authorizationServer(RESOURCE.origin, signInUrl));
}

function described(body: object): HttpAnswer {
  const headers = { 'access-control-allow-origin': '*', 'cache-control': 'max-age=3600' };
  return { status: 200, headers, body };
}

/** A page of another site must not reach a local server through a browser (DNS rebinding). */
function checkOrigin({ headers }: HttpRequest): void {
  const host = validateHostHeader(headers.host, [...HOSTS]);
  const origin = validateOriginHeader(headers.origin, [...HOSTS]);
  if (host.ok && origin.ok) return;
  throw new Problem('forbidden_origin', 'requests from pages of other sites are not answered');
}

async function limitRate(agent: string): Promise<void> {
  const now = new Date();
  if ((await counts.count(agent, now)) <= mostRequestsAMinute) return;
  throw new Problem(
    'too_many_requests',
    `at most ${mostRequestsAMinute} requests a minute; wait for the next one`,
    {},
    { 'retry-after': String(60 - now.getUTCSeconds()) },
  );
}

/**
 * A list of requests is none. Only one revision of the protocol ever had them, no client sends them, and one request of
 * a caller would be any number of calls to whoever counts.
 */
function refusedBatch({ rawBody }: HttpRequest): HttpAnswer | null {
  if (!rawBody.toString('utf8').trimStart().startsWith('[')) return null;
  return {
    status: 400,
    body: {
      jsonrpc: '2.0',
      error: { code: INVALID_REQUEST, message: 'Invalid Request: send one request at a time, not a list' },
      id: null,
    },
  };
}

function webRequest({ routeKey, headers, rawBody }: HttpRequest): Request {
  const method = routeKey.split(' ')[0] as string;
  const given = Object.entries(headers).filter(
    (header): header is [string, string] => header[1] !== undefined && header[0] !== 'authorization',
  );
  return new Request(RESOURCE, {
    method,
    headers: given,
    ...(method === 'POST' && { body: new Uint8Array(rawBody) }),
  });
}
