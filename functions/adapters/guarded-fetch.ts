import { request as plainRequest } from 'node:http';
import { request as secureRequest } from 'node:https';
import { useAgent } from 'request-filtering-agent';

/** An order of a thousand lines is a megabyte; more than this is no answer of a shop. */
const MAX_ANSWER_BYTES = 10 * 1024 * 1024;

export interface GuardOptions {
  /**
   * Whether addresses of private networks, and plain http, are allowed: on a developer's machine alone. What is
   * deployed connects to public addresses only, whatever a name resolves to at that moment (server-side request
   * forgery, DNS rebinding).
   */
  readonly allowPrivate: boolean;
}

/**
 * `fetch` for addresses that someone configured: https and public addresses only, unless private ones are allowed,
 * and no redirect is followed.
 */
export function guardedFetch({ allowPrivate }: GuardOptions): typeof fetch {
  return async (input, init = {}) => {
    if (input instanceof Request) throw new TypeError('the address and what is sent are given apart');
    const url = new URL(input);
    const { protocol } = url;
    if (protocol !== 'https:' && !(allowPrivate && protocol === 'http:')) {
      throw new TypeError(`not asked: ${protocol} is not https`);
    }
    const { method = 'GET', body, signal } = init;
    if (body !== undefined && body !== null && typeof body !== 'string') {
      throw new TypeError('only text is sent');
    }
    const request = protocol === 'https:' ? secureRequest : plainRequest;
    const agent = useAgent(url.href, { allowPrivateIPAddress: allowPrivate, allowMetaIPAddress: false });
    return new Promise((resolve, reject) => {
      const headers = Object.fromEntries(new Headers(init.headers));
      const length = typeof body === 'string' ? { 'content-length': String(Buffer.byteLength(body)) } : {};
      const outgoing = request(
        url,
        { method, agent, headers: { ...headers, ...length }, ...(signal && { signal }) },
        (incoming) => {
          const chunks: Buffer[] = [];
          let size = 0;
          incoming.on('data', (chunk: Buffer) => {
            size += chunk.length;
            if (size > MAX_ANSWER_BYTES) incoming.destroy(new Error('the answer is too large'));
            else chunks.push(chunk);
          });
          incoming.on('error', reject);
          incoming.on('end', () => {
            const status = incoming.statusCode ?? 0;
            const answer = new Headers(
              Object.entries(incoming.headers).flatMap(([name, value]) =>
                typeof value === 'string' ? [[name, value] as [string, string]] : [],
              ),
            );
            // A status without a body takes none, not even an empty one.
            const isBare = status === 204 || status === 304;
            resolve(new Response(isBare ? null : Buffer.concat(chunks), { status, headers: answer }));
          });
        },
      );
      outgoing.on('error', reject);
      outgoing.end(body ?? undefined);
    });
  };
}
