import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { LocalStackOptions } from '../../local/stack.ts';
import { openContendedStore } from './contended-store.ts';

interface Served {
  readonly url: string;
  readonly storeEndpoint: string;
  readonly tableName: string;
  readonly token: string;
}

export interface Answer<Body> {
  readonly status: number;
  readonly body: Body;
}

/** A loop in a process of its own, so that what measures it and what is measured do not share an event loop. */
export interface BenchLoop extends Served {
  readonly processId: number;
  /** Sends a request and reads the whole answer. */
  send<Body = unknown>(method: string, path: string, body?: unknown): Promise<Answer<Body>>;
  /** Sends what must succeed. */
  done<Body = unknown>(method: string, path: string, body?: unknown): Promise<Body>;
  /** What the store refused since the last look, where it is a contended one. */
  refusals(): { readonly conflicts: number; readonly throttled: number };
  stop(): Promise<void>;
}

export interface BenchOptions extends LocalStackOptions {
  /** Let transactions on one item at once conflict, and partitions throttle, as DynamoDB's do. @default false */
  readonly contended?: boolean;
}

/** Starts a loop that keeps its data in a temporary folder. */
export async function startLoop(
  { contended = false, ...options }: BenchOptions = {},
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
  const store = contended ? await openContendedStore(served.storeEndpoint) : null;
  if (store !== null) {
    const taken = once(lines, 'line');
    child.stdin.write(`${store.endpoint}\n`);
    await taken;
  }
  const agent = new Agent({ keepAlive: true });
  const send = async <Body>(method: string, path: string, body?: unknown): Promise<Answer<Body>> => {
    const { status, text } = await exchange(agent, served, method, path, body);
    return { status, body: (text === '' ? null : JSON.parse(text)) as Body };
  };
  return {
    ...served,
    processId: child.pid ?? 0,
    send,
    async done<Body>(method: string, path: string, body?: unknown) {
      const answer = await send<Body>(method, path, body);
      if (answer.status >= 300)
        throw new Error(`${method} ${path} was answered ${answer.status}: ${JSON.stringify(answer.body)}`);
      return answer.body;
    },
    refusals: () => store?.refusals() ?? { conflicts: 0, throttled: 0 },
    async stop() {
      agent.destroy();
      const ended = once(child, 'exit');
      child.stdin.end();
      await ended;
      await store?.stop();
    },
  };
}

function exchange(agent: Agent, { url, token }: Served, method: string, path: string, body: unknown) {
  return new Promise<{ status: number; text: string }>((resolve, reject) => {
    const sent = body === undefined ? undefined : JSON.stringify(body);
    const headers = {
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
