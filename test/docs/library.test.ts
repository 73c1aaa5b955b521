import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { CONTEXT_SETTINGS } from '../../lib/settings.ts';

const LIBRARY = readFileSync('docs/library.md', 'utf8');
const [, table = ''] = /\n## Properties\n([\s\S]*?)\n\nInvalid settings/.exec(LIBRARY) ?? [];

/** @returns the properties that an interface declares itself, as its source has them */
function propertiesOf(file: string, name: string): readonly string[] {
  const [, body = ''] =
    new RegExp(`\\nexport interface ${name}\\b[^{]*\\{\\n([\\s\\S]*?)\\n\\}`).exec(
      readFileSync(file, 'utf8'),
    ) ?? [];
  return [...body.matchAll(/^ {2}readonly (\w+)\??:/gm)].map(([, property = '']) => property);
}

test.each([
  ['lib/order-loop.ts', 'OrderLoopProps', 20],
  ['lib/observability.ts', 'ObservabilitySettings', 4],
])('the table of properties has each of %s %s', (file, name, count) => {
  const properties = propertiesOf(file, name);
  expect(properties.length).toBeGreaterThanOrEqual(count);
  const listed = [...table.matchAll(/^\| ([^|]+) \|/gm)].map(([, cell]) => cell).join(' ');
  expect(properties.filter((property) => !listed.includes(`\`${property}\``))).toEqual([]);
});

test.each([
  ['issuer', 'lib/constructs/identity.ts', 'TokenIssuer'],
  ['hosting', 'lib/hosting.ts', 'HostingSettings'],
  ['machineClients', 'lib/constructs/identity.ts', 'MachineClient'],
])('the row of %s has what %s %s holds', (row, file, name) => {
  const properties = propertiesOf(file, name);
  expect(properties.length).toBeGreaterThanOrEqual(2);
  const [, meaning = ''] = new RegExp(`^\\| \`${row}\` \\|.*?\\{(.*)\\}`, 'm').exec(table) ?? [];
  expect(properties.filter((property) => !new RegExp(`\\b${property}\\b`).test(meaning))).toEqual([]);
});

test('each setting of the app is named', () => {
  expect(CONTEXT_SETTINGS.filter((name) => !LIBRARY.includes(`\`${name}\``))).toEqual([]);
});
