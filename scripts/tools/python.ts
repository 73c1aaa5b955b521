import { join } from 'node:path';
import { CommandFailed, run } from './run.ts';

/** Python programs cannot be installed here. */
export class NoPython extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'NoPython';
  }
}

/**
 * Installs Python programs into a separate folder, and nothing elsewhere.
 *
 * @param packages each with its exact version, as pip takes it
 * @returns the folder of the programs
 * @throws NoPython without Python 3.10 or newer, or when no package index is reachable
 */
export async function installPrograms(folder: string, packages: readonly string[]): Promise<string> {
  const environment = join(folder, 'python');
  const programs = join(environment, process.platform === 'win32' ? 'Scripts' : 'bin');
  const quietly = ['--quiet', '--disable-pip-version-check', '--retries', '1', '--timeout', '10'];
  try {
    await run('python3', ['-m', 'venv', environment], { seconds: 60 });
    await run(join(programs, 'pip'), ['install', ...quietly, ...packages], { seconds: 300 });
  } catch (error) {
    if (error instanceof CommandFailed) throw new NoPython(error.message);
    throw error;
  }
  return programs;
}
