import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CommandFailed, type RunOptions, run } from './run.ts';

const TOOLS = join(import.meta.dirname, '..', '..', 'tools');

/** Exit code of a script whose tools cannot be installed here, so that nothing was checked. */
export const NOT_INSTALLED = 3;

/** A group of tools cannot be installed here. */
export class NoTools extends Error {
  constructor(group: string, output: string) {
    const reason = /^npm error (?!code )(.+)$/m.exec(output)?.[1] ?? output;
    super(`The tools of tools/${group} cannot be installed, which needs a package registry: ${reason}`);
    this.name = 'NoTools';
  }
}

/**
 * Installs tools that `npm ci` leaves out since only the script at hand needs them, unless they are installed. Each
 * group has a folder below `tools/` with a lockfile of its own.
 *
 * @param group the folder's name
 * @returns the folder of the installed packages
 * @throws NoTools where no registry is reached
 * @throws CommandFailed when a package is not the one of the lockfile
 */
export async function installTools(group: string): Promise<string> {
  const folder = join(TOOLS, group);
  const packages = join(folder, 'node_modules');
  const mark = join(packages, '.installed-from');
  const digest = createHash('sha256')
    .update(readFileSync(join(folder, 'package-lock.json')))
    .digest('hex');
  if (existsSync(mark) && readFileSync(mark, 'utf8') === digest) return packages;
  process.stderr.write(`installing the tools of tools/${group} …\n`);
  try {
    await runNpm(['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { seconds: 300, folder });
  } catch (error) {
    if (error instanceof CommandFailed && !error.message.includes('EINTEGRITY'))
      throw new NoTools(group, error.message);
    throw error;
  }
  writeFileSync(mark, digest);
  return packages;
}

/** Runs npm; what started a script by its name in package.json is npm itself, a program of Node on every platform. */
export function runNpm(parameters: readonly string[], options: RunOptions): Promise<string> {
  const npm = process.env.npm_execpath;
  return npm === undefined
    ? run('npm', parameters, options)
    : run(process.execPath, [npm, ...parameters], options);
}
