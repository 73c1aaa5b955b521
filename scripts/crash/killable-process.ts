import { join } from 'node:path';
import { SCOPES } from '../../contract/routes.ts';
import { type Answer, exchange, type Outgoing } from '../../testing/exchange.ts';
import { type RunningProcess, startProcess } from '../../testing/process.ts';

const START = join(import.meta.dirname, '..', '..', 'local', 'start.ts');

/** A running `npm start` that is killed and started again, always with the same data. */
export interface KillableLoop {
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
export function killableLoop(dataFolder: string): KillableLoop {
  let running: RunningProcess | null = null;
  let token = '';
  // Chosen by the first start; the next ones are where clients and partners know them to be.
  let port = '0';
  const url = () => {
    if (running === null) throw new Error('the loop is not running');
    return running.url;
  };
  const ask = (outgoing: Outgoing): Promise<Answer> => exchange(url(), token, outgoing);
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
