/**
 * `npm run audit` asks the registry for known vulnerabilities of the deployed packages. Exit code 1: one of high or
 * critical severity. Exit code 3: the registry offers no audit.
 */
import { spawnSync } from 'node:child_process';
import { readOptions } from '../local/options.ts';

interface Audit {
  readonly metadata?: { readonly vulnerabilities: Readonly<Record<string, number>> };
}

readOptions(import.meta.filename, {});
const { stdout, error } = spawnSync('npm', ['audit', '--omit=dev', '--json'], { encoding: 'utf8' });
const counted = error === undefined ? read(stdout).metadata?.vulnerabilities : undefined;
if (counted === undefined) {
  console.log('the registry offers no audit');
  process.exit(3);
}
console.log(`known vulnerabilities by severity: ${JSON.stringify(counted)}`);
const { high = 0, critical = 0 } = counted;
process.exit(high + critical > 0 ? 1 : 0);

function read(text: string): Audit {
  try {
    return JSON.parse(text) as Audit;
  } catch {
    return {};
  }
}
