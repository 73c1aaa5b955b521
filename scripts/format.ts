/** `npm run format`: formats all files and mends what the linter can mend. Installs the linter on first use. */
import { readOptions } from '../local/options.ts';
import { BIOME } from './tools/lint.ts';
import { runProgram } from './tools/node-tools.ts';
import { withTools } from './tools/npm.ts';

readOptions(import.meta.filename, {});
process.exitCode = await withTools('lint', () => runProgram(BIOME, ['check', '--write', '.']));
