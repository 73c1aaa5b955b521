import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..');

interface Entry {
  readonly resolved?: string;
  readonly engines?: unknown;
}

const entriesOf = (file: string) =>
  Object.entries(
    (JSON.parse(readFileSync(join(ROOT, file), 'utf8')) as { packages: Record<string, Entry> }).packages,
  );

test('npm ci warns of no engine on an older Node: npm run lockfile', () => {
  const asking = entriesOf('package-lock.json').filter(([path, { engines }]) => path !== '' && engines);
  expect(asking.map(([path]) => path)).toEqual([]);
});

test.each(['package-lock.json', ...globSync('tools/*/package-lock.json', { cwd: ROOT })])(
  '%s names no registry: npm run lockfile',
  (file) => {
    const named = entriesOf(file).filter(([, { resolved }]) => resolved !== undefined);
    expect(named.map(([path]) => path)).toEqual([]);
  },
);
