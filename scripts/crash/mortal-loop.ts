import { join } from 'node:path';
import { SCOPES } from '../../contract/routes.ts';
import { type RunningProcess, startProcess } from '../../test/local/fixtures/process.ts';

const START = join(import.meta.dirname, '..', '..', 'local', 'start.ts');

/** What came of a request: its answer, or that nobody can know whether it was carried out. */
export interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: answers are read as JSON, field by field
  readonly body: any;
}

export interface Outgoing {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A running `npm start` that is killed and started again, always with the same data. */
export interface MortalLoop {
  /** Where it is reached. */
  readonly url: string;
  start(): Promise<void>;
  /** Ends it as a power cut would. */
  kill(): Promise<void>;
  /** Sends once. @throws Error when no answer came */
  ask(outgoing: Outgoing): Promise<Answer>;
  /** What the process wrote since its last start. */
  output(): string;
}

/** @param dataFolder keeps everything from one start to the next */
export function mortalLoop(dataFolder: string): MortalLoop {
  let running: RunningProcess | null = null;
  let token = '';
  // Chosen by the first start; the next ones are where clients and partners know them to be.
  let port = '0';
  const url = () => {
    if (running === null) throw new Error('the loop is not running');
    return running.url;
  };
  const ask = async ({ method, path, body, headers }: Outgoing): Promise<Answer> => {
    const isText = typeof body === 'string';
    const response = await fetch(url() + path, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
      ...(body !== undefined && { body: isText ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') ?? false;
    return { status: response.status, body: isJson && text !== '' ? JSON.parse(text) : text };
  };
  return {
    get url() {
      return url();
    },
    async start() {
      const environment = { PORT: port, DATA_DIR: dataFolder, SEED: 'none', LOG_LEVEL: 'ERROR' };
      running = await startProcess(START, [], environment);
      port = new URL(running.url).port;
      const scope = SCOPES.join(' ');
      const issued = await ask({ method: 'POST', path: '/dev/token', body: { scope, sub: 'crash' } });
      token = issued.body.access_token;
    },
    async kill() {
      const process = running;
      running = null;
      await process?.end('SIGKILL');
    },
    ask,
    output: () => running?.output ?? '',
  };
}
