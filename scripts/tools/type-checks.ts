import { runProgram } from './node-tools.ts';

const TYPE_SCRIPT = 'node_modules/typescript/bin/tsc';

/** Checks the types of everything, the console's by its own settings. @returns the exit code of the first that fails */
export function checkTypes(): number {
  return runProgram(TYPE_SCRIPT, ['--noEmit']) || runProgram(TYPE_SCRIPT, ['--noEmit', '-p', 'console']);
}
