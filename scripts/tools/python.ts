import { join } from 'node:path';
import { CommandFailed, run } from './run.ts';

/** Python programs cannot be installed here. */
export class NoPython extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'NoPython';
  }
}

/** What pip says of a package that is another than the one that was pinned. */
const ALTERED = /DO NOT MATCH THE HASHES|require-hashes mode/;

/**
 * Installs Python programs into a separate folder, and nothing elsewhere. Each package has to be one of the files whose
 * digests `tools/<group>/requirements.txt` lists; `npm run python-tools` writes it.
 *
 * @param group the folder's name below `tools/`
 * @returns the folder of the programs
 * @throws NoPython without Python 3.11 or newer, or when no package index is reachable
 * @throws CommandFailed when a package is not what was pinned
 */
export async function installPrograms(folder: string, group: string): Promise<string> {
  const environment = join(folder, 'python');
  const programs = join(environment, process.platform === 'win32' ? 'Scripts' : 'bin');
  const requirements = join(import.meta.dirname, '..', '..', 'tools', group, 'requirements.txt');
  const quietly = ['--quiet', '--disable-pip-version-check', '--retries', '1', '--timeout', '10'];
  try {
    await run('python3', ['-m', 'venv', environment], { seconds: 60 });
    const pinned = ['--require-hashes', '--requirement', requirements];
    await run(join(programs, 'pip'), ['install', ...quietly, ...pinned], { seconds: 300 });
  } catch (error) {
    if (error instanceof CommandFailed && !ALTERED.test(error.message)) throw new NoPython(error.message);
    throw error;
  }
  return programs;
}
