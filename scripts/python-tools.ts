/**
 * `npm run python-tools`, after a version in `tools/<group>/requirements.in` was changed: writes the `requirements.txt`
 * beside it, every package with its version and the digests of its files, for every platform. Installs uv for the run.
 */
import { globSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { readOptions } from '../local/options.ts';
import { installPrograms } from './tools/python.ts';
import { run } from './tools/run.ts';

const ROOT = resolve(import.meta.dirname, '..');

readOptions(import.meta.filename, {});
const folder = await mkdtemp(join(tmpdir(), 'order-loop-python-'));
try {
  const programs = await installPrograms(folder, 'python');
  for (const file of globSync('tools/*/requirements.in', { cwd: ROOT })) {
    const target = join(dirname(file), 'requirements.txt');
    const compile = [
      'pip',
      'compile',
      '--quiet',
      '--universal',
      '--python-version',
      '3.11',
      '--generate-hashes',
    ];
    // Neither the index that this machine uses, nor how the file was made.
    const bare = [
      '--no-header',
      '--no-annotate',
      '--no-emit-index-url',
      '--cache-dir',
      join(folder, 'cache'),
    ];
    await run(join(programs, 'uv'), [...compile, ...bare, file, '--output-file', target], {
      seconds: 300,
      folder: ROOT,
    });
    process.stdout.write(`${target} written\n`);
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
