import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
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
  'contract/events/meanings.ts',
  'domain/decider.ts',
  'domain/order/lifecycle.ts',
  'docs/{operators,glossary}.md',
  'docs/screenshots/*',
  'package-lock.json',
];

/** @returns whether the console's last build was made of the very same sources. */
export function isConsoleBuilt(): boolean {
  return existsSync(MARK) && readFileSync(MARK, 'utf8') === digestOf(SOURCES);
}

/**
 * Builds the console unless it is built; takes some seconds when it has to. To be called in a process of its own: the
 * builder asks the whole process whether it builds for production, and whoever runs tests says that it does not.
 */
export async function buildConsoleHere(say: (line: string) => void): Promise<void> {
  if (isConsoleBuilt()) return;
  say('building the console …');
  process.env.NODE_ENV = 'production';
  const digest = digestOf(SOURCES);
  const { build } = await import('vite');
  await build({ configFile: join(FOLDER, 'vite.config.ts'), logLevel: 'error' });
  writeFileSync(MARK, digest);
}

/**
 * Builds the console in another process, unless it is built, and waits for it.
 *
 * @throws Error when it cannot be built; the other process has said why
 */
export async function buildConsole(): Promise<void> {
  if (isConsoleBuilt()) return;
  const [code] = (await once(startBuilding(), 'exit')) as [number | null];
  if (code !== 0) throw new Error('the console could not be built');
}

/** Builds the console in another process, which ends by itself; the page at `/` waits for it. */
export function buildConsoleAside(): void {
  const building = startBuilding();
  building.unref();
  building.on('error', (error) => console.error(`the console was not built: ${error.message}`));
}

function startBuilding() {
  const script = join(REPOSITORY, 'scripts', 'build-console.ts');
  return spawn(process.execPath, [script], { stdio: ['ignore', 'ignore', 'inherit'] });
}

function digestOf(patterns: readonly string[]): string {
  const hash = createHash('sha256');
  const files = globSync([...patterns], { cwd: REPOSITORY, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  for (const file of files.sort()) hash.update(file.slice(REPOSITORY.length)).update(readFileSync(file));
  return hash.digest('hex');
}
