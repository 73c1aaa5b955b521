import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { freePort } from '../../testing/free-port.ts';
import { installPrograms, NoPython } from '../tools/python.ts';
import { ACCOUNT, CREDENTIALS, REGION } from './account.ts';
import { openApiGateway } from './api-gateway.ts';

/** How the SDK, and so the log of a function, reports a denied call. */
const DENIAL = /\S+ is not authorized to perform: .{1,400}/g;

/** An emulator of AWS. */
export interface Cloud {
  readonly endpoint: string;
  /** @returns the denied calls in the emulator's log, if it has one. */
  denials(): Promise<readonly string[]>;
  stop(): Promise<void>;
}

/** No endpoint was given, and MiniStack could not be installed. */
export class NoCloud extends Error {
  constructor(reason: string) {
    super(
      `No emulator is available: ${reason}\n` +
        'The rehearsal needs Python 3.11 or newer with a reachable package index, or a MiniStack that already ' +
        'listens at AWS_ENDPOINT_URL.',
    );
    this.name = 'NoCloud';
  }
}

/**
 * Installs MiniStack into a folder and starts it there, on the loopback interface and a free port. It checks every
 * call of the deployed functions against the policies of their roles.
 *
 * @param folder for the program, its state and its log; nothing is written elsewhere
 * @throws NoCloud where it cannot be installed
 */
export async function startMiniStack(folder: string): Promise<Cloud> {
  let programs: string;
  try {
    programs = await installPrograms(folder, 'ministack');
  } catch (error) {
    if (error instanceof NoPython) throw new NoCloud(error.message);
    throw error;
  }
  const port = await freePort();
  const direct = `http://127.0.0.1:${port}`;
  const door = await openApiGateway(direct);
  const log = join(folder, 'ministack.log');
  const output = openSync(log, 'w');
  // Its own command listens on the address it announces, which must be the proxy.
  const program = ['ministack.app:app', '--bind', `127.0.0.1:${port}`];
  const child = spawn(join(programs, 'hypercorn'), program, {
    stdio: ['ignore', output, output],
    // A process group of its own, so that the functions' processes end with it.
    detached: true,
    env: {
      ...CREDENTIALS,
      HOME: folder,
      TMPDIR: folder,
      STATE_DIR: join(folder, 'state'),
      S3_DATA_DIR: join(folder, 's3'),
      BIND_HOST: '127.0.0.1',
      GATEWAY_PORT: new URL(door.endpoint).port,
      AUTH: 'true',
      MINISTACK_ACCOUNT_ID: ACCOUNT,
      MINISTACK_REGION: REGION,
      // It runs functions with the first `node` on the PATH, which must be the deployed version.
      PATH: [dirname(process.execPath), process.env.PATH].join(delimiter),
    },
  });
  const cloud = {
    endpoint: door.endpoint,
    denials: async () => (await readFile(log, 'utf8')).match(DENIAL) ?? [],
    stop: async () => {
      await stop(child);
      await door.stop();
    },
  };
  try {
    await listening(direct, child);
    return cloud;
  } catch (error) {
    await cloud.stop();
    throw new Error(`${(error as Error).message}\n${(await readFile(log, 'utf8')).slice(-4000)}`);
  }
}

async function listening(endpoint: string, child: ChildProcess): Promise<void> {
  const deadlines = Date.now() + 60_000;
  for (;;) {
    const answer = await fetch(`${endpoint}/_ministack/health`).catch(() => null);
    if (answer?.ok) return;
    if (child.exitCode !== null) throw new Error(`MiniStack ended (${child.exitCode})`);
    if (Date.now() > deadlines) throw new Error('MiniStack does not answer');
    await new Promise((resume) => setTimeout(resume, 200));
  }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.pid === undefined) return;
  const ended = child.exitCode === null ? once(child, 'exit') : Promise.resolve();
  signal(child.pid, 'SIGTERM');
  const force = setTimeout(() => signal(child.pid as number, 'SIGKILL'), 5_000);
  await ended;
  clearTimeout(force);
  // Function processes that outlived it.
  signal(child.pid, 'SIGKILL');
}

function signal(group: number, name: NodeJS.Signals): void {
  try {
    process.kill(-group, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
