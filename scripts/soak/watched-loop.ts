import { join } from 'node:path';
import { connect, type LoopClient } from '../../testing/client.ts';
import { startProcess } from '../../testing/process.ts';

const START = join(import.meta.dirname, '..', '..', 'local', 'start.ts');

/** Milliseconds after which a token is renewed; it is valid for an hour. */
const TOKEN_AGE = 15 * 60_000;

/** Memory of a process in MiB after garbage collection. */
export interface Memory {
  readonly heap: number;
  readonly resident: number;
  /** Memory outside the heap, such as buffers. */
  readonly external: number;
}

/** A running `npm start` whose memory can be measured. */
export interface WatchedLoop {
  /** Reaches the loop, with a token that is good for some time yet. */
  client(): Promise<LoopClient>;
  /** Collects garbage and returns what is left. */
  memory(): Promise<Memory>;
  stop(): Promise<void>;
}

/** Starts the loop in a separate process, as `npm start` does, with Node's inspector on the loopback interface. */
export async function startWatchedLoop(dataFolder: string): Promise<WatchedLoop> {
  const environment = { PORT: '0', DATA_DIR: dataFolder, SEED: 'none', LOG_LEVEL: 'ERROR' };
  const running = await startProcess('--inspect=127.0.0.1:0', [START], environment);
  const inspector = await openInspector(/^Debugger listening on (\S+)$/m.exec(running.output)?.[1] ?? '');
  const client = await connect(running.url, { subject: 'soak' });
  let issuedAt = performance.now();
  return {
    async client() {
      if (performance.now() - issuedAt > TOKEN_AGE) {
        issuedAt = performance.now();
        await client.renewToken();
      }
      return client;
    },
    async memory() {
      await inspector.send('HeapProfiler.collectGarbage');
      const expression = 'JSON.stringify(process.memoryUsage())';
      const { result } = (await inspector.send('Runtime.evaluate', { expression })) as {
        result: { value: string };
      };
      const { heapUsed, rss, external } = JSON.parse(result.value) as NodeJS.MemoryUsage;
      return { heap: mebibytes(heapUsed), resident: mebibytes(rss), external: mebibytes(external) };
    },
    async stop() {
      inspector.close();
      client.close();
      await running.end('SIGTERM');
    },
  };
}

/** A client of Node's inspector (Chrome DevTools protocol), one command at a time. */
async function openInspector(url: string) {
  const socket = new WebSocket(url);
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve, { once: true });
    socket.addEventListener('error', () => reject(new Error(`no inspector answers at ${url}`)), {
      once: true,
    });
  });
  let sent = 0;
  return {
    send(method: string, params: object = {}): Promise<unknown> {
      sent += 1;
      const id = sent;
      const answer = new Promise<unknown>((resolve) => {
        const hear = ({ data }: MessageEvent) => {
          const message = JSON.parse(String(data)) as { id?: number; result?: unknown };
          if (message.id !== id) return;
          socket.removeEventListener('message', hear);
          resolve(message.result);
        };
        socket.addEventListener('message', hear);
      });
      socket.send(JSON.stringify({ id, method, params }));
      return answer;
    },
    close: () => socket.close(),
  };
}

function mebibytes(bytes: number): number {
  return Math.round((bytes / 2 ** 20) * 10) / 10;
}
