/**
 * `npm run audit` asks the registry for known weaknesses of what goes out with the product. Ends with 1 when there is
 * one of high or critical severity, and with 3 where the registry does not answer such questions.
 */
import { spawnSync } from 'node:child_process';

interface Audit {
  readonly metadata?: { readonly vulnerabilities: Readonly<Record<string, number>> };
}

const { stdout, error } = spawnSync('npm', ['audit', '--omit=dev', '--json'], { encoding: 'utf8' });
const counted = error === undefined ? read(stdout).metadata?.vulnerabilities : undefined;
if (counted === undefined) {
  console.log('the registry answers no audit here');
  process.exit(3);
}
console.log(`known weaknesses by severity: ${JSON.stringify(counted)}`);
const { high = 0, critical = 0 } = counted;
process.exit(high + critical > 0 ? 1 : 0);

function read(text: string): Audit {
  try {
    return JSON.parse(text) as Audit;
  } catch {
    return {};
  }
}
