import { connect, type Json, type LoopClient } from '../../testing/client.ts';

/** A running local loop, with a token of all scopes. */
export interface Loop {
  readonly url: string;
  readonly client: LoopClient;
  /** Sends a request that must succeed. */
  api(method: string, path: string, body?: unknown): Promise<Json>;
}

/**
 * Finds the loop.
 *
 * @throws Error that explains how to start one
 */
export async function openLoop(url: string): Promise<Loop> {
  const client = await connect(url, { subject: 'demo' }).catch((error: Error) => {
    const help = `no local loop answers at ${url}: start one with npm start, or set ORDER_LOOP_URL`;
    throw new Error(help, { cause: error });
  });
  return { url, client, api: (method, path, body) => client.done(method, path, { body }) };
}
