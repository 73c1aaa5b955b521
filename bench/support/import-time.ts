import { execFile } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import type { Bundle } from './bundles.ts';

const run = promisify(execFile);

const SCRIPT = `
  const begun = performance.now();
  await import(process.argv[1]);
  console.log(performance.now() - begun);
  process.exit(0);
`;

/** @returns milliseconds that a new process takes to import the bundle, as in a cold start. */
export async function importTime({ path, environment }: Bundle): Promise<number> {
  const { stdout } = await run(
    process.execPath,
    ['--input-type=module', '--eval', SCRIPT, pathToFileURL(path).href],
    {
      env: { PATH: process.env.PATH ?? '', AWS_REGION: 'us-east-1', ...environment, LOG_LEVEL: 'SILENT' },
    },
  );
  return Number(stdout);
}
