import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { isPermissive, shippedPackages } from '../../scripts/licences/packages.ts';

const { functions, console: browser } = shippedPackages();

test('what goes out asks for a notice at most', () => {
  expect(functions.length).toBeGreaterThan(50);
  expect(browser.length).toBeGreaterThan(20);
  expect([...functions, ...browser].filter((each) => !isPermissive(each))).toEqual([]);
});

test('every package that the console imports is counted', () => {
  const { devDependencies } = JSON.parse(
    readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
  ) as { devDependencies: Record<string, string> };
  const counted = new Set(browser.map(({ name }) => name));
  const families = ['@mantine/', '@tanstack/', 'react', 'recharts', 'wouter', 'oidc-client-ts'];
  const ofConsole = Object.keys(devDependencies).filter((name) =>
    families.some((family) => name.startsWith(family)),
  );
  expect(ofConsole.filter((name) => !counted.has(name))).toEqual([]);
});

test.each([
  ['MIT', true],
  ['(MIT OR GPL-3.0-or-later)', true],
  ['Apache-2.0 AND MIT', true],
  ['GPL-3.0-only', false],
  ['MIT AND GPL-3.0-only', false],
  ['unknown', false],
])('%s is permissive: %s', (licence, expected) => {
  expect(isPermissive({ name: 'a', version: '1.0.0', licence })).toBe(expected);
});
