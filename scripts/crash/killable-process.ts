import { join } from 'node:path';
import { connect, type LoopClient } from '../../testing/client.ts';
import { type RunningProcess, startProcess } from '../../testing/process.ts';

const START = join(import.meta.dirname, '..', '..', 'local', 'start.ts');

/** An `npm start` that is killed and restarted with the same data. */
export interface KillableLoop {
  start(): Promise<void>;
  /** Kills it as a power cut would. */
  kill(): Promise<void>;
  /** Reaches the loop of the last start; while that is dead, no request is answered. */
  readonly client: LoopClient;
  /** The output since the last start. */
  output(): string;
}

/** @param dataFolder data that survives restarts */
export function killableLoop(dataFolder: string): KillableLoop {
  let running: RunningProcess | null = null;
  let connected: LoopClient | null = null;
  // Chosen by the first start; the next ones are where clients and partners know them to be.
  let port = '0';
  return {
    get client() {
      if (connected === null) throw new Error('the loop was not started');
      return connected;
    },
    async start() {
      const environment = { PORT: port, DATA_DIR: dataFolder, SEED: 'none', LOG_LEVEL: 'ERROR' };
      running = await startProcess(START, [], environment);
      port = new URL(running.url).port;
      connected?.close();
      connected = await connect(running.url, { subject: 'crash' });
    },
    async kill() {
      const process = running;
      running = null;
      await process?.end('SIGKILL');
    },
    output: () => running?.output ?? '',
  };
}
