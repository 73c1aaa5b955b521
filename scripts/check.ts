/** `npm run check`: type check, lint and import rules of everything, up to the first that fails. */
import { readOptions } from '../local/options.ts';
import { runProgram } from './tools/node-tools.ts';

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
];

readOptions(import.meta.filename, {});
const CHECKS: readonly (readonly [string, readonly string[]])[] = [
  ['node_modules/typescript/bin/tsc', ['--noEmit']],
  ['node_modules/typescript/bin/tsc', ['--noEmit', '-p', 'console']],
  ['node_modules/@biomejs/biome/bin/biome', ['check', '.']],
  [
    'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs',
    ['--config', '.dependency-cruiser.cjs', ...FOLDERS, 'bench', 'examples'],
  ],
];
for (const [program, parameters] of CHECKS) {
  process.exitCode = runProgram(program, parameters);
  if (process.exitCode !== 0) break;
}
