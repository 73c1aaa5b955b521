import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { shippedPackages } from '../../scripts/licences/packages.ts';
import { sbomOf } from '../../scripts/sbom/document.ts';
import { npmSbom } from '../../scripts/sbom/npm-sbom.ts';

const shipped = shippedPackages();
const sbom = sbomOf(npmSbom(), shipped);
const listed = new Set(sbom.components.map(({ name, version }) => `${name}@${version}`));

test('the SBOM lists all of the production tree, as npm has it, and what the console is made of', () => {
  const production = npmSbom(['dev', 'optional']).components;
  expect(production.length).toBeGreaterThan(50);
  expect(production.filter(({ name, version }) => !listed.has(`${name}@${version}`))).toEqual([]);
  expect(shipped.console.filter(({ name, version }) => !listed.has(`${name}@${version}`))).toEqual([]);
});

test('the SBOM lists nothing that only builds and tests', () => {
  for (const name of ['vitest', 'typescript', 'aws-cdk-lib'])
    expect([...listed].filter((each) => each.startsWith(`${name}@`))).toEqual([]);
});

test('the SBOM names no machine and no registry', () => {
  const { name } = sbom.metadata.component;
  expect(name).toBe('order-loop');
  expect(JSON.stringify(sbom.components)).not.toMatch(/https?:|file:/);
  expect(JSON.stringify(sbom)).not.toContain(process.cwd());
});

test('what goes out and has no digest in the lockfile is named', () => {
  const extra = { name: 'left-pad', version: '1.3.0' };
  expect(() => sbomOf(npmSbom(), { ...shipped, functions: [...shipped.functions, extra] })).toThrow(
    'without a digest in the lockfile: left-pad@1.3.0',
  );
});

test('what goes out and is listed more than once is named', () => {
  const everything = npmSbom();
  const [component] = everything.components.filter(({ name, version }) => listed.has(`${name}@${version}`));
  if (component === undefined) throw new Error('nothing goes out');
  const repeated = { ...everything, components: [...everything.components, component] };
  expect(() => sbomOf(repeated, shipped)).toThrow(
    `listed more than once: ${component.name}@${component.version}`,
  );
});

const LOCKFILES = globSync(['package-lock.json', 'tools/*/package-lock.json']);
const REQUIREMENTS = globSync('tools/*/requirements.in');

test('lockfiles and requirements were found', () => {
  expect(LOCKFILES.length).toBeGreaterThan(1);
  expect(REQUIREMENTS.length).toBeGreaterThan(0);
});

/**
 * The local store for platforms other than the one on which the lockfile is made: npm writes the digest of what it
 * installs. It is not deployed.
 */
const ELSEWHERE = /^node_modules\/@dynoxide\/(?:darwin-arm64|darwin-x64|linux-arm64|win32-x64)$/;

test.each(LOCKFILES)('each package of %s has the digest of its content, and no registry', (file) => {
  const { packages } = JSON.parse(readFileSync(file, 'utf8')) as {
    packages: Record<string, { integrity?: string; inBundle?: boolean; resolved?: string }>;
  };
  const entries = Object.entries(packages).filter(([path, { inBundle }]) => path !== '' && inBundle !== true);
  expect(entries.length).toBeGreaterThan(1);
  const bare = entries.filter(([, { integrity = '' }]) => !integrity.startsWith('sha512-'));
  expect(bare.map(([path]) => path).filter((path) => !ELSEWHERE.test(path))).toEqual([]);
  expect(entries.filter(([, { resolved }]) => resolved !== undefined)).toEqual([]);
});

test.each(REQUIREMENTS)('each package of %s is pinned with digests', (file) => {
  const text = readFileSync(file.replace(/\.in$/, '.txt'), 'utf8');
  const entries = text.replaceAll('\\\n', ' ').split('\n').filter(Boolean);
  for (const entry of entries) expect(entry).toMatch(/^[\w.[\]-]+==\S+ .*--hash=sha256:[0-9a-f]{64}/);
  const pinned = readFileSync(file, 'utf8').split('\n').filter(Boolean);
  expect(pinned.filter((one) => !entries.some((entry) => entry.startsWith(`${one} `)))).toEqual([]);
  expect(text).not.toMatch(/https?:/);
});
