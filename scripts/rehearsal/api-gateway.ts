import { once } from 'node:events';
import { createServer, request as forward, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A way into MiniStack that counts as encrypted. */
export interface ApiGateway {
  readonly endpoint: string;
  stop(): Promise<void>;
}

/**
 * Opens a door on the loopback interface that hands every request on as it is, and says that it came over TLS. The
 * queues refuse plain connections, which MiniStack tells by this header as one behind a load balancer would.
 *
 * @param target where MiniStack listens
 */
export async function openApiGateway(target: string): Promise<ApiGateway> {
  const server = createServer((request, response) => handOn(request, response, target));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function handOn(request: IncomingMessage, response: ServerResponse, target: string): void {
  const onward = forward(new URL(request.url ?? '/', target), {
    method: request.method ?? 'GET',
    // The host is signed, and tells MiniStack which API is meant.
    headers: { ...request.headers, 'x-forwarded-proto': 'https' },
  });
  onward.on('response', (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
    answer.on('error', () => response.destroy());
  });
  onward.on('error', () => response.destroy());
  response.on('close', () => onward.destroy());
  request.pipe(onward);
}
