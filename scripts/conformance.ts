/**
 * `npm run conformance`: the Model Context Protocol's own suite and its own client against the running loop. Installs
 * both on first use.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { readOptions } from '../local/options.ts';
import { installTools, NOT_INSTALLED, NoTools } from './tools/npm.ts';

const ROOT = resolve(import.meta.dirname, '..');
const VITEST = join(ROOT, 'node_modules', 'vitest', 'vitest.mjs');
const CONFIG = join(ROOT, 'test', 'mcp', 'conformance', 'vitest.config.ts');

readOptions(import.meta.filename, {});
try {
  const MCP_TOOLS = await installTools('mcp');
  const checks = spawn(process.execPath, [VITEST, 'run', '--root', ROOT, '--config', CONFIG], {
    env: { ...process.env, MCP_TOOLS },
    stdio: 'inherit',
  });
  [process.exitCode] = (await once(checks, 'exit')) as [number | undefined];
} catch (error) {
  if (!(error instanceof NoTools)) throw error;
  process.exitCode = NOT_INSTALLED;
  process.stderr.write(`${error.message}\n`);
}
