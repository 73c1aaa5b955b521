import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { LocalStackOptions } from '../../local/stack.ts';
import type { StoreProxy } from './store-proxy.ts';

interface Served {
  readonly url: string;
  readonly storeEndpoint: string;
  readonly tableName: string;
  readonly token: string;
}

type Headers = Readonly<Record<string, string>>;

export interface Answer<Body> {
  readonly status: number;
  readonly body: Body;
}

/** A loop in a process of its own, so that what measures it and what is measured do not share an event loop. */
export interface BenchLoop extends Served {
  readonly processId: number;
  /** Sends a request and reads the whole answer. */
  send<Body = unknown>(
    method: string,
    path: string,
    body?: unknown,
    headers?: Headers,
  ): Promise<Answer<Body>>;
  /** Sends what must succeed. */
  done<Body = unknown>(method: string, path: string, body?: unknown, headers?: Headers): Promise<Body>;
  stop(): Promise<void>;
}

export interface BenchOptions extends LocalStackOptions {
  /** Opens what is to stand between the functions and their store. */
  readonly proxy?: (storeEndpoint: string) => Promise<StoreProxy>;
}

/** Starts a loop that keeps its data in a temporary folder. */
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
  const agent = new Agent({ keepAlive: true });
  const send = async <Body>(
    method: string,
    path: string,
    body?: unknown,
    headers: Headers = {},
  ): Promise<Answer<Body>> => {
    const { status, text } = await exchange(agent, served, method, path, body, headers);
    return { status, body: (text === '' ? null : JSON.parse(text)) as Body };
  };
  return {
    ...served,
    processId: child.pid ?? 0,
    send,
    async done<Body>(method: string, path: string, body?: unknown, headers?: Headers) {
      const answer = await send<Body>(method, path, body, headers);
      if (answer.status >= 300)
        throw new Error(`${method} ${path} was answered ${answer.status}: ${JSON.stringify(answer.body)}`);
      return answer.body;
    },
    async stop() {
      agent.destroy();
      const ended = once(child, 'exit');
      child.stdin.end();
      await ended;
      await proxy?.stop();
    },
  };
}

function exchange(
  agent: Agent,
  { url, token }: Served,
  method: string,
  path: string,
  body: unknown,
  more: Headers,
) {
  return new Promise<{ status: number; text: string }>((resolve, reject) => {
    const sent = body === undefined ? undefined : JSON.stringify(body);
    const headers = {
      ...more,
      authorization: `Bearer ${token}`,
      ...(sent !== undefined && {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(sent),
      }),
    };
    const message = request(url + path, { method, agent, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }),
      );
      response.on('error', reject);
    });
    message.on('error', reject);
    message.end(sent);
  });
}
