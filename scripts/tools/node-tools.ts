import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '..', '..');

/**
 * Runs a program with this Node, on every platform without a shell.
 *
 * @param file its path in the repository, for example `node_modules/vitest/vitest.mjs`
 * @returns its exit code; 1 where a signal ended it
 */
export function runProgram(file: string, parameters: readonly string[]): number {
  const { status } = spawnSync(process.execPath, [join(ROOT, file), ...parameters], { stdio: 'inherit' });
  return status ?? 1;
}
