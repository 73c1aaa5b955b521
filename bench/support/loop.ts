import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { LocalStackOptions } from '../../local/stack.ts';
import { type Answer, LoopClient } from '../../testing/client.ts';
import type { StoreProxy } from '../../testing/store-proxy.ts';

interface Served {
  readonly url: string;
  readonly storeEndpoint: string;
  readonly tableName: string;
}

type Headers = Readonly<Record<string, string>>;

/** A loop in a separate process, so that client and server do not share an event loop. */
export interface BenchLoop extends Served {
  readonly processId: number;
  /** Sends a request and reads the whole response. */
  send<Body = unknown>(
    method: string,
    path: string,
    body?: unknown,
    headers?: Headers,
  ): Promise<Answer<Body>>;
  /** Sends a request that must succeed. */
  done<Body = unknown>(method: string, path: string, body?: unknown, headers?: Headers): Promise<Body>;
  stop(): Promise<void>;
}

export interface BenchOptions extends LocalStackOptions {
  /** Opens a proxy between the functions and their store. */
  readonly proxy?: (storeEndpoint: string) => Promise<StoreProxy>;
}

/** Starts a loop with its data in a temporary folder. */
export async function startLoop(
  { proxy: openProxy, ...options }: BenchOptions = {},
  nodeOptions: readonly string[] = [],
): Promise<BenchLoop> {
  const child = spawn(
    process.execPath,
    [...nodeOptions, join(import.meta.dirname, 'serve.ts'), JSON.stringify(options)],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  const lines = createInterface(child.stdout);
  const first = await Promise.race([once(lines, 'line'), once(child, 'exit').then(() => null)]);
  if (first === null) throw new Error('the loop did not start');
  const served = JSON.parse(String(first[0])) as Served;
  const proxy = await openProxy?.(served.storeEndpoint);
  if (proxy !== undefined) {
    const taken = once(lines, 'line');
    child.stdin.write(`${proxy.endpoint}\n`);
    await taken;
  }
  const client = new LoopClient(served.url, { subject: 'bench' });
  await client.renewToken();
  return {
    ...served,
    processId: child.pid ?? 0,
    send: (method, path, body, headers = {}) => client.send(method, path, { body, headers }),
    done: (method, path, body, headers = {}) => client.done(method, path, { body, headers }),
    async stop() {
      client.close();
      const ended = once(child, 'exit');
      child.stdin.end();
      await ended;
      await proxy?.stop();
    },
  };
}
