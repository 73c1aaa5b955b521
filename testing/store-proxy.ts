import { Agent, createServer, type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An intercepted request to the store. */
export interface StoreRequest {
  /** For example `TransactWriteItems`. */
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
  /** Forwards the request, with another body where `input` is given. */
  pass(input?: Readonly<Record<string, unknown>>): Promise<StoreAnswer>;
}

export interface StoreAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface StoreProxy {
  readonly endpoint: string;
  stop(): Promise<void>;
}

/** A proxy between the functions and their store; `answer` responds to each request. */
export async function openStoreProxy(
  endpoint: string,
  answer: (request: StoreRequest) => Promise<StoreAnswer>,
): Promise<StoreProxy> {
  const agent = new Agent({ keepAlive: true });
  const take = async (message: IncomingMessage): Promise<StoreAnswer> => {
    const body = await bodyOf(message);
    return answer({
      operation: String(message.headers['x-amz-target']).split('.').at(-1) ?? '',
      input: JSON.parse(body.toString()),
      pass: (input) =>
        ask(agent, endpoint, message, input === undefined ? body : Buffer.from(JSON.stringify(input))),
    });
  };
  const server = createServer((message, response) => {
    take(message).then(
      ({ status, headers, body }) => response.writeHead(status, headers).end(body),
      () => response.destroy(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      agent.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function ask(agent: Agent, endpoint: string, { method, headers, url }: IncomingMessage, body: Buffer) {
  return new Promise<StoreAnswer>((resolve, reject) => {
    // The embedded store verifies no signature, so the body may differ from the signed one.
    const sent = { ...headers, 'content-length': String(body.byteLength) };
    const asked = request(endpoint + url, { method, headers: sent, agent }, (answer) => {
      const { statusCode: status = 500 } = answer;
      bodyOf(answer).then((text) => resolve({ status, headers: answer.headers, body: text }), reject);
    });
    asked.on('error', reject);
    asked.end(body);
  });
}

async function bodyOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
