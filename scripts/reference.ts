/**
 * `npm run reference`: fetches the library that shows the API reference into `console/public/scalar.js`. It is one file
 * of its package; as a dependency it would bring 310 MB.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readOptions } from '../local/options.ts';
import { runNpm } from './tools/npm.ts';
import { run } from './tools/run.ts';

const VERSION = '1.76.0';
const TARGET = join(import.meta.dirname, '..', 'console', 'public', 'scalar.js');

readOptions(import.meta.filename, {});
const folder = await mkdtemp(join(tmpdir(), 'order-loop-reference-'));
try {
  await runNpm(['pack', `@scalar/api-reference@${VERSION}`], { folder, seconds: 300 });
  await run('tar', ['-xzf', `scalar-api-reference-${VERSION}.tgz`], { folder, seconds: 60 });
  const source = await readFile(join(folder, 'package', 'dist', 'browser', 'standalone.js'), 'utf8');
  const notice = `/*! @scalar/api-reference ${VERSION}, MIT licence, https://github.com/scalar/scalar */\n`;
  // The reference shows our own document alone; its catalogue of other people's APIs must never be asked.
  const offline = source.replace(/https:\/\/registry\.scalar\.com/g, 'https://scalar.invalid');
  await writeFile(TARGET, notice + offline.replace(/\n\/\/# sourceMappingURL=.*\s*$/, '\n'));
} finally {
  await rm(folder, { recursive: true, force: true });
}
