/**
 * `npm run cdk -- bootstrap` runs the command line of the AWS CDK with what is given, for example `destroy --all`; with
 * `-- help` it lists its own commands. `npm run synth` and `npm run deploy` run it too. Installs it on first use.
 */
import { readOptions } from '../local/options.ts';
import { CDK } from './tools/cdk.ts';
import { runProgram } from './tools/node-tools.ts';
import { withTools } from './tools/npm.ts';

const [first] = process.argv.slice(2);
if (first === undefined || first.startsWith('-')) readOptions(import.meta.filename, {});
process.exitCode = await withTools('cdk', () => runProgram(CDK, process.argv.slice(2)));
