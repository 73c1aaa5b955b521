import { once } from 'node:events';
import { createServer, request as forward, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A proxy through which MiniStack requests count as encrypted. */
export interface ApiGateway {
  readonly endpoint: string;
  stop(): Promise<void>;
}

/**
 * Starts a proxy on the loopback interface that forwards every request with the header `x-forwarded-proto: https`. The
 * queues refuse plain connections, which MiniStack detects by this header, like a server behind a load balancer.
 *
 * @param target the address of MiniStack
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
    // The signature includes the host, and MiniStack selects the API by it.
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
