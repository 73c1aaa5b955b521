import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a subscriber was sent. */
export interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  // biome-ignore lint/suspicious/noExplicitAny: events are looked into field by field
  readonly json: any;
}

/** A subscriber on this machine, which answers as a test sets it. */
export interface Receiver {
  readonly url: string;
  readonly received: Received[];
  /** Status of the next answers; null answers never. */
  answers: number | null;
  stop(): Promise<void>;
}

export async function startReceiver(answers: number | null = 204): Promise<Receiver> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString('utf8');
      received.push({ headers: request.headers, body, json: JSON.parse(body) });
      if (receiver.answers === null) return;
      const location = receiver.answers === 302 ? { location: 'http://127.0.0.1:1/elsewhere' } : {};
      response.writeHead(receiver.answers, location).end();
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  const receiver: Receiver = {
    url: `http://127.0.0.1:${port}/events`,
    received,
    answers,
    async stop() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
  return receiver;
}
