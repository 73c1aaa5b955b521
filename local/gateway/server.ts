import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, isIP } from 'node:net';
import { hostname } from 'node:os';
import { sendProblem } from './answer.ts';

export type RequestListener = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** A listening HTTP server whose listener can be set once everything behind it is there. */
export interface ListeningServer {
  /** The address as it was asked for. */
  readonly url: string;
  /** An address at which this machine reaches it, also when it listens on all. */
  readonly ownUrl: string;
  serve(listener: RequestListener): void;
  /** Takes no new connections, lets running requests finish for so long, and breaks off the rest. */
  stop(graceMilliseconds: number): Promise<void>;
}

/**
 * A page of another site can have its own name lead to this machine, and would then be of the same origin (DNS rebinding).
 * It cannot choose the name that the browser sends.
 *
 * @param host at which the server listens
 */
function isOwnName(given: string | undefined, host: string): boolean {
  if (given === undefined || !URL.canParse(`http://${given}`)) return false;
  const name = new URL(`http://${given}`).hostname;
  const isAddress = name.startsWith('[') || isIP(name) !== 0;
  const own = [host, hostname()].map((each) => each.toLowerCase());
  return isAddress || name === 'localhost' || name.endsWith('.localhost') || own.includes(name);
}

/**
 * Listens. Until a listener is set, requests are answered with 503.
 *
 * @param onFailure called with an error of the listener; the caller gets a plain 500 if nothing was answered yet
 * @throws Error that names the address when it is taken
 */
export async function listen(
  host: string,
  port: number,
  onFailure: (error: unknown) => void,
): Promise<ListeningServer> {
  let listener: RequestListener = async (_, response) => {
    response.writeHead(503, { 'retry-after': '1' }).end();
  };
  const server = createServer(
    // A caller that dribbles a request ties up a socket, not more, and not for long.
    {
      headersTimeout: 10_000,
      requestTimeout: 30_000,
      connectionsCheckingInterval: 1000,
      // The longest cursor fits in, so that what is longer is refused by name and not without a word.
      maxHeaderSize: 64 * 1024,
      // As long as API Gateway's: a client that takes an idle connection up again finds it open.
      keepAliveTimeout: 60_000,
    },
    (request, response) => {
      if (!isOwnName(request.headers.host, host)) {
        const detail = 'this server answers to the names of this machine only; ask for it by one of them';
        sendProblem(response, 'forbidden_origin', detail, (request.url ?? '/').split('?')[0] ?? '/');
        return;
      }
      listener(request, response).catch((error: unknown) => {
        // A caller that went away takes no answer, and is no failure.
        if (request.destroyed && !request.complete) return;
        onFailure(error);
        if (response.headersSent) response.destroy();
        else response.writeHead(500).end();
      });
    },
  );
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const taken = error.code === 'EADDRINUSE';
      reject(taken ? new Error(`port ${port} of ${host} is in use; set PORT to another one`) : error);
    });
    server.listen(port, host, resolve);
  });
  const { address, family, port: bound } = server.address() as AddressInfo;
  const isAnywhere = address === '0.0.0.0' || address === '::';
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}`,
    ownUrl: `http://${isAnywhere ? '127.0.0.1' : family === 'IPv6' ? `[${address}]` : address}:${bound}`,
    serve(given) {
      listener = given;
    },
    async stop(graceMilliseconds) {
      const closed = new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
      server.closeIdleConnections();
      const forced = setTimeout(() => server.closeAllConnections(), graceMilliseconds);
      await closed;
      clearTimeout(forced);
    },
  };
}
