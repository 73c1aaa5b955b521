import { createHmac } from 'node:crypto';
import { request as plainRequest } from 'node:http';
import { request as secureRequest } from 'node:https';
import { useAgent } from 'request-filtering-agent';

/** Milliseconds that the other side has to answer. */
const PATIENCE = 10_000;
/** Of an answer nothing but its status is of interest. */
const MOST_ANSWER_BYTES = 64 * 1024;

/** What is sent to an address outside. */
export interface OutgoingPost {
  readonly url: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface PostOptions {
  /**
   * Whether addresses of private networks, and plain http, are allowed: on a developer's machine alone. What is
   * deployed connects to public addresses only, whatever a name resolves to at that moment (server-side request
   * forgery, DNS rebinding).
   */
  readonly allowPrivate: boolean;
}

/**
 * Posts something to an address that someone configured. Follows no redirect.
 *
 * @returns the status and the beginning of the answer
 * @throws Error when the address is not allowed, cannot be reached, or does not answer in time
 */
export function post(
  { url, body, headers }: OutgoingPost,
  { allowPrivate }: PostOptions,
): Promise<{ readonly status: number; readonly answer: string }> {
  const { protocol } = new URL(url);
  if (protocol !== 'https:' && !(allowPrivate && protocol === 'http:')) {
    return Promise.reject(new Error(`not sent: ${protocol} is not https`));
  }
  const request = protocol === 'https:' ? secureRequest : plainRequest;
  return new Promise((resolve, reject) => {
    const agent = useAgent(url, {
      allowPrivateIPAddress: allowPrivate,
      allowMetaIPAddress: false,
    });
    const outgoing = request(
      url,
      {
        method: 'POST',
        agent,
        headers: { ...headers, 'content-length': Buffer.byteLength(body) },
        signal: AbortSignal.timeout(PATIENCE),
      },
      (incoming) => {
        const chunks: Buffer[] = [];
        let size = 0;
        incoming.on('data', (chunk: Buffer) => {
          size += chunk.length;
          if (size <= MOST_ANSWER_BYTES) chunks.push(chunk);
          else incoming.destroy();
        });
        incoming.on('close', () =>
          resolve({ status: incoming.statusCode ?? 0, answer: Buffer.concat(chunks).toString('utf8') }),
        );
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

/** @returns the hex HMAC-SHA256 of a body, as our own webhooks of partners are signed. */
export function hexSignature(body: string, secret: string): string {
  return createHmac('sha256', secret).update(body).digest('hex');
}
