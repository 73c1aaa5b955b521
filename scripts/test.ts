/**
 * `npm test [-- test/domain …]` runs the checks of `npm run check` and then all tests, or those in the given folders and
 * files. Ends with 0 only if all ran and passed.
 */
import { readOptions } from '../local/options.ts';
import { runProgram } from './tools/node-tools.ts';

const { positionals } = readOptions(import.meta.filename, {}, { allowPositionals: true });
process.exitCode =
  runProgram('scripts/check.ts', []) || runProgram('node_modules/vitest/vitest.mjs', ['run', ...positionals]);
