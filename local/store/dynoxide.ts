import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { arch, platform } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import packages from '../../package.json' with { type: 'json' };

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

/** The machine that needs a store. */
export interface Machine {
  readonly platform: string;
  readonly arch: string;
  /** Folders in which programs lie. */
  readonly path: readonly string[];
  /** @returns the folder of an installed package, or null. */
  packageFolder(name: string): string | null;
}

/** This machine, with the packages that are installed here. */
const THIS_MACHINE: Machine = {
  platform: platform(),
  arch: arch(),
  path: (process.env.PATH ?? '').split(delimiter).filter(Boolean),
  packageFolder(name) {
    try {
      return dirname(createRequire(import.meta.url).resolve(`${name}/package.json`));
    } catch {
      return null;
    }
  },
};

/**
 * Finds the store's binary: the package for this platform, then the PATH.
 *
 * @throws Error that says how to get one
 */
export function findDynoxide(machine: Machine = THIS_MACHINE): string {
  const executable = machine.platform === 'win32' ? 'dynoxide.exe' : 'dynoxide';
  const name = `@dynoxide/${machine.platform}-${machine.arch}`;
  const packaged = machine.packageFolder(name);
  const found = [...(packaged === null ? [] : [packaged]), ...machine.path]
    .map((folder) => join(folder, executable))
    .find(isExecutable);
  if (found !== undefined) return found;
  const reason = Object.hasOwn(packages.optionalDependencies, name)
    ? `The embedded DynamoDB is not installed: run npm ci --include=optional, which installs ${name}`
    : `There is no embedded DynamoDB for ${machine.platform}-${machine.arch}: put a dynoxide binary on the PATH`;
  throw new Error(`${reason}, or set DYNAMODB_ENDPOINT to a DynamoDB-compatible endpoint`);
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
/** The same where there is no shell. */
const GUARD_SCRIPT = join(import.meta.dirname, 'guard.ts');

function spawnGuarded(command: string, parameters: readonly string[]): ChildProcess {
  const [guard, own] =
    platform() === 'win32' ? [process.execPath, [GUARD_SCRIPT]] : ['/bin/sh', ['-c', GUARD, 'sh']];
  // Detached, so that Ctrl-C reaches us alone and the store is there until the last request is answered.
  return spawn(guard, [...own, command, ...parameters], { stdio: 'pipe', detached: true, windowsHide: true });
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
