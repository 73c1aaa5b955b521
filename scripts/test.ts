/**
 * `npm test [-- test/domain …]` checks the types and then runs all tests but those that take long, or those in the given
 * folders and files. Ends with 0 only if all ran and passed.
 */
import { readOptions } from '../local/options.ts';
import { runProgram } from './tools/node-tools.ts';
import { checkTypes } from './tools/type-checks.ts';

const { positionals } = readOptions(import.meta.filename, {}, { allowPositionals: true });
process.exitCode = checkTypes() || runProgram('node_modules/vitest/vitest.mjs', ['run', ...positionals]);
