import { request } from 'node:http';
import type { Sent } from '../../../testing/client.ts';

/** When a client loses the connection: as soon as its request is out, or with the answer on its way. */
export type Moment = 'the request is out' | 'the answer comes';

export interface CutOff extends Sent {
  readonly method: string;
  readonly path: string;
}

/** Sends a request and breaks the connection at a moment; nobody on this side hears what came of it. */
export function sendAndCut(
  url: string,
  { method, path, body, headers = {} }: CutOff,
  moment: Moment,
): Promise<void> {
  const bytes = body === undefined ? null : Buffer.isBuffer(body) ? body : Buffer.from(textOf(body));
  const { promise, resolve } = Promise.withResolvers<void>();
  const outgoing = request(url + path, {
    method,
    agent: false,
    headers: {
      ...(bytes !== null && { 'content-type': 'application/json', 'content-length': bytes.length }),
      ...headers,
    },
  });
  const cut = () => outgoing.destroy();
  if (moment === 'the answer comes') outgoing.once('response', cut);
  else outgoing.once('finish', cut);
  // That the connection broke is what was wanted.
  outgoing.on('error', () => {});
  outgoing.once('close', () => resolve());
  outgoing.end(bytes ?? undefined);
  return promise;
}

function textOf(body: unknown): string {
  return typeof body === 'string' ? body : JSON.stringify(body);
}
