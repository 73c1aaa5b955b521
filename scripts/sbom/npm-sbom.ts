import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import type { Sbom } from './document.ts';

const ROOT = resolve(import.meta.dirname, '..', '..');

/**
 * Asks npm for a bill of what is in the lockfile; no registry is asked.
 *
 * @param omit kinds of packages to leave out
 * @throws Error with what npm wrote when it made none
 */
export function npmSbom(omit: readonly ('dev' | 'optional')[] = []): Sbom {
  const parameters = ['sbom', '--package-lock-only', '--sbom-format', 'cyclonedx'];
  const npm = process.env.npm_execpath;
  const { stdout, stderr, error } = spawnSync(
    npm === undefined ? 'npm' : process.execPath,
    [...(npm === undefined ? [] : [npm]), ...parameters, ...omit.flatMap((kind) => ['--omit', kind])],
    { cwd: ROOT, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 },
  );
  if (error !== undefined) throw error;
  try {
    return JSON.parse(stdout) as Sbom;
  } catch {
    throw new Error(`npm made no SBOM: ${stderr}`);
  }
}
