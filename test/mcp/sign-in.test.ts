import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  Client,
  discoverAuthorizationServerMetadata,
  type OAuthClientProvider,
  StreamableHTTPClientTransport,
  UnauthorizedError,
} from '@modelcontextprotocol/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { AGENT_SCOPES } from '../../contract/routes.ts';
import { TEST_ENVIRONMENT } from '../../testing/aws.ts';
import { freshHandler } from '../../testing/fresh-handler.ts';
import { type HttpHandler, invoke } from '../../testing/invoke.ts';
import { useStore } from '../../testing/store.ts';
import { openUserPool, type UserPoolFake } from './support/user-pool.ts';

const CLIENT = 'client-of-agents';
const CALLBACK = 'http://localhost:8910/callback';

const store = useStore();
let pool: UserPoolFake;
let server: Server;
let url = '';
let handler: HttpHandler;
/** Environment of the function where the loop's own user pool lets agents' people sign in. */
let deployed: Record<string, string>;

/** API Gateway in front of the function: it renames the header of every challenge. */
beforeAll(async () => {
  pool = await openUserPool(CLIENT);
  server = createServer(async (request, response) => {
    const path = new URL(request.url ?? '/', url).pathname;
    const body = request.method === 'POST' ? await new Response(request as never).text() : undefined;
    const {
      status,
      headers,
      body: answer,
    } = await invoke(handler, `${request.method} ${path}`, {
      headers: request.headers as Record<string, string>,
      scope: null,
      ...(body !== undefined && { body }),
    });
    const { 'www-authenticate': challenge, ...rest } = headers;
    const renamed = challenge === undefined ? {} : { 'x-amzn-remapped-www-authenticate': challenge };
    response
      .writeHead(status, { ...rest, ...renamed })
      .end(typeof answer === 'string' ? answer : JSON.stringify(answer ?? ''));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const table = await store.newTable();
  deployed = {
    ...TEST_ENVIRONMENT,
    AWS_ENDPOINT_URL_DYNAMODB: store.endpoint,
    TABLE_NAME: table.name,
    LOOP_NAME: 'test',
    ORDER_NUMBER_PREFIX: 'LMB-ORD',
    API_BASE_URL: url,
    API_HOST: '127.0.0.1',
    PORTAL_BASE_URL: url,
    PORTAL_DAYS_AFTER_DELIVERY: '30',
    PORTAL_SECRET_ID: 'portal',
    APPROVAL_SECRET_ID: 'approvals',
    CURSOR_SECRET_ID: 'cursors',
    AGENT_REQUESTS_A_MINUTE: '300',
    TOKEN_ISSUER: pool.issuer,
    TOKEN_AUDIENCE: CLIENT,
    TOKEN_KEYS_URL: '',
    SIGN_IN_URL: pool.signInUrl,
  };
  handler = await freshHandler(() => import('../../functions/mcp/commerce-gateway.ts'), deployed);
});

afterAll(() => {
  pool.close();
  server.closeAllConnections();
  server.close();
});

/** A client that was given its id, as `claude mcp add --client-id` does, in front of a person who signs in at once. */
function person() {
  const kept: Record<string, unknown> = { information: { client_id: CLIENT, issuer: url } };
  let address: URL | undefined;
  const provider: OAuthClientProvider = {
    redirectUrl: CALLBACK,
    clientMetadata: { redirect_uris: [CALLBACK], token_endpoint_auth_method: 'none' },
    clientInformation: () => kept.information as never,
    saveClientInformation: (information) => {
      kept.information = information;
    },
    tokens: () => kept.tokens as never,
    saveTokens: (tokens) => {
      kept.tokens = tokens;
    },
    redirectToAuthorization: (to) => {
      address = to;
    },
    saveCodeVerifier: (verifier) => {
      kept.verifier = verifier;
    },
    codeVerifier: () => kept.verifier as string,
    saveDiscoveryState: (state) => {
      kept.discovery = state;
    },
    discoveryState: () => kept.discovery as never,
  };
  return {
    provider,
    /** Goes where the client sent the person, and comes back with the code. */
    async signIn(): Promise<string> {
      if (address === undefined) throw new Error('the client sent the person nowhere');
      const back = await fetch(address, { redirect: 'manual' });
      return new URL(back.headers.get('location') ?? '').searchParams.get('code') ?? '';
    },
  };
}

test('a client signs a person in at the user pool, though no challenge reaches it', async () => {
  const { provider, signIn } = person();
  const endpoint = new URL('/mcp', url);
  const refused = await fetch(endpoint, { method: 'POST', body: '{}' });
  expect(refused.status).toBe(401);
  expect(refused.headers.get('www-authenticate')).toBeNull();

  const transport = () => new StreamableHTTPClientTransport(endpoint, { authProvider: provider });
  const mode = { versionNegotiation: { mode: { pin: '2026-07-28' } } } as const;
  const first = transport();
  await expect(new Client({ name: 'test', version: '1' }, mode).connect(first)).rejects.toThrow(
    UnauthorizedError,
  );
  await first.finishAuth(await signIn());

  const client = new Client({ name: 'test', version: '1' }, mode);
  await client.connect(transport());
  expect((await client.listTools()).tools.map(({ name }) => name)).toContain('search_orders');
  const found = await client.callTool({ name: 'search_orders', arguments: { sku: 'NONE' } });
  expect(found.structuredContent).toEqual({ items: [] });

  // Without a challenge nobody can be asked for more later, so all of it is asked for at once.
  const [asked] = pool.asked;
  expect(asked?.get('scope')?.split(' ').sort()).toEqual([...AGENT_SCOPES].sort());
  expect(asked?.get('resource')).toBe(endpoint.href);
});

/** What the protocol has a client look for before it sends a person anywhere (2025-11-25, Authorization Code Protection). */
async function namesPkce(authorizationServer: string): Promise<boolean> {
  const metadata = await discoverAuthorizationServerMetadata(authorizationServer);
  return metadata?.code_challenge_methods_supported?.includes('S256') ?? false;
}

test('the loop names PKCE, which the user pool does not', async () => {
  expect(await namesPkce(pool.issuer)).toBe(false);
  expect(await namesPkce(url)).toBe(true);
  // Clients compare it with where they found it (RFC 8414, section 3.3).
  expect((await discoverAuthorizationServerMetadata(url))?.issuer).toBe(url);
});

test('with an issuer of its own nothing stands between it and its clients', async () => {
  const { SIGN_IN_URL: _, ...environment } = deployed;
  const own = await freshHandler(() => import('../../functions/mcp/commerce-gateway.ts'), {
    ...environment,
    SIGN_IN_URL: '',
  });
  const resource = await invoke(own, 'GET /.well-known/oauth-protected-resource/mcp', { scope: null });
  expect(resource.body.authorization_servers).toEqual([pool.issuer]);
  const server = await invoke(own, 'GET /.well-known/oauth-authorization-server', { scope: null });
  expect(server).toMatchObject({ status: 404, body: { code: 'not_found' } });
  expect(server.body.detail).toContain(pool.issuer);
});
