import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { arch, platform } from 'node:os';
import { delimiter, join } from 'node:path';

/** A running embedded store. */
export interface EmbeddedStore {
  readonly endpoint: string;
  /** The process that leads the store's group; undefined when it could not be started. */
  readonly processId: number | undefined;
  /** Settles with a reason when the store ends without having been asked to. */
  readonly failed: Promise<string>;
  /** Ends the store and waits until it is gone. */
  stop(): Promise<void>;
}

const HOW_TO_GET_ONE = `Order Loop keeps its data in dynoxide, an embedded DynamoDB, and found none for ${platform()}-${arch()}.
Either install it (npm install --no-save dynoxide, or put a dynoxide binary on the PATH),
or set DYNAMODB_ENDPOINT to a DynamoDB-compatible endpoint, for example Amazon's DynamoDB Local.`;

/**
 * Finds the store's binary: the package for this platform, the package for all platforms, then the PATH.
 *
 * @throws Error that tells how to get one
 */
export function findDynoxide(): string {
  const executable = platform() === 'win32' ? 'dynoxide.exe' : 'dynoxide';
  const require = createRequire(import.meta.url);
  const packaged = [`@dynoxide/${platform()}-${arch()}`, 'dynoxide'].flatMap((name) => {
    try {
      return [join(require.resolve(`${name}/package.json`), '..', executable)];
    } catch {
      return [];
    }
  });
  const onPath = (process.env.PATH ?? '')
    .split(delimiter)
    .filter(Boolean)
    .map((folder) => join(folder, executable));
  const found = [...packaged, ...onPath].find(isExecutable);
  if (found === undefined) throw new Error(HOW_TO_GET_ONE);
  return found;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * Starts the store on a free port of the loopback interface and waits until it answers.
 *
 * @param databasePath file that holds the data
 * @throws Error with what the store said when it does not come up
 */
export async function startDynoxide(databasePath: string): Promise<EmbeddedStore> {
  const port = await freePort();
  const child = spawnGuarded(findDynoxide(), [
    'serve',
    ...['--host', '127.0.0.1'],
    ...['--port', String(port)],
    ...['--db-path', databasePath],
  ]);
  const lastWords = keepLastWords(child);
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(`it ended with ${signal ?? code}: ${lastWords()}`));
  });
  let asked = false;
  const stop = async () => {
    asked = true;
    child.stdin?.end();
    if (platform() === 'win32') child.kill();
    await ended;
  };

  const endpoint = `http://127.0.0.1:${port}`;
  const problem = await Promise.race([ended, answers(endpoint)]);
  if (problem !== null) {
    await stop();
    throw new Error(`the embedded store did not start, ${problem}`);
  }
  return {
    endpoint,
    processId: child.pid,
    failed: new Promise((resolve) => {
      void ended.then((reason) => {
        child.stdin?.end();
        if (!asked) resolve(`the embedded store is gone, ${reason}`);
      });
    }),
    stop,
  };
}

/**
 * Runs the command under a shell that ends it as soon as this process is gone, even by `kill -9`: the pipe that the
 * shell's `cat` reads from then comes to its end. A store that outlived us would keep the data's file open.
 */
const GUARD = 'exec 3<&0; "$@" & store=$!; (cat <&3 >/dev/null; kill "$store" 2>/dev/null) & wait "$store"';

function spawnGuarded(command: string, parameters: readonly string[]): ChildProcess {
  const stdio: ['pipe', 'pipe', 'pipe'] = ['pipe', 'pipe', 'pipe'];
  if (platform() === 'win32') return spawn(command, [...parameters], { stdio });
  // Detached, so that Ctrl-C reaches us alone and the store is there until the last request is answered.
  return spawn('/bin/sh', ['-c', GUARD, 'sh', command, ...parameters], { stdio, detached: true });
}

function keepLastWords(child: ChildProcess): () => string {
  let words = '';
  const keep = (chunk: Buffer) => {
    words = (words + chunk.toString()).slice(-500);
  };
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  return () => words.trim() || 'it said nothing';
}

/** @returns null when the store answers, or why it does not after ten seconds. */
async function answers(endpoint: string): Promise<string | null> {
  const until = Date.now() + 10_000;
  while (Date.now() < until) {
    try {
      await fetch(endpoint, { signal: AbortSignal.timeout(1000) });
      return null;
    } catch {
      await new Promise((resume) => setTimeout(resume, 5));
    }
  }
  return 'it did not answer within 10 s';
}

/** @returns a port of the loopback interface that nobody used a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no free port was found');
  return address.port;
}
