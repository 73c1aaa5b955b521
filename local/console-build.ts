import { spawn } from 'node:child_process';
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

/** @returns whether the console's last build was made of the very same sources. */
export function isConsoleBuilt(): boolean {
  return existsSync(MARK) && readFileSync(MARK, 'utf8') === digestOf(SOURCES);
}

/** Builds the console unless it is built; takes some seconds when it has to. */
export async function buildConsole(say: (line: string) => void): Promise<void> {
  if (isConsoleBuilt()) return;
  say('building the console …');
  const digest = digestOf(SOURCES);
  const { build } = await import('vite');
  await build({ configFile: join(FOLDER, 'vite.config.ts'), logLevel: 'error' });
  writeFileSync(MARK, digest);
}

/** Builds the console in another process, which ends by itself; the page at `/` waits for it. */
export function buildConsoleAside(): void {
  const script = join(REPOSITORY, 'scripts', 'build-console.ts');
  const building = spawn(process.execPath, [script], { stdio: ['ignore', 'ignore', 'inherit'] });
  building.unref();
  building.on('error', (error) => console.error(`the console was not built: ${error.message}`));
}

function digestOf(patterns: readonly string[]): string {
  const hash = createHash('sha256');
  const files = globSync([...patterns], { cwd: REPOSITORY, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  for (const file of files.sort()) hash.update(file.slice(REPOSITORY.length)).update(readFileSync(file));
  return hash.digest('hex');
}
