import createFetchClient, { type Client, type Middleware } from 'openapi-fetch';
import type { paths } from './api.ts';
import { sendAgain } from './retries.ts';
import type { TokenProvider } from './tokens.ts';

export interface ClientOptions {
  /** Address of the API, for example `https://orders.example.com`. */
  readonly baseUrl: string;
  /** An access token, or a function that gets one; it is called before each request. */
  readonly token: string | TokenProvider;
  /** @default the global one */
  readonly fetch?: typeof fetch;
}

/** A method for each HTTP method; paths, parameters, bodies and responses have the types of the OpenAPI document. */
export type OrderLoopClient = Client<paths>;

const SAFE_METHODS: readonly string[] = ['GET', 'HEAD', 'OPTIONS'];

/**
 * A client of the Order Loop API. A request that changes something carries an `Idempotency-Key` of its own unless the
 * caller gives one, and is sent again where the API says that nothing was done yet.
 *
 * To be safe against a crash of the caller too, give a key that the caller stored before:
 * `{ params: { header: { 'Idempotency-Key': key } } }`.
 */
export function orderLoop({ baseUrl, token, fetch = globalThis.fetch }: ClientOptions): OrderLoopClient {
  const client = createFetchClient<paths>({ baseUrl, fetch: sendAgain(fetch) });
  const authorize: Middleware = {
    async onRequest({ request }) {
      request.headers.set('authorization', `Bearer ${typeof token === 'string' ? token : await token()}`);
      const isKeyed = SAFE_METHODS.includes(request.method) || request.headers.has('idempotency-key');
      if (!isKeyed) request.headers.set('idempotency-key', crypto.randomUUID());
      return request;
    },
  };
  client.use(authorize);
  return client;
}
