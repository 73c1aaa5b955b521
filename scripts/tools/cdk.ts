import { join } from 'node:path';
import { installTools } from './npm.ts';

const PROGRAM = ['aws-cdk', 'bin', 'cdk'];

/** The command line of the AWS CDK, as `runProgram` takes it. */
export const CDK = join('tools', 'cdk', 'node_modules', ...PROGRAM);

/**
 * Installs the command line of the AWS CDK unless it is installed.
 *
 * @returns its file, which Node runs
 * @throws NoTools where no registry is reached
 */
export async function cdkProgram(): Promise<string> {
  return join(await installTools('cdk'), ...PROGRAM);
}
