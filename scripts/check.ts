/**
 * `npm run check`: type check, lint and import rules of everything, up to the first that fails. Installs the linter on
 * first use.
 */
import { readOptions } from '../local/options.ts';
import { BIOME, DEPENDENCY_CRUISER } from './tools/lint.ts';
import { runProgram } from './tools/node-tools.ts';
import { withTools } from './tools/npm.ts';
import { checkTypes } from './tools/type-checks.ts';

const FOLDERS = [
  'bin',
  'lib',
  'contract',
  'clients',
  'domain',
  'functions',
  'local',
  'scripts',
  'test',
  'testing',
  'bench',
  'examples',
];

readOptions(import.meta.filename, {});
process.exitCode = await withTools(
  'lint',
  () =>
    checkTypes() ||
    runProgram(BIOME, ['check', '.']) ||
    runProgram(DEPENDENCY_CRUISER, ['--config', '.dependency-cruiser.cjs', ...FOLDERS]),
);
