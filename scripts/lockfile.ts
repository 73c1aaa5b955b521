/**
 * `npm run lockfile`, after a dependency was changed: removes from the lockfiles what must not stand there.
 *
 * - `engines`: every package runs on the Node that the project brings, so what a package asks of Node says nothing
 *   about the Node that npm runs on. Without it, `npm ci` does not warn on Node 20 and 22.
 * - `resolved`: the registry is the one that npm is set up for.
 */
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readOptions } from '../local/options.ts';

const ROOT = resolve(import.meta.dirname, '..');

readOptions(import.meta.filename, {});
for (const file of globSync(['package-lock.json', 'tools/*/package-lock.json'], { cwd: ROOT })) {
  const lockfile = JSON.parse(readFileSync(join(ROOT, file), 'utf8')) as {
    packages: Record<string, { engines?: unknown; resolved?: string }>;
  };
  for (const [path, entry] of Object.entries(lockfile.packages)) {
    delete entry.resolved;
    // The project's own stays.
    if (path !== '') delete entry.engines;
  }
  writeFileSync(join(ROOT, file), `${JSON.stringify(lockfile, null, 2)}\n`);
}
