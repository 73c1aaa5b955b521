/**
 * `npm run test:dynamodb-local [-- test/adapters …]` runs the tests of the store on Amazon's DynamoDB Local instead of
 * the embedded one: all that use `useStore`, or those in the given folders and files. With DYNAMODB_ENDPOINT it uses the
 * one that listens there, for example in a container; otherwise it downloads it, which needs Java, Maven and a reachable
 * package repository.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { glob, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { readOptions } from '../local/options.ts';
import {
  type DynamoDbLocal,
  fetchDynamoDbLocal,
  NoDynamoDbLocal,
  startDynamoDbLocal,
} from './tools/dynamodb-local.ts';

const ROOT = resolve(import.meta.dirname, '..');
const VITEST = join(ROOT, 'node_modules', 'vitest', 'vitest.mjs');

/** Exit code when the tests could not run, in contrast to failed tests. */
const NO_STORE = 3;

/** Timeout of a test in milliseconds: DynamoDB Local is several times slower than the embedded store. */
const DEADLINE = String(600_000);

const { positionals } = readOptions(import.meta.filename, {}, { allowPositionals: true });
const folder = await mkdtemp(join(tmpdir(), 'order-loop-dynamodb-local-'));
try {
  const given = process.env.DYNAMODB_ENDPOINT;
  const start =
    given === undefined ? await fetched() : async () => ({ endpoint: given, stop: async () => {} });
  const files = await testsOfTheStore(positionals);
  const failed: string[] = [];
  for (const file of files) if (!(await passes(file, start))) failed.push(file);
  process.stdout.write(`${files.length - failed.length} files passed, ${failed.length} failed\n`);
  if (failed.length > 0 || files.length === 0) process.exitCode = 1;
  for (const file of failed) process.stdout.write(`failed: ${file}\n`);
} catch (error) {
  if (!(error instanceof NoDynamoDbLocal)) throw error;
  process.exitCode = NO_STORE;
  process.stderr.write(
    `DynamoDB Local is not available: ${error.message}\n` +
      'It needs Java, Maven and a reachable repository of packages, or a DynamoDB Local that listens at DYNAMODB_ENDPOINT.\n',
  );
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function fetched(): Promise<() => Promise<DynamoDbLocal>> {
  const libraries = await fetchDynamoDbLocal(folder);
  return () => startDynamoDbLocal(libraries);
}

async function testsOfTheStore(named: readonly string[]): Promise<readonly string[]> {
  const files: string[] = [];
  for await (const file of glob('test/**/*.test.ts', { cwd: ROOT })) {
    const isNamed = named.length === 0 || named.some((one) => file.startsWith(one));
    if (isNamed && (await readFile(join(ROOT, file), 'utf8')).includes('useStore()')) files.push(file);
  }
  return files.sort();
}

/** Each file has its own store: one slows down with its writes, to a thirtieth after ten minutes. */
async function passes(file: string, start: () => Promise<DynamoDbLocal>): Promise<boolean> {
  const store = await start();
  try {
    const child = spawn(process.execPath, [VITEST, 'run', file, '--testTimeout', DEADLINE], {
      cwd: ROOT,
      stdio: 'inherit',
      env: { ...process.env, DYNAMODB_ENDPOINT: store.endpoint },
    });
    const [code] = await once(child, 'exit');
    return code === 0;
  } finally {
    await store.stop();
  }
}
