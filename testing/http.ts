import { Agent, type IncomingHttpHeaders, type OutgoingHttpHeaders, request } from 'node:http';

/** What the API answered; the body is parsed where it is JSON. */
export interface Answer<Body> {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Body;
  readonly text: string;
}

export interface Sent {
  /** Sent as JSON unless it is text or bytes, which go out as they are. */
  readonly body?: unknown;
  readonly headers?: OutgoingHttpHeaders;
}

/**
 * Sends requests without touching them: unlike `fetch`, paths are not normalised and any header may be set, so that a
 * test can send what a hostile client would.
 */
export class HttpClient {
  // Idle connections are given up long before the server does: one that both give up at once breaks the next request.
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 64, timeout: 20_000 });
  readonly #port: number;

  constructor(url: string) {
    this.#port = Number(new URL(url).port);
  }

  send<Body>(method: string, path: string, { body, headers = {} }: Sent = {}): Promise<Answer<Body>> {
    const bytes = bytesOf(body);
    const { promise, resolve, reject } = Promise.withResolvers<Answer<Body>>();
    const outgoing = request(
      {
        host: '127.0.0.1',
        port: this.#port,
        agent: this.#agent,
        method,
        path,
        headers: {
          ...(bytes !== null && { 'content-type': 'application/json', 'content-length': bytes.length }),
          ...headers,
        },
      },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('error', reject);
        incoming.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8');
          const isJson = incoming.headers['content-type']?.includes('json') ?? false;
          const parsed = (isJson && text !== '' ? JSON.parse(text) : text) as Body;
          resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: parsed, text });
        });
      },
    );
    outgoing.on('error', reject);
    outgoing.end(bytes ?? undefined);
    return promise;
  }

  close(): void {
    this.#agent.destroy();
  }
}

function bytesOf(body: unknown): Buffer | null {
  if (body === undefined) return null;
  if (Buffer.isBuffer(body)) return body;
  return Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
}
