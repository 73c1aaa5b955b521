import { createHash } from 'node:crypto';
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const REPOSITORY = resolve(import.meta.dirname, '..');
const FOLDER = join(REPOSITORY, 'console');
const MARK = join(FOLDER, 'dist', '.built-from');
/** What the console is made of; a change in any of it asks for a new build. */
const SOURCES = [
  'console/src/**/*',
  'console/public/*',
  'console/*.*',
  'domain/order/lifecycle.ts',
  'package-lock.json',
];

/** Builds the console unless its last build was made of the very same sources; takes some seconds when it has to. */
export async function buildConsole(say: (line: string) => void): Promise<void> {
  const digest = digestOf(SOURCES);
  if (existsSync(MARK) && readFileSync(MARK, 'utf8') === digest) return;
  say('building the console, once …');
  const { build } = await import('vite');
  await build({ configFile: join(FOLDER, 'vite.config.ts'), logLevel: 'error' });
  writeFileSync(MARK, digest);
}

function digestOf(patterns: readonly string[]): string {
  const hash = createHash('sha256');
  const files = globSync([...patterns], { cwd: REPOSITORY, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  for (const file of files.sort()) hash.update(file.slice(REPOSITORY.length)).update(readFileSync(file));
  return hash.digest('hex');
}
